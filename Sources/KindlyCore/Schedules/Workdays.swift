/// The calendar by which a schedule counts workdays and knows days off.
package struct Workdays: Hashable, Sendable {
  /// The name of the calendar in the configuration; nil for one that knows weekends alone.
  package let name: String?
  package let calendar: WorkCalendar

  /// Saturdays and Sundays are days off, and no other day is.
  package static let weekends = Workdays(name: nil, calendar: WorkCalendar())

  package init(name: String?, calendar: WorkCalendar) {
    self.name = name
    self.calendar = calendar
  }
}

/// What becomes of a moment that falls on a day off.
package enum OffDays: String, Hashable, Sendable, CaseIterable {
  case keep
  /// It moves to the last workday before.
  case earlier
  /// It moves to the next workday, but not past the date that it announces.
  case later

  /// A moment is not moved further than this, so that the search for rows stays narrow; no company is closed for longer.
  static let longestShift = 60

  /// The day on which a moment of a day is served.
  ///
  /// - Parameter last: the day that the moment announces; nil where it announces none.
  func day(for date: CivilDate, by workdays: Workdays, notAfter last: CivilDate?) -> CivilDate {
    let calendar = workdays.calendar
    if self == .keep || calendar.isWorkday(date) { return date }
    let before = calendar.previousWorkday(onOrBefore: date)
    let after = calendar.nextWorkday(onOrAfter: date)
    let found =
      switch self {
      case .keep: date
      case .earlier: before
      case .later: after.flatMap { after in last.map { after <= $0 } ?? true ? after : before }
      }
    guard let found, abs(found.dayNumber - date.dayNumber) <= OffDays.longestShift else {
      return date
    }
    return found
  }
}

extension Step {
  /// What its calendar lacks on a day, as a sentence; nil where neither its moments nor its hours ask one, or where it
  /// lacks nothing that matters.
  ///
  /// - Parameter hours: those of the channels that it may use.
  package func gap(in date: CivilDate, _ hours: [OpenHours]) -> String? {
    when.schedule?.asksCalendar == true || hours.contains(where: \.asksCalendar)
      ? workdays.gap(in: date) : nil
  }
}

extension Workdays {
  /// What the calendar lacks on a day, as a sentence; nil where it lacks nothing that matters.
  ///
  /// The days off of a year are published late in the year before, so the next year matters from December on.
  func gap(in date: CivilDate) -> String? {
    guard let name else {
      return "only Saturdays and Sundays count as days off; choose a calendar with `calendar:`"
    }
    let years = [date.year] + (date.month == 12 ? [date.year + 1] : [])
    return years.first { !calendar.hasData(for: $0) }.map {
      "calendar \(name) has no days off for \($0), so only weekends count that year; add a file to calendars/\(name)/"
    }
  }
}
