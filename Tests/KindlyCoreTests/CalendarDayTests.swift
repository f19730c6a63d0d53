import KindlyCore
import Testing

/// Moments that count from days of the calendar, and birthdays of the Chinese calendar.
@Suite("Moments of the calendar")
struct CalendarDayTests {
  private func context(_ zone: String = "Asia/Shanghai") throws -> MomentContext {
    let zone = try #require(Zone.named(zone))
    let nine = try #require(TimeOfDay("09:00"))
    return MomentContext(zone: zone, sourceZone: zone, defaultTime: nine)
  }

  private func schedule(_ text: String) throws -> Schedule {
    try #require(try When.parse(text).schedule)
  }

  private func instant(_ text: String) throws -> Instant {
    guard case .instant(let instant) = try Anchor(.text(text), as: .unknown) else {
      throw Anchor.Unusable.unreadable
    }
    return instant
  }

  /// A rule, and its cycles and days of 2024 to 2027.
  @Test(
    "come as often as the day does, by its own cycle",
    arguments: [
      ("on 2026-12-05", ["2026-12-05": "2026-12-05"]),
      (
        "on 02-29",
        [
          "2024-02-29": "2024-02-29", "2025-02-28": "2025-02-28", "2026-02-28": "2026-02-28",
          "2027-02-28": "2027-02-28",
        ]
      ),
      (
        "2 days before 12-25",
        [
          "2024-12-25": "2024-12-23", "2025-12-25": "2025-12-23", "2026-12-25": "2026-12-23",
          "2027-12-25": "2027-12-23",
        ]
      ),
      // Spring Festival and the eve before it, in 2025 and 2026 by the facts.
      (
        "on festival 除夕",
        [
          "2024-02-09": "2024-02-09", "2025-01-28": "2025-01-28", "2026-02-16": "2026-02-16",
          "2027-02-05": "2027-02-05",
        ]
      ),
      (
        "1 week after festival Mid-Autumn Festival",
        [
          "2024-09-17": "2024-09-24", "2025-10-06": "2025-10-13", "2026-09-25": "2026-10-02",
          "2027-09-15": "2027-09-22",
        ]
      ),
    ])
  func cycles(_ text: String, _ expected: [String: String]) throws {
    let schedule = try schedule(text)
    let context = try context()
    let moments = schedule.calendarMoments(
      after: try instant("2024-01-01T00:00:00Z"), through: try instant("2027-12-31T12:00:00Z"),
      late: .standard, in: context)
    let found = Dictionary(
      uniqueKeysWithValues: moments.map {
        ($0.cycle.description, context.zone.date(at: $0.due).description)
      })
    #expect(found == expected)
    #expect(moments.allSatisfy { $0.useUntil > $0.due })
  }

  @Test(
    "are found by windows of any size, each once, in every zone",
    arguments: ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Shanghai"])
  func windows(_ zone: String) throws {
    let context = try context(zone)
    let (start, end) = (try instant("2025-01-01T00:00:00Z"), try instant("2027-01-01T00:00:00Z"))
    for text in ["on 12-31", "on 01-01 at 00:00", "1 month before festival 春节 at 23:59"] {
      let schedule = try schedule(text)
      let whole = schedule.calendarMoments(
        after: start, through: end, late: .standard, in: context)
      #expect(!whole.isEmpty)
      var pieces: [Moment] = []
      var lower = start
      while lower < end {
        let upper = min(lower + .hours(31), end)
        let found = schedule.calendarMoments(
          after: lower, through: upper, late: .standard, in: context)
        if !found.isEmpty { #expect(!schedule.anchors(after: lower, through: upper).isEmpty) }
        pieces += found
        lower = upper
      }
      #expect(pieces == whole)
    }
  }

  /// A rule, and its days from 25 September to 12 October 2026: China has holidays from 25 to 27 September and from 1 to 7
  /// October, and works on 20 September and 10 October.
  @Test(
    "come every week or every month, by the calendar where it is asked",
    arguments: [
      ("every Friday, Monday", [25, 28, 102, 105, 109, 112]),
      ("every weekday", [25, 28, 29, 30, 101, 102, 105, 106, 107, 108, 109, 112]),
      ("every workday", [28, 29, 30, 108, 109, 110, 112]),
      ("every month on day 31", [30]),
      ("every month on last day", [30]),
      ("every month on first workday", [108]),
      ("every month on last workday", [30]),
    ])
  func regular(_ text: String, _ expected: [Int]) throws {
    var calendar = WorkCalendar()
    let days = (25...27).map { (9, $0, true) } + (1...7).map { (10, $0, true) } + [(10, 10, false)]
    let listed = days.map { month, day, isOff in
      let date = CivilDate(year: 2026, month: month, day: day)?.description ?? ""
      return "{\"name\": \"Holiday\", \"date\": \"\(date)\", \"isOffDay\": \(isOff)}"
    }
    let file = try CalendarFile.holidayJSON(
      Array("{\"year\": 2026, \"days\": [\(listed.joined(separator: ","))]}".utf8))
    #expect(calendar.add(file, named: "china/2026.json").isEmpty)
    var policy = DayPolicy()
    policy.workdays = Workdays(name: "china", calendar: calendar)
    let schedule = try schedule(text).by(policy)
    let context = try context()
    let (lower, upper) = (try instant("2026-09-24T12:00:00Z"), try instant("2026-10-12T12:00:00Z"))
    let moments = schedule.calendarMoments(
      after: lower, through: upper, late: .standard, in: context)
    let found = moments.map {
      let date = context.zone.date(at: $0.due)
      return date.month == 9 ? date.day : 100 + date.day
    }
    #expect(found == expected)
    for (moment, next) in zip(moments, moments.dropFirst()) {
      #expect(moment.useUntil <= next.due, "\(moment.cycle) is of use when the next one is due")
    }
    for moment in moments {
      let again = schedule.moment(
        for: moment.cycle, in: [:], as: DateKinds(), late: .standard, in: context)
      #expect(again == moment)
      #expect(
        schedule.nextCalendarMoment(
          after: moment.due - .seconds(1), late: .standard, in: context) == moment)
    }
    #expect(schedule.asksCalendar == text.contains("workday"))
  }

  @Test("tell the next one, and none where the day is over for good")
  func next() throws {
    let context = try context()
    let now = try instant("2026-12-25T02:00:00Z")
    func next(_ text: String) throws -> String? {
      try schedule(text).nextCalendarMoment(after: now, late: .standard, in: context)
        .map { context.zone.date(at: $0.due).description }
    }
    #expect(try next("on 12-25") == "2027-12-25")
    #expect(try next("3 days after 12-25") == "2026-12-28")
    #expect(try next("on festival Christmas at 23:00") == "2026-12-25")
    #expect(try next("on 2026-12-24") == nil)
  }

  /// Born on the 15th day of the 6th month, in 2025 of the leap one.
  @Test(
    "birthdays of the Chinese calendar come on their lunar day",
    arguments: [
      // 1990-08-05 was the 15th of the 6th month; 2025 has a leap 6th month, whose 15th is no birthday of it.
      ("1990-08-05", ["2023-08-01", "2024-07-20", "2025-07-09", "2026-07-28"]),
      // The 15th of the leap 6th month of 2025 is kept in the regular 6th month of years without a leap one.
      ("2025-08-08", ["2025-08-08", "2026-07-28"]),
      // The 30th of the 12th month is its last day where it has 29.
      ("2024-02-09", ["2024-02-09", "2025-01-28", "2026-02-16"]),
    ])
  func lunar(_ born: String, _ expected: [String]) throws {
    let schedule = try schedule("every year on lunar x")
    let context = try context()
    let anchor = try Anchor(.text(born), as: .unknown)
    let (lower, upper) = (try instant("2023-01-01T00:00:00Z"), try instant("2026-12-31T00:00:00Z"))
    let moments = schedule.moments(
      of: anchor, after: lower, through: upper, late: .standard, in: context)
    #expect(moments.map { context.zone.date(at: $0.due).description } == expected)
    #expect(Set(moments.map(\.cycle)).count == moments.count)
    for moment in moments {
      let intervals = schedule.anchors(after: moment.due - .hours(1), through: moment.due)
      #expect(
        intervals.contains { $0.lower <= anchor.roughSecond && anchor.roughSecond <= $0.upper })
    }
  }

