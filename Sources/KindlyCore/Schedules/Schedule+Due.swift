extension Schedule {
  /// When a moment is due; in the distant future where it never comes.
  func due(of anchor: Anchor, number: Int, in context: MomentContext) -> Instant {
    let due = dueOnAnyDay(of: anchor, number: number, in: context)
    guard offDays != .keep, !isElapsed, due < .distantFuture else { return due }
    let wall = context.zone.wallClock(at: due)
    func served(on day: CivilDate) -> Instant {
      day == wall.date
        ? due : context.zone.instant(of: WallClock(date: day, secondOfDay: wall.secondOfDay))
    }
    let end = announces ? Schedule.end(of: anchor, in: context) : .distantFuture
    return served(on: offDays.day(for: wall.date, by: workdays) { served(on: $0) < end })
  }

  /// The same before days off move it.
  func dueOnAnyDay(
    of anchor: Anchor, number: Int, in context: MomentContext
  ) -> Instant {
    let start = start(of: anchor, in: context)
    let found =
      switch course {
      case .once(let period, let times):
        start.moved(by: period, times: times, skip: policy.missingDates)
      case .recurring(let period, _):
        start.moved(by: period, times: number, skip: policy.missingDates)
      // A year that the table of the Chinese calendar does not have never comes.
      case .recurringByMoon: moonDay(number, of: anchor, start).map(start.on)
      case .recurringByDays(let count):
        count.flatMap { start.moved(by: Period($0, .day), times: number) }
      case .recurringByRule: start.moved(by: Period(1, .day), times: number)
      // So many days off in a row are no calendar.
      case .workdays(let count): start.moved(byWorkdays: count, of: workdays)
      case .workingHours(let count): workingHours(count, from: start.instant)
      }
    return found ?? .distantFuture
  }

  /// The day of the Chinese calendar so many of its years after the anchor's first; nil where the calendar's table ends.
  private func moonDay(_ years: Int, of anchor: Anchor, _ start: Start) -> CivilDate? {
    let day: LunarDay
    if case .lunar(let lunar) = anchor {
      day = lunar.day
    } else {
      if years == 0 { return start.wall.date }
      guard let lunar = LunarDate(start.wall.date) else { return nil }
      day = LunarDay(lunar)
    }
    return day.date(
      inLunarYear: firstMoonYear(of: anchor, start) + years, skip: policy.missingDates)
  }

  /// The day of a recurrence by the customer's calendar, before gaps of the clocks and days off move it; nil where there is
  /// none, or where it counts elapsed time.
  func nominalDay(of anchor: Anchor, number: Int, in context: MomentContext) -> CivilDate? {
    let start = start(of: anchor, in: context)
    return switch course {
    case .recurring(let period, _): start.day(period, times: number, skip: policy.missingDates)
    case .recurringByDays(let count): count.flatMap { start.day(Period($0, .day), times: number) }
    case .recurringByMoon: moonDay(number, of: anchor, start)
    case .once, .recurringByRule, .workdays, .workingHours: nil
    }
  }

  /// The Chinese year from which recurrences are counted.
  func firstMoonYear(of anchor: Anchor, _ start: Start) -> Int {
    if case .lunar(let lunar) = anchor { return lunar.firstYear }
    return LunarDate(start.wall.date)?.year ?? start.wall.date.year
  }

  private func workingHours(_ count: Int, from instant: Instant) -> Instant? {
    guard let office = policy.officeHours,
      let found = office.hours.adding(
        hours: count, to: instant, zone: office.zone, calendar: workdays.calendar)
    else { return nil }
    // The search for rows reaches no farther.
    return max(found - instant, instant - found) <= .days(office.mostDays(of: abs(count)))
      ? found : nil
  }

  /// The start of the count: the anchor's day by the customer's clocks, and the hour on that day.
  func start(of anchor: Anchor, in context: MomentContext) -> Start {
    let wall: WallClock
    switch anchor {
    case .date(let date), .day(let date, _):
      wall = WallClock(date: date, at: timeOfDay(orElse: context.defaultTime))
    case .wall(let sourceWall):
      let instant = context.sourceZone.instant(of: sourceWall)
      wall = timed(context.zone.wallClock(at: instant))
      if at == nil { return Start(wall: wall, instant: instant, zone: context.zone) }
    case .lunar(let lunar):
      wall = WallClock(date: lunar.first, at: timeOfDay(orElse: context.defaultTime))
    case .instant(let instant):
      wall = timed(context.zone.wallClock(at: instant))
      if at == nil { return Start(wall: wall, instant: instant, zone: context.zone) }
    }
    return Start(wall: wall, instant: context.zone.instant(of: wall), zone: context.zone)
  }

  private func timed(_ wall: WallClock) -> WallClock {
    at.map { WallClock(date: wall.date, at: $0) } ?? wall
  }

  func useUntil(
    of due: Instant, anchor: Anchor, late: Lateness, in context: MomentContext
  ) -> Instant {
    let end = late.end(
      ofWhatCameAt: due,
      orElse: announces ? Schedule.end(of: anchor, in: context) : due + Lateness.afterMoment,
      zone: context.zone)
    // What comes every week or month is of no use once it comes again.
    guard case .days(let days) = basis, case .date(var date) = anchor else { return end }
    while let next = days.successor(of: date, by: policy) {
      let successor = self.due(of: .date(next), number: 0, in: context)
      if successor > due { return min(end, successor) }
      // Days off move both to the same workday.
      date = next
    }
    return end
  }

  /// The end of what the anchor announces: a time ends at that time, a day at midnight where the customer lives.
  static func end(of anchor: Anchor, in context: MomentContext) -> Instant {
    switch anchor {
    case .date(let date), .day(let date, _):
      context.zone.instant(of: WallClock(date: date.adding(days: 1), secondOfDay: 0))
    case .lunar(let lunar):
      context.zone.instant(of: WallClock(date: lunar.first.adding(days: 1), secondOfDay: 0))
    case .wall(let wall): context.sourceZone.instant(of: wall)
    case .instant(let instant): instant
    }
  }

  /// An instant moved by a calendar period, by the clocks of a zone where the period counts days or more.
  package static func add(_ period: Period, to instant: Instant, zone: Zone) -> Instant {
    Start(wall: zone.wallClock(at: instant), instant: instant, zone: zone)
      .moved(by: period, times: 1) ?? instant
  }
}

