extension Schedule {
  /// The anchor in a row's values; nil where the column is missing or holds no date, and for days of the calendar.
  package func anchor(in row: RowValues, as dates: DateKinds) -> Anchor? {
    column.flatMap { column in
      row.value(ofColumn: column).flatMap { Anchor.reading($0, as: dates[column]) }
    }
  }

  /// The anchor that a row has for a cycle: the date in its column, or the cycle's own day if the calendar has it.
  func anchor(of cycle: Cycle, in row: RowValues, as dates: DateKinds) -> Anchor? {
    guard case .days(let days) = basis else { return anchor(in: row, as: dates) }
    guard let text = cycle.anchor, case .date(let date)? = Anchor.reading(.text(text), as: .unknown)
    else { return nil }
    return days.dates(in: date...date, by: workdays.calendar).isEmpty ? nil : .date(date)
  }

  /// The moments of one row with `lower < due <= upper`, oldest first.
  ///
  /// Bounded by `limit`, because a recurrence by the minute over a long range could give any number; the newest
  /// are kept, since a later one supersedes those before it.
  package func moments(
    of anchor: Anchor, after lower: Instant, through upper: Instant, late: Lateness,
    in context: MomentContext, limit: Int = 64
  ) -> [Moment] {
    guard recurs else {
      let moment = moment(of: anchor, number: nil, late: late, in: context)
      return moment.due > lower && moment.due <= upper ? [moment] : []
    }
    let numbers = numbers(
      of: anchor, after: lower, through: upper, in: context, most: limit)
    let moments = numbers.compactMap { number in
      let moment = moment(of: anchor, number: number, late: late, in: context)
      return moment.due > lower && moment.due <= upper ? moment : nil
    }
    return Array(moments.suffix(limit))
  }

  /// The moment of one row; `number` is that of the recurrence, nil where there is none.
  package func moment(
    of anchor: Anchor, number: Int?, late: Lateness, in context: MomentContext
  ) -> Moment {
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
    guard let anchor = anchor(of: cycle, in: row, as: dates) else { return nil }
    let number: Int?
    if case .recurringByRule(let rule) = course {
      let start = start(of: anchor, in: context).wall.date
      guard let text = cycle.anchor?.split(separator: Cycle.daySeparator).last,
        case .date(let day)? = Anchor.reading(.text(String(text)), as: .unknown), day >= start,
        !rule.dates(from: start, in: day...day).isEmpty
      else { return nil }
      number = day.dayNumber - start.dayNumber
    } else {
      number = cycle.number
    }
    let moment = moment(of: anchor, number: number, late: late, in: context)
    return moment.cycle.anchor == cycle.anchor ? moment : nil
  }

  /// A recurrence is told by its number, and a day of a rule by its date, so that one rule's third day is not another's.
  private func cycle(of anchor: Anchor, number: Int?, in context: MomentContext) -> Cycle {
    let identity = identity(of: anchor, in: context)
    guard case .recurringByRule = course else { return .anchor(identity, number: number) }
    let day = start(of: anchor, in: context).wall.date.adding(days: number ?? 0)
    return .anchor("\(identity)\(Cycle.daySeparator)\(day)", number: nil)
  }

  /// The first moment after an instant, however far away; nil where there is none.
  package func next(
    of anchor: Anchor, after instant: Instant, late: Lateness, in context: MomentContext
  ) -> Moment? {
    if case .recurringByRule = course {
      // A rule gives no day before its anchor.
      let first = max(instant, start(of: anchor, in: context).instant)
      return Schedule.reaches.lazy.compactMap { reach in
        moments(of: anchor, after: instant, through: first + reach, late: late, in: context).first
      }.first
    }
    return moments(
      of: anchor, after: instant, through: reach(from: instant), late: late, in: context
    ).first
  }

  /// The first moment after an instant of rows that have these dates; nil where there is none.
  package func next(
    ofAny dates: some Sequence<CivilDate>, after instant: Instant, late: Lateness,
    in context: MomentContext
  ) -> Moment? {
    var dates = Array(dates)
    if case .recurringByRule = course {
      // Rules that have an end reach it from the newest dates last.
      dates = Array(dates.sorted(by: >).prefix(Schedule.mostDatesOfRules))
    }
    return dates.lazy.compactMap { date in
      next(of: .date(date), after: instant, late: late, in: context)
    }.min { $0.due < $1.due }
  }

