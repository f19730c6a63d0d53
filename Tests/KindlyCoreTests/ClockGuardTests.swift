import KindlyCore
import Testing

@Suite("Whether the clock is trusted")
struct ClockGuardTests {
  /// What the clocks show: minutes since the machine's start, minutes on the wall clock since a noon, and a time server.
  struct Glance: Sendable {
    let up: Int
    let wall: Int
    var isSynchronised = true
    let hold: ClockHold?
  }

  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let glances: [Glance]

    init(_ name: String, _ glances: [Glance]) {
      testDescription = name
      self.glances = glances
    }
  }

  private static let noon = Instant(seconds: 1_770_000_000)
  private static let built = noon - .days(30)
  private static let stepped = ClockHold.stepped(by: .hours(2))

  static let stories = [
    Story(
      "a clock that a time server keeps is gone by at once",
      [Glance(up: 0, wall: 0, hold: nil), Glance(up: 60, wall: 60, hold: nil)]),
    Story(
      "a machine that has just started waits for a time server",
      [
        Glance(up: 0, wall: 1, isSynchronised: false, hold: .unsynchronised),
        Glance(up: 4, wall: 5, isSynchronised: false, hold: .unsynchronised),
        Glance(up: 4, wall: 400, hold: nil),
      ]),
    Story(
      "a time server that never answers is not waited for long, nor ever again",
      [
        Glance(up: 4, wall: 4, isSynchronised: false, hold: .unsynchronised),
        Glance(up: 5, wall: 5, isSynchronised: false, hold: nil),
        Glance(up: 90, wall: 90, isSynchronised: false, hold: nil),
      ]),
    Story(
      "a clock before the ledger's last time waits until it has passed",
      [
        Glance(up: 100, wall: -30, hold: .beforeLast(noon)),
        Glance(up: 128, wall: -2, hold: .beforeLast(noon)),
        Glance(up: 129, wall: -1, hold: nil),
      ]),
    Story(
      "a clock before this version was made waits however long it takes",
      [
        Glance(up: 100, wall: -60 * 24 * 365, hold: .beforeBuild(built)),
        Glance(up: 9_999, wall: -60 * 24 * 365 + 9_899, hold: .beforeBuild(built)),
        Glance(up: 10_000, wall: 5, hold: nil),
      ]),
    Story(
      "a small correction is nothing to wait for",
      [
        Glance(up: 100, wall: 100, hold: nil), Glance(up: 101, wall: 160, hold: nil),
        Glance(up: 162, wall: 221, hold: nil), Glance(up: 163, wall: 220, hold: nil),
      ]),
    Story(
      "a long time in which nobody looked is no step",
      [Glance(up: 100, wall: 100, hold: nil), Glance(up: 100_000, wall: 100_000, hold: nil)]),
    Story(
      "a step forward holds until the clock has stood ten minutes with a time server",
      [
        Glance(up: 100, wall: 100, hold: nil), Glance(up: 100, wall: 220, hold: stepped),
        Glance(up: 109, wall: 229, hold: stepped), Glance(up: 110, wall: 230, hold: nil),
        Glance(up: 111, wall: 231, hold: nil),
      ]),
    Story(
      "a step forward holds for an hour where no time server keeps the clock",
      [
        Glance(up: 100, wall: 100, hold: nil),
        Glance(up: 100, wall: 220, isSynchronised: false, hold: stepped),
        Glance(up: 159, wall: 279, isSynchronised: false, hold: stepped),
        Glance(up: 160, wall: 280, isSynchronised: false, hold: nil),
      ]),
    Story(
      "another step begins the wait anew",
      [
        Glance(up: 100, wall: 100, hold: nil), Glance(up: 100, wall: 220, hold: stepped),
        Glance(up: 109, wall: 349, hold: .stepped(by: .hours(4))),
        Glance(up: 118, wall: 358, hold: .stepped(by: .hours(4))),
        Glance(up: 119, wall: 359, hold: nil),
      ]),
    Story(
      "a step that is taken back ends the wait at once",
      [
        Glance(up: 100, wall: 100, hold: nil), Glance(up: 100, wall: 220, hold: stepped),
        Glance(up: 103, wall: 103, hold: nil),
      ]),
    Story(
      "a step back holds until the time of the last work has come again",
      [
        Glance(up: 100, wall: 100, hold: nil),
        Glance(up: 100, wall: -20, hold: .beforeLast(noon + .minutes(100))),
        Glance(up: 160, wall: 40, hold: .beforeLast(noon + .minutes(100))),
        Glance(up: 220, wall: 100, hold: nil),
      ]),
    Story(
      "steps that no time server confirms add up",
      [
        Glance(up: 100, wall: 100, isSynchronised: false, hold: nil),
        Glance(up: 101, wall: 156, isSynchronised: false, hold: nil),
        Glance(up: 102, wall: 212, isSynchronised: false, hold: .stepped(by: .minutes(110))),
        Glance(up: 103, wall: 268, isSynchronised: false, hold: .stepped(by: .minutes(165))),
        Glance(up: 162, wall: 327, isSynchronised: false, hold: .stepped(by: .minutes(165))),
        Glance(up: 163, wall: 328, isSynchronised: false, hold: nil),
      ]),
    Story(
      "steps that a time server confirms do not add up",
      [
        Glance(up: 100, wall: 100, hold: nil), Glance(up: 101, wall: 156, hold: nil),
        Glance(up: 102, wall: 212, hold: nil), Glance(up: 103, wall: 268, hold: nil),
      ]),
    Story(
      "a clock that was set by over twelve hours in all is not believed without a time server",
      [
        Glance(up: 100, wall: 100, isSynchronised: false, hold: nil),
        Glance(up: 100, wall: 880, isSynchronised: false, hold: .stepped(by: .hours(13))),
        Glance(up: 9_100, wall: 9_880, isSynchronised: false, hold: .stepped(by: .hours(13))),
        Glance(up: 9_101, wall: 9_881, hold: nil),
      ]),
    Story(
      "a start far ahead of the ledger's last time holds until the clock is set",
      [
        Glance(up: 100, wall: 2_880, isSynchronised: false, hold: .farAhead(of: noon)),
        Glance(up: 9_100, wall: 11_880, isSynchronised: false, hold: .farAhead(of: noon)),
        Glance(up: 9_101, wall: 5, isSynchronised: false, hold: nil),
        Glance(up: 9_102, wall: 6, isSynchronised: false, hold: nil),
      ]),
    Story(
      "a start far ahead of the ledger's last time is believed when a time server confirms it",
      [
        Glance(up: 1, wall: 2_880, isSynchronised: false, hold: .unsynchronised),
        Glance(up: 9, wall: 2_888, isSynchronised: false, hold: .farAhead(of: noon)),
        Glance(up: 10, wall: 2_889, hold: nil),
        Glance(up: 11, wall: 2_890, isSynchronised: false, hold: nil),
      ]),
  ]

  @Test("each story of a clock", arguments: stories)
  func tells(_ story: Story) {
    var judge = ClockGuard(built: Self.built, latest: Self.noon, awaitsTimeServer: true)
    for (index, glance) in story.glances.enumerated() {
      #expect(judge.note(Self.reading(glance)) == glance.hold, "glance \(index)")
    }
  }

  @Test(
    "a person's word ends every hold, and only a new fault begins another",
    arguments: [
      Glance(up: 0, wall: 0, isSynchronised: false, hold: .unsynchronised),
      Glance(up: 100, wall: -60, hold: .beforeLast(noon)),
      Glance(up: 100, wall: -60 * 24 * 365, hold: .beforeBuild(built)),
      Glance(up: 100, wall: 2_880, isSynchronised: false, hold: .farAhead(of: noon)),
    ])
  func accepts(_ glance: Glance) {
    var judge = ClockGuard(built: Self.built, latest: Self.noon, awaitsTimeServer: true)
    let reading = Self.reading(glance)
    #expect(judge.note(reading) == glance.hold)
    judge.accept(reading)
    #expect(judge.note(reading) == nil)
    let later = Self.reading(Glance(up: glance.up + 1, wall: glance.wall + 1, hold: nil))
    #expect(judge.note(later) == nil)
    let back = Self.reading(Glance(up: glance.up + 1, wall: glance.wall - 120, hold: nil))
    #expect(judge.note(back) != nil)
  }

  @Test("what a person started does not wait for a time server, and notices the first step")
  func startedByHand() {
    var judge = ClockGuard(built: Self.built, latest: Self.noon, awaitsTimeServer: false)
    let started = Glance(up: 0, wall: 1, isSynchronised: false, hold: nil)
    let stepped = Glance(up: 1, wall: 122, isSynchronised: false, hold: Self.stepped)
    for glance in [started, stepped] {
      #expect(judge.note(Self.reading(glance)) == glance.hold)
    }
  }

  private static func reading(_ glance: Glance) -> ClockReading {
    ClockReading(
      wall: noon + .minutes(glance.wall), uptime: .minutes(glance.up),
      isSynchronised: glance.isSynchronised)
  }
}
