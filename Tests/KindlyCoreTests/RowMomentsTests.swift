import KindlyCore
import Testing

/// Moments of months, of days by the Chinese calendar, of working hours, and of what other columns of the row say.
@Suite("Moments that a row's columns tell")
struct RowMomentsTests {
  static func context(_ zone: String = "Asia/Shanghai") throws -> MomentContext {
    let zone = try #require(Zone.named(zone))
    let nine = try #require(TimeOfDay("09:00"))
    return MomentContext(zone: zone, sourceZone: zone, defaultTime: nine)
  }

  private static func policy(_ missing: Skip = .backward, _ offDays: OffDays = .keep) throws
    -> DayPolicy
  {
    var policy = DayPolicy()
    policy.missingDates = missing
    policy.offDays = offDays
    policy.workdays = Workdays(name: "china", calendar: try WorkCalendarTests.shipped())
    policy.officeHours = Office(
      hours: try OfficeHours.parse("Mon-Fri 09:00-12:00, 13:30-18:00"),
      zone: try #require(Zone.named("Asia/Shanghai")))
    return policy
  }

  static func schedule(
    _ text: String, _ missing: Skip = .backward, _ offDays: OffDays = .keep
  ) throws -> Schedule {
    try #require(try When.parse(text).by(policy(missing, offDays)).schedule)
  }

  /// The days of a row's moments between two days.
  private static func days(
    _ schedule: Schedule, _ row: RowValues, from: String = "2026-01-01", to: String = "2027-01-01"
  ) throws -> [String] {
    let context = try context()
    let own = try schedule.of(row, as: DateKinds())
    return own.schedule.moments(
      of: own.anchor, after: try instant("\(from)T00:00:00Z"),
      through: try instant("\(to)T00:00:00Z"),
      late: .standard, in: context
    ).map { context.zone.date(at: $0.due).description }
  }

  @Test(
    "become the day before, the day after, or are left out, where a month or year lacks their date",
    arguments: [
      (
        "every month on x", "2026-01-31", Skip.backward,
        ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
      ),
      (
        "every month on x", "2026-01-31", .forward,
        ["2026-01-31", "2026-03-01", "2026-03-31", "2026-05-01", "2026-05-31"]
      ),
      ("every month on x", "2026-01-31", .omit, ["2026-01-31", "2026-03-31", "2026-05-31"]),
      ("every 2 months after x", "2025-12-30", .omit, ["2026-04-30"]),
      ("1 month after x", "2026-01-30", .forward, ["2026-03-01"]),
      ("1 month after x", "2026-01-30", .omit, []),
      ("1 month before x", "2026-03-31", .forward, ["2026-03-01"]),
      ("every year on x", "1992-02-29", .backward, ["2026-02-28"]),
      ("every year on x", "1992-02-29", .forward, ["2026-03-01"]),
      ("every year on x", "1992-02-29", .omit, []),
      // 2023 has a leap second month, 2026 has none: the day is kept in the second month, or in the third.
      ("every year on lunar x", "2023-03-29", .backward, ["2026-03-26"]),
      ("every year on lunar x", "2023-03-29", .forward, ["2026-04-24"]),
      ("every year on lunar x", "2023-03-29", .omit, []),
    ])
  func missing(_ text: String, _ date: String, _ skip: Skip, _ expected: [String]) throws {
    let schedule = try Self.schedule(text, skip)
    #expect(try Self.days(schedule, ["x": .text(date)], to: "2026-06-01") == expected)
  }

  @Test("of a missing day of the calendar follow the same choice")
  func missingDay() throws {
    let context = try Self.context()
    for (skip, expected) in [
      (Skip.backward, ["2027-02-28", "2028-02-29"]), (.forward, ["2027-03-01", "2028-02-29"]),
      (.omit, ["2028-02-29"]),
    ] {
      let moments = try Self.schedule("on 02-29", skip).calendarMoments(
        after: instant("2027-01-01T00:00:00Z"), through: instant("2029-01-01T00:00:00Z"),
        late: .standard, in: context)
      #expect(moments.map { context.zone.date(at: $0.due).description } == expected)
    }
    for (skip, expected) in [
      (Skip.backward, ["2026-01-31", "2026-02-28", "2026-03-31"]),
      (.forward, ["2026-01-31", "2026-03-01", "2026-03-31"]),
      (.omit, ["2026-01-31", "2026-03-31"]),
    ] {
      let moments = try Self.schedule("every month on day 31", skip).calendarMoments(
        after: instant("2026-01-02T00:00:00Z"), through: instant("2026-04-15T00:00:00Z"),
        late: .standard, in: context)
      #expect(moments.map { context.zone.date(at: $0.due).description } == expected)
    }
    let next = try Self.schedule("on 02-29", .omit).nextCalendarMoment(
      after: instant("2026-03-02T00:00:00Z"), late: .standard, in: context)
    #expect(next.map { context.zone.date(at: $0.due).description } == "2028-02-29")
  }

  @Test("that are left out for years are still found as the next one")
  func nextAfterMissing() throws {
    let context = try Self.context()
    for (text, date, expected) in [
      ("every year on x", "1992-02-29", "2028-02-29"),
      ("every year on lunar x", "2025-08-08", "2036-08-06"),
      ("every month on x", "2026-01-31", "2026-03-31"),
    ] {
      let next = try Self.schedule(text, .omit).next(
        of: Anchor(.text(date), as: .unknown), after: instant("2026-02-01T00:00:00Z"),
        late: .standard, in: context)
      #expect(next.map { context.zone.date(at: $0.due).description } == expected, "\(text)")
    }
    let never = try Self.schedule("1 month after x", .omit).next(
      of: Anchor(.text("2026-01-31"), as: .unknown), after: instant("2026-02-01T00:00:00Z"),
      late: .standard, in: context)
    #expect(never == nil)
  }

  // MARK: Days by the Chinese calendar

  /// Mid-Autumn, the 15th of the 8th month, is 2024-09-17, 2025-10-06 and 2026-09-25.
  @Test(
    "by the Chinese calendar come on the day that the column writes by it",
    arguments: [
      ("1990-08-15", "1990-08-15"), ("1990/8/15", "1990-08-15"), ("1990年8月15日", "1990-08-15"),
      ("1990年八月十五", "1990-08-15"), ("19900815", "1990-08-15"),
      ("1990-08-15 00:00:00", "1990-08-15"),
      ("1990-08-15T00:00", "1990-08-15"), ("1990.8.15", "1990-08-15"),
      (" 1990-08-15 ", "1990-08-15"),
      ("08-15", "08-15"), ("8-15", "08-15"), ("8月15日", "08-15"), ("八月十五", "08-15"),
      ("8/15", "08-15"),
      ("农历八月十五", "08-15"),
    ])
  func lunarDates(_ text: String, _ identity: String) throws {
    let schedule = try Self.schedule("every year on lunar date x")
    #expect(
      try Self.days(schedule, ["x": .text(text)], from: "2024-01-01") == [
        "2024-09-17", "2025-10-06", "2026-09-25",
      ])
    let own = try schedule.of(["x": .text(text)], as: DateKinds())
    let next = try #require(
      try own.schedule.next(
        of: own.anchor, after: instant("2026-01-01T00:00:00Z"), late: .standard, in: Self.context())
    )
    #expect(next.cycle.text.hasPrefix("\(identity)#"))
    // The cycle, read back from the ledger, gives the same moment.
    let again = try schedule.moment(
      for: Cycle(stored: next.cycle.text), in: ["x": .text(text)], as: DateKinds(), late: .standard,
      in: Self.context())
    #expect(again == next)
  }

  @Test(
    "of a leap month, of a day 30 and of New Year's Eve follow the custom, or the rule's choice",
    arguments: [
      // 2025 has a leap sixth month from 25 July on, 2026 has none.
      ("06L-15", Skip.backward, ["2025-08-08", "2026-07-28"]),
      ("闰六月十五", .backward, ["2025-08-08", "2026-07-28"]),
      ("2025-06L-15", .forward, ["2025-08-08", "2026-08-27"]),
      ("06L-15", .omit, ["2025-08-08"]),
      // The twelfth month has 29 days in every year from 2025 to 2029.
      ("12-30", .backward, ["2025-01-28", "2026-02-16"]),
      ("12-30", .forward, ["2025-01-29", "2026-02-17"]),
      ("腊月三十", .backward, ["2025-01-28", "2026-02-16"]),
      ("除夕", .omit, ["2025-01-28", "2026-02-16"]),
    ])
  func leapMonths(_ text: String, _ skip: Skip, _ expected: [String]) throws {
    let schedule = try Self.schedule("every year on lunar date x", skip)
    let days = try Self.days(schedule, ["x": .text(text)], from: "2025-01-01", to: "2027-01-01")
    // The year 2024 of the Chinese calendar ends in 2025 with a twelfth month of 29 days too.
    #expect(days == expected)
  }

  @Test(
    "never come from what is no day of the Chinese calendar",
    arguments: [
      (Value.null, Anchor.Unusable.null), (.text(""), .empty), (.integer(0), .zero),
      (.text("0000-00-00"), .zero), (.text("1970-01-01"), .epoch),
      (.text("1900-01-01"), .placeholder),
      (.text("13-01"), .unreadable), (.text("08-31"), .unreadable),
      (.text("1990-08-31"), .unreadable),
      // The second month of 1990 has 30 days, and no leap month.
      (.text("1990-02L-01"), .unreadable), (.text("2150-01-01"), .unlikely),
      (.text("soon"), .unreadable), (.integer(815), .number), (.blob([1]), .unreadable),
    ])
  func noLunarDate(_ value: Value, _ reason: Anchor.Unusable) throws {
    let schedule = try Self.schedule("every year on lunar date x")
    #expect(throws: UnusableColumn(column: "x", reason: reason)) {
      try schedule.of(["x": value], as: DateKinds())
    }
  }

  @Test("are counted from a day of the Chinese calendar only if it has its year")
  func yearless() throws {
    let schedule = try Self.schedule("every year on lunar date x at most 3 times")
    #expect(throws: UnusableColumn(column: "x", reason: .yearless)) {
      try schedule.of(["x": .text("08-15")], as: DateKinds())
    }
    #expect(
      try Self.days(schedule, ["x": .text("2023-08-15")], from: "2020-01-01") == [
        "2023-09-29", "2024-09-17", "2025-10-06",
      ])
  }

  // MARK: The end of recurrences

  @Test(
    "end with the date of a column or after so many times, on that day too",
    arguments: [
      (
        "every month after x until y", "2026-01-15", "2026-04-15",
        ["2026-02-15", "2026-03-15", "2026-04-15"]
      ),
      ("every month after x until y", "2026-01-15", "2026-04-14", ["2026-02-15", "2026-03-15"]),
      ("every month on x until y", "2026-01-15", "2026-02-20", ["2026-01-15", "2026-02-15"]),
      ("every month on x at most 2 times", "2026-01-15", "", ["2026-01-15", "2026-02-15"]),
      ("every month after x at most 2 times", "2026-01-15", "", ["2026-02-15", "2026-03-15"]),
      ("every year on x at most 2 times", "2025-03-01", "", ["2026-03-01"]),
      ("every week after x until y at most 2 times", "2026-01-01", "2026-01-08", ["2026-01-08"]),
      ("every year on lunar x until y", "2025-02-01", "2025-12-31", []),
      // A time is the last moment itself.
      (
        "every day after x until y", "2026-01-01", "2026-01-03 09:00", ["2026-01-02", "2026-01-03"]
      ),
      ("every day after x until y", "2026-01-01", "2026-01-03 08:59", ["2026-01-02"]),
    ])
  func ends(_ text: String, _ x: String, _ y: String, _ expected: [String]) throws {
    let schedule = try Self.schedule(text)
    #expect(try Self.days(schedule, ["x": .text(x), "y": .text(y)]) == expected)
  }

  @Test("go on where the column says that there is no end, and stop where it cannot be read")
  func noEnd() throws {
    let schedule = try Self.schedule("every 6 months after x until y")
    for value in [Value.null, .text(""), .text("0000-00-00"), .text("9999-12-31")] {
      #expect(try Self.days(schedule, ["x": .text("2026-01-15"), "y": value]) == ["2026-07-15"])
    }
    #expect(throws: UnusableColumn(column: "y", reason: .unreadable)) {
      try schedule.of(["x": .text("2026-01-15"), "y": .text("soon")], as: DateKinds())
    }
  }

  @Test("that are planned end when the row's last date or the limit comes earlier")
  func cutShort() throws {
    let schedule = try Self.schedule("every month after x until y")
    func moment(_ cycle: String, until: String) throws -> Moment? {
      schedule.moment(
        for: Cycle(stored: cycle), in: ["x": .text("2026-01-15"), "y": .text(until)],
        as: DateKinds(), late: .standard, in: try Self.context())
    }
    #expect(try moment("2026-01-15#3", until: "2026-04-15") != nil)
    #expect(try moment("2026-01-15#3", until: "2026-04-14") == nil)
    let limited = try Self.schedule("every month after x at most 2 times")
    #expect(
      limited.moment(
        for: Cycle(stored: "2026-01-15#3"), in: ["x": .text("2026-01-15")], as: DateKinds(),
        late: .standard, in: try Self.context()) == nil)
  }

  // MARK: A number of days from a column

  @Test("come as often as a number of days in the row says, each told by its day")
  func daysOfRow() throws {
    let schedule = try Self.schedule("every cycle days after x")
    for value in [Value.integer(100), .text("100"), .real(100)] {
      #expect(
        try Self.days(schedule, ["x": .text("2026-01-01"), "cycle": value]) == [
          "2026-04-11", "2026-07-20", "2026-10-28",
        ])
    }
    func moment(_ cycle: String, _ days: Int64) throws -> Moment? {
      schedule.moment(
        for: Cycle(stored: cycle), in: ["x": .text("2026-01-01"), "cycle": .integer(days)],
        as: DateKinds(), late: .standard, in: try Self.context())
    }
    #expect(try moment("2026-01-01/2026-07-20", 100)?.due.description == "2026-07-20T01:00:00Z")
    #expect(try moment("2026-01-01/2026-07-20", 50) != nil)
    #expect(try moment("2026-01-01/2026-07-20", 30) == nil)
    #expect(try moment("2026-01-01/2026-01-01", 30) == nil)
    let own = try schedule.of(["x": .text("2026-01-01"), "cycle": .integer(10)], as: DateKinds())
    #expect(own.schedule.minimumGap == .days(5))
  }

  @Test(
    "never come from what is no number of days",
    arguments: [
      (Value.null, Anchor.Unusable.null), (.text(" "), .empty), (.integer(0), .noPeriod),
      (.integer(-7), .noPeriod), (.integer(36_601), .noPeriod), (.real(2.5), .noPeriod),
      (.text("monthly"), .noPeriod), (.text("nan"), .noPeriod), (.blob([7]), .noPeriod),
      (.integer(.max), .noPeriod), (.real(1e300), .noPeriod),
    ])
  func noDays(_ value: Value, _ reason: Anchor.Unusable) throws {
    let schedule = try Self.schedule("every cycle days after x")
    #expect(throws: UnusableColumn(column: "cycle", reason: reason)) {
      try schedule.of(["x": .text("2026-01-01"), "cycle": value], as: DateKinds())
    }
  }

  // MARK: Working hours

  @Test(
    "count the office's hours by its own clocks, over nights, breaks and days off",
    arguments: [
      ("4 working hours after x", "2026-03-02 10:00", "Asia/Shanghai", "2026-03-02 15:30"),
      ("4 working hours before x", "2026-03-02 10:00", "Asia/Shanghai", "2026-02-28 15:00"),
      ("8 working hours after x", "2026-03-06 17:30", "Asia/Shanghai", "2026-03-09 18:00"),
      ("2 working hours after x", "2026-02-14 17:00", "Asia/Shanghai", "2026-02-24 10:00"),
      // A date without a time counts from the default time, nine in the morning of the customer.
      ("1 working hour after x", "2026-03-02", "Asia/Shanghai", "2026-03-02 10:00"),
      // Nine in New York is ten at night in Shanghai, and ten there the next morning is nine at night.
      ("1 working hour after x", "2026-03-02", "America/New_York", "2026-03-02 21:00"),
      ("1 working hour after x at 12:30", "2026-03-02 10:00", "Asia/Shanghai", "2026-03-02 14:30"),
    ])
  func workingHours(_ text: String, _ x: String, _ zone: String, _ expected: String) throws {
    let schedule = try Self.schedule(text, .backward, .later)
    let context = try Self.context(zone)
    let moment = schedule.moment(
      of: try Anchor(.text(x), as: .unknown), number: nil, late: .standard, in: context)
    let wall = context.zone.wallClock(at: moment.due)
    #expect("\(wall.date) \(wall.timeText.prefix(5))" == expected)
  }
}
