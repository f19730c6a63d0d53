import KindlyCore

/// The smallest and largest values of a date column: one pair for numbers, one for texts that begin with a digit.
struct ColumnSpan: Hashable, Sendable {
  /// Nil where the column holds no number.
  let numbers: ClosedRange<Double>?
  /// Nil where it holds no text that begins with a digit.
  let texts: Texts?

  struct Texts: Hashable, Sendable {
    let low: [UInt8]
    let high: [UInt8]
  }

  /// A column that may hold anything.
  static let unbounded = ColumnSpan(
    numbers: -Double.infinity...Double.infinity, texts: Texts(low: [], high: [0xFF]))

  /// Whether texts that begin with one of these years may be among the column's.
  func mayHoldDates(ofYears years: ClosedRange<Int>) -> Bool {
    guard let texts else { return false }
    let first = Array(padded(years.lowerBound, to: 4).utf8)
    let behindLast = Array((padded(years.upperBound, to: 4) + ":").utf8)
    return !texts.high.lexicographicallyPrecedes(first)
      && texts.low.lexicographicallyPrecedes(behindLast)
  }
}
