package import KindlyCore

/// Reads one mailbox over one connection, which has a thread of its own.
///
/// It changes nothing in the mailbox but what `mark` says.
package final class IMAPClient: IncomingMailbox {
  private let threads: TransferThreads<IMAPConnection>
  private let host: String

  package init(_ account: IMAPAccount, closing: Closing = Closing()) {
    host = account.server.host
    threads = TransferThreads(1, name: "imap", closing: closing) {
      IMAPConnection(account: account, closing: closing)
    }
  }

  /// Reads the mails after a position, oldest first: at most `count`, and of each its first bytes.
  ///
  /// - Parameter validity: the numbering that the position belongs to; if the folder has another one, reading begins
  ///   with its first mail.
  package func look(
    after uid: UInt32, validity: UInt32?, count: Int, bytes: Int, deadline: Duration
  ) async throws(MailboxFault) -> MailboxLook {
    let request = IMAPRequest.look(after: uid, validity: validity, count: count, bytes: bytes)
    guard case .looked(let look) = try await answer(request, deadline) else { throw mixup }
    return look
  }

  /// Sets the flag, or moves the mails. Mails that are gone, or of another numbering, are left alone.
  package func mark(
    _ uids: [UInt32], validity: UInt32, _ mark: MailMark, deadline: Duration
  ) async throws(MailboxFault) {
    guard case .marked = try await answer(.mark(uids, validity: validity, mark), deadline) else {
      throw mixup
    }
  }

  /// Counts the folder's mails; throws if it, or the folder that mails are moved to, cannot be used.
  package func check(_ mark: MailMark?, deadline: Duration) async throws(MailboxFault) -> Int {
    guard case .checked(let count) = try await answer(.check(mark), deadline) else { throw mixup }
    return count
  }

  /// Breaks off what is in progress, and ends the thread and the connection.
  package func close() async { await threads.close() }

  private func answer(
    _ request: IMAPRequest, _ deadline: Duration
  ) async throws(MailboxFault) -> IMAPAnswer {
    switch await threads.carryOut(request, deadline: deadline) {
    case .ended(let result): try result.get()
    case .noneFree: throw .passing("\(host): no answer in time")
    case .closed: throw .passing("\(host): the mailbox is closed")
    }
  }

  private var mixup: MailboxFault { .passing("\(host): the answer belongs to another request") }
}
