/// The company's calendar: weekends, a few days off, and Saturdays and Sundays that are worked for them.
enum SimCalendar {
  static let name = "own"

  private static let daysOff: Set<Int> = [
    days(2026, 1, 1...2), days(2026, 2, 16...20), days(2026, 4, 6...6), days(2026, 5, 1...5),
    days(2026, 6, 19...19), days(2026, 10, 1...8), days(2026, 12, 24...31), days(2027, 1, 1...4),
    days(2027, 2, 8...12),
  ].reduce(into: []) { $0.formUnion($1) }

  /// Saturdays and Sundays.
  private static let worked: Set<Int> = [
    days(2026, 2, 14...15), days(2026, 2, 28...28), days(2026, 5, 9...9), days(2026, 9, 27...27),
    days(2026, 10, 10...11), days(2027, 2, 6...6),
  ].reduce(into: []) { $0.formUnion($1) }

  private static func days(_ year: Int, _ month: Int, _ days: ClosedRange<Int>) -> Set<Int> {
    Set(days.map { NaiveTime.number(year, month, $0) })
  }

  static func isWorkday(_ day: Int) -> Bool {
    if daysOff.contains(day) { return false }
    // The first day of 1970 was a Thursday.
    let weekday = ((day + 3) % 7 + 7) % 7
    return weekday < 5 || worked.contains(day)
  }

  /// So many workdays after a day, or before it where negative.
  static func adding(_ workdays: Int, to day: Int) -> Int {
    var (day, left) = (day, abs(workdays))
    while left > 0 {
      day += workdays.signum()
      if isWorkday(day) { left -= 1 }
    }
    return day
  }

  /// The day on which a moment is served.
  static func served(_ day: Int, _ offDays: SimOffDays) -> Int {
    if isWorkday(day) { return day }
    return switch offDays {
    case .earlier: adding(-1, to: day)
    case .later: adding(1, to: day)
    }
  }

  /// A file for each year, in the form of the holiday-cn project.
  static var files: [(year: Int, text: String)] {
    (2025...2027).map { year in
      let days = daysOff.union(worked).sorted().filter { NaiveTime.civil($0).year == year }
      let lines = days.map { day in
        #"{"name": "day", "date": "\#(NaiveTime.text(day))", "isOffDay": \#(daysOff.contains(day))}"#
      }
      let list = lines.joined(separator: ",\n")
      return (year, "{\"year\": \(year), \"days\": [\n\(list)\n]}\n")
    }
  }
}
