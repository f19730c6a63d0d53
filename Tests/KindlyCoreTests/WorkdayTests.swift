import KindlyCore
import Testing

/// Moments that count workdays, or that days off move.
@Suite("Workdays")
struct WorkdayTests {
  /// Spring Festival and the days around it, as published for China in 2026.
  private static let china = """
    {"year": 2026, "days": [
      {"name": "春节", "date": "2026-02-14", "isOffDay": false},
      {"name": "春节", "date": "2026-02-15", "isOffDay": true},
      {"name": "春节", "date": "2026-02-16", "isOffDay": true},
      {"name": "春节", "date": "2026-02-17", "isOffDay": true},
      {"name": "春节", "date": "2026-02-18", "isOffDay": true},
      {"name": "春节", "date": "2026-02-19", "isOffDay": true},
      {"name": "春节", "date": "2026-02-20", "isOffDay": true},
      {"name": "春节", "date": "2026-02-21", "isOffDay": true},
      {"name": "春节", "date": "2026-02-22", "isOffDay": true},
      {"name": "春节", "date": "2026-02-23", "isOffDay": true},
      {"name": "春节", "date": "2026-02-28", "isOffDay": false}]}
    """

  private func workdays() throws -> Workdays {
    var calendar = WorkCalendar()
    let findings = calendar.add(
      try CalendarFile.holidayJSON(Array(Self.china.utf8)), named: "2026.json")
    #expect(findings.isEmpty)
    return Workdays(name: "china", calendar: calendar)
  }

  private func context(_ zone: String = "Asia/Shanghai") throws -> MomentContext {
    let zone = try #require(Zone.named(zone))
    let nine = try #require(TimeOfDay("09:00"))
    return MomentContext(zone: zone, sourceZone: zone, defaultTime: nine)
  }

  private func schedule(_ text: String, _ offDays: OffDays = .keep) throws -> Schedule {
    var policy = DayPolicy()
    policy.workdays = try workdays()
    policy.offDays = offDays
    return try #require(try When.parse(text).by(policy).schedule)
  }

  @Test(
    "are counted by the calendar, make-up workdays included",
    arguments: [
      ("1 workday before x", "2026-02-24", "2026-02-14"),
      ("2 workdays before x", "2026-02-24", "2026-02-13"),
      ("1 workday after x", "2026-02-14", "2026-02-24"),
      ("5 workdays after x", "2026-02-24", "2026-03-02"),
      // The date itself may be a day off.
      ("1 workday after x", "2026-02-18", "2026-02-24"),
      ("1 workday before x at 16:30", "2026-02-18", "2026-02-14"),
      ("3 workdays before 02-24", "2026-02-24", "2026-02-12"),
    ])
  func counts(_ text: String, _ date: String, _ expected: String) throws {
    let schedule = try schedule(text)
    let context = try context()
    let anchor = try Anchor(.text(date), as: .unknown)
    let moment = schedule.moment(of: anchor, number: nil, late: .standard, in: context)
    #expect(context.zone.date(at: moment.due).description == expected)
    #expect(moment.cycle.description == date)
  }

  @Test(
    "move a moment that falls on a day off, but not past the date that it announces",
    arguments: [
      ("on x", OffDays.earlier, "2026-02-18", "2026-02-14"),
      ("on x", .later, "2026-02-18", "2026-02-24"),
      ("on x", .keep, "2026-02-18", "2026-02-18"),
      ("on x", .later, "2026-02-28", "2026-02-28"),
      ("4 days before x", .later, "2026-02-26", "2026-02-24"),
      ("4 days before x", .later, "2026-02-22", "2026-02-14"),
      ("1 month after x", .earlier, "2026-01-31", "2026-02-28"),
      ("on festival 春节", .later, "2026-02-17", "2026-02-24"),
    ])
  func moves(_ text: String, _ offDays: OffDays, _ date: String, _ expected: String) throws {
    let schedule = try schedule(text, offDays)
    let context = try context()
    let anchor = try Anchor(.text(date), as: .unknown)
    let moment = schedule.moment(of: anchor, number: nil, late: .standard, in: context)
    #expect(context.zone.date(at: moment.due).description == expected)
    #expect(context.zone.wallClock(at: moment.due).minuteOfDay == 9 * 60)
  }

  @Test(
    "move a moment to the day of the time that it announces only if it comes before that time",
    arguments: [
      ("1 day before x", "2026-02-24 10:00", "2026-02-14"),
      ("2 days before x", "2026-02-24 10:00", "2026-02-14"),
      ("1 day before x at 18:00", "2026-02-24 10:00", "2026-02-14"),
      ("1 day before x at 08:00", "2026-02-24 10:00", "2026-02-24"),
      ("1 day before x", "2026-02-25 10:00", "2026-02-24"),
      // A date lasts until midnight.
      ("1 day before x at 18:00", "2026-02-24", "2026-02-24"),
    ])
  func movesBeforeTime(_ text: String, _ value: String, _ expected: String) throws {
    let schedule = try schedule(text, .later)
    let context = try context()
    let anchor = try Anchor(.text(value), as: .unknown)
    let moment = schedule.moment(of: anchor, number: nil, late: .standard, in: context)
    #expect(context.zone.date(at: moment.due).description == expected)
    #expect(moment.due < moment.useUntil)
  }

