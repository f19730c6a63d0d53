/// A day of the Chinese calendar as a column writes it: with its year, `1990-08-15`, or without, `八月十五`.
package struct LunarAnchor: Hashable, Sendable {
  package let day: LunarDay
  /// The Gregorian year in which its Chinese year begins; nil where none is written.
  package let year: Int?

  /// The day in a value of a column that is written by the Chinese calendar.
  ///
  /// Read are `1990-08-15`, `1990/8/15`, `1990年八月十五`, `19900815`, and the same without the year in every form that
  /// `LunarDay.parse` reads. A leap month has an L or 闰: `2025-06L-15`. A time behind the day is ignored.
  ///
  /// - Parameter needsYear: whether a day without its year is unusable, because something is counted from it.
  package init(_ value: Value, needsYear: Bool) throws(Anchor.Unusable) {
    let text: String
    switch value {
    case .null: throw .null
    case .blob: throw .unreadable
    case .integer, .real: text = value.text
    case .text(let written): text = written.trimmed
    }
    if text.isEmpty { throw .empty }
    if text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { throw .zero }
    var (year, rest) = LunarAnchor.divided(LunarAnchor.withoutTime(text))
    if let number = Int(digits: text.utf8) {
      guard text.utf8.count == 8 else { throw .number }
      (year, rest) = (number / 10_000, "\(number / 100 % 100)-\(number % 100)")
    }
    if let year { try LunarAnchor.check(year, rest) }
    // What it should have been does not matter: the value is counted by its kind.
    guard let day = try? LunarDay.parse(rest) else { throw .unreadable }
    guard let year else {
      if needsYear { throw .yearless }
      (self.day, self.year) = (day, nil)
      return
    }
    guard LunarDate.years.contains(year) else { throw .unlikely }
    guard day.exists(in: year) else { throw .unreadable }
    (self.day, self.year) = (day, year)
  }

  /// A text without the time behind its day: `1990-08-15 00:00:00`, `1990-08-15T00:00`.
  private static func withoutTime(_ text: String) -> String {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      let separator = text.utf8[..<colon].lastIndex(where: {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "T")
      })
    else { return text }
    return String(text[..<separator]).trimmed
  }

  /// The year in front, and the day behind it as `LunarDay.parse` reads it.
  private static func divided(_ text: String) -> (year: Int?, day: String) {
    let scalars = text.unicodeScalars
    let digits = scalars.prefix { ("0"..."9").contains($0) }
    let behind = scalars[digits.endIndex...]
    guard digits.count == 4, let separator = behind.first, "-/.年".unicodeScalars.contains(separator)
    else { return (nil, hyphenated(text)) }
    return (Int(String(digits)), hyphenated(String(behind.dropFirst())))
  }

  private static func hyphenated(_ text: String) -> String {
    text.replacing("/", with: "-").replacing(".", with: "-")
  }

  /// Throws for what databases write where there is no date.
  private static func check(_ year: Int, _ day: String) throws(Anchor.Unusable) {
    let numbers = day.split(separator: "-").map { Int($0) }
    guard numbers.count == 2, let month = numbers[0], let day = numbers[1] else { return }
    if year == 0, month == 0, day == 0 { throw .zero }
    guard let date = CivilDate(year: year, month: month, day: day) else { return }
    if year == 1970, month == 1, day == 1 { throw .epoch }
    if Anchor.placeholders.contains(date) { throw .placeholder }
  }

  /// The year that recurrences are counted from: its own, or the beginning of the common era.
  var firstYear: Int { year ?? 0 }

  /// Its first date that is known.
  package var first: CivilDate {
    let year = year ?? LunarDate.years.lowerBound
    // Every day of the calendar has a date in a year of the table, if missing ones become the day before.
    return day.date(inLunarYear: year) ?? LunarDate.dates.lowerBound
  }

  /// Where the day stands in a year of twelve months of thirty days, leap months with the regular ones.
  var place: Int {
    switch day {
    case .day(let month, _, let day): 30 * (month - 1) + day - 1
    case .lastOfYear: 359
    }
  }
}

extension LunarAnchor: CustomStringConvertible {
  /// The day as identity writes it: `1990-08-15`, `06L-15`.
  package var description: String { year.map { "\(padded($0, to: 4))-\(day)" } ?? "\(day)" }
}

extension LunarDay {
  /// Whether a year of the table has the day itself.
  fileprivate func exists(in year: Int) -> Bool {
    switch self {
    case .lastOfYear: true
    case .day(let month, let isLeapMonth, let day):
      LunarDate(year: year, month: month, isLeapMonth: isLeapMonth, day: day) != nil
    }
  }
}
