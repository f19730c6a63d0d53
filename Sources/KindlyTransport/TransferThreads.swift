import Foundation
import KindlyCore

/// A connection that carries transfers one after the other; it is used by one thread only.
package protocol TransferConnection: AnyObject, SendableMetatype {
  associatedtype Transfer: Sendable
  associatedtype Ending: Sendable

  /// Carries one transfer out. It may block, and returns within a second or so after the deadline.
  func carryOut(_ transfer: Transfer, by deadline: Uptime) -> Ending

  /// Ends what is open; the next transfer opens it again.
  func end()
}

/// What became of a transfer that was handed to threads.
package enum TransferResult<Ending: Sendable>: Sendable {
  case ended(Ending)
  /// No connection was free before the deadline; nothing was sent.
  case noneFree
  /// The threads are closed; nothing was sent.
  case closed
}

/// Carries transfers over a fixed number of connections, each with its own thread, because libcurl blocks.
///
/// Cancelling a task does not withdraw its transfer; only closing does, as far as the connection allows.
package final class TransferThreads<Connection: TransferConnection>: Sendable {
  private struct Job: Sendable {
    let transfer: Connection.Transfer
    let deadline: Uptime
    let finish: CheckedContinuation<TransferResult<Connection.Ending>, Never>
  }

  private let queue: JobQueue<Job>
  private let closing: Closing

  /// How long an idle connection is kept. It burdens the server, while opening a new one costs a few round trips.
  private static var idleTime: Duration { .seconds(30) }
  /// TLS handshakes need a few dozen kilobytes of stack; the standard eight megabytes are never touched.
  private static var stackSize: Int { 1 << 20 }

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - name: of the threads, for debuggers.
  ///   - connect: makes a thread's connection, on that thread.
  package init(
    _ count: Int, name: String, closing: Closing, connect: @escaping @Sendable () -> Connection
  ) {
    self.closing = closing
    let queue = JobQueue<Job>(threads: count)
    self.queue = queue
    for number in 1...count {
      let thread = Thread { TransferThreads.work(through: queue, on: connect()) }
      thread.name = "\(name) \(number)"
      thread.stackSize = TransferThreads.stackSize
      thread.start()
    }
  }

  deinit {
    TransferThreads.refuse(queue.shut())
  }

  /// Carries one transfer out within `deadline`, which counts from the call and so includes the wait for a connection.
  package func carryOut(
    _ transfer: Connection.Transfer, deadline: Duration
  ) async -> TransferResult<Connection.Ending> {
    let end = Uptime.reading().advanced(by: deadline)
    return await withCheckedContinuation { continuation in
      let job = Job(transfer: transfer, deadline: end, finish: continuation)
      if !queue.add(job) { TransferThreads.refuse([job]) }
    }
  }

  /// Refuses the transfers that wait, and returns when those in progress, the connections and the threads have ended.
  package func close() async {
    closing.begin()
    TransferThreads.refuse(queue.shut())
    await queue.waitForEnd()
  }

  private static func work(through queue: JobQueue<Job>, on connection: Connection) {
    var idle: Duration?
    while true {
      switch queue.next(idleAfter: idle) {
      case .job(let job):
        job.finish.resume(returning: result(of: job, on: connection))
        idle = idleTime
      case .idle:
        connection.end()
        idle = nil
      case .closed:
        connection.end()
        queue.removeThread()
        return
      }
    }
  }

  private static func result(
    of job: Job, on connection: Connection
  ) -> TransferResult<Connection.Ending> {
    guard Uptime.reading() < job.deadline else { return .noneFree }
    return .ended(connection.carryOut(job.transfer, by: job.deadline))
  }

  private static func refuse(_ jobs: [Job]) {
    for job in jobs { job.finish.resume(returning: .closed) }
  }
}
