#if PostgreSQL
  import CPostgres
  import KindlyCore

  /// A column's type, as far as reading and comparing depend on it.
  struct PostgresType: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case boolean, integer, real, numeric
      case text
      /// `char(n)`, whose padding means nothing.
      case padded
      /// `citext`, which compares without regard to case.
      case caseless
      case uuid
      case date, timestamp
      /// A point in time; given in UTC.
      case instant
      case blob
      /// Read as its text, and compared by it.
      case other
    }

    let kind: Kind
    /// The name to cast to.
    let sql: String

    /// The built-in types that are more than a text to us, by the number that the server knows them by
    /// (src/include/catalog/pg_type.dat; it never changes).
    private static let known: [Oid: PostgresType] = [
      16: PostgresType(kind: .boolean, sql: "boolean"),
      17: PostgresType(kind: .blob, sql: "bytea"),
      20: PostgresType(kind: .integer, sql: "bigint"),
      21: PostgresType(kind: .integer, sql: "smallint"),
      23: PostgresType(kind: .integer, sql: "integer"),
      25: PostgresType(kind: .text, sql: "text"),
      26: PostgresType(kind: .integer, sql: "oid"),
      700: PostgresType(kind: .real, sql: "real"),
      701: PostgresType(kind: .real, sql: "double precision"),
      1042: PostgresType(kind: .padded, sql: "bpchar"),
      1043: PostgresType(kind: .text, sql: "varchar"),
      1082: PostgresType(kind: .date, sql: "date"),
      1114: PostgresType(kind: .timestamp, sql: "timestamp"),
      1184: PostgresType(kind: .instant, sql: "timestamptz"),
      1700: PostgresType(kind: .numeric, sql: "numeric"),
      2950: PostgresType(kind: .uuid, sql: "uuid"),
    ]

    init(kind: Kind, sql: String) {
      self.kind = kind
      self.sql = sql
    }

    /// A built-in type, or nil where the server must be asked for its name.
    init?(oid: Oid) {
      guard let known = PostgresType.known[oid] else { return nil }
      self = known
    }

    /// A type of an extension or of the customer's own, by its name, which may have a schema before it.
    init(named name: String) {
      let isCaseless = name == "citext" || name.hasSuffix(".citext")
      self.init(kind: isCaseless ? .caseless : .other, sql: name)
    }

    static func kind(of oid: Oid) -> Kind { known[oid]?.kind ?? .other }
  }

  extension PostgresType.Kind {
    /// A value from the text that the server writes it as.
    func value(_ text: UnsafeBufferPointer<UInt8>) -> Value {
      switch self {
      case .boolean: .integer(text.first == UInt8(ascii: "t") ? 1 : 0)
      case .integer: text.wholeNumber.map(Value.integer) ?? PostgresType.Kind.text(text)
      case .numeric:
        // A whole number without decimals; money keeps its two, which binary fractions would lose.
        text.contains(UInt8(ascii: "."))
          ? PostgresType.Kind.text(text)
          : text.wholeNumber.map(Value.integer) ?? PostgresType.Kind.text(text)
      case .real: PostgresType.Kind.real(text)
      case .padded: PostgresType.Kind.text(text.withoutPadding)
      // Written as \x and two digits for each byte.
      case .blob: .blob([UInt8](repeating: 0, count: max(text.count - 2, 0) / 2))
      case .text, .caseless, .uuid, .date, .timestamp, .instant, .other:
        PostgresType.Kind.text(text)
      }
    }

    /// A value that can name a row, or nil.
    func keyValue(_ text: UnsafeBufferPointer<UInt8>) -> Value? {
      switch self {
      case .blob: return nil
      case .numeric: return text.wholeDecimal.map(Value.integer)
      case .real, .boolean, .integer:
        switch value(text) {
        case .integer(let number): return .integer(number)
        case .real(let number): return Int64(exactly: number).map(Value.integer)
        case .null, .text, .blob: return nil
        }
      // What the server does not check in a database of SQL_ASCII may be no UTF-8, and would not be found again.
      case .padded: return String(validating: text.withoutPadding, as: UTF8.self).map(Value.text)
      case .date, .timestamp, .instant:
        // Before the year 1 and after 9999 texts do not sort like dates.
        let isUsual =
          text.count >= 10 && text[4] == UInt8(ascii: "-") && text.last != UInt8(ascii: "C")
        return isUsual ? value(text) : nil
      case .text, .caseless, .other: return String(validating: text, as: UTF8.self).map(Value.text)
      case .uuid: return value(text)
      }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
      // The session's encoding is UTF-8, which the server sees to; in a database of SQL_ASCII nobody does, and what is no
      // UTF-8 shows as U+FFFD, which is told of.
      .text(String(decoding: bytes, as: UTF8.self))
    }

    private static func real(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let number = Double(text), number.isFinite else { return .text(text) }
      return .real(number)
    }
  }
#endif
