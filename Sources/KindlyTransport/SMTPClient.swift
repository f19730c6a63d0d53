import Foundation
package import KindlyCore

/// Hands mail to one server over a fixed number of connections, each with its own thread.
///
/// Cancelling a send's task does not withdraw the mail. Only closing does, if the whole message has not been handed
/// over yet.
package final class SMTPClient: Sendable {
  private struct Job: Sendable {
    let mail: SMTPMail
    let deadline: Uptime
    let finish: CheckedContinuation<Outcome, Never>
  }

  private let queue: JobQueue<Job>
  private let closing: Closing

  /// How long an idle connection is kept. It burdens the server, while opening a new one costs a few round trips.
  private static let idleTime = Duration.seconds(30)
  /// TLS handshakes need a few dozen kilobytes of stack; the standard eight megabytes are never touched.
  private static let stackSize = 1 << 20

  package init(_ account: SMTPAccount, closing: Closing = Closing()) {
    self.closing = closing
    let queue = JobQueue<Job>(threads: account.connections)
    self.queue = queue
    for number in 1...account.connections {
      let thread = Thread { SMTPClient.work(through: queue, for: account, closing) }
      thread.name = "smtp \(number)"
      thread.stackSize = SMTPClient.stackSize
      thread.start()
    }
  }

  deinit {
    SMTPClient.refuse(queue.shut())
  }

  /// Hands one mail over within `deadline`, which counts from the call and so includes the wait for a connection.
  ///
  /// With a deadline below `SMTPAccount.finalDotPatience` a server that is merely slow may lead to `unknown`.
  package func send(_ mail: SMTPMail, deadline: Duration) async -> Outcome {
    let end = Uptime.reading().advanced(by: deadline)
    return await withCheckedContinuation { continuation in
      let job = Job(mail: mail, deadline: end, finish: continuation)
      if !queue.add(job) { SMTPClient.refuse([job]) }
    }
  }

  /// Breaks off mails in progress, refuses those still waiting, and ends threads and connections.
  ///
  /// It waits only for answers to the final dot, within the patience of `Closing`: a mail that has not got so far
  /// certainly was not accepted.
  package func close() async {
    closing.begin()
    SMTPClient.refuse(queue.shut())
    await queue.ended()
  }

  private static func work(
    through queue: JobQueue<Job>, for account: SMTPAccount, _ closing: Closing
  ) {
    let connection = SMTPConnection(account: account, closing: closing)
    var idle: Duration?
    while true {
      switch queue.next(idleAfter: idle) {
      case .job(let job):
        job.finish.resume(returning: outcome(of: job, on: connection))
        idle = idleTime
      case .idle:
        connection.end()
        idle = nil
      case .closed:
        connection.end()
        queue.threadEnded()
        return
      }
    }
  }

  private static func outcome(of job: Job, on connection: SMTPConnection) -> Outcome {
    guard Uptime.reading() < job.deadline else {
      return .retry(Refusal("no connection was free before the deadline; nothing was sent"))
    }
    return connection.deliver(job.mail, by: job.deadline)
  }

  private static func refuse(_ jobs: [Job]) {
    for job in jobs {
      job.finish.resume(
        returning: .withdrawn(Refusal("the channel is closed; nothing was sent")))
    }
  }
}
