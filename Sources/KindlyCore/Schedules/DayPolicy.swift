/// What a rule says about the days and hours by which it counts.
package struct DayPolicy: Hashable, Sendable {
  /// The calendar of workdays and days off.
  package var workdays = Workdays.weekends
  /// The calendars that customers may name instead.
  package var customerCalendars = CustomerCalendars.none
  package var offDays = OffDays.keep
  /// What becomes of a date that a month or a year does not have.
  package var missingDates = Skip.backward
  /// Nil where none are configured.
  package var officeHours: Office?
  /// The time at which a date without a time falls due; nil for the company's default time.
  package var defaultTime: TimeOfDay?

  /// Weekends are days off, moments stay on them, and a missing date becomes the day before.
  package static let standard = DayPolicy()

  package init() {}
}

/// The hours of an office by its own clocks.
package struct Office: Hashable, Sendable {
  package let hours: OfficeHours
  package let zone: Zone

  package init(hours: OfficeHours, zone: Zone) {
    self.hours = hours
    self.zone = zone
  }

  /// More days than a number of working hours takes, holidays included. What takes longer gives no moment.
  func mostDays(of hours: Int) -> Int {
    let week = Weekday.allCases.flatMap { self.hours.spans(of: $0) ?? [] }
      .reduce(0) { $0 + $1.to - $1.from }
    let weeks = (60 * hours + week - 1) / max(week, 1)
    return min(14 * weeks + 120, OfficeHours.mostDays)
  }
}

extension Skip {
  /// The choice as `missing dates:` writes it.
  package var word: String {
    switch self {
    case .omit: "skip"
    case .backward: "earlier"
    case .forward: "later"
    }
  }

  /// A choice that `missing dates:` names; nil for any other word.
  package init?(word: String) {
    guard let skip = Skip.allCases.first(where: { $0.word == word }) else { return nil }
    self = skip
  }
}
