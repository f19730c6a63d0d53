import KindlyCore
import Testing

@Suite("The moments of a row")
struct MomentsTests {
  /// A table row: when, the column's value, the customer's zone, and what is due.
  struct Case: Sendable, CustomTestStringConvertible {
    let when: String
    let value: String
    let zone: String
    let due: [String]
    var from = "2026-01-01T00:00:00Z"
    var to = "2029-01-01T00:00:00Z"

    var testDescription: String { "\(when): \(value) in \(zone)" }
  }

  private static func context(_ zone: String, source: String = "Asia/Shanghai") throws
    -> MomentContext
  {
    let zone = try #require(Zone.named(zone))
    let sourceZone = try #require(Zone.named(source))
    let nine = try #require(TimeOfDay("09:00"))
    return MomentContext(zone: zone, sourceZone: sourceZone, defaultTime: nine)
  }

  private static func schedule(_ text: String) throws -> Schedule {
    try #require(try When.parse(text).schedule)
  }

  @Test(
    "are due by the customer's clocks",
    arguments: [
      // A date is served at the default time, or at the time that the rule says.
      Case(when: "on x", value: "2026-02-10", zone: "Asia/Shanghai", due: ["2026-02-10T01:00:00Z"]),
      Case(
        when: "on x", value: "2026-02-10", zone: "America/New_York", due: ["2026-02-10T14:00:00Z"]),
      Case(
        when: "on x at 23:30", value: "2026-02-10", zone: "Pacific/Kiritimati",
        due: ["2026-02-10T09:30:00Z"]),
      Case(
        when: "4 days before x at 09:30", value: "2026-02-10", zone: "UTC",
        due: ["2026-02-06T09:30:00Z"]),
      Case(when: "7 days after x", value: "2026-01-10", zone: "UTC", due: ["2026-01-17T09:00:00Z"]),
      Case(
        when: "2 weeks after x", value: "2026-12-25", zone: "UTC", due: ["2027-01-08T09:00:00Z"]),
      // A wall time is the source's, and keeps its hour unless the rule says another.
      Case(when: "on x", value: "2026-02-10 09:30", zone: "UTC", due: ["2026-02-10T01:30:00Z"]),
      Case(
        when: "1 day after x", value: "2026-02-10 09:30", zone: "UTC", due: ["2026-02-11T01:30:00Z"]
      ),
      // 23:30 in Shanghai is 15:30 of the same day in London and 01:30 of the next in Sydney.
      Case(
        when: "on x at 08:00", value: "2026-06-10 21:30", zone: "Australia/Sydney",
        due: ["2026-06-09T22:00:00Z"]),
      Case(
        when: "on x at 08:00", value: "2026-06-10 23:30", zone: "Australia/Sydney",
        due: ["2026-06-10T22:00:00Z"]),
      // An instant is what it is; its day is the customer's.
      Case(
        when: "on x", value: "2026-02-10T20:00:00Z", zone: "Asia/Shanghai",
        due: ["2026-02-10T20:00:00Z"]),
      Case(
        when: "on x at 09:00", value: "2026-02-10T20:00:00Z", zone: "Asia/Shanghai",
        due: ["2026-02-11T01:00:00Z"]),
      Case(
        when: "90 minutes before x", value: "2026-02-10T20:00:00Z", zone: "Asia/Shanghai",
        due: ["2026-02-10T18:30:00Z"]),
      Case(
        when: "36 hours after x", value: "2026-02-10T20:00:00Z", zone: "UTC",
        due: ["2026-02-12T08:00:00Z"]),
    ])
  func due(of testCase: Case) throws { try MomentsTests.check(testCase) }

