import KindlyCore
import KindlyTestKit
import Testing

@Suite("Dispatching: recover what an ended process held")
struct RecoveryTests {
  private let start = Fixture.start
  private let refusal = Refusal("451 later")

  @Test(
    "an ended process leaves claimed ones waiting and what it was sending uncertain",
    arguments: LedgerKind.allCases)
  func recovers(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2), occurrence(3)])
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[1]], .sending(channel: "email", routePosition: 0))
    try await fixture.move([claimed[2]], .sending(channel: "email", routePosition: 0))
    try await fixture.move(
      [claimed[2]], .uncertain(Fixture.record(.unknown(refusal)), again: start))
    _ = try await fixture.claim()
    await fixture.ledger.close(now: start)
    let next = try fixture.reopen()
    let summary = try await next.recover(now: start + .minutes(1), repeats: [:])
    #expect(summary == RecoverySummary(released: 2, uncertain: 1))
    let all = try await next.reminders(ReminderSelection(), before: nil, limit: 10).reversed()
    #expect(all.map(\.state) == [.waiting, .uncertain, .uncertain])
    let detail = try #require(try await next.reminder(.id(claimed[1].id)))
    #expect(detail.uncertainties == 1 && detail.attempts.map(\.outcome) == [.unknown])
    #expect(try await next.recover(now: start, repeats: [:]) == RecoverySummary())
    await next.close(now: start)
  }

  @Test(
    "no process takes over another's reminders before its leases have ended",
    arguments: LedgerKind.allCases)
  func leases(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[1]], .sending(channel: "email", routePosition: 0))
    await fixture.ledger.close(now: start)
    let next = try fixture.reopen()
    // As if the first process still worked beside this one.
    let end = start + Lease.length
    try await fixture.home.setLeases(of: claimed[0].lease.owner, until: end)
    let early = try await next.recover(now: end - .milliseconds(1), repeats: [:])
    #expect(early == RecoverySummary())
    let late = try await next.recover(now: end, repeats: [:])
    #expect(late == RecoverySummary(released: 1, uncertain: 1))
    await next.close(now: end)
  }

  @Test(
    "claiming and tidying extend a run's leases", arguments: LedgerKind.allCases)
  func leaseEnds(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await fixture.claim(at: start + .hours(1))
    let owner = claimed[0].lease.owner
    #expect(try await fixture.home.leases(of: owner) == start + .hours(1) + Lease.length)
    try await fixture.ledger.tidy(now: start + .hours(2))
    #expect(try await fixture.home.leases(of: owner) == start + .hours(2) + Lease.length)
  }

  @Test(
    "a reminder being sent at a crash is resent before all else, as often as its channel allows, then waits for a person",
    arguments: LedgerKind.allCases)
  func repeatsAfterCrash(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2), occurrence(3)])
    var ledger = fixture.ledger
    var next: [Instant?] = []
    for channels in [["email", "sms"], ["email"]] {
      let claimed = try await ledger.claim(atMost: channels.count, now: start)
      #expect(claimed.map(\.key) == channels.indices.map { key($0 + 1) })
      let sending = zip(claimed, channels).map { reminder, channel in
        Transition(
          reminder: reminder.id, lease: reminder.lease,
          move: .sending(channel: channel, routePosition: 0))
      }
      #expect(try await ledger.submit(sending, now: start).isEmpty)
      await ledger.close(now: start)
      ledger = try fixture.reopen()
      let summary = try await ledger.recover(now: start, repeats: ["email": 1])
      #expect(summary.uncertain == channels.count)
      next += try await ledger.reminders(ReminderSelection(), before: nil, limit: 10)
        .reversed().map(\.next)
    }
    let soon = start - .milliseconds(1)
    let end = start + .days(3)
    #expect(next == [soon, end, start, end, end, start])
    await ledger.close(now: start)
  }
}
