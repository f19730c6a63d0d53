#if MariaDB
  import CMariaDB
  import KindlyCore

  /// A column's type, as far as reading and comparing depend on it.
  struct MariaDBType: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case integer, real, decimal, bit
      case text
      case date, datetime
      /// TIMESTAMP, a point in time; given in UTC.
      case instant
      case blob
      /// ENUM, SET, TIME, JSON: read as its text, and compared by it.
      case other
    }

    let kind: Kind
    var isUnsigned = false
    /// How many decimals its seconds have.
    var decimals: UInt32 = 0
    /// How its texts compare, such as `utf8mb4_general_ci`; empty where it has none.
    var collation = ""
    /// The character set that its bytes are read in, where it is stored as latin1 and is not.
    var decoding: String?

    /// Whether it compares texts by their UTF-8 bytes already, so that an index gives them in that order.
    ///
    /// Padding, which some of these have, matters only for control characters.
    var isBytewise: Bool {
      kind == .text && collation.hasPrefix("utf8mb4_") && collation.hasSuffix("_bin")
    }

    /// The number of the collation that bytes have.
    private static let binary: UInt32 = 63

    init(kind: Kind) { self.kind = kind }

    init(_ field: MYSQL_FIELD) {
      kind = MariaDBType.kind(field)
      isUnsigned = field.flags & UInt32(UNSIGNED_FLAG) != 0
      decimals = kind == .instant ? field.decimals : 0
    }

    static func kind(_ field: MYSQL_FIELD) -> Kind {
      switch field.type {
      case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_INT24,
        MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
        return .integer
      case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: return .real
      case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: return .decimal
      case MYSQL_TYPE_BIT: return .bit
      case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE: return .date
      case MYSQL_TYPE_DATETIME: return .datetime
      case MYSQL_TYPE_TIMESTAMP: return .instant
      case MYSQL_TYPE_TIME, MYSQL_TYPE_JSON, MYSQL_TYPE_ENUM, MYSQL_TYPE_SET: return .other
      case MYSQL_TYPE_GEOMETRY: return .blob
      default:
        if field.flags & UInt32(ENUM_FLAG | SET_FLAG) != 0 { return .other }
        return field.charsetnr == binary ? .blob : .text
      }
    }
  }

  extension MariaDBType.Kind {
    /// A value from the text that the server writes it as.
    func value(_ text: UnsafeBufferPointer<UInt8>) -> Value {
      switch self {
      case .integer: return text.wholeNumber.map(Value.integer) ?? plain(text)
      case .decimal:
        // Money keeps its decimals, which binary fractions would lose.
        if text.contains(UInt8(ascii: ".")) { return plain(text) }
        return text.wholeNumber.map(Value.integer) ?? plain(text)
      case .real:
        let written = String(decoding: text, as: UTF8.self)
        return Double(written).map(Value.real) ?? .text(written)
      // The bits themselves, the highest first.
      case .bit: return .integer(text.reduce(0) { $0 << 8 | Int64($1) })
      case .instant:
        let written = String(decoding: text, as: UTF8.self)
        // 0000-00-00 is no point in time, in no zone.
        return .text(written.hasPrefix("0000") ? written : written + "+00")
      case .blob: return .blob([UInt8](repeating: 0, count: text.count))
      case .text, .date, .datetime, .other: return plain(text)
      }
    }

    /// A value that can name a row, or nil.
    func keyValue(_ text: UnsafeBufferPointer<UInt8>) -> Value? {
      switch self {
      case .blob: nil
      case .decimal: text.wholeDecimal.map(Value.integer)
      case .real:
        value(text).number.flatMap { Int64(exactly: $0) }.map(Value.integer)
      case .text, .other, .integer, .bit, .date, .datetime, .instant: value(text)
      }
    }

    /// The session's character set is UTF-8, which the server sees to.
    private func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
      .text(String(decoding: bytes, as: UTF8.self))
    }
  }
#endif