  /// Expanding a recurrence rule takes a thousand times as long as adding a period.
  private static let mostDatesOfRules = 1_000

  /// How far the next day of a rule is looked for: short at first, so that it is among the moments that are kept.
  private static let reaches = [Duration.days(40), .days(400), .days(4_000)]

  /// The anchor as it enters identity: its date for days and longer units, its UTC minute for hours and minutes.
  ///
  /// A value has the same identity whether its column is read as days or as times, so learning more about a column
  /// repeats nothing: a wall time at midnight is its date, and a day written as a point in time is that point.
  package func identity(of anchor: Anchor, in context: MomentContext) -> String {
    guard isElapsed else { return anchor.identityDate.description }
    switch anchor {
    case .date(let date): return date.description
    case .wall(let wall):
      return wall.secondOfDay == 0 ? wall.date.description : minuteText(wall)
    case .instant(let instant), .day(_, let instant):
      return minuteText(WallClock(instant, offset: 0)) + "Z"
    }
  }

  private func minuteText(_ wall: WallClock) -> String { "\(wall.date)T\(wall.timeText.prefix(5))" }

  private func due(of anchor: Anchor, number: Int, in context: MomentContext) -> Instant {
    let due = dueOnAnyDay(of: anchor, number: number, in: context)
    guard offDays != .keep, !isElapsed, due < .distantFuture else { return due }
    let wall = context.zone.wallClock(at: due)
    let announced =
      announces ? context.zone.date(at: end(of: anchor, in: context) - .seconds(1)) : nil
    let day = offDays.day(for: wall.date, by: workdays, notAfter: announced)
    return day == wall.date
      ? due : context.zone.instant(of: WallClock(date: day, secondOfDay: wall.secondOfDay))
  }

  private func dueOnAnyDay(
    of anchor: Anchor, number: Int, in context: MomentContext
  ) -> Instant {
    let start = start(of: anchor, in: context)
    return switch course {
    case .once(let period, let times): start.moved(by: period, times: times)
    case .recurring(let period, _): start.moved(by: period, times: number)
    // A year that the table of the Chinese calendar does not have never comes.
    case .recurringByMoon: start.moved(byLunarYears: number) ?? .distantFuture
    case .recurringByRule: start.moved(by: Period(1, .day), times: number)
    // So many days off in a row are no calendar.
    case .workdays(let count): start.moved(byWorkdays: count, of: workdays) ?? .distantFuture
    }
  }

  /// The start of the count: the anchor's day by the customer's clocks, and the hour on that day.
  private func start(of anchor: Anchor, in context: MomentContext) -> Start {
    let wall: WallClock
    switch anchor {
    case .date(let date), .day(let date, _):
      wall = WallClock(date: date, at: at ?? context.defaultTime)
    case .wall(let sourceWall):
      let instant = context.sourceZone.instant(of: sourceWall)
      wall = timed(context.zone.wallClock(at: instant))
      if at == nil { return Start(wall: wall, instant: instant, zone: context.zone) }
    case .instant(let instant):
      wall = timed(context.zone.wallClock(at: instant))
      if at == nil { return Start(wall: wall, instant: instant, zone: context.zone) }
    }
    return Start(wall: wall, instant: context.zone.instant(of: wall), zone: context.zone)
  }

  private func timed(_ wall: WallClock) -> WallClock {
    at.map { WallClock(date: wall.date, at: $0) } ?? wall
  }

  private func useUntil(
    of due: Instant, anchor: Anchor, late: Lateness, in context: MomentContext
  ) -> Instant {
    let end =
      switch late {
      case .after(let period): Schedule.add(period, to: due, zone: context.zone)
      case .standard: announces ? end(of: anchor, in: context) : due + Lateness.afterMoment
      }
    // What comes every week or month is of no use once it comes again.
    guard case .days(let days) = basis, case .date(let date) = anchor,
      let next = days.successor(of: date, by: workdays.calendar)
    else { return end }
    let successor = self.due(of: .date(next), number: 0, in: context)
    return successor > due ? min(end, successor) : end
  }

  /// The end of what the anchor announces: a time ends at that time, a day at midnight where the customer lives.
  private func end(of anchor: Anchor, in context: MomentContext) -> Instant {
    switch anchor {
    case .date(let date), .day(let date, _):
      context.zone.instant(of: WallClock(date: date.adding(days: 1), secondOfDay: 0))
    case .wall(let wall): context.sourceZone.instant(of: wall)
    case .instant(let instant): instant
    }
  }