  @Test(
    "keep to the calendar at month ends and on leap days",
    arguments: [
      Case(
        when: "1 month after x", value: "2026-01-31", zone: "UTC", due: ["2026-02-28T09:00:00Z"]),
      Case(
        when: "1 month before x", value: "2026-03-31", zone: "UTC", due: ["2026-02-28T09:00:00Z"]),
      Case(
        when: "1 month before x", value: "2028-03-31", zone: "UTC", due: ["2028-02-29T09:00:00Z"]),
      Case(
        when: "1 year after x", value: "2028-02-29", zone: "UTC", due: ["2029-02-28T09:00:00Z"],
        to: "2030-01-01T00:00:00Z"),
      Case(
        when: "every month after x", value: "2026-01-31", zone: "UTC",
        due: ["2026-02-28T09:00:00Z", "2026-03-31T09:00:00Z", "2026-04-30T09:00:00Z"],
        to: "2026-05-01T00:00:00Z"),
      Case(
        when: "every year on x", value: "1992-02-29", zone: "UTC",
        due: ["2026-02-28T09:00:00Z", "2027-02-28T09:00:00Z", "2028-02-29T09:00:00Z"]),
      Case(
        when: "every year on x", value: "2026-05-10", zone: "UTC",
        due: ["2026-05-10T09:00:00Z", "2027-05-10T09:00:00Z", "2028-05-10T09:00:00Z"]),
      Case(
        when: "every year after x", value: "2026-05-10", zone: "UTC",
        due: ["2027-05-10T09:00:00Z", "2028-05-10T09:00:00Z"]),
      Case(
        when: "every 18 months after x", value: "2024-08-31", zone: "UTC",
        due: ["2026-02-28T09:00:00Z", "2027-08-31T09:00:00Z"]),
      Case(
        when: "every 10 days after x", value: "2028-12-10", zone: "UTC",
        due: ["2028-12-20T09:00:00Z", "2028-12-30T09:00:00Z"]),
    ])
  func calendar(_ testCase: Case) throws { try MomentsTests.check(testCase) }

  @Test(
    "keep their hour over daylight saving, and elapsed hours their length",
    arguments: [
      // Berlin: forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00.
      Case(
        when: "1 day after x", value: "2026-03-28T08:00:00Z", zone: "Europe/Berlin",
        due: ["2026-03-29T07:00:00Z"]),
      Case(
        when: "24 hours after x", value: "2026-03-28T08:00:00Z", zone: "Europe/Berlin",
        due: ["2026-03-29T08:00:00Z"]),
      Case(
        when: "on x at 02:30", value: "2026-03-29", zone: "Europe/Berlin",
        due: ["2026-03-29T01:00:00Z"]),
      Case(
        when: "on x at 02:30", value: "2026-10-25", zone: "Europe/Berlin",
        due: ["2026-10-25T00:30:00Z"]),
      Case(
        when: "1 week before x at 09:00", value: "2026-11-01", zone: "Europe/Berlin",
        due: ["2026-10-25T08:00:00Z"]),
      // Cairo skips midnight on 2026-04-24; the day begins at one.
      Case(
        when: "on x at 00:00", value: "2026-04-24", zone: "Africa/Cairo",
        due: ["2026-04-23T22:00:00Z"]),
      // Lord Howe moves by half an hour, back on 2026-04-05 at 02:00.
      Case(
        when: "on x at 01:45", value: "2026-04-05", zone: "Australia/Lord_Howe",
        due: ["2026-04-04T14:45:00Z"]),
    ])
  func daylight(_ testCase: Case) throws { try MomentsTests.check(testCase) }

  private static func check(_ testCase: Case) throws {
    let moments = try schedule(testCase.when).moments(
      of: Anchor(.text(testCase.value), as: .unknown), after: instant(testCase.from),
      through: instant(testCase.to),
      late: .standard, in: context(testCase.zone))
    #expect(moments.map(\.due.description) == testCase.due)
  }

