/// The periods of a recurrence rule, one after the other, each with its dates as day numbers.
struct RecurrencePeriods {
  private let rule: RecurrenceRule
  private let dates: RecurrenceDates
  private var place: Place
  /// The year that was looked at last; most periods lie in the same one.
  private var year: RecurrenceYear

  private enum Place {
    /// The first day of a period.
    case day(Int)
    /// A place among the months of the year.
    case month(Int)
    case year
  }

  /// The periods from the one that contains `day` on; nil where the rule's calendar does not know the first day.
  init?(_ rule: RecurrenceRule, start: CivilDate, from day: Int) {
    guard let first = RecurrenceDay(start, rule.scale),
      let year = RecurrenceYear(first.year, rule.scale)
    else { return nil }
    self.rule = rule
    self.year = year
    dates = RecurrenceDates(rule, start: first, weekday: start.dayOfWeek)
    let number = start.dayNumber
    switch rule.frequency {
    case .daily: place = .day(RecurrencePeriods.skipping(from: number, to: day, by: rule.interval))
    case .weekly:
      let monday = number - (start.weekday - rule.weekStart.rawValue + 7) % 7
      place = .day(RecurrencePeriods.skipping(from: monday, to: day - 6, by: 7 * rule.interval))
    case .monthly:
      guard let index = year.indexOfMonth(containing: number) else { return nil }
      place = .month(index)
      skipMonths(to: day)
    case .yearly:
      place = .year
      // A year of either calendar has at least 353 days; a date may be moved by a day out of its year.
      let whole = max(0, (day - year.whole.first) / 366 - 1)
      move(toYear: first.year + whole / rule.interval * rule.interval)
    }
  }

  /// The next period's first day and its dates, which are in order; nil where the calendar ends.
  mutating func next() -> (first: Int, days: [Int])? {
    switch place {
    case .day(let first):
      let length = rule.frequency == .daily ? 1 : 7
      place = .day(first + length * rule.interval)
      var days: [Int] = []
      for day in first..<first + length {
        guard find(day) else {
          // Outside the years of the calendar: before them a period may still come.
          if day > year.whole.first { return days.isEmpty ? nil : (first, days) }
          continue
        }
        if dates.matches(day, year) { days.append(day) }
      }
      return (first, dates.positioned(days))
    case .month(let index):
      guard isKnown else { return nil }
      let first = year.months[index].first
      let days = dates.days(ofMonthAt: index, year)
      place = .month(index + rule.interval)
      carryMonths()
      return (first, dates.positioned(days))
    case .year:
      guard isKnown else { return nil }
      let first = year.whole.first
      let days = dates.days(of: year)
      move(toYear: year.number + rule.interval)
      return (first, dates.positioned(days))
    }
  }

  /// Whether `year` is still a year of the calendar.
  private var isKnown = true

  private mutating func move(toYear number: Int) {
    guard let next = RecurrenceYear(number, rule.scale) else {
      isKnown = false
      return
    }
    year = next
  }

  /// Makes `year` the one that contains a day; false where the calendar does not know it.
  private mutating func find(_ day: Int) -> Bool {
    while day >= year.whole.next {
      guard let next = RecurrenceYear(year.number + 1, rule.scale) else { return false }
      year = next
    }
    while day < year.whole.first {
      guard let before = RecurrenceYear(year.number - 1, rule.scale) else { return false }
      year = before
    }
    return true
  }

  /// Moves a place beyond the last month of its year into a later year.
  private mutating func carryMonths() {
    while isKnown, case .month(let index) = place, index >= year.months.count {
      place = .month(index - year.months.count)
      move(toYear: year.number + 1)
    }
  }

  /// Moves on by whole intervals, as long as the next period begins before the month before a day.
  private mutating func skipMonths(to day: Int) {
    while isKnown, case .month(let index) = place, year.months[index].next + 31 < day {
      let behind = (day - year.months[index].next) / 31 - 1
      place = .month(index + max(1, behind / rule.interval) * rule.interval)
      carryMonths()
    }
  }

  /// The last of the days, so many apart, that is not after another; the first one where that is earlier.
  private static func skipping(from first: Int, to day: Int, by step: Int) -> Int {
    first + max(0, (day - first) / step) * step
  }
}
