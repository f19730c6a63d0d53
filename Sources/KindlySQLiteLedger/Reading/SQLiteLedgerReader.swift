import GRDB
import KindlyCore

/// A ledger opened for reading only, whether or not a daemon writes it.
package final class SQLiteLedgerReader: Sendable {
  package let path: String
  let pool: DatabasePool
  /// The salt for public ids and address hashes.
  let ledgerID: [UInt8]
  /// What was sent today, for the fuse.
  let sentToday = SentToday()

  /// Opens a ledger that exists and has this program's schema; blocks for a moment.
  package init(path: String) throws {
    self.path = path
    switch LedgerConnection.size(path) {
    case nil: throw LedgerConnection.absence(of: path)
    case 0?:
      throw LedgerProblem(
        .empty, "the ledger \(path) is an empty file; what was sent is not in it",
        hint: "restore a backup")
    default: break
    }
    let pool = try LedgerConnection.reading(path)
    self.pool = pool
    ledgerID = try LedgerConnection.attempt("read", path) {
      try pool.read { db in
        let version = try Migration.version(db)
        try LedgerConnection.identify(db, path)
        guard version == Migration.newest else {
          throw LedgerProblem(
            .older, "the ledger \(path) has schema version \(version), older than this Kindly's",
            hint: "start the daemon once; it brings the ledger up to date")
        }
        return try SQLiteLedger.ledgerID(db)
      }
    }
  }

  package func close() async {
    // Losing the error is right: connections that only read have nothing left to lose.
    try? pool.close()
  }

  /// One read on a consistent state, away from the cooperative pool.
  func read<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws
    -> Result
  {
    do {
      return try await pool.read(body)
    } catch let cancellation as CancellationError {
      throw cancellation
    } catch let error as DatabaseError
      where error.resultCode == .SQLITE_INTERRUPT && Task.isCancelled
    {
      // A statement that was running when the task was cancelled.
      throw CancellationError()
    } catch {
      throw LedgerProblem(reading: error)
    }
  }
}