/// A point in time as wall time and as instant, so that each unit can move the one it counts in.
struct Start {
  let wall: WallClock
  let instant: Instant
  let zone: Zone

  /// So many periods later, or earlier where negative; nil where a missing date is left out.
  func moved(by period: Period, times: Int, skip: Skip = .backward) -> Instant? {
    let count = period.count * times
    return switch period.unit {
    case .minute: instant + .minutes(count)
    case .hour: instant + .hours(count)
    case .day, .week, .month, .year: day(period, times: times, skip: skip).map(on)
    }
  }

  /// The day so many periods later; nil where a missing date is left out, or where the period counts no days.
  func day(_ period: Period, times: Int, skip: Skip = .backward) -> CivilDate? {
    let count = period.count * times
    return switch period.unit {
    case .minute, .hour: nil
    case .day: wall.date.adding(days: count)
    case .week: wall.date.adding(days: 7 * count)
    case .month: wall.date.adding(months: count, skip: skip)
    case .year: wall.date.adding(months: 12 * count, skip: skip)
    }
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

  /// The same hour on a day; here itself on its own day, even if clocks show that hour twice.
  func on(_ date: CivilDate) -> Instant {
    date == wall.date
      ? instant : zone.instant(of: WallClock(date: date, secondOfDay: wall.secondOfDay))
  }
}
