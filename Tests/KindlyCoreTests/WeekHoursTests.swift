import KindlyCore
import Testing

@Suite("Hours of the week")
struct WeekHoursTests {
  /// Monday, 5 October 2026, is a day off, and Saturday the 10th makes up for it.
  private static func china() throws -> WorkCalendar {
    let text = """
      {"year": 2026, "days": [
        {"name": "国庆节", "date": "2026-10-05", "isOffDay": true},
        {"name": "国庆节", "date": "2026-10-10", "isOffDay": false}]}
      """
    var calendar = WorkCalendar()
    _ = calendar.add(try CalendarFile.holidayJSON(Array(text.utf8)), named: "2026.json")
    return calendar
  }

  @Test(
    "are written back in one spelling",
    arguments: [
      ("21:00-08:30", "21:00-08:30"), ("9:00 – 18:00", "09:00-18:00"),
      ("9:00 to 18:00", "09:00-18:00"), ("daily 09:00-18:00", "09:00-18:00"),
      ("weekdays 09:00-18:00", "weekdays 09:00-18:00"),
      ("Monday-Friday 09:00-18:00", "weekdays 09:00-18:00"),
      ("Mon - Fri 09:00-12:00, 13:30-18:00", "weekdays 09:00-12:00, weekdays 13:30-18:00"),
      ("sat, SUN 10:00-24:00", "weekends 10:00-24:00"),
      ("Saturday 22:00-02:00", "Saturday 22:00-02:00"),
      ("Fri-Mon 00:00-24:00", "Monday, Friday-Sunday 00:00-24:00"),
      ("workdays 09:00-18:00", "workdays 09:00-18:00"), ("20:00-00:00", "20:00-24:00"),
    ])
  func spelling(_ text: String, _ canonical: String) throws {
    let hours = try WeekHours.parse(text)
    #expect(hours.description == canonical)
    #expect(try WeekHours.windows(in: hours.windows[0].description) == [hours.windows[0]])
  }

  @Test(
    "are open in the same minutes, asked one by one or as a week",
    arguments: [
      "21:00-08:30", "weekdays 09:00-12:00, 13:30-18:00", "Sunday 22:00-02:00",
      "workdays 00:00-24:00",
    ])
  func minutes(_ text: String) throws {
    let window = try WeekHours.parse(text)
    for hours in [OpenHours(quiet: window, send: nil), OpenHours(quiet: nil, send: window)] {
      let week = hours.week
      let minutes = week.indices.map { hours.isOpen(minuteOfWeek: $0) }
      #expect(minutes == week)
    }
  }

  @Test(
    "are refused where they are empty or cannot be read",
    arguments: [
      ("", "expected a time of day such as 09:00, got the end", 0),
      ("weekdays", "expected a time of day such as 09:00, got the end", 8),
      ("09:00", "expected - and the time at which they end, got the end", 5),
      ("09:00-09:00", "an end other than the start, or 00:00-24:00 for the whole day", 6),
      ("24:00-08:00", "a time of day before 24:00", 0), ("25:00-08:00", "a time of day", 0),
      ("Montag 09:00-18:00", "days such as weekdays, workdays or Saturday, got `Montag", 0),
      ("Mon-Holiday 09:00-18:00", "got `Holiday", 4),
      ("09:00-18:00 weekdays", "expected a comma or nothing, got `weekdays`", 12),
    ])
  func problems(_ text: String, _ words: String, _ offset: Int) throws {
    let problem = try #require(throws: HoursProblem.self) { try WeekHours.parse(text) }
    #expect(problem.description.contains(words), "\(problem)")
    #expect(problem.offset == offset)
  }

  @Test(
    "close and open at one moment, also where clocks change",
    arguments: [
      // Berlin, spring: 02:00 to 03:00 does not exist on Sunday, 29 March 2026.
      ("02:30-06:00", nil, "2026-03-29T00:59:59Z", nil),
      ("02:30-06:00", nil, "2026-03-29T01:00:00Z", "quiet hours 2026-03-29T04:00:00Z"),
      ("02:15-02:45", nil, "2026-03-29T01:00:00Z", nil),
      // A window inside the gap has no moment, so that day's send hours are tomorrow's.
      (nil, "02:15-02:45", "2026-03-29T01:00:00Z", "send hours 2026-03-30T00:15:00Z"),
      // Berlin, autumn: 02:00 to 03:00 comes twice on Sunday, 25 October 2026; the first counts.
      ("02:30-06:00", nil, "2026-10-25T00:29:59Z", nil),
      ("02:30-06:00", nil, "2026-10-25T00:30:00Z", "quiet hours 2026-10-25T05:00:00Z"),
      ("02:30-06:00", nil, "2026-10-25T01:15:00Z", "quiet hours 2026-10-25T05:00:00Z"),
      ("22:00-02:30", nil, "2026-10-25T01:15:00Z", nil),
      (nil, "Sunday 02:30-04:00", "2026-10-25T01:15:00Z", nil),
      (nil, "Sunday 01:00-02:30", "2026-10-25T01:15:00Z", "send hours 2026-11-01T00:00:00Z"),
    ] as [(String?, String?, String, String?)])
  func clocksChange(quiet: String?, send: String?, now: String, closure: String?) throws {
    try check(quiet, send, "Europe/Berlin", now, closure)
  }

