import GRDB
import GRDBSQLite
import KindlyCore
import Synchronization

/// One read-only connection to one database file.
final class SQLiteConnection {
  /// The file that was opened; another one at the same path needs another connection.
  let file: SQLiteFile
  private let queue: DatabaseQueue
  private let deadline: Deadline
  /// Nil for a customer database.
  private let access: LedgerAccess?

  /// How long a statement waits for a lock: longer than a commit takes, and short enough that the other watches wait little.
  static let lockWait = Duration.seconds(1)

  /// - Parameter ledger: the published views if the file is Kindly's own ledger. A ledger that does not exist yet is
  ///   empty.
  init(
    _ file: SQLiteFile, label: String, deadline limit: Duration, ledger: PublishedLedger? = nil
  ) throws {
    let deadline = Deadline(limit: limit)
    let access = ledger.map { LedgerAccess($0, isThere: file.isPresent) }
    var configuration = Configuration()
    configuration.readonly = access?.isThere ?? true
    configuration.label = label
    configuration.busyMode = .timeout(SQLiteConnection.lockWait.inSeconds)
    // "x" is a column or an error, never the text 'x'.
    configuration.acceptsDoubleQuotedStringLiterals = false
    configuration.prepareDatabase { database in
      try access?.makeViews(in: database)
      try database.execute(sql: "PRAGMA query_only = ON")
      // A view may not call what could have effects outside the database.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      deadline.watch(database)
      SQLiteMemory.limit(database)
    }
    self.file = file
    self.deadline = deadline
    self.access = access
    deadline.restart()
    queue =
      access?.isThere ?? true
      ? try DatabaseQueue(path: file.path, configuration: configuration)
      : try DatabaseQueue(configuration: configuration)
    // Only after the queue exists, because GRDB reads the schema while it opens a database.
    if let access { queue.inDatabase { access.guardReading(of: $0) } }
  }

  /// One short read transaction; it is closed before this returns.
  func read<Answer>(_ body: (SQLiteReader) throws -> Answer) throws -> Answer {
    deadline.restart()
    do {
      return try queue.read { database in
        SQLiteWriter(database).makeWay()
        // The wait was the application's time.
        deadline.restart()
        return try body(SQLiteReader(database, isLedger: access != nil))
      }
    } catch let error as DatabaseError
      where error.resultCode.primaryResultCode == .SQLITE_INTERRUPT && deadline.hasTakenTooMuch
    {
      throw SQLiteMemory.Excess()
    }
  }

  func close() {
    // Nothing can be done about an error: the connection is given up in any case.
    try? queue.close()
  }
}

/// Ends statements that take too long or too much memory. SQLite calls it regularly on the thread that runs the
/// statement.
final class Deadline: Sendable {
  private let limit: Duration
  /// Runs from the beginning of the question; nil while there is no time limit.
  private let stopwatch = Mutex<Stopwatch?>(Stopwatch())
  private let memory = Mutex(SQLiteMemory())

  /// How many steps SQLite's machine makes between two looks at the clock, about 50 µs.
  private static let stepsBetweenChecks: Int32 = 4000

  init(limit: Duration) {
    self.limit = limit
  }

  func restart() {
    stopwatch.withLock { $0 = Stopwatch() }
    memory.withLock { $0 = SQLiteMemory() }
  }

  /// Whether what was ended had taken too much memory.
  var hasTakenTooMuch: Bool { memory.withLock { $0.wasExceeded } }

  /// Gives what runs all the time it needs, until the next restart.
  func lift() { stopwatch.withLock { $0 = nil } }

  /// Whether what runs is to be ended.
  private var isOver: Bool {
    hasPassed || stopwatch.withLock { $0 != nil } && memory.withLock { $0.isExceeded() }
  }

  var hasPassed: Bool { stopwatch.withLock { $0?.elapsed ?? .zero } > limit }

  /// Ends every statement of a connection once the deadline has passed. The deadline must live as long as the
  /// connection.
  func watch(_ database: Database) {
    sqlite3_progress_handler(
      database.sqliteConnection, Deadline.stepsBetweenChecks,
      { context in
        // Never nil: it is the deadline passed below.
        Unmanaged<Deadline>.fromOpaque(context!).takeUnretainedValue().isOver ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