  /// The recurrences that may fall between two instants, in order: a superset of the newest ones, a few wider on each side.
  private func numbers(
    of anchor: Anchor, after lower: Instant, through upper: Instant, in context: MomentContext,
    most: Int
  ) -> [Int] {
    let start = start(of: anchor, in: context)
    // A day off may move a moment into the range or out of it.
    let shift = offDays == .keep || isElapsed ? Duration.zero : .days(OffDays.longestShift)
    let (from, to) = (lower - shift, upper + shift)
    let beyond = 4 + Int(shift.wholeMilliseconds / period.roughly.wholeMilliseconds)
    switch course {
    case .once, .workdays: return []
    case .recurring(let period, let first):
      return start.numbers(of: period, from: first, after: from, through: to)
        .suffix(most + beyond)
    case .recurringByMoon:
      return start.numbers(of: Period(1, .year), from: 0, after: from, through: to)
        .suffix(most + beyond)
    case .recurringByRule(let rule):
      return start.days(of: rule, after: from, through: to).suffix(most + beyond)
    }
  }

  /// An instant moved by a calendar period, by the clocks of a zone where the period counts days or more.
  package static func add(_ period: Period, to instant: Instant, zone: Zone) -> Instant {
    Start(wall: zone.wallClock(at: instant), instant: instant, zone: zone)
      .moved(by: period, times: 1)
  }
}

/// A point in time as wall time and as instant, so that each unit can move the one it counts in.
private struct Start {
  let wall: WallClock
  let instant: Instant
  let zone: Zone

  func moved(by period: Period, times: Int) -> Instant {
    let count = period.count * times
    if count == 0 { return instant }
    switch period.unit {
    case .minute: return instant + .minutes(count)
    case .hour: return instant + .hours(count)
    case .day: return on(wall.date.adding(days: count))
    case .week: return on(wall.date.adding(days: 7 * count))
    case .month: return on(wall.date.adding(months: count))
    case .year: return on(wall.date.adding(months: 12 * count))
    }
  }

  /// The same day of the Chinese calendar so many of its years later; nil where the calendar's table ends.
  func moved(byLunarYears years: Int) -> Instant? {
    if years == 0 { return instant }
    guard let lunar = LunarDate(wall.date) else { return nil }
    return LunarDay(lunar).date(inLunarYear: lunar.year + years).map(on)
  }

  /// The numbers of the periods that may end between two instants: a superset, two wider on each side.
  func numbers(
    of period: Period, from first: Int, after lower: Instant, through upper: Instant
  ) -> Range<Int> {
    let low = max(whole(period, until: lower) - 2, first)
    let high = whole(period, until: upper) + 2
    return low <= high ? low..<high + 1 : low..<low
  }

  /// So many workdays later, or earlier where negative, at the same hour; nil where a calendar has too many days off.
  func moved(byWorkdays count: Int, of workdays: Workdays) -> Instant? {
    guard let date = workdays.calendar.adding(workdays: count, to: wall.date),
      abs(date.dayNumber - wall.date.dayNumber) <= Schedule.mostDays(of: count)
    else { return nil }
    return on(date)
  }

  /// How many days after here a rule's days between two instants are: a superset, a day wider on each side.
  func days(of rule: RecurrenceRule, after lower: Instant, through upper: Instant) -> [Int] {
    let first = max(zone.date(at: lower).adding(days: -1), wall.date)
    let last = zone.date(at: upper).adding(days: 1)
    guard first <= last else { return [] }
    return rule.dates(from: wall.date, in: first...last).map { $0.dayNumber - wall.date.dayNumber }
  }

  /// About how many whole periods lie between here and an instant; exact to within one.
  func whole(_ period: Period, until end: Instant) -> Int {
    let months =
      switch period.unit {
      case .month: period.count
      case .year: 12 * period.count
      case .minute, .hour, .day, .week: 0
      }
    if months > 0 {
      let date = zone.date(at: end)
      return (12 * (date.year - wall.date.year) + date.month - wall.date.month) / months
    }
    return Int((end - instant).wholeMilliseconds / period.roughly.wholeMilliseconds)
  }

  private func on(_ date: CivilDate) -> Instant {
    zone.instant(of: WallClock(date: date, secondOfDay: wall.secondOfDay))
  }
}
