extension RecurrenceRule {
  /// The most periods that are looked at for dates in a range: days of over five centuries, or all years there are.
  ///
  /// A rule may have no dates at all (30 February), or none for long.
  package static let mostPeriods = 200_000

  /// The dates of the rule in a range, in order, for a rule whose first day is `start`.
  ///
  /// As in RFC 5545, what the rule does not say is taken from the first day: its month, its day of the month, its weekday.
  /// The first day itself is a date only if the rule matches it. With `COUNT`, dates before the range count as well.
  /// A rule of the Chinese calendar has dates within `LunarDate.dates` only.
  package func dates(from start: CivilDate, in range: ClosedRange<CivilDate>) -> [CivilDate] {
    var dates: [CivilDate] = []
    visit(from: start, in: range) { day in
      dates.append(CivilDate(dayNumber: day))
      return true
    }
    return dates
  }

  /// The first date of the rule in a range; nil where it has none.
  package func firstDate(from start: CivilDate, in range: ClosedRange<CivilDate>) -> CivilDate? {
    var first: CivilDate?
    visit(from: start, in: range) { day in
      first = CivilDate(dayNumber: day)
      return false
    }
    return first
  }

  /// Calls a function with each date's day number until it returns false.
  private func visit(
    from start: CivilDate, in range: ClosedRange<CivilDate>, _ take: (Int) -> Bool
  ) {
    let first = max(range.lowerBound.dayNumber, start.dayNumber)
    var last = range.upperBound.dayNumber
    var left = Int.max
    var earliest = first
    switch end {
    case .never: break
    case .until(let date): last = min(last, date.dayNumber)
    case .count(let count):
      left = count
      // Every date counts, from the first day on.
      earliest = start.dayNumber
    }
    guard first <= last, var periods = RecurrencePeriods(self, start: start, from: earliest) else {
      return
    }
    var latest = start.dayNumber - 1
    for _ in 0..<RecurrenceRule.mostPeriods {
      // A skipped day may move back by one, to the day before its period.
      guard let days = periods.next(), days.first - 1 <= last else { return }
      for day in days.days where day > latest {
        if left == 0 || day > last { return }
        left -= 1
        latest = day
        if day >= first, !take(day) { return }
      }
      if left == 0 { return }
    }
  }
}
