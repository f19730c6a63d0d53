import GRDB
import GRDBSQLite
import KindlyCore

/// One open read transaction of a SQLite connection.
struct SQLiteReader: EngineReader {
  typealias Dialect = SQLiteDialect

  private let database: Database
  /// Whether the database is a copy of ours: nobody waits for us there, and nobody could make an index.
  private let isCopy: Bool
  /// Whether the tables are the published views of a ledger.
  private let isLedger: Bool
  let stopwatch = Stopwatch()

  init(_ database: Database, isCopy: Bool = false, isLedger: Bool = false) {
    self.database = database
    self.isCopy = isCopy
    self.isLedger = isLedger
  }

  func table(_ name: String) -> String {
    isLedger ? "temp." + SQLiteDialect.quoted(name) : SQLiteDialect.table(name)
  }

  func time(at pace: SlicePace) throws -> Duration {
    try isCopy || SQLiteReader.sharesWithWriters(self) ? pace.timeBesideWriters : pace.time
  }

  /// Whether a reader of the database keeps nobody from writing.
  static func sharesWithWriters(_ reader: some EngineReader) throws -> Bool {
    try reader.value("PRAGMA journal_mode") == .text("wal")
  }

  func waiting() throws -> () -> Bool {
    if isCopy { return { false } }
    let writer = SQLiteWriter(database)
    return { writer.isThere }
  }

  func query(_ sql: String, _ parameters: [String: Value] = [:]) throws -> SQLiteQuery {
    let query = SQLiteQuery(try database.makeStatement(sql: sql))
    try query.bind(parameters)
    return query
  }

  /// Whether a query reads a table; where SQLite cannot tell, it may.
  func reads(_ table: String, in query: String) -> Bool {
    // Losing the error is right: it is told where the query is asked.
    let statement = try? database.makeStatement(
      sql: "SELECT * FROM \(SQLiteDialect.bracketed(query))")
    return statement?.databaseRegion.isModified(byEventsOfKind: .insert(tableName: table)) ?? true
  }

  func prepare(_ sql: String, _ parameters: [String: Value]) throws {
    _ = try query(sql, parameters)
  }

  func value(_ sql: String, _ parameters: [String: Value]) throws -> Value? {
    var value: Value?
    try each(sql, parameters) { row in
      value = row.value(0)
      return false
    }
    return value
  }

  func table(
    _ sql: String, _ parameters: [String: Value], limit: Int
  ) throws -> (columns: [String], rows: [[Value]]) {
    try noticeSchema()
    let query = try query(sql, parameters)
    let columns = (0..<query.columnCount).map(query.columnName)
    var rows: [[Value]] = []
    try query.each { row in
      rows.append(columns.indices.map(row.plainValue))
      return rows.count < limit
    }
    return (columns, rows)
  }

  func plan(
    of sql: String, _ parameters: [String: Value], seeking column: String
  ) throws -> QueryPlan {
    var lines: [String] = []
    try each("EXPLAIN QUERY PLAN " + sql, parameters) { row in
      lines.append(row.value(3).text)
      return true
    }
    let plan = SQLiteReader.plan(lines)
    // Nobody could make an index in a copy.
    return isCopy ? QueryPlan(readsWhole: false, sorts: false, seeks: plan.seeks) : plan
  }

  /// Reads the lines of EXPLAIN QUERY PLAN.
  static func plan(_ lines: [String]) -> QueryPlan {
    QueryPlan(
      // What the plan reads from our own parameter is no table of the customer's.
      readsWhole: lines.contains { $0.hasPrefix("SCAN") && !$0.contains("json_each") },
      sorts: lines.contains { $0.hasPrefix("USE TEMP B-TREE FOR ORDER") },
      // In a compound query the bounds could be compared as another type than the column's own.
      seeks: lines.contains { $0.hasPrefix("SEARCH") && $0.contains(">?") }
        && !lines.contains { $0.contains("COMPOUND") || $0.contains("SCAN") })
  }

  func columns(of relation: String) throws -> [WatchColumn<SQLiteDialect>] {
    try noticeSchema()
    let query = try query("SELECT * FROM \(relation) AS this")
    return (0..<query.columnCount).map { index in
      let type = query.declaredType(index)
      return WatchColumn(
        name: query.columnName(index), type: ColumnAffinity(declaredType: type),
        isBlob: type?.uppercased().contains("BLOB") == true)
    }
  }