  @Test(
    "a recurrence rule gives its days from the column's date on, and reads back as it is written",
    arguments: [
      (
        "rrule \"FREQ=MONTHLY;BYDAY=-1FR\" from x", "2026-01-10",
        ["2026-01-30", "2026-02-27", "2026-03-27"]
      ),
      // RFC 5545 skips the months that have no 31st.
      (
        "rrule \"FREQ=MONTHLY;COUNT=3\" from x at 10:00", "2026-01-31",
        ["2026-01-31", "2026-03-31"]
      ),
      (
        "rrule \"FREQ=WEEKLY;INTERVAL=2;UNTIL=20260301\" from x", "2026-02-02",
        ["2026-02-02", "2026-02-16"]
      ),
      (
        "rrule \"FREQ=YEARLY;RSCALE=CHINESE;SKIP=BACKWARD\" from x", "2024-02-09",
        ["2026-02-16"]
      ),
      ("rrule \"FREQ=DAILY\" from x", "2026-04-01", []),
    ])
  func rules(_ text: String, _ from: String, _ expected: [String]) throws {
    let schedule = try schedule(text)
    #expect(try When.parse(When.dated(schedule).text) == .dated(schedule))
    let context = try context()
    let anchor = try Anchor(.text(from), as: .unknown)
    let (lower, upper) = (try instant("2026-01-01T00:00:00Z"), try instant("2026-03-31T12:00:00Z"))
    let moments = schedule.moments(
      of: anchor, after: lower, through: upper, late: .standard, in: context)
    #expect(moments.map { context.zone.date(at: $0.due).description } == expected)
    for moment in moments {
      #expect(moment.cycle.date.map(String.init) == from)
      let again = schedule.moment(
        for: moment.cycle, in: ["x": .text(from)], as: DateKinds(), late: .standard, in: context)
      #expect(again == moment)
      let other = Cycle.anchor("\(from)/2026-01-02", number: nil)
      #expect(
        schedule.moment(
          for: other, in: ["x": .text(from)], as: DateKinds(), late: .standard, in: context) == nil)
      #expect(
        schedule.next(
          of: anchor, after: moment.due - .seconds(1), late: .standard, in: context) == moment)
    }
  }

  @Test("every lunar birthday of a century lies within the intervals that are searched for it")
  func inverse() throws {
    let schedule = try schedule("every year on lunar x")
    let context = try context()
    let upper = try instant("2026-02-18T00:00:00Z")
    for day in stride(from: -14_600, to: 20_000, by: 97) {
      let anchor = Anchor.date(CivilDate(dayNumber: day))
      for moment in schedule.moments(
        of: anchor, after: upper - .days(800), through: upper, late: .standard, in: context)
      {
        let intervals = schedule.anchors(after: moment.due - .minutes(1), through: moment.due)
        let isFound = intervals.contains {
          $0.lower <= anchor.roughSecond && anchor.roughSecond <= $0.upper
        }
        #expect(isFound, "\(CivilDate(dayNumber: day)) is missed on \(moment.cycle)")
      }
    }
  }
}
