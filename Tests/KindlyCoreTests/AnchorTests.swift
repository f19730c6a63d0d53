import KindlyCore
import Testing

@Suite("An anchor")
struct AnchorTests {
  @Test(
    "is a date in each way of writing one with the year first, whatever the column's kind",
    arguments: [
      Value.text("2026-02-10"), .text("2026/02/10"), .text("2026/2/10"), .text("2026-2-10"),
      .text("2026.02.10"), .text("  2026-02-10\n"), .text("2026年2月10日"), .text("2026年02月10日"),
    ])
  func dates(value: Value) throws {
    for kind in [DateKind.unknown, DateKind(number: .seconds), DateKind(order: .monthFirst)] {
      #expect(try Anchor(value, as: kind) == .date(day("2026-02-10")))
    }
  }

  @Test(
    "is a wall time where there is a time and no zone",
    arguments: [
      ("2026-02-10 09:30", 34_200), ("2026-02-10T09:30", 34_200), ("2026-02-10 09:30:15", 34_215),
      ("2026-02-10 09:30:15.250", 34_215), ("2026-02-10t9:30:15,5", 34_215),
      ("2026/02/10 00:00:00", 0), ("2026年2月10日 09:30", 34_200),
      ("2026-02-10 9:30 AM", 34_200), ("2026-02-10 9:30:00 pm", 77_400),
      ("2026-02-10 12:00 AM", 0), ("2026-02-10 12:30PM", 45_000),
      ("2026-02-10 23:59:60", 86_399),
    ])
  func walls(text: String, second: Int) throws {
    #expect(
      try Anchor(.text(text), as: .unknown)
        == .wall(WallClock(date: day("2026-02-10"), secondOfDay: second)))
  }

  @Test(
    "is an instant where there is a zone",
    arguments: [
      "2026-02-10T01:30:00Z", "2026-02-10 01:30Z", "2026-02-10 09:30:00+08:00",
      "2026-02-10 09:30:00 +0800", "2026-02-10 09:30:00+08", "2026-02-09T20:30:00-05:00",
    ])
  func instants(text: String) throws {
    #expect(
      try Anchor(.text(text), as: .unknown) == .instant(Instant(seconds: 1_770_687_000)))
  }

  @Test(
    "is a number only as the column's kind says",
    arguments: [
      (Value.integer(20_260_210), DateKind.Number.compact), (.real(20_260_210), .compact),
      (.text("20260210"), .compact), (.integer(1_770_687_000), .seconds),
      (.text("1770687000"), .seconds), (.real(1_770_687_000), .seconds),
      (.integer(1_770_687_000_000), .milliseconds), (.text("1770687000000"), .milliseconds),
      (.real(1_770_687_000_000), .milliseconds),
    ])
  func numbers(value: Value, number: DateKind.Number) throws {
    let expected: Anchor =
      try number == .compact
      ? .date(day("2026-02-10")) : .instant(Instant(seconds: 1_770_687_000))
    #expect(try Anchor(value, as: DateKind(number: number)) == expected)
    #expect(throws: Anchor.Unusable.number) { try Anchor(value, as: .unknown) }
  }

  @Test("is no date where a number is no day of the calendar, however it would read as Unix time")
  func slips() {
    for number: Int64 in [19_850_532, 31_121_985, 850_503, 99_999_999] {
      #expect(throws: Anchor.Unusable.self) {
        try Anchor(.integer(number), as: DateKind(number: .compact))
      }
    }
  }

  @Test("keeps the fraction of Unix seconds and leaves that of milliseconds")
  func fractions() throws {
    #expect(
      try Anchor(.real(1_770_687_000.25), as: DateKind(number: .seconds))
        == .instant(Instant(milliseconds: 1_770_687_000_250)))
    #expect(
      try Anchor(.real(1_770_687_000_000.5), as: DateKind(number: .milliseconds))
        == .instant(Instant(milliseconds: 1_770_687_000_000)))
  }

  @Test(
    "reads a date whose year comes last in the order of its column",
    arguments: [
      ("28.12.2026", DateKind.Order.dayFirst), ("28/12/2026", .dayFirst), ("28-12-2026", .dayFirst),
      ("12/28/2026", .monthFirst), ("12-28-2026", .monthFirst),
    ])
  func yearLast(text: String, order: DateKind.Order) throws {
    #expect(
      try Anchor(.text(text), as: DateKind(order: order)) == .date(day("2026-12-28")))
    #expect(
      try Anchor(.text(text + " 9:30"), as: DateKind(order: order))
        == .wall(WallClock(date: day("2026-12-28"), secondOfDay: 34_200)))
    #expect(throws: Anchor.Unusable.undecided) { try Anchor(.text(text), as: .unknown) }
    let other: DateKind.Order = order == .dayFirst ? .monthFirst : .dayFirst
    #expect(throws: Anchor.Unusable.unreadable) {
      try Anchor(.text(text), as: DateKind(order: other))
    }
  }

  @Test(
    "reads a year of two digits only in the order and the hundred years of its column",
    arguments: [
      ("28.12.26", DateKind.ShortYears.Order.dayFirst, 1930, "2026-12-28"),
      ("28/12/30", .dayFirst, 1930, "1930-12-28"), ("28-12-29", .dayFirst, 1930, "2029-12-28"),
      ("12/28/26", .monthFirst, 2000, "2026-12-28"), ("26-12-28", .yearFirst, 2000, "2026-12-28"),
      ("00.1.2", .yearFirst, 1901, "2000-01-02"), ("1/2/99", .monthFirst, 1950, "1999-01-02"),
    ])
  func shortYears(
    text: String, order: DateKind.ShortYears.Order, first: Int, expected: String
  ) throws {
    var kind = DateKind()
    kind.shortYears = DateKind.ShortYears(order: order, first: first)
    let date = try day(expected)
    #expect(try Anchor(.text(text), as: kind) == .date(date))
    #expect(
      try Anchor(.text(text + " 09:30:15.250"), as: kind)
        == .wall(WallClock(date: date, secondOfDay: 34_215)))
    #expect(throws: Anchor.Unusable.shortYear) { try Anchor(.text(text), as: .unknown) }
    #expect(throws: Anchor.Unusable.shortYear) {
      try Anchor(.text(text), as: DateKind(order: .dayFirst))
    }
  }

  @Test(
    "is no date where the digits cannot be one in the column's order",
    arguments: ["32.01.26", "28.12.6", "28.13.26", "1.2.3", "10.1.2.3", "28.12/26", "28.12.26x"])
  func noShortYear(text: String) {
    var kind = DateKind()
    kind.shortYears = DateKind.ShortYears(order: .dayFirst, first: 1930)
    #expect(throws: Anchor.Unusable.unreadable) { try Anchor(.text(text), as: kind) }
  }

  @Test("reads a time behind 日 with or without a blank")
  func chineseTimes() throws {
    for text in ["2026年12月28日 09:30", "2026年12月28日09:30", "2026年12月28日9:30:00"] {
      #expect(
        try Anchor(.text(text), as: .unknown)
          == .wall(WallClock(date: day("2026-12-28"), secondOfDay: 34_200)))
    }
  }

  @Test(
    "is a day at midnight where the column holds days",
    arguments: [
      ("2027-03-10 00:00:00", "2027-03-10"), ("2027-03-10T00:00:00Z", "2027-03-10"),
      ("1804636800", "2027-03-10"),
    ])
  func midnights(text: String, expected: String) throws {
    let kind = DateKind(number: .seconds, days: .midnights(.utc))
    let anchor = try Anchor(.text(text), as: kind)
    #expect(try anchor.writtenDate == day(expected))
    guard case .wall = anchor else {
      if case .instant = anchor { Issue.record("an instant is left: \(text)") }
      return
    }
    Issue.record("a wall time is left: \(text)")
  }

  @Test("has the same identity as a day and as the midnight that tells it")
  func midnightIdentity() throws {
    let shanghai = try #require(Zone.named("Asia/Shanghai"))
    let context = MomentContext(
      zone: .utc, sourceZone: shanghai, defaultTime: try #require(TimeOfDay("09:00")))
    let texts = ["2027-03-10 00:00:00", "2027-03-10T00:00:00Z", "2027-03-09T16:00:00Z"]
    for kind in [Schedule.Kind.before(Period(3, .day)), .before(Period(2, .hour))] {
      let schedule = Schedule(kind, column: "ends_on")
      for text in texts {
        let identities = try [DateKind.Days.none, .midnights(.utc), .midnights(shanghai)].map {
          schedule.identity(of: try Anchor(.text(text), as: DateKind(days: $0)), in: context)
        }
        #expect(Set(identities).count == 1, "\(text): \(identities)")
      }
    }
  }

  @Test(
    "is refused where there is none, with the reason",
    arguments: [
      (Value.null, Anchor.Unusable.null),
      (.text(""), .empty), (.text("   "), .empty), (.text("\t\n"), .empty),
      (.text("0000-00-00"), .zero), (.text("0000-00-00 00:00:00"), .zero), (.text("0"), .zero),
      (.text("00000000"), .zero), (.text("00.00.0000"), .zero), (.integer(0), .zero),
      (.real(0), .zero), (.real(-0.0), .zero),
      (.text("1970-01-01"), .epoch), (.text("1970-01-01 08:00:00"), .epoch),
      (.text("1970-01-01T00:00:00Z"), .epoch), (.text("1970-01-01 08:00:00+08:00"), .epoch),
      (.text("1969-12-31T16:00:00-08:00"), .epoch),
      (.text("1900-01-01"), .placeholder), (.text("1900-01-01 00:00:00"), .placeholder),
      (.text("1899-12-30"), .placeholder), (.text("1899-12-30T00:00:00Z"), .placeholder),
      (.text("1899-12-31 15:54:17Z"), .placeholder), (.text("1753-01-01"), .placeholder),
      (.text("0001-01-01"), .placeholder), (.text("0001-01-01T00:00:00Z"), .placeholder),
      (.text("9999-12-31"), .placeholder), (.text("9999-12-31 23:59:59.997"), .placeholder),
      (.text("9999-12-31 23:59:59Z"), .placeholder), (.text("9999年12月31日"), .placeholder),
      (.text("1799-12-31"), .unlikely), (.text("3000-01-01"), .unlikely),
      (.text("1799-12-31T23:59:59Z"), .unlikely),
      (.text("2026-02-30"), .unreadable), (.text("2026-02-00"), .unreadable),
      (.text("2026-13-01"), .unreadable), (.text("2026-00-10"), .unreadable),
      (.text("10.02.2026"), .undecided), (.text("02/10/2026"), .undecided),
      (.text("31.31.2026"), .unreadable), (.text("28.12.26"), .shortYear),
      (.text("2026-02"), .unreadable), (.text("2026-02-10x"), .unreadable),
      (.text("2026-02/10"), .unreadable), (.text("2026年2月10"), .unreadable),
      (.text("2026-02-10 24:00"), .unreadable), (.text("2026-02-10 09:60"), .unreadable),
      (.text("2026-02-10 13:00 PM"), .unreadable), (.text("2026-02-10 0:30 AM"), .unreadable),
      (.text("2026-02-10 09"), .unreadable), (.text("2026-02-10 09:30 CET"), .unreadable),
      (.text("2026-02-10 09:30:00+25:00"), .unreadable),
      (.text("2026-02-10 09:30:00+08:"), .unreadable), (.text("２０２６-02-10"), .unreadable),
      (.text("tomorrow"), .unreadable),
      (.text("NULL"), .unreadable), (.text("-"), .unreadable), (.text("-5"), .unreadable),
      (.text("1234567890123456"), .unreadable), (.text("99999999999999999999999"), .unreadable),
      (.real(.nan), .unreadable), (.real(.infinity), .unreadable), (.real(1e300), .unreadable),
      (.blob([1, 2]), .unreadable), (.blob([]), .unreadable),
    ])
  func unusable(value: Value, reason: Anchor.Unusable) {
    #expect(throws: reason) { try Anchor(value, as: .unknown) }
  }

  @Test(
    "is refused as Unix time near its zero and far from our days",
    arguments: [
      (Value.integer(1), Anchor.Unusable.epoch), (.integer(-1), .epoch), (.integer(86_400), .epoch),
      (.real(0.5), .epoch), (.integer(28_800), .epoch), (.integer(.max), .unlikely),
      (.integer(.min), .unlikely), (.integer(99_999_999_999), .unlikely),
      (.integer(-2_208_988_800), .placeholder), (.integer(253_402_300_799), .placeholder),
    ])
  func unixUnusable(value: Value, reason: Anchor.Unusable) {
    #expect(throws: reason) { try Anchor(value, as: DateKind(number: .seconds)) }
  }

  @Test("has an identity that no time zone is part of")
  func identity() throws {
    func date(_ text: String) throws -> String {
      try Anchor(.text(text), as: .unknown).identityDay
    }
    #expect(try date("2026-02-10") == "2026-02-10")
    #expect(try date("2026-02-10 23:30") == "2026-02-10")
    #expect(try date("2026-02-10 23:30-05:00") == "2026-02-11")
  }
}
