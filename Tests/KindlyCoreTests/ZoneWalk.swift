import KindlyCore
import Testing

/// A dated rule, and the date of the row whose moment falls on a given day.
struct WalkPlan {
  let words: String
  /// Whether there is a moment on each day around.
  var isDaily = false
  /// Which days are workdays, by the day that the moment falls on.
  var week = WalkPlan.everyDay
  var offDays = OffDays.keep
  /// What else the row of a moment on a day holds.
  var columns: (CivilDate) -> RowValues = { _ in [:] }
  /// The row's date for a moment on a day; nil where no date gives that day.
  let anchor: (CivilDate) -> CivilDate?
  /// The schedules by their time of day, so that each is parsed once.
  private let cache = Cache()

  private final class Cache { var schedules: [[Int]: Schedule] = [:] }

  func schedule(at time: TimeOfDay, on date: CivilDate) throws -> Schedule {
    let key = [time.minutes, date.weekday]
    if let known = cache.schedules[key] { return known }
    var policy = DayPolicy()
    policy.workdays = week(date)
    policy.offDays = offDays
    let when = try When.parse("\(words) at \(time)").by(policy)
    let schedule = try #require(when.schedule)
    cache.schedules[key] = schedule
    return schedule
  }

  /// A week without a weekend, since clocks mostly change on Sundays.
  static func everyDay(_: CivilDate) -> Workdays {
    Workdays(name: "all", calendar: WorkCalendar(weekend: []))
  }

  /// A week of one workday.
  static func onlyDay(_ date: CivilDate) -> Workdays {
    let others = Weekday.allCases.filter { $0 != date.dayOfWeek }
    return Workdays(name: "one", calendar: WorkCalendar(weekend: Set(others)))
  }

  /// One plan of every kind and unit, `on` first.
  static func all() throws -> [WalkPlan] {
    func months(_ count: Int) -> (CivilDate) -> CivilDate? {
      // Days that a month lacks would come to another day.
      { date in date.day <= 28 ? date.adding(months: count) : nil }
    }
    func days(_ count: Int) -> (CivilDate) -> CivilDate? { { $0.adding(days: count) } }
    return [
      WalkPlan(words: "on x", anchor: days(0)),
      WalkPlan(words: "3 days before x", anchor: days(3)),
      WalkPlan(words: "1 week after x", anchor: days(-7)),
      WalkPlan(words: "1 month before x", anchor: months(1)),
      WalkPlan(words: "1 year after x", anchor: months(-12)),
      WalkPlan(words: "every day after x", isDaily: true, anchor: days(-40)),
      WalkPlan(words: "every 2 weeks after x", anchor: days(-28)),
      WalkPlan(words: "every month after x", anchor: months(-7)),
      WalkPlan(words: "every month on x", anchor: months(-7)),
      WalkPlan(
        words: "every gap days after x", columns: { _ in ["gap": .integer(9)] }, anchor: days(-27)),
      // The last one by both of its ends.
      WalkPlan(
        words: "every week after x until last_on at most 5 times",
        columns: { ["last_on": .text("\($0)")] }, anchor: days(-35)),
      WalkPlan(words: "every year on x", anchor: months(-24)),
      WalkPlan(words: "every year after x", anchor: months(-36)),
      WalkPlan(words: "every year on lunar x", anchor: days(0)),
      WalkPlan(words: "rrule \"FREQ=DAILY\" from x", isDaily: true, anchor: days(-9)),
      WalkPlan(words: "4 workdays before x", anchor: days(4)),
      WalkPlan(words: "2 workdays after x", anchor: days(-2)),
      WalkPlan(words: "on x", week: onlyDay, offDays: .later, anchor: days(-3)),
      WalkPlan(words: "on x", week: onlyDay, offDays: .earlier, anchor: days(2)),
    ]
  }
}

/// Schedules of a date with a time, and how far from it the moment is that they are tried at.
struct WalkTimes {
  /// In seconds.
  let elapsed: [(Schedule, Int)]
  /// In days.
  let daily: [(Schedule, Int)]

