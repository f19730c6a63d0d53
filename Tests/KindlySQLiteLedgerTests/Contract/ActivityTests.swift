import KindlyCore
import KindlyTestKit
import Testing

@Suite("What rules sent day by day")
struct ActivityTests {
  private let zone = Zone.named("Asia/Shanghai") ?? .utc

  /// A time on the clocks of Shanghai, on a day counted from the fixture's first.
  private func at(_ hour: Int, day: Int) -> Instant {
    let date = zone.date(at: Fixture.start).adding(days: day)
    return zone.instant(of: WallClock(date: date, secondOfDay: hour * 3600))
  }

  private func date(_ day: Int) -> CivilDate { zone.date(at: Fixture.start).adding(days: day) }

  @Test(
    "is the same before and after the days are counted, and a day ends at midnight of the zone",
    arguments: LedgerKind.allCases)
  func counts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "quiet"])
    for (index, (day, hour)) in [(1, 0), (1, 23), (2, 0), (5, 12)].enumerated() {
      let time = at(hour, day: day)
      try await fixture.plan([occurrence(index, due: time)], now: time)
      try await fixture.sendAll(at: time)
    }
    let now = at(13, day: 5)
    let expected: [ExactText: RuleActivity] = [
      "trial": RuleActivity([date(1): 2, date(2): 1], today: 1), "quiet": RuleActivity(),
    ]
    #expect(try await fixture.ledger.activity(in: zone, now: now) == expected)
    for _ in 1...2 {
      try await fixture.ledger.countDays(in: zone, now: now)
      #expect(try await fixture.ledger.activity(in: zone, now: now) == expected)
    }
    let tomorrow = try await fixture.ledger.activity(in: zone, now: at(0, day: 6))
    #expect(
      tomorrow["trial"] == RuleActivity([date(1): 2, date(2): 1, date(5): 1], today: 0))
  }

  @Test("only sent messages count", arguments: LedgerKind.allCases)
  func countsSent(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    try await fixture.move(try await fixture.claim(), .end(.noAddress, nil))
    #expect(
      try await fixture.ledger.activity(in: zone, now: at(12, day: 1)) == ["trial": RuleActivity()])
  }

  @Test("a step has applied once its condition held for a reminder", arguments: LedgerKind.allCases)
  func appliedSteps(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "quiet"])
    try await fixture.plan([occurrence(1, holds: false)], trigger: .insert)
    #expect(try await fixture.ledger.appliedSteps().isEmpty)
    try await fixture.plan([occurrence(2, holds: true)], step: "ended")
    #expect(
      try await fixture.ledger.appliedSteps() == [StepName(rule: "trial", step: "ended")])
  }

  @Test(
    "a condition that holds before the moment does not count, except that of a change",
    arguments: LedgerKind.allCases)
  func appliedAtItsMoment(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let due = Fixture.start + .hours(1)
    try await fixture.plan([occurrence(1, due: due, holds: true)])
    try await fixture.plan([occurrence(2, due: due, holds: true)], trigger: .insert)
    #expect(try await fixture.ledger.appliedSteps().isEmpty)
    try await fixture.plan([occurrence(3, due: due, holds: true)], step: "ended", trigger: .update)
    #expect(
      try await fixture.ledger.appliedSteps() == [StepName(rule: "trial", step: "ended")])
    // What is handed over has passed its recheck.
    let claimed = try await fixture.claim(at: due)
    #expect(claimed.map(\.applied).sorted { !$0 && $1 } == [false, false, true])
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0), at: due)
    try await fixture.move(claimed, .release, at: due)
    #expect(try await fixture.claim(at: due).map(\.applied) == [true, true, true])
  }

  @Test(
    "the oldest reminder that is due and undecided is found whatever it waits for",
    arguments: LedgerKind.allCases)
  func oldestDue(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "quiet"])
    let (first, second) = (Fixture.start - .hours(3), Fixture.start - .hours(2))
    try await fixture.plan([occurrence(1, due: first)])
    try await fixture.plan([occurrence(2, due: second)], step: "ended")
    try await fixture.plan([occurrence(3, due: Fixture.start + .hours(1))], rule: "quiet")
    func oldest() async throws -> [ExactText: Instant] {
      try await fixture.ledger.oldestDue(now: Fixture.start)
    }
    #expect(try await oldest() == ["trial": first])
    let claimed = try await fixture.claim()
    #expect(try await oldest() == ["trial": first])
    let older = claimed.filter { $0.due == first }
    try await fixture.move(
      older, .wait(.quietHours, until: Fixture.start + .hours(9), routePosition: 0, nil))
    #expect(try await oldest() == ["trial": first])
    let held = try await fixture.claim(at: Fixture.start + .hours(9)).filter { $0.due == first }
    try await fixture.move(held, .end(.noAddress, nil), at: Fixture.start + .hours(9))
    #expect(try await oldest() == ["trial": second])
  }
}
