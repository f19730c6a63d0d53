extension Schedule {
  /// The schedule and the anchor that a row has for a cycle: by its columns, or the cycle's own day if the calendar has it.
  private func own(_ cycle: Cycle, in row: RowValues, as dates: DateKinds) -> RowSchedule? {
    guard case .days(let days) = basis else {
      // Losing the reason is right: without a date there is no moment, whatever the reason.
      return try? of(row, as: dates)
    }
    guard let text = cycle.anchor, case .date(let date)? = Anchor.reading(.text(text), as: .unknown)
    else { return nil }
    return days.dates(in: date...date, by: policy).isEmpty
      ? nil : RowSchedule(schedule: self, anchor: .date(date))
  }

  /// The moments of one row with `lower < due <= upper`, oldest first.
  ///
  /// Bounded by `limit`, because a recurrence by the minute over a long range could give any number. The newest
  /// are kept: of those that have come, a later one supersedes those before it.
  package func moments(
    of anchor: Anchor, after lower: Instant, through upper: Instant, late: Lateness,
    in context: MomentContext, limit: Int = Schedule.mostOverdue
  ) -> [Moment] {
    if let own = by(calendarOf: context) {
      return own.moments(
        of: anchor, after: lower, through: upper, late: late, in: context, limit: limit)
    }
    guard recurs else {
      let moment = moment(of: anchor, number: nil, late: late, in: context)
      return moment.isDue(after: lower, through: upper) ? [moment] : []
    }
    let numbers = numbers(
      of: anchor, after: lower, through: upper, in: context, most: limit)
    let moments = numbers.compactMap { number -> Moment? in
      guard comes(number, of: anchor, in: context) else { return nil }
      let moment = moment(of: anchor, number: number, late: late, in: context)
      return moment.isDue(after: lower, through: upper) ? moment : nil
    }
    return Array(moments.suffix(limit))
  }

  /// The most moments of one row that are worth looking at once they have come.
  package static let mostOverdue = 64

  /// A limit that cuts off no moment between two instants: no recurrence comes more than once a minute.
  package static func mostMoments(after lower: Instant, through upper: Instant) -> Int {
    max(Int((upper - lower).wholeMilliseconds / 60_000) + 1, mostOverdue)
  }

  /// The moment of one row; `number` is that of the recurrence, nil where there is none.
  package func moment(
    of anchor: Anchor, number: Int?, late: Lateness, in context: MomentContext
  ) -> Moment {
    if let own = by(calendarOf: context) {
      return own.moment(of: anchor, number: number, late: late, in: context)
    }
    let due = due(of: anchor, number: number ?? 0, in: context)
    return Moment(
      cycle: cycle(of: anchor, number: number, in: context), due: due,
      useUntil: useUntil(of: due, anchor: anchor, late: late, in: context))
  }

  /// The moment that a row still has for a cycle; nil where its date or the rule no longer gives it.
  package func moment(
    for cycle: Cycle, in row: RowValues, as dates: DateKinds, late: Lateness,
    in context: MomentContext
  ) -> Moment? {
    if let own = by(calendarOf: context) {
      return own.moment(for: cycle, in: row, as: dates, late: late, in: context)
    }
    guard let own = own(cycle, in: row, as: dates) else { return nil }
    let (schedule, anchor) = (own.schedule, own.anchor)
    let cycle = schedule.numbering.map { cycle.byNumber(of: $0.period) } ?? cycle
    var number = cycle.number
    if schedule.isToldByDay {
      guard let days = schedule.days(to: cycle, of: anchor, in: context) else { return nil }
      number = days
    }
    if let number, !schedule.comes(number, of: anchor, in: context) { return nil }
    let moment = schedule.moment(of: anchor, number: number, late: late, in: context)
    return moment.cycle.anchor == cycle.anchor && moment.due < .distantFuture ? moment : nil
  }

  /// How close a recurrence may come to another one that was sent: half a period.
  ///
  /// Days off may bring recurrences of one anchor closer together. Then it is half the time to the nearest of these, so
  /// that none of them is left out.
  package func minimumGap(
    of moment: Moment, from anchor: Anchor, in context: MomentContext
  ) -> Duration? {
    if let own = by(calendarOf: context) {
      return own.minimumGap(of: moment, from: anchor, in: context)
    }
    guard let gap = minimumGap, longestShift > .zero,
      let number = crowdedNumber(of: moment.cycle, from: anchor, in: context)
    else { return minimumGap }
    let served = due(of: anchor, number: number, in: context)
    let gaps = [-1, 1].compactMap { direction -> Duration? in
      // What days off move to the same day is not sent beside it.
      let other = (1...OffDays.longestShift).lazy
        .map { due(of: anchor, number: number + direction * $0, in: context) }
        .first { $0 != served && $0 < .distantFuture }
      return other.map { max($0 - served, served - $0) / 2 }
    }
    return (gaps + [gap]).min()
  }

  /// The number of a recurrence that days off may bring within half a period of the next; nil for any other.
  private func crowdedNumber(
    of cycle: Cycle, from anchor: Anchor, in context: MomentContext
  ) -> Int? {
    switch course {
    case .recurring: cycle.number
    case .recurringByDays: days(to: cycle, of: anchor, in: context)
    // Half a day is less than any distance between workdays, and half a year more than any days off.
    case .recurringByRule, .recurringByMoon, .once, .workdays, .workingHours: nil
    }
  }

  /// Whether a recurrence is told by its day rather than by its number: what another rule, or another number of days, gives
  /// on that day is not the same.
  private var isToldByDay: Bool {
    switch course {
    case .recurringByRule, .recurringByDays: true
    case .once, .recurring, .recurringByMoon, .workdays, .workingHours: false
    }
  }

  /// The number of a recurrence that is told by its day; nil where there is none on the cycle's day.
  private func days(to cycle: Cycle, of anchor: Anchor, in context: MomentContext) -> Int? {
    let start = start(of: anchor, in: context).wall.date
    guard let text = cycle.anchor?.split(separator: Cycle.daySeparator).last,
      case .date(let day)? = Anchor.reading(.text(String(text)), as: .unknown), day >= start
    else { return nil }
    let days = day.dayNumber - start.dayNumber
    switch course {
    case .recurringByRule(let rule):
      return rule.dates(from: start, in: day...day).isEmpty ? nil : days
    case .recurringByDays(let count?):
      return days > 0 && days.isMultiple(of: count) ? days / count : nil
    case .once, .recurring, .recurringByMoon, .recurringByDays, .workdays, .workingHours: return nil
    }
  }

  private func cycle(of anchor: Anchor, number: Int?, in context: MomentContext) -> Cycle {
    let identity = identity(of: anchor, in: context)
    guard isToldByDay else { return .anchor(identity, number: number) }
    let count = if case .recurringByDays(let days?) = course { days } else { 1 }
    let day = start(of: anchor, in: context).wall.date.adding(days: (number ?? 0) * count)
    return .anchor("\(identity)\(Cycle.daySeparator)\(day)", number: nil)
  }

  /// Whether a recurrence lies before the end that the rule or the row sets. Days off that move it do not matter.
  private func comes(_ number: Int, of anchor: Anchor, in context: MomentContext) -> Bool {
    if let times = end.times, number - firstNumber >= times { return false }
    guard let last else { return true }
    let lastDay: CivilDate? =
      switch last {
      case .date(let date), .day(let date, _): date
      case .lunar(let lunar): lunar.first
      case .wall, .instant: nil
      }
    // A gap of the clocks at midnight may move what comes on the last day to the day after.
    if let lastDay, let day = nominalDay(of: anchor, number: number, in: context) {
      return day <= lastDay
    }
    let due = dueOnAnyDay(of: anchor, number: number, in: context)
    let end = Schedule.end(of: last, in: context)
    return lastDay == nil ? due <= end : due < end
  }

  /// The number of the first recurrence.
  private var firstNumber: Int {
    switch course {
    case .recurring(_, let first): first
    case .recurringByDays: 1
    case .once, .recurringByMoon, .recurringByRule, .workdays, .workingHours: 0
    }
  }

  /// The first moment after an instant, however far away; nil where there is none.
  package func next(
    of anchor: Anchor, after instant: Instant, late: Lateness, in context: MomentContext
  ) -> Moment? {
    // The first recurrence follows its anchor, which may lie years ahead.
    let first = max(instant, start(of: anchor, in: context).instant)
    return reaches(from: first).lazy.compactMap { end in
      moments(of: anchor, after: instant, through: end, late: late, in: context).first
    }.first
  }

  /// The dates that decide what is still to come after a day: all of them or, for a recurrence rule, those nearest to
  /// the day.
  ///
  /// Among past dates, the newest reach the end of a rule last; among future dates, the nearest begin first. Each side
  /// has half of the places, and those that the other side leaves empty.
  package func telling(
    _ dates: some Sequence<CivilDate>, after day: CivilDate
  ) -> [CivilDate] {
    guard case .recurringByRule = course else { return Array(dates) }
    let sorted = dates.sorted()
    let past = sorted.prefix { $0 <= day }
    let ahead = sorted.dropFirst(past.count)
    let most = Schedule.mostDatesOfRules
    return Array(ahead.prefix(max(most / 2, most - past.count)))
      + past.suffix(max(most / 2, most - ahead.count))
  }

  /// Expanding a recurrence rule takes a thousand times as long as adding a period.
  private static let mostDatesOfRules = 1000

  /// The anchor as it enters identity: its date for days and longer units, its UTC minute for hours and minutes.
  ///
  /// A value has the same identity whether its column is read as days or as times, so learning more about a column
  /// repeats nothing: a wall time at midnight is its date, and a day written as a point in time is that point.
  package func identity(of anchor: Anchor, in context: MomentContext) -> String {
    isElapsed ? anchor.identityMinute : anchor.identityDay
  }

  /// The recurrences that may fall between two instants, in order: a superset of the newest ones, a few wider on each side.
  private func numbers(
    of anchor: Anchor, after lower: Instant, through upper: Instant, in context: MomentContext,
    most: Int
  ) -> [Int] {
    let start = start(of: anchor, in: context)
    // A day off may move a moment into the range or out of it.
    let shift = longestShift
    let from = lower - shift
    let to = last.map { min(upper + shift, Schedule.end(of: $0, in: context)) } ?? upper + shift
    guard from < to else { return [] }
    let beyond = 4 + Int(shift.wholeMilliseconds / period.roughly.wholeMilliseconds)
    switch course {
    case .once, .workdays, .workingHours: return []
    case .recurring(let period, let first):
      return numbers(start.numbers(of: period, from: first, after: from, through: to))
        .suffix(most + beyond)
    case .recurringByDays(let count):
      guard let count else { return [] }
      return numbers(start.numbers(of: Period(count, .day), from: 1, after: from, through: to))
        .suffix(most + beyond)
    case .recurringByMoon:
      let first = firstMoonYear(of: anchor, start)
      // A Chinese year begins up to two months after the year of its number.
      let years = context.zone.date(at: from).year - 1...context.zone.date(at: to).year
      let known = years.clamped(to: LunarDate.years.lowerBound - 1...LunarDate.years.upperBound + 1)
      return numbers(max(known.lowerBound - first, 0)..<max(known.upperBound - first + 1, 0))
        .suffix(most + beyond)
    case .recurringByRule(let rule):
      return start.days(of: rule, after: from, through: to).suffix(most + beyond)
    }
  }

  /// Those of some numbers that are among so many times.
  private func numbers(_ range: Range<Int>) -> Range<Int> {
    guard let times = end.times else { return range }
    return range.clamped(to: firstNumber..<firstNumber + times)
  }
}
