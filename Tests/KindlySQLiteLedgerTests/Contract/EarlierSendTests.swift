import KindlyCore
import KindlyTestKit
import Testing

@Suite("Dispatching: what is known of an earlier send")
struct EarlierSendTests {
  private let start = Fixture.start
  private let refusal = Refusal("451 later")

  @Test(
    "an unanswered hand-over is remembered with its payload and its times, and can be found to be sent",
    arguments: LedgerKind.allCases)
  func earlierSend(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    var one = try #require(try await fixture.claim().first)
    let payload = Payload(publicID: one.publicID, recipient: "a@example.com", bytes: [1, 0, 2])
    func handOver(_ outcome: Outcome, at minute: Int, _ move: (AttemptRecord) -> Transition.Move)
      async throws
    {
      let now = start + .minutes(minute)
      let sending = Transition(
        reminder: one.id, lease: one.lease, move: .sending(channel: "email", routePosition: 0),
        payload: payload)
      _ = try await fixture.ledger.submit([sending], now: now)
      let record = Fixture.record(outcome, at: now + .seconds(30))
      #expect(try await fixture.move([one], move(record), at: now).isEmpty)
    }
    // An answer before the first hand-over without one leaves nothing to look for.
    try await handOver(.retry(refusal), at: 0) {
      .wait(.retry, until: start + .minutes(1), routePosition: 0, $0)
    }
    #expect(try await fixture.dispatching.earlierSend(of: one.id, over: "email") == nil)
    for minute in [1, 5] as [Int] {
      one = try #require(try await fixture.claim(at: start + .minutes(minute)).first)
      try await handOver(.unknown(refusal), at: minute) {
        .uncertain($0, again: start + .minutes(minute))
      }
    }
    let expected = EarlierSend(
      payload: payload, earliest: start + .seconds(30), latest: start + .seconds(330))
    #expect(try await fixture.dispatching.earlierSend(of: one.id, over: "email") == expected)
    #expect(try await fixture.dispatching.earlierSend(of: one.id, over: "sms") == nil)
    one = try #require(try await fixture.claim(at: start + .minutes(6)).first)
    let found = Fixture.record(.sent(evidence: "asked: SM1"), at: start + .minutes(6))
    #expect(try await fixture.move([one], .found(found), at: start + .minutes(6)).isEmpty)
    let detail = try #require(try await fixture.ledger.reminder(.id(one.id)))
    #expect(detail.summary.state == .sent && detail.attempts.last?.text == "asked: SM1")
    #expect(try await fixture.dispatching.earlierSend(of: one.id, over: "email") == nil)
  }

  @Test("only an uncertain reminder can be found to be sent", arguments: LedgerKind.allCases)
  func findsUncertainOnly(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let one = try #require(try await fixture.claim().first)
    let found = Transition.Move.found(Fixture.record(.sent(evidence: "asked: SM1")))
    #expect(try await fixture.move([one], found) == [one.id])
    try await fixture.move([one], .sending(channel: "email", routePosition: 0))
    #expect(try await fixture.move([one], found) == [one.id])
  }
}
