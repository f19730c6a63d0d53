/// Days of the calendar that a schedule counts from; they are the same for every row.
package enum CalendarDays: Hashable, Sendable {
  /// Once.
  case date(CivilDate)
  /// Every year; 29 February is 28 February in common years.
  case everyYear(month: Int, day: Int)
  /// Every year, or as often as the festival comes.
  case festival(Festival)

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
  package func dates(in range: ClosedRange<CivilDate>) -> [CivilDate] {
    switch self {
    case .date(let date): range.contains(date) ? [date] : []
    case .everyYear(let month, let day): FestivalDay.fixed(month: month, day: day).dates(in: range)
    case .festival(let festival): festival.day.dates(in: range)
    }
  }

  /// The first day on or after a date; nil where none is known.
  package func next(onOrAfter date: CivilDate) -> CivilDate? {
    switch self {
    case .date(let only): only >= date ? only : nil
    case .everyYear(let month, let day):
      FestivalDay.fixed(month: month, day: day).next(onOrAfter: date)
    case .festival(let festival): festival.day.next(onOrAfter: date)
    }
  }

  /// As `when:` writes it: `2026-12-05`, `12-25`, `festival Mid-Autumn Festival`.
  var text: String {
    switch self {
    case .date(let date): date.description
    case .everyYear(let month, let day): "\(padded(month, to: 2))-\(padded(day, to: 2))"
    case .festival(let festival): "festival \(WhenWords.festivalSpelling(festival.name))"
    }
  }

  /// As a sentence names it.
  var words: String {
    switch self {
    case .date(let date): date.description
    case .everyYear: "\(text) of each year"
    case .festival(let festival): festival.name
    }
  }
}