  init() throws {
    func read(_ table: [(String, Int)]) throws -> [(Schedule, Int)] {
      try table.map { (try #require(try When.parse($0.0).schedule), $0.1) }
    }
    elapsed = try read([
      ("on x", 0), ("90 minutes before x", -5_400), ("2 hours after x", 7_200),
      ("every 100 minutes after x", 12_000), ("every hour after x", 3_600),
    ])
    daily = try read([("1 day after x", 1), ("1 day before x", -1), ("every day after x", 3)])
  }
}

/// One rule time near one transition of one zone.
struct Walk {
  let zone: Zone
  let transition: ZoneTransition
  /// The time by the zone's clocks, in seconds since 1970.
  let local: Int64

  private var wall: WallClock { WallClock(Instant(seconds: local), offset: 0) }
  private var due: Instant { transition.instant(ofLocal: local) }
  private var start: Instant { Instant(seconds: transition.second) - .hours(26) }
  private var end: Instant { Instant(seconds: transition.second) + .hours(26) }

  private func context(source: Zone? = nil, customer: Zone? = nil) throws -> MomentContext {
    MomentContext(
      zone: customer ?? zone, sourceZone: source ?? zone,
      defaultTime: try #require(TimeOfDay("09:00")))
  }

  private func time() throws -> TimeOfDay {
    try #require(TimeOfDay(hour: wall.secondOfDay / 3600, minute: wall.secondOfDay / 60 % 60))
  }

  /// The days around, cut at the moment, just before it and just behind it.
  var fewWindows: [(Instant, Instant)] {
    windows(between: [start, due - .seconds(1), due, due + .seconds(1), end])
  }

  /// The days around, cut near the transition and the moment; and the 25 hours that scans look ahead, which overlap.
  var manyWindows: [(Instant, Instant)] {
    let turn = Instant(seconds: transition.second)
    let near = [-3600, -1800, -1, 0, 1, 1800, 3600].flatMap { distance in
      [turn + .seconds(distance), due + .seconds(distance)]
    }
    let scans = [turn - .hours(26), turn - .minutes(15), turn, due - .hours(25), due - .seconds(1)]
    return windows(between: Set([start, end] + near).sorted())
      + scans.map { ($0, $0 + .hours(25)) }
  }

  private func windows(between cuts: [Instant]) -> [(Instant, Instant)] {
    Array(zip(cuts, cuts.dropFirst()))
  }

  func check(_ plan: WalkPlan, windows: [(Instant, Instant)]) throws {
    guard let date = plan.anchor(wall.date) else { return }
    let schedule = try plan.schedule(at: time(), on: wall.date)
    let context = try context()
    // Wide enough for the windows that reach further than the days around.
    let days = plan.isDaily ? Array(-4...4) : [0]
    let expected = days.map { transition.instant(ofLocal: local + Int64($0) * 86_400) }
    var row = plan.columns(wall.date)
    row["x"] = .text("\(date)")
    let own = try schedule.of(row, as: DateKinds())
    var cycles: [Instant: Cycle] = [:]
    for (lower, upper) in windows {
      let found = own.schedule.moments(
        of: own.anchor, after: lower, through: upper, late: .standard, in: context)
      guard found.map(\.due) == expected.filter({ $0 > lower && $0 <= upper }) else {
        return fail(plan.words, "found \(found.map(\.due)) in (\(lower), \(upper)]", due)
      }
      for moment in found {
        guard cycles.updateValue(moment.cycle, forKey: moment.due) ?? moment.cycle == moment.cycle
        else { return fail(plan.words, "has two cycles", moment.due) }
        guard schedule.has(own.anchor, after: lower, through: upper) else {
          return fail(plan.words, "is missed by the search in (\(lower), \(upper)]", moment.due)
        }
      }
    }
    guard let cycle = cycles[due], Set(cycles.values).count == cycles.count else {
      return fail(plan.words, "has no cycle of its own: \(cycles)", due)
    }
    let again = schedule.moment(
      for: cycle, in: row, as: DateKinds(), late: .standard, in: context)
    if again?.due != due { fail(plan.words, "is \(String(describing: again)) when rechecked", due) }
  }

  /// A row's date with a time: by the clocks of this zone, or as a point in time.
  func checkTimes(_ times: WalkTimes) throws {
    for (schedule, distance) in times.elapsed {
      for anchor in [Anchor.wall(wall), .instant(due)] {
        try check(schedule, anchor, due: due + .seconds(distance), in: try context())
      }
    }
    // Days keep the hour by the customer's clocks, which may be others than those that wrote the date.
    for (schedule, days) in times.daily {
      let written = local - Int64(days) * 86_400
      let anchor = Anchor.wall(WallClock(Instant(seconds: written), offset: 0))
      try check(schedule, anchor, due: due, in: try context())
      let elsewhere = transition.instant(ofLocal: written) + .days(days)
      try check(schedule, anchor, due: elsewhere, in: try context(customer: .utc))
    }
  }

  private func check(
    _ schedule: Schedule, _ anchor: Anchor, due: Instant, in context: MomentContext
  ) throws {
    let words = When.dated(schedule).text
    for (lower, isInside) in [(due - .seconds(1), true), (due, false), (due - .seconds(60), true)] {
      let upper = lower + .seconds(60)
      let found = schedule.moments(
        of: anchor, after: lower, through: upper, late: .standard, in: context)
      guard found.contains(where: { $0.due == due }) == isInside, found.count <= 1 else {
        return fail(words, "found \(found.map(\.due)) in (\(lower), \(upper)]", due)
      }
      guard !isInside || schedule.has(anchor, after: lower, through: upper) else {
        return fail(words, "is missed by the search in (\(lower), \(upper)]", due)
      }
    }
  }

  /// The day itself as `when:` writes it: once, each year, each month, each week, and as the only workday of its week.
  func checkCalendarDays() throws {
    let day = wall.date.description
    var policy = DayPolicy()
    policy.workdays = WalkPlan.onlyDay(wall.date)
    for words in [
      "on \(day)", "on \(day.dropFirst(5))", "2 weeks after \(wall.date.adding(days: -14))",
      "every month on day \(wall.date.day)", "every \(wall.date.dayOfWeek)", "every workday",
    ] {
      let schedule = try #require(try When.parse("\(words) at \(time())").by(policy).schedule)
      let context = try context()
      for (lower, upper) in manyWindows {
        let found = schedule.calendarMoments(
          after: lower, through: upper, late: .standard, in: context)
        let isInside = due > lower && due <= upper
        guard found.map(\.due) == (isInside ? [due] : []) else {
          return fail(words, "found \(found.map(\.due)) in (\(lower), \(upper)]", due)
        }
      }
      let next = schedule.nextCalendarMoment(
        after: due - .seconds(1), late: .standard, in: context)
      if next?.due != due { fail(words, "is not the next moment", due) }
    }
  }

  private func fail(_ words: String, _ what: String, _ due: Instant) {
    Issue.record("\(zone.identifier), \(words) at \(wall.date) \(wall.timeText): \(due) \(what)")
  }
}

extension Schedule {
  /// Whether the search for rows with a moment in a window comes across an anchor.
  fileprivate func has(_ anchor: Anchor, after lower: Instant, through upper: Instant) -> Bool {
    let second = anchor.roughSecond
    return anchors(after: lower, through: upper).contains {
      $0.lower <= second && second <= $0.upper
    }
  }
}
