import KindlyCore
import Testing

/// A step that counted from days and counts from minutes now, or the other way round.
@Suite("Planning after a rule's unit was edited")
struct EditedUnitTests {
  private static let now = Instant(seconds: 1_772_000_000)

  private static func neighbour(
    _ id: Int64, _ cycle: String, _ state: ReminderState, leg: Int = 0, isOfOtherUnit: Bool = true
  ) -> Neighbour {
    Neighbour(
      id: id, leg: leg, cycle: Cycle(stored: cycle), trigger: .moment, state: state, reason: nil,
      due: now, useUntil: now + .days(3), next: nil, revivals: 0, hasSuccessor: false,
      isOfOtherUnit: isOfOtherUnit)
  }

  private func work(_ cycle: String, beside neighbours: [Neighbour]) -> [PlanWork] {
    let occurrence = PlannedOccurrence(
      key: RowKey(canonical: "[\"1\"]"), cycle: Cycle(stored: cycle), due: Self.now + .hours(4),
      useUntil: Self.now + .days(3), customer: nil, holds: true)
    let batch = PlanBatch(
      rule: "visit", step: "only", trigger: .moment, legs: [0, 1], messageClass: .care,
      configuration: 1, place: .unknown, occurrences: [occurrence])
    return PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: Self.now)
  }

  @Test(
    "repeats no leg that left under the other name, and moves the one that waits",
    arguments: [("2026-03-10", "2026-03-10T15:00"), ("2026-03-10T15:00", "2026-03-10")])
  func legs(_ before: String, _ after: String) {
    let sent = Self.neighbour(1, before, .sent)
    #expect(work(after, beside: [sent, Self.neighbour(2, before, .skipped, leg: 1)]).isEmpty)
    #expect(
      work(after, beside: [sent, Self.neighbour(2, before, .waiting, leg: 1)])
        == [.insertRest(besides: [0]), .move(2, leg: 1, wasOpen: true)])
  }

  @Test("plans what the same unit did not plan: another time of a row that had midnight before")
  func midnight() {
    let sent = Self.neighbour(1, "2026-03-10", .sent, isOfOtherUnit: false)
    #expect(work("2026-03-10T15:00", beside: [sent]) == [.insert])
  }

  @Test("plans another day")
  func otherDay() {
    #expect(
      work("2026-03-11T15:00", beside: [Self.neighbour(1, "2026-03-10", .sent)]) == [.insert])
  }
}
