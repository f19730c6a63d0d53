import KindlyCore

/// A stretch of a date column's values in SQLite's order: `low <= value < high`.
struct ValueRange: Hashable, Sendable {
  let low: Value
  let high: Value
}

/// The ranges of column values that may hold an anchor within given intervals, in every format with the year first that
/// `Anchor` reads in a column of that kind.
///
/// SQLite sorts numbers before texts, numbers by value and texts by their bytes, so each format has a range of its own.
/// No bound looks like a number, because a column of numeric affinity would convert it.
struct AnchorRanges {
  private let span: ColumnSpan
  private let notation: DateKind.Number?
  private var numbers: [(low: Int64, high: Int64)] = []
  private var texts: [(low: [UInt8], high: [UInt8])] = []
  /// From this size on, an interval is one range of whole years for each separator.
  private static let longestInDays = 120

  private init(span: ColumnSpan, notation: DateKind.Number?) {
    self.span = span
    self.notation = notation
  }

  /// Skips ranges outside the column's span: a yearly recurrence has an interval for every year in which anyone was
  /// born, and few of them have rows.
  static func all(
    _ intervals: [AnchorInterval], of kind: DateKind, within span: ColumnSpan
  ) -> [ValueRange] {
    guard !intervals.isEmpty else { return [] }
    var ranges = AnchorRanges(span: span, notation: kind.number)
    ranges.addOddTexts()
    for interval in intervals {
      ranges.addNumbers(interval)
      guard span.texts != nil else { continue }
      ranges.addDigits(interval)
      let years = interval.firstDate.year...max(interval.lastDate.year, interval.firstDate.year)
      guard span.mayHoldDates(ofYears: years) else { continue }
      for separator in "-./" { ranges.addDates(interval, separator) }
      ranges.addYears(interval)
    }
    let numbers = merged(ranges.numbers, by: <)
    let texts = merged(ranges.texts) { $0.lexicographicallyPrecedes($1) }
    return numbers.map { ValueRange(low: .integer($0.low), high: .integer($0.high)) }
      + texts.map { ValueRange(low: text($0.low), high: text($0.high)) }
  }

  /// Texts with white space or zeros before the date, which may be any date.
  private mutating func addOddTexts() {
    // These begin with no digit, so the span says nothing about them.
    texts.append((Array("\u{0}".utf8), Array("!".utf8)))
    add("0/", "0000-")
    add("0000/", "0:")
  }

  private mutating func addNumbers(_ interval: AnchorInterval) {
    switch notation {
    case nil: break
    case .compact: add(compact(interval.firstDate), compact(interval.lastDate) + 1)
    case .seconds: add(interval.lower, interval.upper + 1)
    case .milliseconds: add(interval.lower * 1000, interval.upper * 1000 + 1000)
    }
  }

  private mutating func add(_ low: Int64, _ high: Int64) {
    guard let held = span.numbers, Double(low) <= held.upperBound, Double(high) >= held.lowerBound
    else { return }
    numbers.append((low, high))
  }

  /// `20260210`, and Unix time in digits: a range for each length, for texts of one length sort like their numbers.
  private mutating func addDigits(_ interval: AnchorInterval) {
    switch notation {
    case nil: break
    case .compact: addDigits(compact(interval.firstDate), compact(interval.lastDate))
    case .seconds: addDigits(interval, times: 1)
    case .milliseconds: addDigits(interval, times: 1000)
    }
  }

  private mutating func addDigits(_ interval: AnchorInterval, times scale: Int64) {
    var smallest: Int64 = 1
    while smallest < 1_000_000_000_000_000 {
      let length = smallest...(smallest * 10 - 1)
      let low = max(interval.lower * scale, length.lowerBound)
      let high = min(interval.upper * scale + scale - 1, length.upperBound)
      if low <= high { addDigits(low, high) }
      smallest *= 10
    }
  }

