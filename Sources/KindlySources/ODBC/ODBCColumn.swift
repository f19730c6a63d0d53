#if ODBC
  import CODBC

  /// A column of a statement's rows, as a driver describes it.
  struct ODBCColumn: Hashable, Sendable {
    let name: String
    /// One of the types of ODBC, such as `SQL_VARCHAR`.
    let type: Int32
    /// What the database calls the type, as far as its driver tells.
    let typeName: String
    /// How many decimals its numbers or seconds have.
    let decimals: Int
    let isUnsigned: Bool
    /// The table and column that it comes from; empty for an expression, and where the driver does not tell.
    let origin: Origin

    struct Origin: Hashable, Sendable {
      let table: String
      let column: String
    }

    /// The column of a statement by its number, which counts from 1.
    init(_ statement: SQLHSTMT, _ number: SQLUSMALLINT) {
      var buffer = [SQLWCHAR](repeating: 0, count: 512)
      var (length, type, decimals, mayBeNull):
        (SQLSMALLINT, SQLSMALLINT, SQLSMALLINT, SQLSMALLINT) =
          (0, 0, 0, 0)
      var size: SQLULEN = 0
      SQLDescribeColW(
        statement, number, &buffer, SQLSMALLINT(buffer.count), &length, &type, &size, &decimals,
        &mayBeNull)
      name = String(decoding: buffer.prefix { $0 != 0 }, as: UTF16.self)
      self.type = Int32(type)
      self.decimals = Int(decimals)
      func text(_ field: Int32) -> String {
        let bytes = SQLSMALLINT(buffer.count * MemoryLayout<SQLWCHAR>.size)
        let answer = SQLColAttributeW(
          statement, number, SQLUSMALLINT(field), &buffer, bytes, &length, nil)
        guard answer == SQL_SUCCESS || answer == SQL_SUCCESS_WITH_INFO else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }, as: UTF16.self)
      }
      var flag: SQLLEN = 0
      SQLColAttributeW(statement, number, SQLUSMALLINT(SQL_DESC_UNSIGNED), nil, 0, nil, &flag)
      isUnsigned = flag == SQL_TRUE
      typeName = text(SQL_DESC_TYPE_NAME)
      origin = Origin(
        table: text(SQL_DESC_BASE_TABLE_NAME), column: text(SQL_DESC_BASE_COLUMN_NAME))
    }
  }
#endif
