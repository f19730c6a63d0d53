/// Days that come back every week or every month, such as every Monday or the first workday of each month.
package enum RegularDays: Hashable, Sendable {
  case weekdays(Set<Weekday>)
  case workdays
  /// Missing in a month that is too short for it.
  case dayOfMonth(Int)
  case lastDayOfMonth
  /// A month without a workday has none.
  case firstWorkdayOfMonth
  case lastWorkdayOfMonth

  package static let everyDay = RegularDays.weekdays(Set(Weekday.allCases))
  /// From Monday to Friday, holidays included.
  package static let mondayToFriday = RegularDays.weekdays(.mondayToFriday)

  /// Whether a work calendar decides which days these are.
  package var asksCalendar: Bool {
    switch self {
    case .workdays, .firstWorkdayOfMonth, .lastWorkdayOfMonth: true
    case .weekdays, .dayOfMonth, .lastDayOfMonth: false
    }
  }

  /// Whether a date is one of these days.
  package func contains(_ date: CivilDate, by policy: DayPolicy) -> Bool {
    let calendar = policy.workdays.calendar
    let length = CivilDate.length(ofMonth: date.month, year: date.year)
    switch self {
    case .weekdays(let weekdays): return weekdays.contains(date.dayOfWeek)
    case .workdays: return calendar.isWorkday(date)
    case .dayOfMonth(let day):
      if date.day == day { return true }
      return switch policy.missingDates {
      case .omit: false
      case .backward: date.day == length && day > length
      case .forward:
        date.day == 1 && day > date.adding(days: -1).day
      }
    case .lastDayOfMonth: return date.day == length
    case .firstWorkdayOfMonth:
      return calendar.isWorkday(date)
        && !(1..<date.day).contains { calendar.isWorkday(date.adding(days: -$0)) }
    case .lastWorkdayOfMonth:
      return calendar.isWorkday(date)
        && !(1..<length - date.day + 1).contains { calendar.isWorkday(date.adding(days: $0)) }
    }
  }

  /// The days in a range, in order.
  package func dates(in range: ClosedRange<CivilDate>, by policy: DayPolicy) -> [CivilDate] {
    (range.lowerBound.dayNumber...range.upperBound.dayNumber).map(CivilDate.init(dayNumber:))
      .filter { contains($0, by: policy) }
  }

  /// The first day on or after a date; nil where a calendar has no workday for a year.
  package func next(onOrAfter date: CivilDate, by policy: DayPolicy) -> CivilDate? {
    (0...RegularDays.longestWait).lazy.map { date.adding(days: $0) }
      .first { contains($0, by: policy) }
  }

  /// The most days from one of them to the next: two months where one may have none, or where a holiday lies between.
  var mostDaysBetween: Int {
    switch self {
    case .weekdays: 7
    case .workdays, .dayOfMonth, .lastDayOfMonth, .firstWorkdayOfMonth, .lastWorkdayOfMonth: 62
    }
  }

  /// A year, as for the time that `WorkCalendar` looks for a workday.
  private static let longestWait = WorkCalendar.longestTimeOff

  /// As `when:` writes it behind `every`: `Monday, Thursday`, `month on day 1`.
  var text: String {
    switch self {
    case .everyDay: "day"
    case .mondayToFriday: "weekday"
    case .weekdays(let weekdays): weekdays.sorted().map(\.description).joined(separator: ", ")
    case .workdays: "workday"
    case .dayOfMonth(let day): "month on day \(day)"
    case .lastDayOfMonth: "month on last day"
    case .firstWorkdayOfMonth: "month on first workday"
    case .lastWorkdayOfMonth: "month on last workday"
    }
  }

  /// As a sentence says it: `every Monday and Thursday`, `on the first workday of each month`.
  var words: String {
    switch self {
    case .everyDay, .mondayToFriday, .workdays: "every \(text)"
    case .weekdays(let weekdays): "every \(weekdays.sorted().map(\.description).listed("and"))"
    case .dayOfMonth(let day): "on day \(day) of each month"
    case .lastDayOfMonth: "on the last day of each month"
    case .firstWorkdayOfMonth: "on the first workday of each month"
    case .lastWorkdayOfMonth: "on the last workday of each month"
    }
  }
}
