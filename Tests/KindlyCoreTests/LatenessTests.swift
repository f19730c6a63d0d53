import KindlyCore
import Testing

@Suite("Lateness")
struct LatenessTests {
  @Test(
    "is read as it is written",
    arguments: [
      ("skip after 3 days", Lateness.after(Period(3, .day)), "skip after 3 days"),
      ("skip after ends_on", .afterColumn("ends_on"), "skip after ends_on"),
      ("skip after \"Ende am\"", .afterColumn("Ende am"), "skip after \"Ende am\""),
      ("send  anyway", .never, "send anyway"), ("skip after", nil, nil), ("never", nil, nil),
    ] as [(String, Lateness?, String?)])
  func parse(_ text: String, _ late: Lateness?, _ spelling: String?) throws {
    #expect(try Lateness.parse(text) == late)
    #expect(late?.description == spelling)
  }

  @Test(
    "ends with the day or at the time in a column, by the customer's clocks",
    arguments: [
      // The day on which clocks go forward in Berlin has 23 hours.
      ("2026-03-29", "Europe/Berlin", "2026-03-29T22:00:00Z"),
      ("2026-10-25", "Europe/Berlin", "2026-10-25T23:00:00Z"),
      ("2026-03-29", "Asia/Shanghai", "2026-03-29T16:00:00Z"),
      ("2026-03-29T08:00:00Z", "Asia/Shanghai", "2026-03-29T08:00:00Z"),
      // No date: three days after the moment, as if nothing were written.
      ("soon", "Asia/Shanghai", "2026-03-13T01:00:00Z"),
      (nil, "Asia/Shanghai", "2026-03-13T01:00:00Z"),
      // A year after the moment at most.
      ("2099-01-01", "Asia/Shanghai", "2027-03-10T01:00:00Z"),
    ] as [(String?, String, String)])
  func column(_ value: String?, _ zone: String, _ end: String) throws {
    let zone = try #require(Zone.named(zone))
    let nine = try #require(TimeOfDay("09:00"))
    let context = MomentContext(zone: zone, sourceZone: zone, defaultTime: nine)
    let schedule = try #require(try When.parse("on x at 09:00").schedule)
    let late = Lateness.afterColumn("y").resolved(
      in: ["y": value.map { .text($0) } ?? .null], as: DateKinds(), in: context)
    let moment = schedule.moment(
      of: try Anchor(.text("2026-03-10"), as: .unknown), number: nil, late: late, in: context)
    #expect(moment.useUntil.description == end)
  }

  @Test(
    "is never longer than the time by which overdue rows are searched",
    arguments: [
      "on x", "3 days before x", "2 weeks before x", "12 months before x", "24 months before x",
      "1 year before x", "3 workdays before x", "36 hours before x", "2 months after x",
      "every day", "every Monday", "every workday", "every month on day 31",
    ], OffDays.allCases)
  func bound(_ text: String, _ offDays: OffDays) throws {
    // Nine days off in a row, as at Spring Festival.
    let days = (15...23).map {
      "{\"name\": \"n\", \"date\": \"2026-02-\($0)\", \"isOffDay\": true}"
    }
    let file = "{\"year\": 2026, \"days\": [\(days.joined(separator: ", "))]}"
    var calendar = WorkCalendar()
    _ = calendar.add(try CalendarFile.holidayJSON(Array(file.utf8)), named: "n.json")
    var policy = DayPolicy()
    policy.workdays = Workdays(name: "n", calendar: calendar)
    policy.offDays = offDays
    let schedule = try #require(try When.parse(text).by(policy).schedule)
    let zone = try #require(Zone.named("Europe/Berlin"))
    let nine = try #require(TimeOfDay("09:00"))
    let context = MomentContext(zone: zone, sourceZone: zone, defaultTime: nine)
    let first = try #require(CivilDate(year: 2026, month: 1, day: 1))
    for late in [Lateness.standard, .after(Period(12, .month)), .never] {
      let uses = (0..<1_200).map { days in
        let moment = schedule.moment(
          of: .date(first.adding(days: days)), number: nil, late: late, in: context)
        return moment.useUntil - moment.due
      }
      let longest = try #require(uses.max())
      #expect(longest <= schedule.longestUse(late), "\(late)")
    }
  }

  @Test(
    "of what comes every week or month ends when it comes again, and so does the search",
    arguments: [
      ("every day", 9), ("every Monday", 9), ("every workday", 64), ("every month on day 31", 64),
    ])
  func regular(_ text: String, _ days: Int) throws {
    let schedule = try #require(try When.parse(text).schedule)
    for late in [Lateness.never, .afterColumn("y"), .after(Period(1, .year))] {
      #expect(schedule.longestUse(late) == .days(days), "\(late)")
    }
    #expect(schedule.longestUse(.standard) == Lateness.afterMoment)
  }

  @Test("that never ends, ends after a year, for moments and for changes")
  func never() throws {
    let noticed = try instant("2026-03-10T01:00:00Z")
    #expect(Lateness.never.end(ofChangeAt: noticed, zone: .utc) == noticed + .days(365))
    let schedule = try #require(try When.parse("4 days before x").schedule)
    #expect(schedule.longestUse(.never) == Lateness.longest)
    #expect(schedule.longestUse(.afterColumn("y")) == Lateness.longest)
  }
}
