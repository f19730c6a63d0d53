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

/// The calendars that customers may name in their rows; none where a rule names its own, or where their rows name none.
package struct CustomerCalendars: Hashable, Sendable {
  private let byName: [ExactText: Workdays]

  package static let none = CustomerCalendars([:])

  package init(_ byName: [ExactText: Workdays]) {
    self.byName = byName
  }

  package var isEmpty: Bool { byName.isEmpty }

  /// All of them, in the order of their names.
  package var all: [Workdays] { byName.sorted { $0.key < $1.key }.map(\.value) }

  /// The calendar of a customer; nil where they name none, and where they cannot choose.
  package subscript(name: ExactText?) -> Workdays? {
    byName.isEmpty ? nil : name.flatMap { byName[$0] }
  }
}

/// What becomes of a moment that falls on a day off.
package enum OffDays: String, Hashable, Sendable, CaseIterable {
  case keep
  /// It moves to the last workday before.
  case earlier
  /// It moves to the next workday, but not to or past the end of the date that it announces.
  case later

  /// A moment is not moved further than this, so that the search for rows stays narrow; no company is closed for longer.
  static let longestShift = 60

  /// The day on which a moment of a day is served.
  ///
  /// - Parameter mayMove: whether the moment may move to a later day.
  func day(
    for date: CivilDate, by workdays: Workdays, toLater mayMove: (CivilDate) -> Bool
  ) -> CivilDate {
    let calendar = workdays.calendar
    if self == .keep || calendar.isWorkday(date) { return date }
    let before = calendar.previousWorkday(onOrBefore: date)
    let after = calendar.nextWorkday(onOrAfter: date)
    let found =
      switch self {
      case .keep: date
      case .earlier: before
      case .later: after.flatMap { mayMove($0) ? $0 : before }
      }
    guard let found, abs(found.dayNumber - date.dayNumber) <= OffDays.longestShift else {
      return date
    }
    return found
  }
}

extension Step {
  /// What its calendars lack on a day; nothing if neither its moments nor its hours need a calendar, or if they lack
  /// nothing that matters.
  ///
  /// - Parameter hours: those of the channels that it may use.
  package func gaps(in date: CivilDate, _ hours: [OpenHours]) -> [CalendarGap] {
    guard when.schedule?.asksCalendar == true || hours.contains(where: \.asksCalendar) else {
      return []
    }
    let calendars = [workdays] + customerCalendars.all.filter { $0.name != workdays.name }
    return calendars.compactMap { $0.gap(in: date) }
  }

  /// The calendar that applies to a customer: the one that their row names, or the step's.
  package func workdays(ofCustomerWith calendar: ExactText?) -> Workdays {
    customerCalendars[calendar] ?? workdays
  }
}

extension Workdays {
  /// What the calendar lacks on a day; nil where it lacks nothing that matters.
  ///
  /// The days off of a year are published late in the year before, so the next year matters from December on.
  func gap(in date: CivilDate) -> CalendarGap? {
    guard let name else { return .weekendsOnly }
    let years = [date.year] + (date.month == 12 ? [date.year + 1] : [])
    return years.first { !calendar.hasData(for: $0) }.map { .year($0, of: ExactText(name)) }
  }
}
