import KindlyCore
import KindlyTestKit
import Testing

/// Moments and hours by the calendar that each customer's row names, compared with a naive count of days.
@Suite("Calendars of customers")
struct CustomerCalendarTests {
  /// Spring Festival with its make-up Saturdays, and an office that is closed on other days.
  private static let calendars = [
    "china": """
    {"year": 2026, "days": [
      {"name": "春节", "date": "2026-02-14", "isOffDay": false},
      {"name": "春节", "date": "2026-02-16", "isOffDay": true},
      {"name": "春节", "date": "2026-02-17", "isOffDay": true},
      {"name": "春节", "date": "2026-02-18", "isOffDay": true},
      {"name": "春节", "date": "2026-02-19", "isOffDay": true},
      {"name": "春节", "date": "2026-02-20", "isOffDay": true},
      {"name": "春节", "date": "2026-02-23", "isOffDay": true},
      {"name": "春节", "date": "2026-02-28", "isOffDay": false}]}
    """,
    "office": """
    {"year": 2026, "days": [
      {"name": "Inventory", "date": "2026-02-02", "isOffDay": true},
      {"name": "Inventory", "date": "2026-03-02", "isOffDay": true},
      {"name": "Inventory", "date": "2026-03-03", "isOffDay": true},
      {"name": "Strike", "date": "2026-03-31", "isOffDay": true}]}
    """,
  ]

  private func workdays(_ name: String) throws -> Workdays {
    var calendar = WorkCalendar()
    let text = try #require(Self.calendars[name])
    let findings = calendar.add(
      try CalendarFile.holidayJSON(Array(text.utf8)), named: "\(name).json")
    #expect(findings.isEmpty)
    return Workdays(name: name, calendar: calendar)
  }

  /// A company that goes by weekends alone, whose customers may name two calendars.
  private func schedule(_ text: String, _ offDays: OffDays = .keep) throws -> Schedule {
    var policy = DayPolicy()
    policy.customerCalendars = CustomerCalendars([
      "china": try workdays("china"), "office": try workdays("office"),
    ])
    policy.offDays = offDays
    policy.officeHours = Office(
      hours: try OfficeHours.parse("Mon-Fri 09:00-12:00, 13:30-18:00"),
      zone: try #require(Zone.named("Asia/Shanghai")))
    return try #require(try When.parse(text).by(policy).schedule)
  }

  /// The same schedule with one calendar for everybody.
  private func alone(_ schedule: Schedule, _ name: String?) throws -> Schedule {
    var policy = schedule.policy
    policy.customerCalendars = .none
    if let name, Self.calendars[name] != nil { policy.workdays = try workdays(name) }
    return schedule.by(policy)
  }

  private func context(_ calendar: String?) throws -> MomentContext {
    let zone = try #require(Zone.named("Asia/Shanghai"))
    return MomentContext(
      zone: zone, sourceZone: zone, defaultTime: try #require(TimeOfDay("09:00")),
      calendar: calendar.map { ExactText($0) })
  }

  private static let names: [String?] = [nil, "china", "office", "moon"]

  @Test(
    "give each customer the days of a naive count by their own calendar",
    arguments: Self.names, [-7, -3, -1, 1, 2, 10])
  func naive(_ name: String?, _ count: Int) throws {
    let when =
      "\(abs(count)) workday\(abs(count) == 1 ? "" : "s") \(count < 0 ? "before" : "after") x"
    let schedule = try schedule(when)
    let context = try context(name)
    let calendar =
      try name.flatMap { Self.calendars[$0] == nil ? nil : try workdays($0).calendar }
      ?? WorkCalendar()
    for day in 20_470..<20_560 {
      let anchor = CivilDate(dayNumber: day)
      var expected = anchor
      var left = abs(count)
      while left > 0 {
        expected = expected.adding(days: count.signum())
        if calendar.isWorkday(expected) { left -= 1 }
      }
      let moment = schedule.moment(of: .date(anchor), number: nil, late: .standard, in: context)
      #expect(context.zone.date(at: moment.due) == expected, "\(when), \(anchor)")
      // What is planned is what the recheck then finds.
      let row: RowValues = ["x": .text(anchor.description)]
      #expect(
        schedule.moment(
          for: moment.cycle, in: row, as: DateKinds(), late: .standard, in: context) == moment)
    }
  }

