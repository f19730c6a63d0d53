import GRDB
import GRDBSQLite
import KindlyCore
import Synchronization

/// Lets a connection to Kindly's own ledger read the published views and nothing else, whatever SQL a rule contains.
///
/// Each view is created twice: under its public name and, behind that, under a name that nobody can guess. SQLite tells
/// an authorizer the innermost view that reads a table (sqlite.org/c3ref/set_authorizer.html). But a common table
/// expression counts as a view, so its name could imitate a view's name. So only the hidden view may read tables.
final class LedgerAccess: Sendable {
  /// Whether the ledger's file exists; otherwise the connection has an empty ledger of its own.
  let isThere: Bool
  private let ledger: PublishedLedger
  private let views = Set(LedgerView.names.map { ExactText($0) })
  /// The prefix of the hidden names; nil until the views are created.
  private let prefix = Mutex<String?>(nil)

  /// A longer read makes the ledger's write-ahead log grow.
  static let deadline = Duration.seconds(1)
  static let pace = SlicePace(timeBesideWriters: .milliseconds(500))

  /// The view that shows whether anything has changed.
  private static let pulseView: ExactText = "kindly pulse"

  init(_ ledger: PublishedLedger, isThere: Bool) {
    self.ledger = ledger
    self.isThere = isThere
  }

  // MARK: Views

  /// Creates the views of one connection; they disappear when it closes.
  func makeViews(in database: Database) throws {
    if isThere {
      try checkVersion(of: database)
    } else {
      for sql in ledger.emptySchema { try database.execute(sql: sql) }
    }
    let secret = try String.fetchOne(database, sql: "SELECT lower(hex(randomblob(16)))") ?? ""
    let prefix = "kindly \(secret) "
    self.prefix.withLock { $0 = prefix }
    for view in LedgerView.allCases {
      try make(view.rawValue, of: ledger.views[view] ?? "", behind: prefix, in: database)
    }
    try make(LedgerAccess.pulseView.string, of: ledger.pulse, behind: prefix, in: database)
    // SQLite creates these table functions on first use, which the authorizer would refuse.
    for function in ["json_each", "json_tree"] {
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(function)('[]')")
    }
  }

  private func make(
    _ name: String, of sql: String, behind prefix: String, in database: Database
  ) throws {
    let hidden = SQLiteDialect.quoted(prefix + name)
    try database.execute(sql: "CREATE TEMP VIEW \(hidden) AS \(sql)")
    try database.execute(
      sql: "CREATE TEMP VIEW \(SQLiteDialect.quoted(name)) AS SELECT * FROM temp.\(hidden)")
  }

  private func checkVersion(of database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version == ledger.version else {
      throw SourceProblem(
        .unreachable,
        of: .source(LedgerView.source),
        "the ledger \(ledger.path) has schema version \(version); this Kindly reads "
          + "version \(ledger.version)",
        hint: version < ledger.version
          ? "start the daemon once; it updates the ledger"
          : "install the newer Kindly again")
    }
  }

  /// The ledger's identity and a number that differs after a change in the views.
  static func pulse(by reader: SQLiteReader) throws -> SourcePulse {
    var pulse = SourcePulse(identity: "", version: 0)
    try reader.each("SELECT identity, version FROM temp.\(SQLiteDialect.quoted(pulseView.string))")
    { row in
      var hash = RowHash()
      hash.combine(row.value(1))
      pulse = SourcePulse(identity: row.value(0).text, version: hash.stored)
      return false
    }
    return pulse
  }

  // MARK: Authorizing

  /// Refuses every statement that reads more than the views. This object must live as long as the connection.
  func guardReading(of database: Database) {
    sqlite3_set_authorizer(
      database.sqliteConnection,
      { context, action, first, second, place, view in
        // Never nil: it is the object passed below.
        let access = Unmanaged<LedgerAccess>.fromOpaque(context!).takeUnretainedValue()
        return access.allows(
          action, table: LedgerAccess.text(first), column: LedgerAccess.text(second),
          in: LedgerAccess.text(place), through: LedgerAccess.text(view))
          ? SQLITE_OK : SQLITE_DENY
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func text(_ characters: UnsafePointer<CChar>?) -> ExactText? {
    characters.map { ExactText(String(cString: $0)) }
  }

  private func allows(
    _ action: Int32, table: ExactText?, column: ExactText?, in place: ExactText?,
    through view: ExactText?
  ) -> Bool {
    switch action {
    // No condition can contain a statement, so transactions and pragmas are our own.
    case SQLITE_SELECT, SQLITE_RECURSIVE, SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_PRAGMA:
      return true
    case SQLITE_FUNCTION: return column != "load_extension"
    case SQLITE_READ:
      guard let table else { return false }
      return mayRead(table, column, in: place, through: view)
    default: return false
    }
  }

  private func mayRead(
    _ table: ExactText, _ column: ExactText?, in place: ExactText?, through view: ExactText?
  ) -> Bool {
    if LedgerAccess.functions.contains(table) { return true }
    let isHidden = { (name: ExactText) in
      self.prefix.withLock { $0.map { name.string.utf8.starts(with: $0.utf8) } ?? false }
    }
    if place == "temp" {
      return isHidden(table) || views.contains(table) || table == LedgerAccess.pulseView
    }
    guard place == "main" else { return false }
    if let view, isHidden(view) { return ledger.tables.contains(table) }
    // If a statement needs no column, SQLite names the table but not its view. Such a statement can only count rows.
    return column == "" && (ledger.tables.contains(table) || LedgerAccess.schema.contains(table))
  }

  private static let functions: Set<ExactText> = ["json_each", "json_tree"]
  private static let schema: Set<ExactText> = ["sqlite_master", "sqlite_schema"]
}