  @Test(
    "are of use until the end of the date they come before, or for three days, or as the rule says",
    arguments: [
      ("4 days before x", Lateness.standard, "2026-02-10T16:00:00Z"),
      ("2 hours before x", .standard, "2026-02-10T16:00:00Z"),
      ("on x", .standard, "2026-02-13T01:00:00Z"),
      ("7 days after x", .standard, "2026-02-20T01:00:00Z"),
      ("every year after x", .standard, "2027-02-13T01:00:00Z"),
      ("4 days before x", .after(Period(2, .day)), "2026-02-08T01:00:00Z"),
      ("on x", .after(Period(3, .hour)), "2026-02-10T04:00:00Z"),
      ("on x", .after(Period(1, .month)), "2026-03-10T01:00:00Z"),
    ])
  func use(when: String, late: Lateness, until: String) throws {
    let moment = try MomentsTests.schedule(when).moment(
      of: Anchor(.text("2026-02-10"), as: .unknown), number: 1, late: late,
      in: MomentsTests.context("Asia/Shanghai"))
    #expect(moment.useUntil.description == until)
  }

  @Test(
    "before a time are of use until that time, and before a day until its end",
    arguments: [
      ("2 hours before x", "2027-03-10 10:00", "2027-03-10T02:00:00Z"),
      ("1 day before x", "2027-03-10 10:00", "2027-03-10T02:00:00Z"),
      ("1 day before x at 18:00", "2027-03-10 10:00", "2027-03-10T02:00:00Z"),
      ("2 hours before x", "2027-03-10T10:00:00Z", "2027-03-10T10:00:00Z"),
      ("3 days before x", "2027-03-10 00:00:00", "2027-03-10T16:00:00Z"),
      ("3 days before x", "2027-03-10T00:00:00Z", "2027-03-10T16:00:00Z"),
      ("3 days before x", "2027-03-10", "2027-03-10T16:00:00Z"),
    ])
  func useBefore(when: String, value: String, until: String) throws {
    let kind = DateKind(days: .midnights(.utc))
    let moment = try MomentsTests.schedule(when).moment(
      of: Anchor(.text(value), as: kind), number: nil, late: .standard,
      in: MomentsTests.context("Asia/Shanghai"))
    #expect(moment.useUntil.description == until)
  }

