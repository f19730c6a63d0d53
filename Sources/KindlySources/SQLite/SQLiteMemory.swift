import GRDB
import GRDBSQLite

/// Limits the memory that one question may use in SQLite, so that enough is left for the rest of the process.
struct SQLiteMemory {
  /// A question that took more than it may.
  struct Excess: Error {}

  private let before = sqlite3_memory_used()
  private(set) var wasExceeded = false

  /// Longer values are errors: no letter needs one, yet `printf('%.900000000c', 'x')` creates one.
  private static let longestValue: Int32 = 16 << 20
  /// What sorting and grouping need beyond this goes into a temporary file.
  static let most: Int64 = 256 << 20
  /// Many long values in one row are made between two looks at `most`; the ledger of this process needs a tenth of it.
  private static let mostOfProcess: Int64 = 768 << 20

  /// Whether more than `most` was taken since the question began.
  mutating func isExceeded() -> Bool {
    if sqlite3_memory_used() - before > SQLiteMemory.most { wasExceeded = true }
    return wasExceeded
  }

  /// Limits what the statements of a connection may make.
  static func limit(_ database: Database) {
    sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, longestValue)
    // The same for all connections of the process; setting it again changes nothing.
    sqlite3_hard_heap_limit64(mostOfProcess)
  }
}