  func isSelect(_ sql: String) throws -> Bool {
    try noticeSchema()
    return try query(sql).columnCount > 0
  }

  /// SQLite looks for a changed schema when a statement runs, not when it is prepared.
  private func noticeSchema() throws {
    _ = try value("SELECT 1 FROM main.sqlite_schema LIMIT 1")
  }

  func unknownColumn(in error: any Error) -> String? {
    (error as? DatabaseError)?.message.flatMap { SQLiteReader.unknownColumn(in: $0) }
  }

  /// The column that a message of SQLite's says is not there.
  static func unknownColumn(in message: String) -> String? {
    let prefix = "no such column: "
    return message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : nil
  }
}

/// A prepared statement that is stepped with the C interface, because a sweep reads every row of a table.
final class SQLiteQuery: EngineQuery {
  private let statement: Statement
  /// SQLite copies what is bound to it (`SQLITE_TRANSIENT`).
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ statement: Statement) {
    self.statement = statement
  }

  private var handle: OpaquePointer { statement.sqliteStatement }

  var columnCount: Int { Int(sqlite3_column_count(handle)) }

  var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

  func columnName(_ index: Int) -> String {
    sqlite3_column_name(handle, Int32(index)).map { String(cString: $0) } ?? ""
  }

  /// The type that a column was declared with; nil for an expression.
  func declaredType(_ index: Int) -> String? {
    sqlite3_column_decltype(handle, Int32(index)).map { String(cString: $0) }
  }

  /// Runs the statement with these values in the places of its parameters.
  func run(_ values: [Value]) throws {
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index) + 1) }
    try each { _ in true }
  }

  /// Binds by name; a placeholder that has no value is an error, because SQLite would read it as NULL.
  func bind(_ parameters: [String: Value]) throws {
    for index in 1..<(Int32(parameterCount) + 1) {
      guard let pointer = sqlite3_bind_parameter_name(handle, index),
        case let name = String(cString: pointer), let value = parameters[String(name.dropFirst())]
      else {
        throw DatabaseError(
          resultCode: .SQLITE_ERROR, message: "a placeholder other than :now and :today")
      }
      try bind(value, at: index)
    }
  }

  private func bind(_ value: Value, at index: Int32) throws {
    let code =
      switch value {
      case .null, .blob: sqlite3_bind_null(handle, index)
      case .integer(let number): sqlite3_bind_int64(handle, index, number)
      case .real(let number): sqlite3_bind_double(handle, index, number)
      case .text(let text):
        sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), SQLiteQuery.copied)
      }
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  /// Gives each row to `body` until it answers false; then the statement is reset, so that it holds no lock.
  func each(_ body: (SQLiteCursor) throws -> Bool) throws {
    defer { sqlite3_reset(handle) }
    let cursor = SQLiteCursor(handle)
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: if try !body(cursor) { return }
      case SQLITE_DONE: return
      case let code:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code),
          message: sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) },
          sql: statement.sql)
      }
    }
  }
}

/// The row that a statement stands on.
struct SQLiteCursor: EngineRow {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) {
    self.handle = handle
  }

  func value(_ index: Int) -> Value {
    let column = Int32(index)
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT: return .text(String(decoding: bytes(column), as: UTF8.self))
    case SQLITE_BLOB:
      return .blob([UInt8](repeating: 0, count: Int(sqlite3_column_bytes(handle, column))))
    default: return .null
    }
  }

  func plainValue(_ index: Int) -> Value {
    sqlite3_column_type(handle, Int32(index)) == SQLITE_BLOB ? .null : value(index)
  }

  func keyValue(_ index: Int) -> Value? {
    let column = Int32(index)
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: return Value.key(of: sqlite3_column_double(handle, column))
    case SQLITE_TEXT:
      return String(validating: bytes(column), as: UTF8.self).map { .text($0) }
    default: return nil
    }
  }

  func isTrue(_ index: Int) -> Bool { sqlite3_column_double(handle, Int32(index)) != 0 }

  private func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // The text pointer is asked before the length, as SQLite's conversions require.
    let start = sqlite3_column_text(handle, column)
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
