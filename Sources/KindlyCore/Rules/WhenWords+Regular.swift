extension WhenWords {
  /// `day`, `weekday`, `workday`, `Monday, Thursday`, `month on day 1`, `month on last workday`, behind `every`; nil where
  /// something else stands here, such as a unit that a column follows.
  mutating func regularDays() throws(WhenProblem) -> RegularDays? {
    if isLast("day"), take("day") { return .everyDay }
    if take("weekday") { return .mondayToFriday }
    if take("workday") { return .workdays }
    if let weekday = weekday() { return .weekdays(try weekdays(after: weekday)) }
    return try daysOfMonth()
  }

  private mutating func weekdays(after first: Weekday) throws(WhenProblem) -> Set<Weekday> {
    var days: Set = [first]
    while takeComma() {
      guard let day = weekday() else { throw problem("a day of the week such as Monday") }
      guard days.insert(day).inserted else {
        next -= 1
        throw problem("each day once")
      }
    }
    return days
  }

  private mutating func weekday() -> Weekday? {
    guard case .name(let name)? = peek, let day = Weekday(name) else { return nil }
    next += 1
    return day
  }

  /// `month on day 1`, `month on last day`, `month on first workday`. A column after `on` is another schedule's.
  private mutating func daysOfMonth() throws(WhenProblem) -> RegularDays? {
    let start = next
    if take("month"), take("on") {
      if take("day"), case .number(let digits)? = peek {
        guard let day = Int(digits), (1...31).contains(day) else {
          throw problem("a day from 1 to 31")
        }
        next += 1
        return .dayOfMonth(day)
      }
      if take("first"), take("workday") { return .firstWorkdayOfMonth }
      if take("last") {
        if take("workday") { return .lastWorkdayOfMonth }
        if take("day") { return .lastDayOfMonth }
      }
    }
    next = start
    return nil
  }
}
