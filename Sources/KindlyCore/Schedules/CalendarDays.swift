/// Days of the calendar that a schedule counts from; they are the same for every row.
package enum CalendarDays: Hashable, Sendable {
  /// Once.
  case date(CivilDate)
  /// Every year; 29 February is missing in common years.
  case everyYear(month: Int, day: Int)
  /// Every year, or as often as the festival comes.
  case festival(Festival)
  /// Every week or every month.
  case regular(RegularDays)

  /// Reads `2026-12-05` and `12-25`; nil where that is no day.
  init?(writtenInWhen text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count else { return nil }
    switch numbers.count {
    case 3:
      guard let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]) else {
        return nil
      }
      self = .date(date)
    case 2:
      // A leap year, in which every day of a year exists.
      guard CivilDate(year: 2000, month: numbers[0], day: numbers[1]) != nil else { return nil }
      self = .everyYear(month: numbers[0], day: numbers[1])
    default: return nil
    }
  }

  /// The days in a range, in order.
  package func dates(in range: ClosedRange<CivilDate>, by policy: DayPolicy) -> [CivilDate] {
    switch self {
    case .date(let date): range.contains(date) ? [date] : []
    case .everyYear(let month, let day):
      (range.lowerBound.year...range.upperBound.year)
        .compactMap { CalendarDays.date($0, month, day, policy.missingDates) }.filter(
          range.contains)
    case .festival(let festival): festival.day.dates(in: range)
    case .regular(let days): days.dates(in: range, by: policy)
    }
  }

  /// The first day on or after a date; nil where none is known.
  package func next(onOrAfter date: CivilDate, by policy: DayPolicy) -> CivilDate? {
    switch self {
    case .date(let only): only >= date ? only : nil
    case .everyYear(let month, let day):
      (date.year...date.year + CalendarDays.longestWait).lazy
        .compactMap { CalendarDays.date($0, month, day, policy.missingDates) }.first { $0 >= date }
    case .festival(let festival): festival.day.next(onOrAfter: date)
    case .regular(let days): days.next(onOrAfter: date, by: policy)
    }
  }

  /// The day on which the use of a reminder for a day ends at the latest: the next one, where they come every week or month.
  func successor(of date: CivilDate, by policy: DayPolicy) -> CivilDate? {
    guard case .regular(let days) = self else { return nil }
    return days.next(onOrAfter: date.adding(days: 1), by: policy)
  }

  /// Whether a work calendar decides which days these are.
  var asksCalendar: Bool {
    if case .regular(let days) = self { days.asksCalendar } else { false }
  }

  /// As `when:` writes a rule of these days: `on 2026-12-05`, `every Monday`.
  var ownText: String {
    if case .regular(let days) = self { "every \(days.text)" } else { "on \(text)" }
  }

  /// As a sentence begins that is about these days: `on 12-25 of each year`, `every Monday`.
  var ownWords: String {
    if case .regular(let days) = self { days.words } else { "on \(words)" }
  }

  /// 29 February comes every eight years at least.
  private static let longestWait = 8

  private static func date(_ year: Int, _ month: Int, _ day: Int, _ skip: Skip) -> CivilDate? {
    if let date = CivilDate(year: year, month: month, day: day) { return date }
    return switch skip {
    case .omit: nil
    case .backward: CivilDate(year: year, month: month, day: day - 1)
    case .forward: CivilDate(year: year, month: month + 1, day: 1)
    }
  }

  /// As `when:` writes it: `2026-12-05`, `12-25`, `festival Mid-Autumn Festival`.
  var text: String {
    switch self {
    case .date(let date): date.description
    case .everyYear(let month, let day): "\(padded(month, to: 2))-\(padded(day, to: 2))"
    case .festival(let festival): "festival \(WhenWords.festivalSpelling(festival.name))"
    case .regular(let days): days.text
    }
  }

  /// As a sentence names it.
  var words: String {
    switch self {
    case .date(let date): date.description
    case .everyYear: "\(text) of each year"
    case .festival(let festival): festival.name
    case .regular(let days): days.words
    }
  }
}
