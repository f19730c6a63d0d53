package import KindlyCore

/// Hands mail to one server over a fixed number of connections, each with its own thread.
///
/// Cancelling a send's task does not withdraw the mail. Only closing does, if the whole message has not been handed
/// over yet.
package final class SMTPClient: Sendable {
  private let threads: TransferThreads<SMTPConnection>

  package init(_ account: SMTPAccount, closing: Closing = Closing()) {
    threads = TransferThreads(account.connections, name: "smtp", closing: closing) {
      SMTPConnection(account: account, closing: closing)
    }
  }

  /// Hands one mail over within `deadline`, which counts from the call and so includes the wait for a connection.
  ///
  /// With a deadline below `SMTPAccount.finalDotPatience` a server that is merely slow may lead to `unknown`.
  package func send(_ mail: SMTPMail, deadline: Duration) async -> Outcome {
    switch await threads.carryOut(mail, deadline: deadline) {
    case .ended(let outcome): outcome
    case .noneFree:
      .retry(Refusal("no connection was free before the deadline; nothing was sent"))
    case .closed: .withdrawn(Refusal("the channel is closed; nothing was sent"))
    }
  }

  /// Breaks off mails in progress, refuses those still waiting, and ends threads and connections.
  ///
  /// It waits only for answers to the final dot, within the patience of `Closing`: a mail that has not got so far
  /// certainly was not accepted.
  package func close() async {
    await threads.close()
  }
}
