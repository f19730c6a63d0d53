import CSQLite
import Dispatch
import Foundation
import GRDB
import KindlyCore
import Synchronization

/// The only writer: a thread that turns submissions into commits.
///
/// Submissions that arrive while a commit is being written to disk form the next commit. There is no timer, which would
/// cost three quarters of the throughput.
///
/// A failed submission does not affect the others: the transaction is rolled back, and all of its submissions run
/// again, each in its own savepoint. Savepoints copy every changed page, so they are not used in the normal case. A
/// submission's body may therefore run twice, and must not have effects that a rollback does not undo. If the commit
/// itself fails, all of its submissions fail.
///
/// After a failed write to the disk nothing in memory can be trusted. `fatal` is called, which is expected to end the
/// process, and every later submission is refused.
final class GroupCommit: Sendable {
  /// With more rows the first submitter would wait longer than its own commit takes.
  static let mostRows = 500

  private struct Submission: Sendable {
    let rows: Int
    /// Runs by itself and outside any transaction.
    var isAlone = false
    /// Runs inside the commit's transaction, or in a savepoint of it.
    let work: @Sendable (Database, Isolation) -> Worked
    /// Answers the submitter instead of `work` where there was no transaction to run it in.
    let refuse: @Sendable (LedgerProblem) -> Void
  }

  private enum Isolation {
    /// A failure spoils the whole transaction.
    case shared
    case savepoint
  }

  /// The remaining work once the commit that contains a submission is durable or has failed.
  private struct Worked: Sendable {
    /// Answers the submitter, with the commit's failure where there was one.
    let settle: @Sendable (LedgerProblem?) -> Void
    /// Why the work failed, where it did.
    var problem: LedgerProblem?
  }

  private struct Queue: Sendable {
    var waiting: [Submission] = []
    var taken = 0
    var isClosed = false
    var isEnded = false
    var closers: [CheckedContinuation<Void, Never>] = []
    var failure: LedgerProblem?
  }

  private let database: DatabaseQueue
  /// Released when the last commit is done, whoever closes the ledger.
  private let lock: LedgerLock
  private let count: CommitCount
  private let witness: CommitWitness?
  private let fatal: @Sendable (LedgerProblem) -> Void
  private let queue = Mutex(Queue())
  private let arrivals = DispatchSemaphore(value: 0)

  init(
    _ database: DatabaseQueue, holding lock: LedgerLock, counting count: CommitCount,
    witness: CommitWitness? = nil, fatal: @escaping @Sendable (LedgerProblem) -> Void
  ) {
    self.database = database
    self.lock = lock
    self.count = count
    self.witness = witness
    self.fatal = fatal
    let thread = Thread { [self] in run() }
    thread.name = "ledger writer"
    thread.start()
  }

