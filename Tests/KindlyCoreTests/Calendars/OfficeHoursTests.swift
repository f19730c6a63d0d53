import KindlyCore
import Testing

@Suite("Office hours")
struct OfficeHoursTests {
  private static let week = "Mon-Fri 09:00-12:00, 13:30-18:00"

  /// A wall time from `2026-02-13 17:00`.
  private func wall(_ text: String) throws -> WallClock {
    let parts = text.split(separator: " ")
    return WallClock(
      date: try day(String(parts[0])), at: try #require(TimeOfDay(String(parts[1]))))
  }

  private func text(_ instant: Instant?, _ zone: Zone) -> String? {
    instant.map { "\(zone.wallClock(at: $0).date) \(zone.wallClock(at: $0).timeText.prefix(5))" }
  }

  @Test(
    "are counted forwards and backwards over nights, breaks, days off and make-up workdays",
    arguments: [
      ("2026-03-02 09:00", 180, "2026-03-02 12:00"), ("2026-03-02 09:00", 181, "2026-03-02 13:31"),
      ("2026-03-02 09:00", 450, "2026-03-02 18:00"), ("2026-03-02 09:00", 451, "2026-03-03 09:01"),
      ("2026-03-02 08:00", 60, "2026-03-02 10:00"), ("2026-03-02 12:30", 60, "2026-03-02 14:30"),
      ("2026-03-06 17:30", 60, "2026-03-09 09:30"), ("2026-03-07 12:00", 30, "2026-03-09 09:30"),
      ("2026-03-02 10:00", 0, "2026-03-02 10:00"), ("2026-03-02 12:30", 0, "2026-03-02 13:30"),
      ("2026-03-02 18:00", 0, "2026-03-03 09:00"),
      ("2026-03-02 18:00", -450, "2026-03-02 09:00"),
      ("2026-03-02 18:00", -451, "2026-02-28 17:59"),
      ("2026-03-02 13:30", -60, "2026-03-02 11:00"), ("2026-03-08 12:00", -60, "2026-03-06 17:00"),
      // 2026-02-14 and 02-28 are Saturdays on which people work; 02-15 to 02-23 are off.
      ("2026-02-13 17:00", 120, "2026-02-14 10:00"), ("2026-02-14 17:00", 120, "2026-02-24 10:00"),
      ("2026-02-24 09:30", -60, "2026-02-14 17:30"), ("2026-02-19 12:00", 60, "2026-02-24 10:00"),
    ])
  func counted(from: String, minutes: Int, to: String) throws {
    let hours = try OfficeHours.parse(Self.week)
    let zone = try #require(Zone.named("Asia/Shanghai"))
    let calendar = try WorkCalendarTests.shipped()
    let start = zone.instant(of: try wall(from))
    #expect(
      text(hours.adding(minutes: minutes, to: start, zone: zone, calendar: calendar), zone) == to)
    #expect(
      text(
        hours.adding(
          hours: minutes / 60, minutes: minutes % 60, to: start, zone: zone, calendar: calendar),
        zone) == to)
  }

  @Test(
    "are those of the weekday on a make-up workday that has its own, else those of the first workday"
  )
  func makeUp() throws {
    let calendar = try WorkCalendarTests.shipped()
    let week = try OfficeHours.parse("Tue-Fri 08:00-16:00")
    let withSaturday = try OfficeHours.parse("Mon-Fri 09:00-17:00; Sat 10:00-14:00")
    let saturday = try day("2026-02-14")
    #expect(week.spans(on: saturday, calendar).map(\.description) == ["08:00-16:00"])
    #expect(withSaturday.spans(on: saturday, calendar).map(\.description) == ["10:00-14:00"])
    // A plain Saturday is a weekend in this calendar, whatever its hours.
    #expect(try withSaturday.spans(on: day("2026-03-07"), calendar).isEmpty)
    #expect(try week.spans(on: day("2026-03-02"), calendar).isEmpty)
  }

  @Test(
    "are counted as they pass where the clocks change",
    arguments: [
      // In New York the clocks go forward on 2026-03-08 and back on 2026-11-01, both at 02:00.
      ("2026-03-07 23:00", 60, "2026-03-08 00:00"), ("2026-03-08 01:00", 60, "2026-03-08 03:00"),
      ("2026-03-08 00:00", 23 * 60, "2026-03-09 00:00"),
      ("2026-03-08 04:00", -180, "2026-03-08 00:00"),
      ("2026-11-01 00:30", 60, "2026-11-01 01:30"), ("2026-11-01 00:30", 120, "2026-11-01 01:30"),
      ("2026-11-01 00:30", 180, "2026-11-01 02:30"),
      ("2026-11-01 00:00", 25 * 60, "2026-11-02 00:00"),
    ])
  func clockChange(from: String, minutes: Int, to: String) throws {
    let hours = try OfficeHours.parse("Mon-Sun 00:00-24:00")
    let zone = try #require(Zone.named("America/New_York"))
    let start = zone.instant(of: try wall(from))
    let end = hours.adding(
      minutes: minutes, to: start, zone: zone, calendar: WorkCalendar(weekend: []))
    #expect(text(end, zone) == to)
    #expect(end == start + .minutes(minutes))
  }

  @Test("within a gap of the clocks are not counted")
  func gap() throws {
    let hours = try OfficeHours.parse("Mon-Sun 02:00-03:00")
    let zone = try #require(Zone.named("America/New_York"))
    let start = zone.instant(of: try wall("2026-03-07 02:30"))
    let end = hours.adding(hours: 1, to: start, zone: zone, calendar: WorkCalendar(weekend: []))
    #expect(text(end, zone) == "2026-03-09 02:30")
  }

  @Test("back and forth lead to the same instant, in every zone with a change of the clocks")
  func backAndForth() throws {
    let hours = try OfficeHours.parse(Self.week)
    let calendar = WorkCalendar()
    for name in [
      "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo",
    ] {
      let zone = try #require(Zone.named(name))
      for offset in stride(from: 0, to: 365, by: 7) {
        let start = zone.instant(
          of: WallClock(date: try day("2026-01-05").adding(days: offset), secondOfDay: 36_000))
        for minutes in [1, 59, 500, 3000] {
          let end = try #require(
            hours.adding(minutes: minutes, to: start, zone: zone, calendar: calendar))
          let back = hours.adding(minutes: -minutes, to: end, zone: zone, calendar: calendar)
          #expect(back == start)
        }
      }
    }
  }

  @Test("know when they are open")
  func open() throws {
    let hours = try OfficeHours.parse(Self.week)
    let zone = try #require(Zone.named("Asia/Shanghai"))
    let calendar = try WorkCalendarTests.shipped()
    for (text, isOpen) in [
      ("2026-03-02 08:59", false), ("2026-03-02 09:00", true), ("2026-03-02 12:00", false),
      ("2026-03-02 17:59", true), ("2026-03-07 10:00", false), ("2026-02-14 10:00", true),
      ("2026-02-17 10:00", false),
    ] {
      let instant = zone.instant(of: try wall(text))
      #expect(hours.isOpen(at: instant, zone: zone, calendar: calendar) == isOpen, "\(text)")
    }
  }

  @Test("that never come are not waited for")
  func never() throws {
    let hours = try OfficeHours.parse("Sat 09:00-10:00")
    #expect(
      hours.adding(hours: 1, to: Instant(seconds: 0), zone: .utc, calendar: WorkCalendar()) == nil)
    #expect(
      hours.adding(hours: -1, to: Instant(seconds: 0), zone: .utc, calendar: WorkCalendar()) == nil)
    #expect(
      hours.adding(hours: .max, to: Instant(seconds: 0), zone: .utc, calendar: WorkCalendar())
        == nil)
    #expect(OfficeHours([:]) == nil)
  }

  @Test(
    "are read from a text",
    arguments: [
      ("Mon-Fri 09:00-12:00, 13:30-18:00", "Mon-Fri 09:00-12:00, 13:30-18:00"),
      ("monday – FRIDAY 9:00 – 12:00,13:30–18:00", "Mon-Fri 09:00-12:00, 13:30-18:00"),
      ("Mon-Fri 09:00-17:00; Sat, Sun 10:00-24:00", "Mon-Fri 09:00-17:00; Sat-Sun 10:00-24:00"),
      ("Sat-Mon 10:00-12:00", "Mon 10:00-12:00; Sat-Sun 10:00-12:00"),
      ("Mon, Wed 10:00-12:00", "Mon 10:00-12:00; Wed 10:00-12:00"),
    ])
  func read(text: String, canonical: String) throws {
    #expect(try OfficeHours.parse(text).text == canonical)
    #expect(try OfficeHours.parse(canonical) == OfficeHours.parse(text))
  }

  @Test(
    "are refused with what was expected and where",
    arguments: [
      ("", 0, "expected a weekday such as Mon or Monday, got the end"),
      ("Mo 09:00-12:00", 0, "expected a weekday such as Mon or Monday, got `Mo 09:00-12:00`"),
      ("Mon 9-12", 4, "expected a time of day such as 09:00, got `9-12`"),
      ("Mon 09:00", 9, "expected - and a later time, got the end"),
      ("Mon 12:00-09:00", 10, "expected a time later than 12:00, 24:00 at most, got `09:00`"),
      ("Mon 09:00-25:00", 10, "expected a time of day such as 09:00, got `25:00`"),
      (
        "Mon 09:00-12:00, 11:00-13:00", 17,
        "expected a stretch that begins after 09:00-12:00 ends, got `11:00-13:00`"
      ),
      ("Mon-Fri 09:00-12:00; Fri 09:00-11:00", 20, "expected each weekday once, got Fri again"),
      ("Mon 09:00-12:00 Tue", 16, "expected a comma, a semicolon or nothing, got `Tue`"),
    ])
  func refused(text: String, offset: Int, message: String) throws {
    let problem = try #require(throws: HoursProblem.self) { try OfficeHours.parse(text) }
    #expect(problem.description == message)
    #expect(problem.offset == offset)
  }
}
