import GRDB
import GRDBSQLite
import KindlyCore

/// A prepared statement for hot loops that binds and steps without boxing its values.
///
/// GRDB's own binding costs several times as much as the insert itself; this is for the few statements that run for
/// every reminder. It borrows a statement that GRDB caches, so it must not outlive the database access in which it was
/// made.
struct Prepared {
  let handle: OpaquePointer
  private let connection: OpaquePointer

  init(_ db: Database, _ sql: String) throws {
    handle = try db.cachedStatement(sql: sql).sqliteStatement
    guard let open = db.sqliteConnection else {
      throw LedgerProblem(.closed, "the ledger was closed before a statement could run")
    }
    connection = open
    reset()
  }

  func bind(_ number: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, number) }

  func bind(_ number: Int, at index: Int32) { sqlite3_bind_int64(handle, index, Int64(number)) }

  func bind(_ number: Int64?, at index: Int32) {
    if let number { bind(number, at: index) } else { sqlite3_bind_null(handle, index) }
  }

  func bind(_ text: String, at index: Int32) {
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        _ = sqlite3_bind_text(
          handle, index, characters.baseAddress, Int32(characters.count), Prepared.copied)
      }
    }
  }

  func bind(_ text: String?, at index: Int32) {
    if let text { bind(text, at: index) } else { sqlite3_bind_null(handle, index) }
  }

  func bind(blob bytes: [UInt8], at index: Int32) {
    _ = bytes.withUnsafeBytes { buffer in
      // An empty array has no address, and a null address would bind NULL.
      buffer.isEmpty
        ? sqlite3_bind_zeroblob(handle, index, 0)
        : sqlite3_bind_blob(handle, index, buffer.baseAddress, Int32(buffer.count), Prepared.copied)
    }
  }

  func bind(_ instant: Instant, at index: Int32) { bind(instant.milliseconds, at: index) }

  func bind(_ instant: Instant?, at index: Int32) { bind(instant?.milliseconds, at: index) }

  /// Goes to the next row; false at the end. A statement that gave no more rows is ready to be bound again.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default:
      let code = ResultCode(rawValue: sqlite3_extended_errcode(connection))
      let message = String(cString: sqlite3_errmsg(connection))
      sqlite3_reset(handle)
      throw DatabaseError(
        resultCode: code, message: message, sql: String(cString: sqlite3_sql(handle)))
    }
  }

  /// Runs a statement that gives no rows, and says how many rows it wrote.
  @discardableResult
  func run() throws -> Int {
    _ = try step()
    return Int(sqlite3_changes(connection))
  }

  /// The first column of all rows.
  func integers() throws -> [Int64] {
    var numbers: [Int64] = []
    while try step() { numbers.append(integer(0)) }
    return numbers
  }

  func reset() { sqlite3_reset(handle) }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func optionalInteger(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
  }

  func instant(_ column: Int32) -> Instant { Instant(milliseconds: integer(column)) }

  func optionalInstant(_ column: Int32) -> Instant? {
    optionalInteger(column).map(Instant.init(milliseconds:))
  }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// SQLite's SQLITE_TRANSIENT: the bytes are copied before the call returns. The C macro is a cast that Swift cannot import.
  private static var copied: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
}
