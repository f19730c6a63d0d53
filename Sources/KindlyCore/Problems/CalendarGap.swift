/// What the calendar of a rule lacks, so that the rule counts some days off as workdays.
package enum CalendarGap: Hashable, Sendable, Codable {
  /// The rule has no calendar.
  case weekendsOnly
  /// The calendar with this name knows no days off of a year.
  case year(Int, of: ExactText)

  /// The calendar's name; nil if the rule has none.
  package var calendar: ExactText? {
    switch self {
    case .weekendsOnly: nil
    case .year(_, let calendar): calendar
    }
  }

  /// What is lacking, what happens meanwhile, and what to do.
  package var words: String {
    switch self {
    case .weekendsOnly:
      "only Saturdays and Sundays count as days off; choose a calendar with `calendar:`"
    case .year(let year, let calendar):
      "calendar \(calendar) has no days off for \(year), so only weekends count that year; add a file to calendars/\(calendar)/"
    }
  }
}
