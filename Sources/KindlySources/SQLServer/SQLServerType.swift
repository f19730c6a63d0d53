#if ODBC
  import CODBC
  import KindlyCore

  /// A column's type, as far as reading and comparing depend on it.
  struct SQLServerType: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case integer, real, decimal
      case text
      /// `char(n)` and `nchar(n)`, whose padding means nothing.
      case padded
      case uuid
      case date
      /// `datetime`, `smalldatetime` and `datetime2`, a time without a zone.
      case datetime
      /// `datetimeoffset`, a point in time.
      case instant
      /// A number that each write of a row sets to a new, never used value; read as that number.
      case rowversion
      case blob
      /// `time`, `xml`, `sql_variant` and others: read as their text, and compared by it.
      case other
    }

    let kind: Kind
    /// The name to cast to, such as `nvarchar(50)`.
    let sql: String
    /// How its texts compare, such as `Latin1_General_CI_AS`; empty where it has none.
    var collation = ""

    private static let kinds: [String: Kind] = [
      "bit": .integer, "tinyint": .integer, "smallint": .integer, "int": .integer,
      "bigint": .integer, "decimal": .decimal, "numeric": .decimal, "money": .decimal,
      "smallmoney": .decimal, "float": .real, "real": .real, "varchar": .text, "nvarchar": .text,
      "sysname": .text, "char": .padded, "nchar": .padded, "uniqueidentifier": .uuid,
      "date": .date, "datetime": .datetime, "smalldatetime": .datetime, "datetime2": .datetime,
      "datetimeoffset": .instant, "timestamp": .rowversion, "rowversion": .rowversion,
      "binary": .blob, "varbinary": .blob, "image": .blob, "geometry": .blob, "geography": .blob,
      "hierarchyid": .blob,
    ]

    /// From a name such as `decimal(9,2)`; a type of an assembly has none.
    init(_ name: String?, collation: String = "") {
      sql = name ?? "varbinary(max)"
      kind = name.map { SQLServerType.kind(named: $0) ?? .other } ?? .blob
      self.collation = collation
    }

    static func kind(named name: String) -> Kind? {
      kinds[String(name.lowercased().prefix { $0 != "(" && $0 != " " })]
    }

    /// Whether its texts are in UTF-16, and not in a code page.
    var isUnicode: Bool { sql.hasPrefix("n") || sql == "sysname" }

    /// Whether it compares texts by their code points already, so that an index gives them in that order.
    var isBytewise: Bool { isUnicode && collation.hasSuffix("_BIN2") }
  }

  extension SQLServerType.Kind {
    /// What a driver describes a column of rows as.
    init(_ column: ODBCColumn) {
      if let kind = SQLServerType.kind(named: column.typeName) {
        self = kind
        return
      }
      switch column.type {
      case SQL_BIT, SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT: self = .integer
      case SQL_REAL, SQL_FLOAT, SQL_DOUBLE: self = .real
      case SQL_DECIMAL, SQL_NUMERIC: self = .decimal
      case SQL_GUID: self = .uuid
      case SQL_TYPE_DATE: self = .date
      case SQL_TYPE_TIMESTAMP: self = .datetime
      case SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY: self = .blob
      case SQL_CHAR, SQL_WCHAR: self = .padded
      case SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR: self = .text
      default: self = .other
      }
    }

    /// A value from the text that a driver or the change log writes it as; of a rowversion, from its bytes.
    func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
      switch self {
      case .integer: return bytes.wholeNumber.map(Value.integer) ?? plain(bytes)
      case .decimal:
        if let number = bytes.wholeNumber { return .integer(number) }
        return .text(SQLServerType.Kind.withZero(String(decoding: bytes, as: UTF8.self)))
      case .real:
        let text = String(decoding: bytes, as: UTF8.self)
        return Double(text).map(Value.real) ?? .text(text)
      case .padded: return plain(bytes.withoutPadding)
      case .uuid: return .text(String(decoding: bytes, as: UTF8.self).lowercased())
      case .datetime:
        return .text(SQLServerType.Kind.withoutZeros(String(decoding: bytes, as: UTF8.self)))
      case .instant: return .text(SQLServerType.Kind.joined(String(decoding: bytes, as: UTF8.self)))
      case .rowversion: return .integer(bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) })
      case .blob: return .blob([UInt8](repeating: 0, count: bytes.count))
      case .text, .date, .other: return plain(bytes)
      }
    }

    /// A value that can name a row, or nil.
    func keyValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
      switch self {
      // One point in time may be written in several zones, and is sorted by none of them.
      case .blob, .instant: nil
      case .decimal: bytes.wholeDecimal.map(Value.integer)
      case .real: value(bytes).number.flatMap { Int64(exactly: $0) }.map(Value.integer)
      case .text, .other, .integer, .padded, .uuid, .date, .datetime, .rowversion: value(bytes)
      }
    }

    private func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
      .text(String(decoding: bytes, as: UTF8.self))
    }

    /// `.50` and `-.50`, as Microsoft's driver writes them, with their zero.
    private static func withZero(_ text: String) -> String {
      if text.hasPrefix(".") { return "0" + text }
      return text.hasPrefix("-.") ? "-0" + text.dropFirst() : text
    }

    /// A time without the zeros at the end of its fraction, of which each type and driver writes as many as it likes.
    private static func withoutZeros(_ text: String) -> String {
      guard let point = text.firstIndex(of: ".") else { return text }
      var fraction = text[point...]
      while fraction.last == "0" { fraction.removeLast() }
      return String(text[..<point]) + (fraction.count > 1 ? fraction : "")
    }

    /// `2026-02-10 09:30:00.5000000 +08:00` in the form of ISO 8601, which no setting of a session changes the meaning of.
    private static func joined(_ text: String) -> String {
      let parts = text.replacing("T", with: " ").split(separator: " ").map(String.init)
      guard parts.count >= 2 else { return text }
      var (time, zone) = (parts[1], parts.count > 2 ? parts[2] : "")
      if zone.isEmpty, let sign = time.firstIndex(where: { "+-Z".contains($0) }) {
        zone = String(time[sign...])
        time = String(time[..<sign])
      }
      return parts[0] + "T" + withoutZeros(time) + zone
    }
  }
#endif