  @Test(
    "of both kinds hold until both let messages leave, for the reason that lasts",
    arguments: [
      // Friday evening to Monday morning in Shanghai.
      (
        "21:00-08:30", "weekdays 08:00-18:00", "2026-10-16T10:00:00Z",
        "send hours 2026-10-19T00:30:00Z"
      ),
      ("21:00-08:30", "weekdays 08:00-18:00", "2026-10-16T09:59:59Z", nil),
      (
        "21:00-08:30", "weekdays 08:00-18:00", "2026-10-19T00:10:00Z",
        "quiet hours 2026-10-19T00:30:00Z"
      ),
      // Windows that touch are one.
      ("21:00-24:00, 00:00-08:30", nil, "2026-10-16T14:00:00Z", "quiet hours 2026-10-17T00:30:00Z"),
      // National Day's make-up Saturday is a workday, and the Monday before is none.
      (nil, "workdays 09:00-18:00", "2026-10-05T02:00:00Z", "send hours 2026-10-06T01:00:00Z"),
      (nil, "workdays 09:00-18:00", "2026-10-10T02:00:00Z", nil),
      (nil, "weekdays 09:00-18:00", "2026-10-10T02:00:00Z", "send hours 2026-10-12T01:00:00Z"),
      // What begins on Saturday evening ends on Sunday.
      (nil, "Saturday 22:00-02:00", "2026-10-10T17:59:59Z", nil),
      (nil, "Saturday 22:00-02:00", "2026-10-10T18:00:00Z", "send hours 2026-10-17T14:00:00Z"),
      (nil, nil, "2026-10-10T18:00:00Z", nil),
      // No minute is left.
      ("08:00-20:00", "09:00-18:00", "2026-10-16T02:00:00Z", "send hours 9999-12-31T23:59:59Z"),
    ] as [(String?, String?, String, String?)])
  func both(quiet: String?, send: String?, now: String, closure: String?) throws {
    try check(quiet, send, "Asia/Shanghai", now, closure)
  }

  private func check(
    _ quiet: String?, _ send: String?, _ zone: String, _ now: String, _ expected: String?
  ) throws {
    let hours = OpenHours(
      quiet: try quiet.map(WeekHours.parse), send: try send.map(WeekHours.parse),
      calendar: try Self.china())
    let zone = try #require(Zone.named(zone))
    let closure = hours.closure(at: try instant(now), in: zone)
    #expect(closure.map { "\($0.reason.words) \($0.until)" } == expected)
  }

  @Test(
    "open again at an instant at which they are open, and not before",
    arguments: ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])
  func agreement(_ zone: String) throws {
    let zone = try #require(Zone.named(zone))
    let hours = OpenHours(
      quiet: try WeekHours.parse("21:00-08:30"),
      send: try WeekHours.parse("weekdays 02:10-03:20, 07:00-22:00"))
    // Every quarter of an hour around both changes of 2026.
    for start in ["2026-03-06T00:00:00Z", "2026-10-01T00:00:00Z"] {
      let first = try instant(start)
      for quarter in 0..<(35 * 96) {
        let now = first + .minutes(15 * quarter)
        guard let closure = hours.closure(at: now, in: zone) else { continue }
        #expect(hours.closure(at: closure.until, in: zone) == nil)
        #expect(hours.closure(at: closure.until - .milliseconds(1), in: zone) != nil)
      }
    }
  }

  @Test("hold what rings and what is no service, unless the rule sets hours of its own")
  func precedence() throws {
    let night = try WeekHours.parse("21:00-08:30")
    let office = try WeekHours.parse("weekdays 09:00-18:00")
    let own = try WeekHours.parse("22:00-07:00")
    let channel = ChannelHours(quiet: night, send: office)
    let mail = ChannelTraits(rings: false, afterUnknown: .resendOnce, address: .email)
    let phone = ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .phone)
    let cases:
      [(MessageClass, HoursSetting?, HoursSetting?, ChannelTraits, WeekHours?, WeekHours?)] = [
        (.care, nil, nil, mail, night, office), (.service, nil, nil, mail, nil, nil),
        (.service, nil, nil, phone, night, office), (.service, .on, nil, mail, night, nil),
        (.service, nil, .on, mail, nil, office), (.care, .off, nil, phone, nil, office),
        (.care, .off, .off, phone, nil, nil), (.service, .own(own), nil, mail, own, nil),
        (.marketing, .own(own), .own(night), mail, own, night),
      ]
    for (messageClass, quiet, send, traits, expectedQuiet, expectedSend) in cases {
      let step = Step(
        name: "s", when: .insert, legs: Leg.all([Route(["email"])]), template: "t",
        messageClass: messageClass, quietHours: quiet, sendHours: send)
      let hours = OpenHours(of: step, over: traits, channel)
      #expect(hours == OpenHours(quiet: expectedQuiet, send: expectedSend))
    }
  }
}
