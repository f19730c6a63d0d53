import KindlyCore

/// SQL as SQLite 3.38 and later reads it.
enum SQLiteDialect: SQLDialect {
  typealias ColumnType = ColumnAffinity

  static let grammar = SQLGrammar(hasBackquotes: true, hasBrackets: true)

  static let always = "1"

  static func quoted(_ name: String) -> String { "\"" + name.doubling("\"") + "\"" }

  static func table(_ name: String) -> String { "main." + quoted(name) }

  /// A number matches a column of any type; a text matches a number only in a column with a declared type.
  static func parameter(ofKey text: String) -> Value {
    guard let number = Int64(text), String(number).isExactly(text) else { return .text(text) }
    return .integer(number)
  }

  static func index(on table: String, _ names: [String], _ columns: [String]) -> String {
    let name = quoted(([table] + names).joined(separator: "_"))
    return "CREATE INDEX \(name) ON \(quoted(table)) (\(columns.joined(separator: ", ")))"
  }

  // MARK: The order of SortKey

  static func ordered(_ name: String, _ type: ColumnAffinity) -> String { "\(name) COLLATE BINARY" }

  /// A column's own collation is hardly ever another.
  static func sorted(_ quoted: String, _ type: ColumnAffinity) -> String { quoted }

  static func place(_ parameter: String, _ type: ColumnAffinity) -> String { parameter }

  /// Any column may hold any value.
  static func fits(_ value: Value, _ type: ColumnAffinity) -> Bool { true }

  /// A text is less than any BLOB, and NULL compares with nothing.
  static func hasPlace(_ name: String, _ type: ColumnAffinity) -> String {
    "\(name) COLLATE BINARY < x''"
  }

  static func hasNoPlace(_ name: String, _ type: ColumnAffinity) -> [String] {
    ["\(name) IS NULL", "\(name) COLLATE BINARY >= x''"]
  }

  // MARK: JSON

  static func elements(of parameter: String) -> String { "json_each(\(parameter))" }

  static func scalar(in json: String, _ path: JSONStep...) -> String {
    "\(json) ->> \(JSONStep.literal(of: path))"
  }

  static func array(in json: String, _ path: JSONStep...) -> String {
    "\(json) -> \(JSONStep.literal(of: path))"
  }

  static func integer(_ scalar: String) -> String { scalar }

  static func matched(_ name: String, _ type: ColumnAffinity) -> String { name }

  static func keyPart(_ scalar: String, _ type: ColumnAffinity) -> String {
    type == .text ? "CAST(\(scalar) AS TEXT)" : scalar
  }

  /// With the affinity of its column, so that it compares as the column itself does.
  ///
  /// A numeric column may contain text, such as a date, which a cast would destroy. If one of the values is such a
  /// text, the column has no affinity in this statement.
  static func column(_ scalar: String, _ type: ColumnAffinity, holdsText: Bool) -> String {
    switch type {
    case .none: scalar
    case .text: "CAST(\(scalar) AS TEXT)"
    case .numeric: holdsText ? scalar : "CAST(\(scalar) AS NUMERIC)"
    }
  }

  static func literals(of text: String, as type: ColumnAffinity) -> [String] {
    let quoted = JSONText.quoted(text)
    // Only a number as we write it: a text such as 007 is itself.
    guard isNumber(text) else { return [quoted] }
    return switch type {
    case .text: [quoted]
    case .numeric: [text]
    case .none: [text, quoted]
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    if let number = Int64(text) { return String(number) == text }
    return Double(text).flatMap(Value.key)?.text.isExactly(text) ?? false
  }

  static func forms(_ name: String, _ type: ColumnAffinity) -> (number: String, text: String)? {
    // All numbers come before all texts, and these before all BLOBs.
    let key = ordered(name, type)
    return switch type {
    case .none: ("\(key) < ''", "\(key) >= '' AND \(key) < x''")
    case .text, .numeric: nil
    }
  }

  // MARK: Dates

  /// Any column may hold any value.
  static func dateless(_ type: ColumnAffinity) -> String? { nil }

  static func ranges(
    _ intervals: [AnchorInterval], of kind: DateKind, _ type: ColumnAffinity,
    within span: ColumnSpan
  ) -> [ValueRange] {
    AnchorRanges.all(intervals, of: kind, within: span)
  }

  /// Four look-ups at the ends of an index.
  ///
  /// No bound looks like a number, because a column of numeric affinity would then turn it into one: `/` sorts right
  /// before the digits and `:` right behind them, and an empty text behind all numbers.
  static func span<Reader: EngineReader>(
    of column: WatchColumn<SQLiteDialect>, in relation: String, by reader: Reader
  ) throws -> ColumnSpan where Reader.Dialect == SQLiteDialect {
    let name = column.ordered
    func end(_ condition: String, _ direction: String) throws -> Value? {
      try reader.value(
        """
        SELECT \(column.this)
        FROM \(relation) AS this
        WHERE \(condition)
        ORDER BY \(name) \(direction)
        LIMIT 1
        """)
    }
    let numeric = "\(name) < ''"
    let digits = "\(name) >= '/' AND \(name) < ':'"
    var numbers: ClosedRange<Double>?
    if let low = try end(numeric, "ASC")?.number, let high = try end(numeric, "DESC")?.number {
      numbers = min(low, high)...max(low, high)
    }
    var texts: ColumnSpan.Texts?
    if case .text(let low)? = try end(digits, "ASC"),
      case .text(let high)? = try end(digits, "DESC")
    {
      texts = ColumnSpan.Texts(low: Array(low.utf8), high: Array(high.utf8))
    }
    return ColumnSpan(numbers: numbers, texts: texts)
  }

  static func example(_ type: ColumnAffinity) -> ValueRange {
    ValueRange(low: .text("!"), high: .text("\""))
  }

  // MARK: Questions of people

  static func grouping(_ name: String, _ type: ColumnAffinity) -> String {
    "typeof(\(name)), \(name) COLLATE BINARY"
  }

  /// A column without a type may hold 42 or '42'; both are what a person types.
  static func isTyped(_ name: String, _ type: ColumnAffinity) -> String {
    "\(name) = :kindly_text COLLATE NOCASE OR \(name) = :kindly_number"
  }
}

/// What SQLite does with values that are stored in or compared with a column (sqlite.org/datatype3.html, 3.1).
enum ColumnAffinity: Hashable, Sendable {
  case text
  case numeric
  /// Nothing is converted: declared as BLOB, without a type, or an expression.
  case none

  init(declaredType: String?) {
    guard let type = declaredType?.uppercased(), !type.isEmpty else {
      self = .none
      return
    }
    if type.contains("INT") {
      self = .numeric
    } else if ["CHAR", "CLOB", "TEXT"].contains(where: type.contains) {
      self = .text
    } else {
      self = type.contains("BLOB") ? .none : .numeric
    }
  }
}

extension Value {
  /// The value of a number.
  var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .null, .text, .blob: nil
    }
  }
}
