import GRDB
import GRDBSQLite
import KindlyCore

/// One open read transaction, and the statements that run in it.
struct SQLiteReader {
  private let database: Database
  /// Since the transaction began.
  let stopwatch = Stopwatch()

  init(_ database: Database) {
    self.database = database
  }

  /// Prepares a statement; every placeholder in it must be among the parameters.
  func prepare(_ sql: String, _ parameters: [String: Value] = [:]) throws -> SQLiteQuery {
    let query = SQLiteQuery(try database.makeStatement(sql: sql))
    try query.bind(parameters)
    return query
  }

  /// Gives each row to `body` until it answers false; the statement is reset whatever happens.
  func each(
    _ sql: String, _ parameters: [String: Value] = [:], _ body: (SQLiteCursor) throws -> Bool
  ) throws {
    let query = try prepare(sql, parameters)
    try query.each(body)
  }

  /// The first column of the first row; nil where there is no row.
  func value(_ sql: String, _ parameters: [String: Value] = [:]) throws -> Value? {
    var value: Value?
    try each(sql, parameters) { row in
      value = row.value(0)
      return false
    }
    return value
  }

  func count(_ sql: String, _ parameters: [String: Value] = [:]) throws -> Int {
    guard case .integer(let count) = try value(sql, parameters) else { return 0 }
    return Int(count)
  }

  /// The lines of `EXPLAIN QUERY PLAN`.
  func plan(of sql: String, _ parameters: [String: Value] = [:]) throws -> [String] {
    var lines: [String] = []
    try each("EXPLAIN QUERY PLAN " + sql, parameters) { row in
      lines.append(row.value(3).text)
      return true
    }
    return lines
  }
}

/// A prepared statement that is stepped with the C interface, because a sweep reads every row of a table.
final class SQLiteQuery {
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
          message: sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) })
      }
    }
  }
}

/// The row that a statement stands on.
struct SQLiteCursor {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) {
    self.handle = handle
  }

  /// A column's value; a BLOB is as many zero bytes as it has bytes, because its content is of no use to us.
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

  /// A column's value as rules and templates see it: a BLOB is NULL.
  func plainValue(_ index: Int) -> Value {
    sqlite3_column_type(handle, Int32(index)) == SQLITE_BLOB ? .null : value(index)
  }

  /// A value that can name a row, or nil.
  ///
  /// Refused are NULL, a BLOB, a number that is not whole (it would sort elsewhere in SQLite than in `SortKey`), text that
  /// is no UTF-8, and text that ends with a space (`RowKey` trims it, so the row could not be found by its key again).
  func keyValue(_ index: Int) -> Value? {
    let column = Int32(index)
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT:
      return Int64(exactly: sqlite3_column_double(handle, column)).map { .integer($0) }
    case SQLITE_TEXT:
      let bytes = bytes(column)
      if bytes.last == UInt8(ascii: " ") { return nil }
      return String(validating: bytes, as: UTF8.self).map { .text($0) }
    default: return nil
    }
  }

  /// Whether a column is true, as SQLite reads truth.
  func isTrue(_ index: Int) -> Bool { sqlite3_column_double(handle, Int32(index)) != 0 }

  private func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // The text pointer is asked before the length, as SQLite's conversions require.
    let start = sqlite3_column_text(handle, column)
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