  @Test(
    "leave a recurrence half the time to its neighbours, where days off bring it close to them",
    arguments: [
      // 20 February is served on the 24th, and 27 February three days later.
      ("every week after x", OffDays.later, "2026-02-13", [36, 36, 84]),
      // 16 and 23 February are both served on the 24th, and 2 March six days later.
      ("every week after x", .later, "2026-02-09", [72, 72, 72, 84]),
      // 17 February is served on the 14th, four days after the 10th.
      ("every week after x", .earlier, "2026-02-03", [48, 48, 84, 84, 84]),
      ("every week after x", .keep, "2026-02-13", [84, 84, 84]),
    ])
  func gaps(_ text: String, _ offDays: OffDays, _ date: String, _ hours: [Int]) throws {
    let schedule = try schedule(text, offDays)
    let context = try context()
    let anchor = try Anchor(.text(date), as: .unknown)
    let start = Instant(seconds: 1_769_904_000)  // 2026-02-01
    let moments = schedule.moments(
      of: anchor, after: start, through: start + .days(38), late: .standard, in: context)
    let gaps = moments.compactMap { schedule.minimumGap(of: $0, from: anchor, in: context) }
    #expect(gaps == hours.map { Duration.hours($0) })
  }

  @Test("leave times of hours and minutes alone")
  func hours() throws {
    let schedule = try schedule("2 hours before x", .earlier)
    let anchor = try Anchor(.text("2026-02-18T04:00:00Z"), as: .unknown)
    let moment = schedule.moment(of: anchor, number: nil, late: .standard, in: try context())
    #expect(moment.due.description == "2026-02-18T02:00:00Z")
  }

  @Test(
    "lose no moment to the search, however many days off lie between",
    arguments: [
      ("3 workdays before x", OffDays.keep), ("10 workdays after x", .keep),
      ("4 days before x", .later), ("on x", .earlier), ("every month after x", .later),
      ("every week after x", .earlier), ("every year on x", .later),
    ])
  func inverse(_ text: String, _ offDays: OffDays) throws {
    let schedule = try schedule(text, offDays)
    let context = try context("America/New_York")
    let start = Instant(seconds: 1_769_904_000)  // 2026-02-01
    var found = 0
    for day in -60...90 {
      let anchor = Anchor.date(CivilDate(dayNumber: 20_485 + day))
      let whole = schedule.moments(
        of: anchor, after: start, through: start + .days(40), late: .standard, in: context)
      found += whole.count
      var pieces: [Moment] = []
      for part in 0..<40 {
        let lower = start + .days(part)
        let moments = schedule.moments(
          of: anchor, after: lower, through: lower + .days(1), late: .standard, in: context)
        pieces += moments
        let intervals = schedule.anchors(after: lower, through: lower + .days(1))
        let isFound = intervals.contains {
          $0.lower <= anchor.roughSecond && anchor.roughSecond <= $0.upper
        }
        #expect(moments.isEmpty || isFound, "\(text) misses \(anchor)")
      }
      #expect(pieces == whole)
    }
    #expect(found > 0)
  }

  private func step(_ text: String, by workdays: Workdays) throws -> Step {
    var policy = DayPolicy()
    policy.workdays = workdays
    return Step(
      name: "s", when: try When.parse(text).by(policy), legs: Leg.all([Route(["email"])]),
      template: "t", workdays: workdays)
  }

  @Test("say which year the calendar lacks, the next one from December on")
  func gaps() throws {
    let date = try #require(CivilDate(year: 2026, month: 11, day: 30))
    let later = date.adding(days: 1)
    let workdays = try workdays()
    let step = try step("3 workdays before x", by: workdays)
    #expect(step.gaps(in: date, []).isEmpty)
    #expect(step.gaps(in: later, []) == [.year(2027, of: "china")])
    let plain = try self.step("3 workdays before x", by: .weekends)
    #expect(plain.gaps(in: date, []) == [.weekendsOnly])
    // A step that counts no workdays asks the calendar for its hours alone.
    let other = try self.step("3 days before x", by: workdays)
    #expect(other.gaps(in: date.adding(days: 900), []).isEmpty)
    let hours = OpenHours(quiet: nil, send: try WeekHours.parse("workdays 09:00-18:00"))
    #expect(other.gaps(in: later, [hours]) == [.year(2027, of: "china")])
  }
}
