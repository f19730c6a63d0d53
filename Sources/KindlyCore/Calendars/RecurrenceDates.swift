/// The dates that a recurrence rule has in one of its periods, with what it does not say taken from its first day.
struct RecurrenceDates {
  private let rule: RecurrenceRule
  /// The months that the rule names; empty where all count.
  private let months: [RecurrenceRule.Month]
  private let monthDays: [Int]
  private let weekdays: [RecurrenceRule.Day]

  init(_ rule: RecurrenceRule, start: RecurrenceDay, weekday: Weekday) {
    self.rule = rule
    let own = [RecurrenceRule.Day(nth: nil, weekday: weekday)]
    let saysDay = !rule.byDay.isEmpty || !rule.byMonthDay.isEmpty || !rule.byYearDay.isEmpty
    switch rule.frequency {
    case .daily:
      (months, monthDays, weekdays) = (rule.byMonth, rule.byMonthDay, rule.byDay)
    case .weekly:
      (months, monthDays, weekdays) = (rule.byMonth, [], rule.byDay.isEmpty ? own : rule.byDay)
    case .monthly:
      months = rule.byMonth
      monthDays = saysDay ? rule.byMonthDay : [start.day]
      weekdays = rule.byDay
    case .yearly:
      if saysDay {
        (months, monthDays, weekdays) = (rule.byMonth, rule.byMonthDay, rule.byDay)
      } else if rule.byWeekNumber.isEmpty {
        months = rule.byMonth.isEmpty ? [start.month] : rule.byMonth
        (monthDays, weekdays) = ([start.day], [])
      } else {
        (months, monthDays, weekdays) = (rule.byMonth, [], own)
      }
    }
  }

  /// The dates at the positions that the rule names, of the dates of a whole period in order.
  func positioned(_ days: [Int]) -> [Int] {
    if rule.bySetPosition.isEmpty { return days }
    let places = rule.bySetPosition.map { $0 > 0 ? $0 - 1 : days.count + $0 }
    return Set(places).filter(days.indices.contains).sorted().map { days[$0] }
  }

  // MARK: Days and weeks

  /// Whether a rule by the day or by the week has a day among its dates.
  func matches(_ day: Int, _ year: RecurrenceYear) -> Bool {
    if !weekdays.isEmpty {
      let weekday = RecurrenceDates.weekday(of: day)
      if !weekdays.contains(where: { $0.weekday.rawValue == weekday }) { return false }
    }
    if months.isEmpty, monthDays.isEmpty { return true }
    guard let index = year.indexOfMonth(containing: day) else { return false }
    if !months.isEmpty, !isNamed(monthAt: index, year) { return false }
    if monthDays.isEmpty { return true }
    let month = year.months[index]
    return monthDays.contains { month.day($0, .omit) == day }
  }

  // MARK: Months

  /// The dates of a rule by the month.
  func days(ofMonthAt index: Int, _ year: RecurrenceYear) -> [Int] {
    if !months.isEmpty, !isNamed(monthAt: index, year) { return [] }
    let month = year.months[index]
    let days =
      monthDays.isEmpty
      ? Array(month.first..<month.next) : inOrder(monthDays.compactMap { month.day($0, rule.skip) })
    return weekdays.isEmpty ? days : days.filter { isNamed(weekdayOf: $0, in: month) }
  }

  // MARK: Years

  /// The dates of a rule by the year.
  func days(of year: RecurrenceYear) -> [Int] {
    var days = expanded(year)
    if !weekdays.isEmpty {
      // A number counts within the month if months are named, else within the year.
      let hasMonths = !months.isEmpty
      days = days.filter { day in
        let stretch =
          hasMonths ? year.indexOfMonth(containing: day).map { year.months[$0] } : year.whole
        return isNamed(weekdayOf: day, in: stretch ?? year.whole)
      }
    }
    return days
  }

  /// The days of a year before weekdays limit them.
  private func expanded(_ year: RecurrenceYear) -> [Int] {
    var named: [Int]?
    if !rule.byYearDay.isEmpty {
      named = inOrder(rule.byYearDay.compactMap { year.whole.day($0, rule.skip) })
    }
    if !rule.byWeekNumber.isEmpty {
      let days = daysOfWeeks(year)
      named = named?.filter(days.contains) ?? days
    }
    let stretches = months.isEmpty ? year.months : namedMonths(year).map { year.months[$0] }
    if !monthDays.isEmpty {
      let days = inOrder(
        stretches.flatMap { month in monthDays.compactMap { month.day($0, rule.skip) } })
      return named?.filter(days.contains) ?? days
    }
    if let named {
      if months.isEmpty { return named }
      return named.filter { day in stretches.contains { $0.contains(day) } }
    }
    return stretches.flatMap { Array($0.first..<$0.next) }
  }

  /// The days in the weeks that the rule numbers, as far as they are in the year itself.
  ///
  /// The first and last days of a year may be in weeks of the years beside it.
  private func daysOfWeeks(_ year: RecurrenceYear) -> [Int] {
    var days: [Int] = []
    for neighbour in year.number - 1...year.number + 1 {
      let first = firstWeek(of: neighbour)
      let count = (firstWeek(of: neighbour + 1) - first) / 7
      for number in rule.byWeekNumber {
        let index = number > 0 ? number - 1 : count + number
        guard (0..<count).contains(index) else { continue }
        days += (first + 7 * index..<first + 7 * index + 7).filter(year.whole.contains)
      }
    }
    return inOrder(days)
  }

  /// The first day of a year's first week, the first one with four or more days in the year.
  private func firstWeek(of year: Int) -> Int {
    let before = year - 1
    // 719,162 days lie between 0001-01-01 and 1970-01-01; the fourth day of January is three days later.
    let fourth = 365 * before + before / 4 - before / 100 + before / 400 - 719_162 + 3
    return fourth - (RecurrenceDates.weekday(of: fourth) - rule.weekStart.rawValue + 7) % 7
  }

  // MARK: Months and weekdays that are named

  /// The places of the months that the rule names, in order.
  private func namedMonths(_ year: RecurrenceYear) -> [Int] {
    inOrder(months.compactMap { year.index(of: $0, rule.skip) })
  }

  private func isNamed(monthAt index: Int, _ year: RecurrenceYear) -> Bool {
    months.contains { year.index(of: $0, rule.skip) == index }
  }

  private func isNamed(weekdayOf day: Int, in stretch: RecurrenceYear.Stretch) -> Bool {
    let weekday = RecurrenceDates.weekday(of: day)
    for named in weekdays where named.weekday.rawValue == weekday {
      guard let nth = named.nth else { return true }
      guard stretch.contains(day) else { continue }
      let place = nth > 0 ? (day - stretch.first) / 7 + 1 : -((stretch.next - 1 - day) / 7 + 1)
      if place == nth { return true }
    }
    return false
  }

  /// 1 for Monday to 7 for Sunday; 1970-01-01 was a Thursday.
  private static func weekday(of day: Int) -> Int {
    let remainder = (day + 3) % 7
    return (remainder < 0 ? remainder + 7 : remainder) + 1
  }

  /// Sorted, each once.
  private func inOrder(_ days: [Int]) -> [Int] { days.count < 2 ? days : Set(days).sorted() }
}
