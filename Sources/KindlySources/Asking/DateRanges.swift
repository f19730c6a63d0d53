import KindlyCore

/// Ranges of dates where a column's type is one, as servers have them.
enum DateRanges {
  /// The intervals in the column's own notation, limited to the values that it holds.
  static func typed(
    _ intervals: [AnchorInterval], within span: ColumnSpan,
    _ bounds: (AnchorInterval) -> (low: String, high: String)
  ) -> [ValueRange] {
    guard let held = span.texts else { return [] }
    return intervals.compactMap { interval in
      let (low, high) = bounds(interval)
      guard !held.high.lexicographicallyPrecedes(low.utf8),
        held.low.lexicographicallyPrecedes(high.utf8)
      else { return nil }
      return ValueRange(low: .text(low), high: .text(high))
    }
  }

  /// A second of UTC as a wall time.
  static func wall(_ second: Int64) -> String {
    WallClock(Instant(seconds: second), offset: 0).text
  }

  /// The span of a column, from the two ends of an index: numbers if both ends are numbers, otherwise texts.
  static func span(
    _ first: Value?, _ last: Value?, number: (Value) -> Double?
  ) -> ColumnSpan {
    guard let first, let last else { return ColumnSpan(numbers: nil, texts: nil) }
    if let low = number(first), let high = number(last) {
      return ColumnSpan(numbers: min(low, high)...max(low, high), texts: nil)
    }
    return ColumnSpan(
      numbers: nil,
      texts: ColumnSpan.Texts(low: Array(first.text.utf8), high: Array(last.text.utf8)))
  }
}
