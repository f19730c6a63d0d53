import GRDB
import GRDBSQLite

/// Detects an application that is about to write to a file with a rollback journal.
///
/// Its commit fails at once while a reader is active, unless it has set a busy timeout. It first reserves the file and
/// writes its journal to disk before it commits, so a reader that checks can finish in time. In WAL mode nothing is
/// reserved.
struct SQLiteWriter {
  private let file: UnsafeMutablePointer<sqlite3_file>?

  /// A writer that needs longer has opened a transaction, and its next statements may take any time.
  private static let patience = 20
  /// In milliseconds.
  private static let pause: Int32 = 1

  init(_ database: Database) {
    var file: UnsafeMutablePointer<sqlite3_file>?
    // Without the file's handle there is nobody to make way for.
    sqlite3_file_control(
      database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
    self.file = file
  }

  /// Whether the file is reserved.
  var isThere: Bool {
    guard let file, let check = file.pointee.pMethods?.pointee.xCheckReservedLock else {
      return false
    }
    var answer: Int32 = 0
    return check(file, &answer) == SQLITE_OK && answer != 0
  }

  /// Waits up to 20 ms for a commit that is under way.
  func makeWay() {
    for _ in 0..<SQLiteWriter.patience where isThere { sqlite3_sleep(SQLiteWriter.pause) }
  }
}
