import CSQLite
import Foundation
import GRDB
import GRDBSQLite
import Glibc
import KindlyCore

/// Opens connections to a ledger, and refuses files that are not ledgers.
enum LedgerConnection {
  /// A check of every page reads the whole file; above this it would hold up the start by more than about a second.
  static let largestChecked = 256 << 20

  /// The write-ahead log is checkpointed about every 16 MB, so that readers do not have to search a long one.
  private static let checkpointPages = 4_000

  /// The only connection that writes.
  static func writing(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "ledger"
    // Only a reader that opens the file at this very moment can hold the writer up, and for no longer than recovery takes.
    configuration.busyMode = .timeout(5)
    let queue = try attempt("open", path) {
      try DatabaseQueue(path: path, configuration: configuration)
    }
    try attempt("prepare", path) {
      try queue.inDatabase { db in
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        // With NORMAL a power failure can undo recorded sends, and those reminders would be sent again.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA cache_size = -16000")
        // Otherwise savepoint data beyond 64 KB goes to a file. The number of rows in a commit limits its size.
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        try keepLog(db)
      }
    }
    return queue
  }

  /// Turns off SQLite's memory statistics, which cost a twentieth of the writer's time. This must happen before SQLite
  /// is first used; the daemon opens its ledger before any source.
  private static let leanLibrary: Void = kindly_sqlite_without_memory_statistics()

  /// Connections that cannot write, for as many reads at a time as a status page and a command need.
  static func reading(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "ledger reader"
    configuration.readonly = true
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(5)
    return try attempt("open", path) { try DatabasePool(path: path, configuration: configuration) }
  }

  /// Checks that the file is a ledger and no newer than this program.
  static func identify(_ db: Database, _ path: String) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
    guard application == Migration.applicationID else {
      throw LedgerProblem(
        .damaged, "\(path) is a SQLite database, but not a ledger of Kindly",
        hint: "check the ledger's path, or restore a backup")
    }
    let version = try Migration.version(db)
    guard version <= Migration.newest else {
      throw LedgerProblem(
        .newer,
        "the ledger \(path) has schema version \(version); this Kindly knows up to \(Migration.newest)",
        hint: "install the newer Kindly again; an older one must not use this ledger")
    }
  }

  /// Checks that the file is a ledger of ours, and whole.
  static func inspect(_ db: Database, _ path: String) throws {
    try identify(db, path)
    guard size(path) ?? 0 <= largestChecked else { return }
    let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else { throw damage(path, verdict) }
  }

  /// The problem with a path that has no ledger.
  static func absence(of path: String) -> LedgerProblem {
    var status = stat()
    if stat(path, &status) != 0 {
      switch errno {
      case EACCES, EPERM:
        return LedgerProblem(
          .unreadable, "this user has no permission to read the ledger \(path)",
          hint: "run the command as root or as a member of the group that owns its folder")
      case ENOENT, ENOTDIR: break
      default: return .system("find", "the ledger \(path)")
      }
    }
    return LedgerProblem(
      .missing, "there is no ledger at \(path)",
      hint: "check the path; the daemon makes a new ledger at its first start")
  }

  /// Whether there certainly is no file at a path. A disk that cannot tell is a problem, and no reason to create a new
  /// ledger.
  static func isAbsent(_ path: String) throws -> Bool {
    var status = stat()
    if stat(path, &status) == 0 { return false }
    if errno == ENOENT { return true }
    throw LedgerProblem.system("find", "the ledger \(path)")
  }

  /// The size of a file, or nil where there is none; asked without opening it.
  static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Runs a step of opening, and says of its errors what they mean for the file.
  @discardableResult
  static func attempt<Result>(
    _ verb: String, _ path: String, _ body: () throws -> Result
  ) throws -> Result {
    _ = leanLibrary
    do {
      return try body()
    } catch let problem as LedgerProblem {
      throw problem
    } catch let error as DatabaseError {
      let cause = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
      switch error.resultCode {
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw damage(path, cause)
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_ERROR:
        throw LedgerProblem(.failed, "cannot \(verb) the ledger \(path): \(cause)", hint: nil)
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
        let isDenied = isDenied(path)
        throw LedgerProblem(
          isDenied ? .unreadable : .disk, "cannot \(verb) the ledger \(path): \(cause)",
          hint: isDenied ? LedgerProblem.deniedHint : LedgerProblem.diskHint)
      default:
        throw LedgerProblem(
          .disk, "cannot \(verb) the ledger \(path): \(cause)", hint: LedgerProblem.diskHint)
      }
    }
  }

  /// Whether permissions are why a ledger cannot be used: SQLite has one word for them and for a disk that went read-only.
  private static func isDenied(_ path: String) -> Bool {
    let files = ["", "-wal", "-shm"].map { (path + $0, R_OK | W_OK) }
    return ([(LedgerFiles.folder(of: path), R_OK | W_OK | X_OK)] + files).contains {
      access($0.0, $0.1) != 0 && (errno == EACCES || errno == EPERM)
    }
  }

  private static func damage(_ path: String, _ cause: String) -> LedgerProblem {
    LedgerProblem(
      .damaged, "the ledger \(path) is damaged: \(cause)",
      hint:
        "restore a backup that `kindly backup` made; do not delete the file: it records what was sent"
    )
  }

  /// Keeps the log's files when the last connection closes, so that a reader without the right to make them can still open the ledger.
  private static func keepLog(_ db: Database) throws {
    var flag: Int32 = 1
    let code = sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &flag)
    guard code == SQLITE_OK else {
      throw LedgerProblem(.failed, "SQLite cannot keep the ledger's log file (code \(code))")
    }
  }
}
