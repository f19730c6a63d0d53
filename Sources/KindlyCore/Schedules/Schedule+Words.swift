extension Schedule {
  /// The schedule in its canonical spelling.
  package var text: String {
    let name =
      switch basis {
      case .column(let column): WhenWords.spelling(column)
      case .days(let days): days.text
      case .change(let change): change.text
      }
    let dated =
      switch kind {
      case .on: days?.ownText ?? "on \(name)"
      case .before(let period): "\(period) before \(name)"
      case .after(let period): "\(period) after \(name)"
      case .every(let period): "every \(Schedule.each(period)) after \(name)"
      case .everyYearOn: "every year on \(name)"
      case .everyLunarYearOn: "every year on lunar \(name)"
      case .everyLunarDate: "every year on lunar date \(name)"
      case .everyMonthOn: "every month on \(name)"
      case .everyDays(let column, _): "every \(WhenWords.spelling(column)) days after \(name)"
      case .workingHoursBefore(let count): "\(counted(count, "working hour")) before \(name)"
      case .workingHoursAfter(let count): "\(counted(count, "working hour")) after \(name)"
      case .workdaysBefore(let count): "\(counted(count, "workday")) before \(name)"
      case .workdaysAfter(let count): "\(counted(count, "workday")) after \(name)"
      case .byRule(let rule): "rrule \"\(rule)\" from \(name)"
      }
    return "\(dated)\(end.text)" + (at.map { " at \($0)" } ?? "")
  }

  func sentence(in watch: String) -> String {
    let dated =
      switch basis {
      case .column(let column): sentence(about: "\(WhenWords.spelling(column)) in \(watch)")
      case .days(let days): sentence(about: days.words) + ", for each row of \(watch)"
      case .change(let change): sentence(about: change.words(in: watch))
      }
    return "\(dated)\(end.text)" + (at.map { ", at \($0)" } ?? "")
  }

  private func sentence(about name: String) -> String {
    switch kind {
    case .on: days?.ownWords ?? "on the day of \(name)"
    case .before(let period): "\(period) before \(name)"
    case .after(let period): "\(period) after \(name)"
    case .every(let period): "every \(Schedule.each(period)) after \(name)"
    case .everyYearOn: "on the day of \(name) and each year on that day"
    case .everyLunarYearOn:
      "on the day of \(name) and each year on that day of the Chinese calendar"
    case .everyLunarDate: "each year on the day of \(name), by the Chinese calendar"
    case .everyMonthOn: "on the day of \(name) and each month on that day"
    case .everyDays(let column, _): "every \(WhenWords.spelling(column)) days after \(name)"
    case .workingHoursBefore(let count): "\(counted(count, "working hour")) before \(name)"
    case .workingHoursAfter(let count): "\(counted(count, "working hour")) after \(name)"
    case .workdaysBefore(let count): "\(counted(count, "workday")) before \(name)"
    case .workdaysAfter(let count): "\(counted(count, "workday")) after \(name)"
    case .byRule(let rule): "by the rule \(rule) from \(name)"
    }
  }

  /// `year`, `2 weeks`.
  private static func each(_ period: Period) -> String {
    period.count == 1 ? period.unit.rawValue : period.description
  }
}