  /// Runs `body` in the next commit; returns when the commit is durable.
  ///
  /// A submission is not withdrawn when its task is cancelled, because what has happened must be recorded.
  func submit<Result: Sendable>(
    rows: Int = 1, _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(
        Submission(rows: rows) { db, isolation in
          do {
            let result =
              switch isolation {
              case .shared: try body(db)
              case .savepoint: try GroupCommit.inSavepoint(db, body)
              }
            return Worked { failure in
              if let failure {
                continuation.resume(throwing: failure)
              } else {
                continuation.resume(returning: result)
              }
            }
          } catch {
            let problem = LedgerProblem(writing: error)
            return Worked(
              settle: { continuation.resume(throwing: $0 ?? problem) }, problem: problem)
          }
        } refuse: { problem in
          continuation.resume(throwing: problem)
        })
    }
  }

  /// Checkpoints the write-ahead log, as far as no reader still needs the old state.
  ///
  /// It uses the writer's own connection, because two connections that checkpoint at the same time can lose commits in
  /// the SQLite of Debian 12 (fixed in 3.51.3). It also frees the memory that a burst of work left in the page cache.
  func checkpoint() async throws {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      let submission = Submission(rows: 1, isAlone: true) { db, _ in
        let result = Result { _ = try db.checkpoint(.passive) }
        db.releaseMemory()
        kindly_give_back_freed_memory()
        return Worked { _ in
          continuation.resume(with: result.mapError { LedgerProblem(writing: $0) })
        }
      } refuse: { problem in
        continuation.resume(throwing: problem)
      }
      enqueue(submission)
    }
  }

  /// Commits what was submitted before, then ends the thread and closes the connection; later submissions are refused.
  func close() async {
    await withCheckedContinuation { continuation in
      let isEnded = queue.withLock { queue in
        queue.isClosed = true
        if !queue.isEnded { queue.closers.append(continuation) }
        return queue.isEnded
      }
      if isEnded { continuation.resume() } else { arrivals.signal() }
    }
  }

  /// Closes without waiting, when nobody is left to wait for it.
  func abandon() {
    queue.withLock { $0.isClosed = true }
    arrivals.signal()
  }

  private func enqueue(_ submission: Submission) {
    let problem: LedgerProblem? = queue.withLock { queue in
      if let failure = queue.failure { return failure }
      if queue.isClosed {
        return LedgerProblem(.closed, "the ledger was closed; nothing was written")
      }
      queue.waiting.append(submission)
      return nil
    }
    if let problem { submission.refuse(problem) } else { arrivals.signal() }
  }

  private func run() {
    while true {
      arrivals.wait()
      let (next, isClosed) = take()
      if let only = next.first, only.isAlone {
        database.inDatabase { db in only.work(db, .shared) }.settle(nil)
      } else if !next.isEmpty {
        commit(next)
      }
      if next.isEmpty, isClosed { break }
    }
    // Losing the error is right: everything was committed before, and the process gives the connection up either way.
    try? database.close()
    lock.release()
    let closers = queue.withLock { queue in
      queue.isEnded = true
      return queue.closers
    }
    for closer in closers { closer.resume() }
  }

  /// The oldest submissions, up to the bound of rows; always at least one where there is one.
  private func take() -> (submissions: [Submission], isClosed: Bool) {
    queue.withLock { queue in
      var rows = 0
      var end = queue.taken
      while end < queue.waiting.count {
        let submission = queue.waiting[end]
        rows += submission.rows
        let isFull = rows > GroupCommit.mostRows || submission.isAlone
        if end > queue.taken, isFull { break }
        end += 1
        if submission.isAlone { break }
      }
      let next = Array(queue.waiting[queue.taken..<end])
      queue.taken = end
      if queue.taken == queue.waiting.count {
        queue.waiting.removeAll(keepingCapacity: true)
        queue.taken = 0
      } else if !next.isEmpty {
        // The rest needs a signal of its own: no further arrival is certain to come after this commit.
        arrivals.signal()
      }
      return (next, queue.isClosed)
    }
  }

  private func commit(_ submissions: [Submission]) {
    let (done, failure) = database.inDatabase { db in
      write(submissions, .shared, db) ?? write(submissions, .savepoint, db) ?? ([], nil)
    }
    if let failure, failure.kind == .fatal {
      queue.withLock { $0.failure = failure }
      fatal(failure)
    }
    for worked in done { worked.settle(failure) }
    for submission in submissions.dropFirst(done.count) {
      submission.refuse(failure ?? LedgerProblem(.failed, "the ledger's commit did not begin"))
    }
  }

  /// Writes submissions in one transaction; returns nil if one of several failed and everything was rolled back.
  private func write(
    _ submissions: [Submission], _ isolation: Isolation, _ db: Database
  ) -> (done: [Worked], failure: LedgerProblem?)? {
    var done: [Worked] = []
    do {
      try Prepared(db, "BEGIN IMMEDIATE").run()
      for submission in submissions {
        let worked = submission.work(db, isolation)
        if let problem = worked.problem {
          // If SQLite has already rolled everything back, as on a full disk, the whole group fails.
          if problem.kind == .fatal || isolation == .savepoint && !db.isInsideTransaction {
            throw problem
          }
          if isolation == .shared {
            if db.isInsideTransaction { try Prepared(db, "ROLLBACK").run() }
            return submissions.count == 1 ? ([worked], nil) : nil
          }
        }
        done.append(worked)
      }
      let number = try count.number(db)
      try meet(witness?.before)
      try Prepared(db, "COMMIT").run()
      count.noteCommit(number)
      try meet(witness?.after)
      return (done, nil)
    } catch {
      // Losing the error is right: SQLite has mostly rolled back by itself, and the failure that led here is reported.
      if db.isInsideTransaction { _ = try? Prepared(db, "ROLLBACK").run() }
      return (done, LedgerProblem(writing: error))
    }
  }

  /// A witness that throws ends the writer as a disk that fails does.
  private func meet(_ witness: (@Sendable () throws -> Void)?) throws {
    do {
      try witness?()
    } catch {
      throw LedgerProblem(.fatal, "the commit was broken off: \(error)")
    }
  }

  private static func inSavepoint<Result>(
    _ db: Database, _ body: (Database) throws -> Result
  ) throws -> Result {
    try Prepared(db, "SAVEPOINT submission").run()
    do {
      let result = try body(db)
      try Prepared(db, "RELEASE submission").run()
      return result
    } catch {
      guard db.isInsideTransaction else { throw error }
      try Prepared(db, "ROLLBACK TO submission").run()
      try Prepared(db, "RELEASE submission").run()
      throw error
    }
  }
}