  /// Texts that begin with a number from `low` to `high`; `:` sorts behind the digits and `/` before them.
  private mutating func addDigits(_ low: Int64, _ high: Int64) {
    add(String(low).dropLast() + "/", "\(high):")
  }

  /// `2026-02-10`, `2026-2-9` and what may stand behind them.
  private mutating func addDates(_ interval: AnchorInterval, _ separator: Character) {
    let (first, last) = (interval.firstDate, interval.lastDate)
    if last.dayNumber - first.dayNumber > AnchorRanges.longestInDays {
      // `2026.` looks like a number; `/` sorts right before the digits, and `:` right behind them.
      add("\(padded(first.year, to: 4))\(separator)/", "\(padded(last.year, to: 4))\(separator):")
      return
    }
    add(
      prefix(first, separator, padded(first.day, to: 2)),
      prefix(last, separator, padded(last.day + 1, to: 2)))
    var month = first
    while (month.year, month.month) <= (last.year, last.month) {
      addUnpadded(month, from: month == first ? first.day : 1, upTo: last, separator)
      month = month.adding(
        days: CivilDate.length(ofMonth: month.month, year: month.year) - month.day + 1)
    }
  }

  /// `2026年2月10日`: a range of whole years, because few columns are written so.
  private mutating func addYears(_ interval: AnchorInterval) {
    // The sign that sorts right behind 年.
    add(
      "\(padded(interval.firstDate.year, to: 4))年",
      "\(padded(interval.lastDate.year, to: 4))\u{5E75}")
  }

  /// The dates of one month that are written with fewer digits.
  private mutating func addUnpadded(
    _ month: CivilDate, from firstDay: Int, upTo last: CivilDate, _ separator: Character
  ) {
    if month.month < 10 {
      let year = padded(month.year, to: 4)
      let text = "\(year)\(separator)\(month.month)"
      add("\(text)\(separator)", "\(text)\(after(separator))")
    }
    let isLast = (month.year, month.month) == (last.year, last.month)
    let lastDay = min(isLast ? last.day : 31, 9)
    for day in firstDay..<max(lastDay + 1, firstDay) {
      let text = prefix(month, separator, "\(day)")
      let next = prefix(month, separator, day == 9 ? ":" : "\(day + 1)")
      if day > 3 {
        add(text, next)
      } else {
        // Between these two lie the days 10 to 31.
        add(text, text + "0")
        add(text + ":", next)
      }
    }
  }

  private func prefix(_ date: CivilDate, _ separator: Character, _ day: String) -> String {
    "\(padded(date.year, to: 4))\(separator)\(padded(date.month, to: 2))\(separator)\(day)"
  }

  /// The character that sorts right behind a separator: `-` `.` `/` `0` follow each other.
  private func after(_ separator: Character) -> String {
    switch separator {
    case "-": "."
    case ".": "/"
    default: "0"
    }
  }

  private func compact(_ date: CivilDate) -> Int64 {
    Int64(date.year * 10_000 + date.month * 100 + date.day)
  }

  private mutating func add(_ low: some StringProtocol, _ high: String) {
    let (low, high) = (Array(low.utf8), Array(high.utf8))
    guard let held = span.texts, !held.high.lexicographicallyPrecedes(low),
      held.low.lexicographicallyPrecedes(high)
    else { return }
    texts.append((low, high))
  }

  private static func text(_ bytes: [UInt8]) -> Value {
    .text(String(decoding: bytes, as: UTF8.self))
  }

  /// Sorted, and joined where they overlap or touch.
  private static func merged<Bound: Equatable>(
    _ ranges: [(low: Bound, high: Bound)], by precedes: (Bound, Bound) -> Bool
  ) -> [(low: Bound, high: Bound)] {
    var merged: [(low: Bound, high: Bound)] = []
    for range in ranges.sorted(by: { precedes($0.low, $1.low) }) {
      if let last = merged.last, !precedes(last.high, range.low) {
        if precedes(last.high, range.high) { merged[merged.count - 1].high = range.high }
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
