import KindlyCore
import Testing

@Suite("An anchor")
struct AnchorTests {
  @Test(
    "is a date in each way of writing one",
    arguments: [
      Value.text("2026-02-10"), .text("2026/02/10"), .text("2026/2/10"), .text("2026-2-10"),
      .text("2026.02.10"), .text("20260210"), .text("  2026-02-10\n"), .integer(20_260_210),
      .real(20_260_210),
    ])
  func dates(value: Value) throws {
    #expect(try Anchor(value) == .date(day("2026-02-10")))
  }

  @Test(
    "is a wall time where there is a time and no zone",
    arguments: [
      ("2026-02-10 09:30", 34_200), ("2026-02-10T09:30", 34_200), ("2026-02-10 09:30:15", 34_215),
      ("2026-02-10 09:30:15.250", 34_215), ("2026-02-10t9:30:15,5", 34_215),
      ("2026/02/10 00:00:00", 0),
      ("2026-02-10 23:59:60", 86_399),
    ])
  func walls(text: String, second: Int) throws {
    #expect(
      try Anchor(.text(text)) == .wall(WallClock(date: day("2026-02-10"), secondOfDay: second)))
  }

  @Test(
    "is an instant where there is a zone, or Unix time",
    arguments: [
      Value.text("2026-02-10T01:30:00Z"), .text("2026-02-10 01:30Z"),
      .text("2026-02-10 09:30:00+08:00"),
      .text("2026-02-10 09:30:00 +0800"), .text("2026-02-10 09:30:00+08"),
      .text("2026-02-09T20:30:00-05:00"),
      .text("1770687000"), .text("1770687000000"), .integer(1_770_687_000),
      .integer(1_770_687_000_000),
      .real(1_770_687_000), .real(1_770_687_000_000),
    ])
  func instants(value: Value) throws {
    #expect(try Anchor(value) == .instant(Instant(seconds: 1_770_687_000)))
  }

  @Test("keeps the fraction of Unix seconds and leaves that of milliseconds")
  func fractions() throws {
    #expect(
      try Anchor(.real(1_770_687_000.25)) == .instant(Instant(milliseconds: 1_770_687_000_250)))
    #expect(
      try Anchor(.real(1_770_687_000_000.5)) == .instant(Instant(milliseconds: 1_770_687_000_000)))
  }

  @Test(
    "is refused where there is none, with the reason",
    arguments: [
      (Value.null, Anchor.Rubbish.null),
      (.text(""), .empty), (.text("   "), .empty), (.text("\t\n"), .empty),
      (.text("0000-00-00"), .zero), (.text("0000-00-00 00:00:00"), .zero), (.text("0"), .zero),
      (.text("00000000"), .zero), (.integer(0), .zero), (.real(0), .zero), (.real(-0.0), .zero),
      (.text("1970-01-01"), .epoch), (.text("1970-01-01 08:00:00"), .epoch),
      (.text("19700101"), .epoch),
      (.text("1970-01-01T00:00:00Z"), .epoch), (.text("1970-01-01 08:00:00+08:00"), .epoch),
      (.text("1969-12-31T16:00:00-08:00"), .epoch), (.integer(1), .epoch), (.integer(-1), .epoch),
      (.integer(86_400), .epoch), (.real(0.5), .epoch), (.integer(28_800), .epoch),
      (.text("0001-01-01"), .unlikely), (.text("1799-12-31"), .unlikely),
      (.text("9999-12-31"), .unlikely),
      (.text("3000-01-01"), .unlikely), (.text("0001-01-01T00:00:00Z"), .unlikely),
      (.text("9999-12-31 23:59:59Z"), .unlikely), (.text("1799-12-31T23:59:59Z"), .unlikely),
      (.integer(.max), .unlikely), (.integer(.min), .unlikely),
      (.integer(99_999_999_999), .unlikely),
      (.text("2026-02-30"), .unreadable), (.text("2026-02-00"), .unreadable),
      (.text("2026-13-01"), .unreadable),
      (.text("2026-00-10"), .unreadable), (.text("10.02.2026"), .unreadable),
      (.text("02/10/2026"), .unreadable),
      (.text("2026-02"), .unreadable), (.text("2026-02-10x"), .unreadable),
      (.text("2026-02/10"), .unreadable),
      (.text("2026-02-10 24:00"), .unreadable), (.text("2026-02-10 09:60"), .unreadable),
      (.text("2026-02-10 09"), .unreadable), (.text("2026-02-10 09:30 CET"), .unreadable),
      (.text("2026-02-10 09:30:00+25:00"), .unreadable),
      (.text("2026-02-10 09:30:00+08:"), .unreadable),
      (.text("2026年2月10日"), .unreadable), (.text("２０２６-02-10"), .unreadable),
      (.text("tomorrow"), .unreadable),
      (.text("NULL"), .unreadable), (.text("-"), .unreadable), (.text("-5"), .unreadable),
      (.text("1234567890123456"), .unreadable), (.text("99999999999999999999999"), .unreadable),
      (.real(.nan), .unreadable), (.real(.infinity), .unreadable), (.real(1e300), .unreadable),
      (.blob([1, 2]), .unreadable), (.blob([]), .unreadable),
    ])
  func rubbish(value: Value, reason: Anchor.Rubbish) {
    #expect(throws: reason) { try Anchor(value) }
  }

  @Test("takes a number for a date only where it is one")
  func numbers() throws {
    #expect(try Anchor(.integer(20_261_231)) == .date(day("2026-12-31")))
    // 2026-13-01 is no date, and as seconds it is a day in August 1970.
    #expect(try Anchor(.integer(20_261_301)) == .instant(Instant(seconds: 20_261_301)))
  }

  @Test("has an identity that no time zone is part of")
  func identity() throws {
    #expect(try Anchor(.text("2026-02-10")).identityDate == day("2026-02-10"))
    #expect(try Anchor(.text("2026-02-10 23:30")).identityDate == day("2026-02-10"))
    #expect(try Anchor(.text("2026-02-10 23:30-05:00")).identityDate == day("2026-02-11"))
  }
}
