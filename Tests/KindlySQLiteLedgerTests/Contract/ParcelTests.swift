import KindlyCore
import KindlyTestKit
import Testing

@Suite("Dispatching: reminders that are sent as one message")
struct ParcelTests {
  private let start = Fixture.start
  private let at = Fixture.start + .hours(1)
  private let refusal = Refusal("451 later")

  /// Plans reminders and makes them wait for their parcel's digest.
  private func collect(
    _ rows: ClosedRange<Int>, _ parcel: Int64 = 7, in fixture: Fixture, until: Instant? = nil
  ) async throws {
    try await fixture.plan(rows.map { occurrence($0) })
    let claimed = try await fixture.claim()
    let until = until ?? at
    _ = try await fixture.ledger.submit(
      claimed.map {
        Transition(
          reminder: $0.id, lease: $0.lease,
          move: .wait(.digest, until: until, routePosition: 0, nil), parcel: parcel)
      }, now: start)
  }

  private func claimDigests(_ fixture: Fixture, at now: Instant) async throws -> [ClaimedReminder] {
    try await fixture.ledger.claim(ClaimRequest(now: now, shares: [], claimsDigests: true))
  }

  /// Begins to hand over one message with all claimed reminders; the first leads it.
  private func send(
    _ claimed: [ClaimedReminder], in fixture: Fixture, at now: Instant
  ) async throws -> [Int64] {
    let lead = try #require(claimed.first)
    return try await fixture.ledger.submit(
      [
        Transition(
          reminder: lead.id, lease: lead.lease, move: .sending(channel: "email", routePosition: 0),
          others: claimed.dropFirst().map(\.id))
      ], now: now)
  }

  private func end(
    _ lead: ClaimedReminder, _ move: Transition.Move, in fixture: Fixture, at now: Instant
  ) async throws {
    _ = try await fixture.ledger.submit(
      [Transition(reminder: lead.id, lease: lead.lease, move: move, leads: true)], now: now)
  }

  private func states(_ fixture: Fixture) async throws -> [String: Int] {
    try await fixture.all().reduce(into: [:]) { counts, one in
      counts[
        [one.state.word, one.reason?.words].compactMap(\.self).joined(separator: " "), default: 0] +=
        1
    }
  }

  @Test("wait in no queue, and are claimed with the digest", arguments: LedgerKind.allCases)
  func waits(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    #expect(try await fixture.ledger.queues(now: at).isEmpty)
    #expect(try await fixture.ledger.nextDigest() == at)
    #expect(try await claimDigests(fixture, at: at - .milliseconds(1)).isEmpty)
    #expect(try await fixture.claim(at: at).isEmpty)
    let status = try await fixture.ledger.status(now: start)
    #expect(status.open[.waiting] == 3 && status.waitingByRule["trial"] == 3)
    #expect(status.nextDue == at)
    // They are not late before the digest, whenever they fell due.
    #expect(try await fixture.ledger.oldestDue(now: at - .milliseconds(1)).isEmpty)
    #expect(try await fixture.ledger.oldestDue(now: at) == ["trial": at])
    let claimed = try await claimDigests(fixture, at: at)
    #expect(claimed.map(\.key) == [key(1), key(2), key(3)])
    #expect(claimed.allSatisfy { $0.parcel == 7 && !$0.leads })
    #expect(try await fixture.ledger.nextDigest() == nil)
  }

