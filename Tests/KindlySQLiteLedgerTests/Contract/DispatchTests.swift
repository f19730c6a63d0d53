import KindlyCore
import KindlyTestKit
import Testing

@Suite("Dispatching: claim and move on")
struct DispatchTests {
  private let start = Fixture.start
  private let refusal = Refusal("451 later")

  @Test(
    "claims what is due, oldest first, and no more than asked for", arguments: LedgerKind.allCases)
  func claimsOldestFirst(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([
      occurrence(1, due: start - .minutes(1)), occurrence(2, due: start - .minutes(5)),
      occurrence(3, due: start + .minutes(1)), occurrence(4, due: start - .minutes(3)),
    ])
    #expect(try await fixture.claim(limit: 2).map(\.key) == [key(2), key(4)])
    #expect(try await fixture.claim().map(\.key) == [key(1)])
    #expect(try await fixture.ledger.nextDue(now: start) == start + .minutes(1))
  }

  @Test("a misconfigured channel uses up no attempt", arguments: LedgerKind.allCases)
  func misconfiguredCounts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, due: start)])
    for round in 0..<3 {
      let now = start + .minutes(10 * round)
      let claimed = try await fixture.claim(at: now)
      #expect(claimed.map(\.attempts) == [0] && claimed.map(\.attemptsOnChannel) == [0])
      try await fixture.move(claimed, .sending(channel: "email", routePosition: 0), at: now)
      let record = Fixture.record(.misconfigured(Refusal("wrong password")))
      try await fixture.move(
        claimed,
        .wait(.channelMisconfigured, until: now + .minutes(10), routePosition: 0, record), at: now)
    }
    let last = start + .hours(1)
    let claimed = try await fixture.claim(at: last)
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0), at: last)
    try await fixture.move(
      claimed, .wait(.retry, until: last, routePosition: 0, Fixture.record(.retry(refusal))),
      at: last)
    #expect(try await fixture.claim(at: last).map(\.attempts) == [1])
  }

  @Test(
    "with a dated reminder come the claimable others of its rule, row and leg",
    arguments: LedgerKind.allCases)
  func claimsSiblings(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, due: start - .hours(2))])
    try await fixture.plan([occurrence(1, due: start - .hours(1))], step: "ended")
    try await fixture.plan([occurrence(2, due: start - .hours(1))], step: "ended")
    let claimed = try await fixture.claim(limit: 1)
    #expect(claimed.map(\.key) == [key(1), key(1)])
    #expect(claimed.map(\.step) == ["ending", "ended"])
  }

  @Test("a claim returns everything that was stored", arguments: LedgerKind.allCases)
  func carriesAll(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let planned = occurrence(7, "change 3", change: 3)
    try await fixture.plan([planned], trigger: .update)
    let one = try #require(try await fixture.claim().first)
    #expect(one.rule == "trial" && one.step == "ending" && one.leg == 0)
    #expect(one.key == key(7) && one.cycle == planned.cycle && one.trigger == .update)
    #expect(one.customer == key(7) && one.change == 3 && one.messageClass == .care)
    #expect(one.due == planned.due && one.useUntil == planned.useUntil)
    #expect(one.attempts == 0 && one.firstAttempt == nil && one.waitReason == nil)
  }

  @Test(
    "a refusal in doubt counts the others that were refused, uncertain ones too",
    arguments: LedgerKind.allCases)
  func refusedDoubts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let claimed = try await fixture.claim()
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0))
    try await fixture.move(
      claimed, .uncertain(Fixture.record(.unknown(Refusal("silence"))), again: start))
    let again = try await fixture.claim(at: start + .minutes(5))
    try await fixture.move(
      again, .sending(channel: "email", routePosition: 0), at: start + .minutes(5))
    let refused = Fixture.record(.rejected(refusal))
    try await fixture.move(
      again, .wait(.recipientRefused, until: start + .hours(1), routePosition: 0, refused),
      at: start + .minutes(5))
    #expect(try await fixture.all().map(\.state) == [.uncertain, .uncertain])
    let record = try await fixture.ledger.refusals(
      of: again[0].id, customer: again[0].customer, over: "email")
    #expect(record.others == 1)
  }

  @Test(
    "a reason that stays keeps its time, and another channel counts its own attempts",
    arguments: LedgerKind.allCases)
  func waits(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    var claimed = try await fixture.claim()
    try await fixture.move(claimed, .sending(channel: "wechat", routePosition: 0))
    let record = Fixture.record(.retry(refusal))
    try await fixture.move(claimed, .wait(.retry, until: start, routePosition: 0, record))
    let later = start + .minutes(1)
    claimed = try await fixture.claim(at: later)
    #expect(claimed.first?.attemptsOnChannel == 1 && claimed.first?.firstAttempt == start)
    try await fixture.move(claimed, .sending(channel: "wechat", routePosition: 0), at: later)
    try await fixture.move(
      claimed, .wait(.retry, until: start, routePosition: 1, record), at: later)
    let one = try #require(try await fixture.claim(at: later).first)
    #expect(one.attempts == 2 && one.attemptsOnChannel == 0 && one.routePosition == 1)
    #expect(one.waitReason == .retry && one.waitingSince == start)
  }

  @Test("a reminder put back untouched does not count as tried", arguments: LedgerKind.allCases)
  func releases(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[0]], .sending(channel: "email", routePosition: 0))
    try await fixture.move(claimed, .release)
    let again = try await fixture.claim()
    #expect(again.map(\.attempts) == [0, 0] && again.map(\.firstAttempt) == [nil, nil])
  }

  @Test(
    "a transition whose lease no longer holds is dropped, and the others are kept",
    arguments: LedgerKind.allCases)
  func fences(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let first = try await fixture.claim()
    try await fixture.move([first[0]], .release)
    let second = try await fixture.claim()
    #expect(second.map(\.id) == [first[0].id] && second[0].lease.epoch > first[0].lease.epoch)
    let dropped = try await fixture.move(first, .sending(channel: "email", routePosition: 0))
    #expect(dropped == [first[0].id])
    #expect(try await fixture.move(second, .sending(channel: "email", routePosition: 0)).isEmpty)
  }

  @Test(
    "many at once move as one by one, and those whose lease was lost are dropped",
    arguments: LedgerKind.allCases)
  func movesMany(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let planned = try await fixture.plan((1...100).map { occurrence($0) }, legs: 2)
    #expect(planned.inserted == 200)
    let first = try await fixture.claim()
    let lost = Set(first.prefix(3).map(\.id))
    try await fixture.move(Array(first.prefix(3)), .release)
    let again = try await fixture.claim()
    #expect(Set(again.map(\.id)) == lost)
    let dropped = try await fixture.move(first, .sending(channel: "email", routePosition: 0))
    #expect(Set(dropped) == lost)
    let sent = Fixture.record(.sent(evidence: "250 ok"))
    #expect(Set(try await fixture.move(first, .sent(sent))) == lost)
    let status = try await fixture.ledger.status(now: start)
    #expect(status.decided == [.sent: 197] && status.open[.claimed] == 3)
    for reminder in try await fixture.all() {
      let detail = try #require(try await fixture.ledger.reminder(.id(reminder.id)))
      let isSent = reminder.state == .sent
      #expect(detail.attempts.count == (isSent ? 1 : 0) && reminder.attempts == (isSent ? 1 : 0))
    }
  }

  @Test(
    "the outcome of an attempt belongs to a reminder that is being sent",
    arguments: LedgerKind.allCases)
  func ordersMoves(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await fixture.claim()
    let sent = Fixture.record(.sent(evidence: "250"))
    #expect(try await fixture.move(claimed, .sent(sent)) == claimed.map(\.id))
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0))
    #expect(
      try await fixture.move(claimed, .sending(channel: "email", routePosition: 0))
        == claimed.map(\.id))
    #expect(try await fixture.move(claimed, .sent(sent)).isEmpty)
    #expect(try await fixture.move(claimed, .end(.rejected, nil)) == claimed.map(\.id))
  }

  @Test("attempts, evidence and template are kept for why", arguments: LedgerKind.allCases)
  func keepsEvidence(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let one = try #require(try await fixture.claim().first)
    _ = try await fixture.ledger.submit(
      [
        Transition(
          reminder: one.id, lease: one.lease, move: .sending(channel: "email", routePosition: 0),
          evidence: #"{"status":"trial"}"#, templateHash: "ab12"),
        Transition(
          reminder: one.id, lease: one.lease,
          move: .sent(Fixture.record(.sent(evidence: "250 queued"), at: start + .seconds(1)))),
      ], now: start)
    let detail = try #require(try await fixture.ledger.reminder(.id(one.id)))
    #expect(detail.evidence == #"{"status":"trial"}"# && detail.templateHash == "ab12")
    #expect(detail.attempts.map(\.outcome) == [.sent] && detail.attempts[0].text == "250 queued")
    #expect(detail.summary.channel == "email" && detail.place.line == 3)
  }

  @Test("a payload is kept while nobody knows whether it arrived", arguments: LedgerKind.allCases)
  func keepsPayload(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let one = try #require(try await fixture.claim().first)
    let payload = Payload(publicID: one.publicID, recipient: "a@example.com", bytes: [1, 0, 2])
    _ = try await fixture.ledger.submit(
      [
        Transition(
          reminder: one.id, lease: one.lease, move: .sending(channel: "email", routePosition: 0),
          payload: payload)
      ], now: start)
    try await fixture.move(
      [one], .uncertain(Fixture.record(.unknown(refusal)), again: start + .minutes(5)))
    #expect(try await fixture.ledger.payload(of: one.id, over: "email") == payload)
    #expect(try await fixture.ledger.payload(of: one.id, over: "sms") == nil)
    try await fixture.sendAll(at: start + .minutes(6))
    #expect(try await fixture.ledger.payload(of: one.id, over: "email") == nil)
  }

  @Test(
    "an uncertain reminder that is claimed but not handed over only gets another time",
    arguments: LedgerKind.allCases)
  func staysUncertain(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let first = try await fixture.claim()
    try await fixture.move(first, .sending(channel: "sms", routePosition: 0))
    let record = Fixture.record(.unknown(refusal))
    try await fixture.move(first, .uncertain(record, again: start))
    let second = try await fixture.claim()
    try await fixture.move(second, .uncertain(record, again: nil))
    let detail = try #require(try await fixture.ledger.reminder(.id(first[0].id)))
    #expect(detail.uncertainties == 1 && detail.summary.next == nil)
    #expect(try await fixture.ledger.nextDue(now: start) == nil)
  }

  @Test(
    "reports the reminders overtaken by a later step that was sent or tried",
    arguments: LedgerKind.allCases)
  func supersedes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, due: start - .hours(1)), occurrence(2)])
    try await fixture.plan([occurrence(1, due: start)], step: "ended")
    let claimed = try await fixture.claim()
    let older = try #require(claimed.first { $0.key == key(1) && $0.step == "ending" })
    let newer = try #require(claimed.first { $0.step == "ended" })
    let ids = claimed.map(\.id)
    #expect(try await fixture.ledger.superseded(ids, besides: [], now: start).isEmpty)
    try await fixture.move([newer], .sending(channel: "email", routePosition: 0))
    #expect(
      try await fixture.ledger.superseded(ids, besides: [], now: start) == [older.id: newer.id])
    try await fixture.move(
      [newer], .wait(.retry, until: start, routePosition: 0, Fixture.record(.retry(refusal))))
    #expect(
      try await fixture.ledger.superseded(ids, besides: [], now: start) == [older.id: newer.id])
    #expect(try await fixture.ledger.superseded(ids, besides: ["ended"], now: start).isEmpty)
    #expect(
      try await fixture.ledger.superseded(ids, besides: ["ending"], now: start) == [
        older.id: newer.id
      ])
  }

  @Test(
    "paused reminders are put off once, say so, and go on when resumed",
    arguments: LedgerKind.allCases)
  func pauses(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    let note = ActionNote(uid: 0, user: "root", because: "typo in the template")
    try await fixture.plan([occurrence(1), occurrence(2, use: .minutes(-1))])
    try await fixture.plan([occurrence(3)], rule: "lease")
    try await fixture.ledger.pause(.rule("trial"), until: nil, note: note, now: start)
    // The one of no more use is claimed all the same, so that it can be ended.
    #expect(Set(try await fixture.claim().map(\.key)) == [key(2), key(3)])
    #expect(try await fixture.ledger.nextDue(now: start) == start + .days(3))
    #expect(try await fixture.all()[0].reason == .paused)
    #expect(try await fixture.ledger.resume(.rule("trial"), note: note, now: start))
    #expect(try await fixture.claim().map(\.key) == [key(1)])
    #expect(try await fixture.ledger.resume(.rule("trial"), note: note, now: start) == false)
    #expect(
      try await fixture.ledger.actions(before: nil, limit: 9).map(\.verb) == ["resume", "pause"])
  }

  @Test("every pause says what it is about", arguments: LedgerKind.allCases)
  func pauseScopes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let note = ActionNote(uid: 0, user: "root", because: "maintenance")
    let scopes: Set<PauseScope> = [.all, .rule("trial"), .channel("email")]
    for scope in scopes {
      try await fixture.ledger.pause(scope, until: nil, note: note, now: start)
    }
    let pauses = try await fixture.dispatching.pauses(now: start)
    #expect(pauses.count == 3 && Set(pauses.map(\.scope)) == scopes)
  }

  @Test(
    "a pause of everything that has an end releases its reminders at that end",
    arguments: LedgerKind.allCases)
  func pausesForAWhile(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let note = ActionNote(uid: 0, user: "root", because: "maintenance")
    try await fixture.plan([occurrence(1)])
    try await fixture.ledger.pause(.all, until: start + .hours(2), note: note, now: start)
    #expect(try await fixture.claim().isEmpty)
    #expect(try await fixture.ledger.nextDue(now: start) == start + .hours(2))
    #expect(try await fixture.dispatching.pauses(now: start).map(\.because) == ["maintenance"])
    #expect(try await fixture.dispatching.pauses(now: start + .hours(2)).isEmpty)
    #expect(try await fixture.claim(at: start + .hours(2)).count == 1)
  }

  @Test("wakes what waits for a reason, on one channel or all", arguments: LedgerKind.allCases)
  func wakes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2), occurrence(3)])
    let claimed = try await fixture.claim()
    for (reminder, channel) in zip(claimed, ["email", "sms", "email"]) {
      try await fixture.move([reminder], .sending(channel: channel, routePosition: 0))
      let reason: Reason = reminder.key == key(3) ? .retry : .channelDown
      try await fixture.move(
        [reminder], .wait(reason, until: start + .hours(1), routePosition: 0, nil))
    }
    let woken = try await fixture.ledger.wake([.channelDown], scope: .channel("email"), now: start)
    #expect(woken == 1)
    #expect(try await fixture.claim().map(\.key) == [key(1)])
    #expect(try await fixture.ledger.wake([.channelDown, .retry], scope: .all, now: start) == 2)
  }

  @Test(
    "every queue is listed with its first due time, and with what is due in it",
    arguments: LedgerKind.allCases)
  func listsQueues(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    try await fixture.plan([occurrence(1), occurrence(2, due: start - .minutes(1))], legs: 2)
    try await fixture.plan([occurrence(1, due: start + .hours(1))], step: "ended")
    try await fixture.plan([occurrence(3, due: start + .hours(2))], rule: "lease")
    let moved = try await fixture.claim(limit: 1)
    try await fixture.move(moved, .wait(.retry, until: start, routePosition: 1, nil))
    let queues = try await fixture.ledger.queues(now: start)
    let texts = queues.map { "\($0.rule) \($0.step) \($0.id.leg) \($0.id.routePosition) \($0.due)" }
    #expect(
      texts.sorted() == [
        "lease ending 0 0 0", "trial ended 0 0 0", "trial ending 0 0 1", "trial ending 0 1 1",
        "trial ending 1 0 2",
      ])
    #expect(queues.first { $0.rule == "lease" }?.next == start + .hours(2))
  }

  @Test(
    "claims of each queue what it is asked for, the oldest first", arguments: LedgerKind.allCases)
  func claimsShares(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    try await fixture.plan((1...9).map { occurrence($0, due: start - .minutes($0)) })
    try await fixture.plan([occurrence(10), occurrence(11)], rule: "lease")
    let queues = try await fixture.ledger.queues(now: start)
    let shares = queues.map { ClaimShare(queue: $0.id, count: $0.rule == "trial" ? 2 : 5) }
    let claimed = try await fixture.ledger.claim(ClaimRequest(now: start, shares: shares))
    #expect(claimed.filter { $0.rule == "trial" }.map(\.key) == [key(9), key(8)])
    #expect(claimed.filter { $0.rule == "lease" }.count == 2)
  }

  @Test("a suppressed address is known whatever its case", arguments: LedgerKind.allCases)
  func suppresses(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.suppress(
      Suppression(address: "Li.Wei@Example.com", because: "550 no such user"), now: start)
    let found = try await fixture.dispatching.suppressed(
      ["li.wei@example.com", "other@example.com"], for: .service)
    #expect(found == ["li.wei@example.com"])
  }
}