  @Test(
    "lose no moment to the search, whichever of the calendars a customer has",
    arguments: [
      ("3 workdays before x", OffDays.keep), ("10 workdays after x", .keep),
      ("4 days before x", .later), ("on x", .earlier), ("every month after x", .later),
      ("4 working hours before x", .keep), ("30 working hours after x", .keep),
    ])
  func inverse(_ text: String, _ offDays: OffDays) throws {
    let schedule = try schedule(text, offDays)
    let start = Instant(seconds: 1_769_904_000)  // 2026-02-01
    for name in Self.names {
      let context = try context(name)
      let own = try alone(schedule, name)
      var found = 0
      for day in -60...90 {
        let anchor = Anchor.date(CivilDate(dayNumber: 20_485 + day))
        for part in 0..<40 {
          let (lower, upper) = (start + .days(part), start + .days(part + 1))
          let moments = schedule.moments(
            of: anchor, after: lower, through: upper, late: .standard, in: context)
          #expect(
            moments
              == own.moments(
                of: anchor, after: lower, through: upper, late: .standard, in: try self.context(nil)
              )
          )
          found += moments.count
          let isFound = schedule.anchors(after: lower, through: upper).contains {
            $0.lower <= anchor.roughSecond && anchor.roughSecond <= $0.upper
          }
          #expect(moments.isEmpty || isFound, "\(text) misses \(anchor) of \(name ?? "nobody")")
        }
      }
      #expect(found > 0)
    }
  }

  @Test(
    "decide the days of the calendar",
    arguments: [
      ("every workday", nil, 20), ("every workday", "china", 16), ("every workday", "office", 19),
      ("every workday", "moon", 20), ("every month on last workday", "china", 1),
    ])
  func days(_ text: String, _ name: String?, _ count: Int) throws {
    let schedule = try schedule(text)
    let context = try context(name)
    let start = Instant(seconds: 1_769_875_200)  // 2026-02-01 in Shanghai
    let moments = schedule.calendarMoments(
      after: start, through: start + .days(28), late: .standard, in: context)
    #expect(moments.count == count)
    for moment in moments {
      #expect(
        schedule.moment(for: moment.cycle, in: [:], as: DateKinds(), late: .standard, in: context)
          == moment)
      #expect(!schedule.anchors(after: moment.due - .minutes(1), through: moment.due).isEmpty)
    }
    if text.contains("last") {
      // The make-up Saturday is the last workday of February in China.
      #expect(context.zone.date(at: moments[0].due).description == "2026-02-28")
      #expect(
        schedule.nextCalendarMoment(after: start, late: .standard, in: context) == moments[0])
    }
  }

  @Test("decide on which days send hours of workdays are open, unless the rule names a calendar")
  func hours() throws {
    let window = try #require(WeekHours.Window(.workdays, from: 9 * 60, to: 18 * 60))
    let send = try #require(WeekHours([window]))
    let calendars = CustomerCalendars(["china": try workdays("china")])
    let zone = try #require(Zone.named("Asia/Shanghai"))
    let date = try #require(CivilDate(year: 2026, month: 2, day: 14))
    let saturday = zone.instant(of: WallClock(date: date, secondOfDay: 36_000))
    func isOpen(_ calendars: CustomerCalendars, _ name: ExactText?) throws -> Bool {
      let step = Step(
        name: "s", when: try When.parse("insert"), legs: Leg.all([Route(["email"])]), template: "t",
        customerCalendars: calendars)
      let traits = ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .email)
      let hours = OpenHours(
        of: step, over: traits, ChannelHours(quiet: nil, send: send), calendar: name)
      return hours.closure(at: saturday, in: zone) == nil
    }
    #expect(try isOpen(calendars, "china"))
    #expect(try !isOpen(calendars, nil))
    #expect(try !isOpen(calendars, "moon"))
    #expect(try !isOpen(.none, "china"))
  }

  @Test("that lack a year are named beside the company's")
  func gaps() throws {
    let schedule = try schedule("1 workday before x")
    let step = Step(
      name: "s", when: .dated(schedule), legs: Leg.all([Route(["email"])]), template: "t",
      customerCalendars: schedule.policy.customerCalendars)
    let late = try #require(CivilDate(year: 2026, month: 12, day: 1))
    #expect(
      step.gaps(in: late, []).map(\.words) == [
        "only Saturdays and Sundays count as days off; choose a calendar with `calendar:`",
        "calendar china has no days off for 2027, so only weekends count that year; add a file to calendars/china/",
        "calendar office has no days off for 2027, so only weekends count that year; add a file to calendars/office/",
      ])
  }
}