  @Test("are claimed in whole parcels, and a larger one in parts", arguments: LedgerKind.allCases)
  func whole(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...300, 1, in: fixture)
    try await collect(301...600, 2, in: fixture)
    #expect(Set(try await claimDigests(fixture, at: at).map(\.parcel)).count == 1)
    #expect(try await claimDigests(fixture, at: at).count == 300)
    for first in [601, 1_001] { try await collect(first...first + 399, 3, in: fixture) }
    #expect(try await claimDigests(fixture, at: at).count == ParcelIdentity.most)
    #expect(try await claimDigests(fixture, at: at).count == 300)
  }

  @Test("move with the one that leads them", arguments: LedgerKind.allCases)
  func together(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    let claimed = try await claimDigests(fixture, at: at)
    #expect(try await fixture.ledger.departed([7, 8]).isEmpty)
    #expect(try await send(claimed, in: fixture, at: at).isEmpty)
    #expect(try await states(fixture) == ["sending digest": 3])
    #expect(try await fixture.ledger.departed([7, 8]) == [7])
    try await end(claimed[0], .sent(Fixture.record(.sent(evidence: "250"))), in: fixture, at: at)
    #expect(try await states(fixture) == ["sent": 3])
    for (place, one) in claimed.enumerated() {
      let detail = try #require(try await fixture.ledger.reminder(.id(one.id)))
      #expect(detail.attempts.map(\.outcome) == [.sent] && detail.summary.attempts == 1)
      #expect(detail.lead == (place == 0 ? nil : claimed[0].id))
      #expect(detail.others == (place == 0 ? 2 : 0))
    }
  }

  @Test("are handed over only if all are still held", arguments: LedgerKind.allCases)
  func lost(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    let claimed = try await claimDigests(fixture, at: at)
    try await fixture.move([claimed[2]], .release, at: at)
    #expect(try await send(claimed, in: fixture, at: at) == [claimed[0].id])
    #expect(try await states(fixture)["sending digest"] == nil)
  }

  @Test("wait, end and are put back together", arguments: LedgerKind.allCases)
  func outcomes(_ kind: LedgerKind) async throws {
    let cases: [(Transition.Move, [String: Int])] = [
      (
        .wait(.retry, until: at + .hours(1), routePosition: 0, Fixture.record(.retry(refusal))),
        ["waiting retry": 3]
      ),
      (.end(.rejected, Fixture.record(.rejected(refusal))), ["failed rejected": 3]),
      (.uncertain(Fixture.record(.unknown(refusal)), again: at + .hours(1)), ["uncertain": 3]),
      (.release, ["waiting digest": 3]),
    ]
    for (move, expected) in cases {
      let fixture = try await Fixture(kind)
      try await collect(1...3, in: fixture)
      let claimed = try await claimDigests(fixture, at: at)
      _ = try await send(claimed, in: fixture, at: at)
      try await end(claimed[0], move, in: fixture, at: at)
      #expect(try await states(fixture) == expected)
      let tries = move == .release ? 0 : 1
      #expect(try await fixture.all().allSatisfy { $0.attempts == tries })
      for one in claimed.dropFirst() {
        let detail = try #require(try await fixture.ledger.reminder(.id(one.id)))
        #expect((detail.lead == nil) == (detail.summary.state == .waiting))
      }
    }
  }

  @Test(
    "after a crash only the lead is claimed, and all share its outcome",
    arguments: LedgerKind.allCases)
  func crash(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    let claimed = try await claimDigests(fixture, at: at)
    _ = try await send(claimed, in: fixture, at: at)
    await fixture.ledger.close(now: at)
    let next = try fixture.reopen()
    let recovered = try await next.recover(now: at + .minutes(1), repeats: ["email": 1])
    #expect(recovered == RecoverySummary(uncertain: 3))
    let later = at + .minutes(2)
    let again = try await next.claim(atMost: 10, now: later)
    #expect(again.map(\.id) == [claimed[0].id] && again.allSatisfy(\.leads))
    let lead = try #require(again.first)
    _ = try await next.submit(
      [
        Transition(
          reminder: lead.id, lease: lead.lease, move: .sending(channel: "email", routePosition: 0),
          leads: true)
      ], now: later)
    _ = try await next.submit(
      [
        Transition(
          reminder: lead.id, lease: lead.lease, move: .sent(Fixture.record(.sent(evidence: "250"))),
          leads: true)
      ], now: later)
    let all = try await next.reminders(ReminderSelection(), before: nil, limit: 10)
    #expect(all.map(\.state) == [.sent, .sent, .sent])
    let other = try #require(try await next.reminder(.id(claimed[1].id)))
    #expect(other.attempts.map(\.outcome) == [.unknown, .sent])
    await next.close(now: later)
  }

  @Test(
    "if the lead ends without an answer, the others wait for a person until their use ends",
    arguments: LedgerKind.allCases)
  func firstEnds(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    let claimed = try await claimDigests(fixture, at: at)
    _ = try await send(claimed, in: fixture, at: at)
    try await end(
      claimed[0], .uncertain(Fixture.record(.unknown(refusal)), again: at), in: fixture, at: at)
    let again = try await fixture.claim(at: at)
    try await end(try #require(again.first), .end(.unresolved, nil), in: fixture, at: at)
    #expect(try await states(fixture) == ["failed unresolved": 1, "uncertain": 2])
    #expect(
      try await fixture.claim(at: start + .days(3)).map(\.id) == claimed.dropFirst().map(\.id))
  }

  @Test("an answer to the message ends the ladders of all its rows", arguments: LedgerKind.allCases)
  func replied(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await collect(1...3, in: fixture)
    let claimed = try await claimDigests(fixture, at: at)
    _ = try await send(claimed, in: fixture, at: at)
    try await end(claimed[0], .sent(Fixture.record(.sent(evidence: "250"))), in: fixture, at: at)
    let later = start + .days(1)
    try await fixture.plan([occurrence(2, due: later), occurrence(9, due: later)], step: "ended")
    _ = try await fixture.ledger.record(
      [
        ReadMail(
          uid: 1, hash: [UInt8](repeating: 1, count: 32), references: [claimed[0].publicID],
          content: .reply(.reply, text: "I am on it"))
      ], through: MailboxPosition(validity: 1, uid: 1), marking: false, now: at)
    #expect(
      try await fixture.all().suffix(2).map { $0.reason?.words ?? $0.state.word } == [
        "replied", "waiting",
      ])
    // Reminders planned later for the same occurrences end too; another row's do not.
    try await fixture.plan([occurrence(3, due: later)], step: "ended", now: later)
    let open = try await fixture.claim(at: later)
    #expect(
      try await fixture.ledger.replied(among: open.map(\.id)).byCustomers
        == Set(open.filter { $0.key == key(3) }.map(\.id)))
  }
}
