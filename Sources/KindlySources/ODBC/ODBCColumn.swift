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
    /// The database of that table.
    let catalog: String

    struct Origin: Hashable, Sendable {
      let table: String
      let column: String
    }

    /// The column of a statement by its number, which counts from 1.
    init(_ statement: SQLHSTMT, _ number: SQLUSMALLINT, inUTF8 isUTF8: Bool) {
      func text(_ field: Int32) -> String {
        isUTF8
          ? ODBCColumn.text(SQLCHAR.self, UTF8.self) {
            SQLColAttribute(statement, number, SQLUSMALLINT(field), $0, $1, nil, nil)
          }
          : ODBCColumn.text(SQLWCHAR.self, UTF16.self) {
            SQLColAttributeW(statement, number, SQLUSMALLINT(field), $0, $1, nil, nil)
          }
      }
      var (type, decimals, mayBeNull): (SQLSMALLINT, SQLSMALLINT, SQLSMALLINT) = (0, 0, 0)
      var size: SQLULEN = 0
      SQLDescribeColW(statement, number, nil, 0, nil, &type, &size, &decimals, &mayBeNull)
      var flag: SQLLEN = 0
      SQLColAttributeW(statement, number, SQLUSMALLINT(SQL_DESC_UNSIGNED), nil, 0, nil, &flag)
      name = text(SQL_DESC_NAME)
      self.type = Int32(type)
      typeName = text(SQL_DESC_TYPE_NAME)
      self.decimals = Int(decimals)
      isUnsigned = flag == SQL_TRUE
      origin = Origin(
        table: text(SQL_DESC_BASE_TABLE_NAME), column: text(SQL_DESC_BASE_COLUMN_NAME))
      catalog = text(SQL_DESC_CATALOG_NAME)
    }

    /// A text that a driver writes into a buffer of a number of bytes; empty where it does not know it.
    private static func text<Encoding: Unicode.Encoding>(
      _ unit: Encoding.CodeUnit.Type, _ encoding: Encoding.Type,
      _ write: (UnsafeMutableRawPointer, SQLSMALLINT) -> SQLRETURN
    ) -> String where Encoding.CodeUnit: FixedWidthInteger {
      var buffer = [Encoding.CodeUnit](repeating: 0, count: 512)
      let answer = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { write($0, SQLSMALLINT(bytes.count)) } ?? SQLRETURN(SQL_ERROR)
      }
      guard answer == SQL_SUCCESS || answer == SQL_SUCCESS_WITH_INFO else { return "" }
      return String(decoding: buffer.prefix { $0 != 0 }, as: encoding)
    }
  }
#endif
