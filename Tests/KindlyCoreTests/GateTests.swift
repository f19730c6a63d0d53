import KindlyCore
import Testing

@Suite("The gate")
struct GateTests {
  /// Friday, 18:00 in Shanghai.
  private static let now = Instant(seconds: 1_792_144_800)

  private func gate(
    down: Duration? = nil, paused: Duration? = nil, isHeld: Bool = false
  ) throws -> Gate {
    Gate(
      now: Self.now,
      hours: OpenHours(
        quiet: try WeekHours.parse("21:00-08:30"),
        send: try WeekHours.parse("weekdays 09:00-18:00")),
      zone: try #require(Zone.named("Asia/Shanghai")),
      channelDownUntil: down.map { Self.now + $0 }, pausedUntil: paused.map { Self.now + $0 },
      isHeld: isHeld)
  }

  @Test("says at once that hours let a reminder leave only after its use")
  func never() throws {
    // Monday, 09:00.
    let opening = Self.now + .hours(63)
    #expect(
      try gate().decide(useUntil: opening + .milliseconds(1)) == .wait(.sendHours, until: opening))
    #expect(try gate().decide(useUntil: opening) == .never(.sendHours, before: opening))
    #expect(
      try gate(down: .minutes(5)).decide(useUntil: opening) == .never(.sendHours, before: opening))
  }

  @Test("decides nothing for good while somebody has stopped it")
  func stopped() throws {
    let useUntil = Self.now + .hours(1)
    let until = Self.now + Gate.heldPause
    #expect(try gate(paused: .hours(2)).decide(useUntil: useUntil) == .wait(.paused, until: until))
    #expect(try gate(isHeld: true).decide(useUntil: useUntil) == .wait(.massChange, until: until))
  }
}
