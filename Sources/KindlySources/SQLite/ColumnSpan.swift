import KindlyCore

/// The smallest and largest values that a date column holds: of its numbers, and of its texts that begin with a digit.
struct ColumnSpan: Hashable, Sendable {
  /// Nil where the column holds no number.
  let numbers: ClosedRange<Double>?
  /// Nil where it holds no text that begins with a digit.
  let texts: Texts?

  struct Texts: Hashable, Sendable {
    let low: [UInt8]
    let high: [UInt8]
  }

  /// Four look-ups at the ends of an index; `name` is the quoted column of `relation AS this`.
  ///
  /// No bound looks like a number, because a column of numeric affinity would then turn it into one: `/` sorts right
  /// before the digits and `:` right behind them, and an empty text behind all numbers.
  static func read(_ name: String, of relation: String, by reader: SQLiteReader) throws
    -> ColumnSpan
  {
    func end(_ condition: String, _ direction: String) throws -> Value? {
      try reader.value(
        """
        SELECT \(name)
        FROM \(relation) AS this
        WHERE \(condition)
        ORDER BY \(name) COLLATE BINARY \(direction)
        LIMIT 1
        """)
    }
    let numeric = "\(name) COLLATE BINARY < ''"
    let digits = "\(name) COLLATE BINARY >= '/' AND \(name) COLLATE BINARY < ':'"
    var numbers: ClosedRange<Double>?
    if let low = try end(numeric, "ASC")?.number, let high = try end(numeric, "DESC")?.number {
      numbers = min(low, high)...max(low, high)
    }
    var texts: Texts?
    if case .text(let low)? = try end(digits, "ASC"),
      case .text(let high)? = try end(digits, "DESC")
    {
      texts = Texts(low: Array(low.utf8), high: Array(high.utf8))
    }
    return ColumnSpan(numbers: numbers, texts: texts)
  }

  /// Whether texts that begin with one of these years may be among the column's.
  func mayHoldDates(ofYears years: ClosedRange<Int>) -> Bool {
    guard let texts else { return false }
    let first = Array(padded(years.lowerBound, to: 4).utf8)
    let behindLast = Array((padded(years.upperBound, to: 4) + ":").utf8)
    return !texts.high.lexicographicallyPrecedes(first)
      && texts.low.lexicographicallyPrecedes(behindLast)
  }
}

extension Value {
  fileprivate var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .null, .text, .blob: nil
    }
  }
}
