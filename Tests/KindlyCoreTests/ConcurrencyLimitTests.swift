import KindlyCore
import Testing

@Suite("The number of hand-overs at once")
struct ConcurrencyLimitTests {
  private static let start = Instant(seconds: 1_770_000_000)
  private static let sent = Outcome.sent(evidence: "250 ok")
  private static let busy = Outcome.retry(Refusal("421 busy", isChannelWide: true))

  private func note(
    _ outcome: Outcome, _ limit: inout ConcurrencyLimit, began: Instant = start,
    now: Instant = start, opensBreaker: Bool = false
  ) {
    limit.note(outcome, began: began, opensBreaker: opensBreaker, now: now)
  }

  @Test("begins at the configured number and never exceeds it")
  func most() {
    var limit = ConcurrencyLimit(most: 8)
    for _ in 0..<100 { note(Self.sent, &limit) }
    #expect(limit.current == 8)
    #expect(ConcurrencyLimit(most: 0).current == 1)
  }

  @Test("is halved by a failure of the channel, once for all hand-overs of a round")
  func halves() {
    var limit = ConcurrencyLimit(most: 8)
    let later = Self.start + .seconds(1)
    for _ in 0..<8 { note(Self.busy, &limit, began: Self.start, now: later) }
    #expect(limit.current == 4)
    note(.unknown(Refusal("silence")), &limit, began: later + .seconds(1), now: later + .seconds(9))
    #expect(limit.current == 2)
  }

  @Test("grows by one after a round of successes")
  func grows() {
    var limit = ConcurrencyLimit(most: 4)
    note(Self.busy, &limit, opensBreaker: true)
    #expect(limit.current == 1)
    var grown: [Int] = []
    for _ in 0..<6 {
      note(Self.sent, &limit)
      grown.append(limit.current)
    }
    #expect(grown == [2, 2, 3, 3, 3, 4])
  }

  @Test("is not changed by a refusal that concerns a recipient")
  func recipients() {
    var limit = ConcurrencyLimit(most: 8)
    note(.rejected(Refusal("550 unknown")), &limit)
    note(.retry(Refusal("451 greylisted")), &limit)
    note(.misconfigured(Refusal("554 denied")), &limit)
    note(.withdrawn(Refusal("closing")), &limit)
    #expect(limit.current == 8)
  }
}