  @Test("of a change are of use for a day, or as the rule says")
  func changes() throws {
    let noticed = try instant("2026-03-28T08:00:00Z")
    let zone = try #require(Zone.named("Europe/Berlin"))
    #expect(
      Lateness.standard.end(ofChangeAt: noticed, zone: zone).description == "2026-03-29T08:00:00Z")
    #expect(
      Lateness.after(Period(1, .day)).end(ofChangeAt: noticed, zone: zone).description
        == "2026-03-29T07:00:00Z")
  }

  @Test(
    "have a cycle that neither offset nor zone nor time of day is part of",
    arguments: [
      ("on x", "2026-02-10", nil, "2026-02-10"),
      ("4 days before x at 09:30", "2026-02-10", nil, "2026-02-10"),
      ("4 days before x", "2026-02-10 23:30", nil, "2026-02-10"),
      ("2 hours before x", "2026-02-10 23:30:59", nil, "2026-02-10T23:30"),
      ("90 minutes after x", "2026-02-10T23:30:59+08:00", nil, "2026-02-10T15:30Z"),
      ("2 hours before x", "2026-02-10", nil, "2026-02-10"),
      ("every year after x", "2026-02-10", 3, "2026-02-10#3"),
      ("every 6 hours after x", "2026-02-10T00:00:00Z", 7, "2026-02-10T00:00Z#7"),
    ])
  func cycles(when: String, value: String, number: Int?, cycle: String) throws {
    for zone in ["Asia/Shanghai", "America/Los_Angeles"] {
      let moment = try MomentsTests.schedule(when).moment(
        of: Anchor(.text(value), as: .unknown), number: number, late: .standard,
        in: MomentsTests.context(zone))
      #expect(moment.cycle.text == cycle)
    }
  }

  @Test("of neighbouring windows are those of the whole, none twice and none lost")
  func windows() throws {
    let context = try MomentsTests.context("America/Santiago")
    let begin = try instant("2026-01-01T00:00:00Z")
    let whens = [
      "every day after x", "every 3 weeks after x at 23:59", "every month after x",
      "every year on x",
      "every 5 months after x at 00:00", "every 7 hours after x", "every 100 minutes after x",
    ]
    for when in whens {
      for value in ["2019-12-31", "2024-02-29 13:14", "2026-03-31T23:59:59Z", "2027-06-30"] {
        let schedule = try MomentsTests.schedule(when)
        let anchor = try Anchor(.text(value), as: .unknown)
        func between(_ from: Int, _ to: Int) -> [Moment] {
          schedule.moments(
            of: anchor, after: begin + .hours(from), through: begin + .hours(to), late: .standard,
            in: context, limit: 100_000)
        }
        // 599 hours, so that the borders fall at every hour of the day.
        let hours = 599 * 30
        let parts = stride(from: 0, to: hours, by: 599).flatMap { between($0, $0 + 599) }
        let whole = between(0, hours)
        #expect(parts == whole, "\(when) of \(value)")
        #expect(Set(whole.map(\.cycle)).count == whole.count)
        #expect(whole.map(\.due) == whole.map(\.due).sorted())
        let first = schedule.isAnniversary ? 0 : 1
        let counted = (first...400).map {
          schedule.moment(of: anchor, number: $0, late: .standard, in: context)
        }.filter { $0.due > begin && $0.due <= begin + .hours(hours) }
        #expect(Set(counted).isSubset(of: Set(whole)), "\(when) of \(value)")
      }
    }
  }

  @Test(
    "the next one is the first after now, however close together they are",
    arguments: [
      ("every minute after x", "2026-02-11T00:01:00Z"),
      ("every 30 minutes after x", "2026-02-11T00:30:00Z"),
      ("every 3 weeks after x", "2026-02-28T00:00:00Z"),
      ("every month after x", "2026-03-01T00:00:00Z"),
      ("every year on x", "2027-01-01T00:00:00Z"),
      ("every 100 years after x", "2100-01-01T00:00:00Z"),
      ("50 years after x", "2050-01-01T00:00:00Z"),
    ])
  func next(when: String, due: String) throws {
    let next = try MomentsTests.schedule(when).next(
      of: Anchor(.text("2000-01-01T00:00:00Z"), as: .unknown),
      after: instant("2026-02-11T00:00:00Z"), late: .standard, in: MomentsTests.context("UTC"))
    #expect(try next?.due == instant(due))
  }

  @Test(
    "the next one of an anchor years ahead is its first",
    arguments: [
      ("every minute after x", "2099-03-10T00:01:00Z"),
      ("every day after x", "2099-03-11T00:00:00Z"),
      ("every week after x", "2099-03-17T00:00:00Z"),
      ("every month after x", "2099-04-10T00:00:00Z"),
      ("every 100 years after x", "2199-03-10T00:00:00Z"),
      ("every month on x", "2099-03-10T00:00:00Z"),
      ("every year on x", "2099-03-10T00:00:00Z"),
      ("every year on lunar x", "2099-03-10T00:00:00Z"),
      ("rrule \"FREQ=WEEKLY;COUNT=2\" from x", "2099-03-10T00:00:00Z"),
      ("3 workdays after x", "2099-03-13T00:00:00Z"),
    ])
  func nextOfFuture(when: String, due: String) throws {
    let next = try MomentsTests.schedule(when).next(
      of: Anchor(.text("2099-03-10T00:00:00Z"), as: .unknown),
      after: instant("2026-02-11T00:00:00Z"), late: .standard, in: MomentsTests.context("UTC"))
    #expect(try next?.due == instant(due))
  }

  @Test("the next one is found behind days off", arguments: [OffDays.earlier, .later])
  func nextBehindDaysOff(offDays: OffDays) throws {
    var policy = DayPolicy()
    policy.offDays = offDays
    // A Friday evening: what falls on the weekend moves to that Friday morning, or to Monday.
    let next = try MomentsTests.schedule("every day after x").by(policy).next(
      of: Anchor(.text("2026-01-01"), as: .unknown),
      after: instant("2026-02-13T20:00:00Z"), late: .standard, in: MomentsTests.context("UTC"))
    #expect(try next?.due == instant("2026-02-16T09:00:00Z"))
  }

  @Test(
    "of a recurrence rule are sought by the dates nearest to a day, on one side if the other has few",
    arguments: [
      (0, 1500, 0, 1000), (1500, 0, 1000, 0), (200, 1500, 200, 800), (1500, 200, 800, 200),
      (700, 700, 500, 500), (300, 300, 300, 300),
    ])
  func telling(past: Int, ahead: Int, toldPast: Int, toldAhead: Int) throws {
    let schedule = try MomentsTests.schedule("rrule \"FREQ=DAILY;COUNT=3\" from x")
    let day = try #require(CivilDate(year: 2026, month: 2, day: 10))
    func dates(_ past: Int, _ ahead: Int) -> [CivilDate] {
      (1 - past...ahead).map { day.adding(days: $0) }
    }
    let told = schedule.telling(dates(past, ahead), after: day)
    #expect(told.sorted() == dates(toldPast, toldAhead))
  }

  @Test("are bounded, and the newest are kept")
  func limit() throws {
    let upper = try instant("2026-02-11T00:00:00Z")
    let moments = try MomentsTests.schedule("every minute after x").moments(
      of: Anchor(.text("2000-01-01T00:00:00Z"), as: .unknown), after: .distantPast, through: upper,
      late: .standard,
      in: MomentsTests.context("UTC"), limit: 10)
    #expect(moments.count == 10)
    #expect(moments.last?.due == upper)
  }

  @Test("are all kept where none may be missing, even a minute apart")
  func all() throws {
    let lower = try instant("2026-02-10T12:00:00Z")
    let upper = lower + .hours(25)
    let moments = try MomentsTests.schedule("every minute after x").moments(
      of: Anchor(.text("2000-01-01T00:00:00Z"), as: .unknown), after: lower, through: upper,
      late: .standard, in: MomentsTests.context("UTC"),
      limit: Schedule.mostMoments(after: lower, through: upper))
    #expect(moments.count == 1_500)
    #expect(moments.first?.due == lower + .minutes(1))
  }

  @Test("at the lower border belong to the window before, at the upper to this one")
  func borders() throws {
    let due = try instant("2026-02-10T09:00:00Z")
    let schedule = try MomentsTests.schedule("on x")
    let context = try MomentsTests.context("UTC")
    func count(_ from: Instant, _ to: Instant) throws -> Int {
      try schedule.moments(
        of: Anchor(.text("2026-02-10"), as: .unknown), after: from, through: to, late: .standard,
        in: context
      ).count
    }
    #expect(try count(due, due + .hours(1)) == 0)
    #expect(try count(due - .hours(1), due) == 1)
  }

  @Test("of the longest period there is are computed without overflow")
  func longest() throws {
    for when in [
      "100 years after x", "every 100 years after x", "36600 days before x",
      "52704000 minutes after x",
    ] {
      let schedule = try MomentsTests.schedule(when)
      for value in ["1800-01-01", "2999-12-31", "2999-12-31 23:59:59"] {
        let anchor = try Anchor(.text(value), as: .unknown)
        let moments = schedule.moments(
          of: anchor, after: .distantPast, through: .distantFuture,
          late: .after(Period(100, .year)),
          in: try MomentsTests.context("America/New_York"))
        #expect(!moments.isEmpty)
      }
    }
  }
}
