import KindlyCore
import Testing

/// What an answer about an earlier send makes of its reminder.
@Suite("An earlier send")
struct EarlierSendTests {
  private static let handOver = Instant(seconds: 1_770_000_000)
  private static let send = EarlierSend(
    payload: Payload(publicID: "k3f9", recipient: "+8613800138000", bytes: []),
    earliest: handOver - .seconds(30), latest: handOver)
  private static let useUntil = handOver + .days(1)

  private func decide(
    _ answer: EarlierSend.Answer, after wait: Duration, uncertainties: Int = 1
  ) -> EarlierSend.Decision {
    Self.send.decide(
      answer, uncertainties: uncertainties, useUntil: Self.useUntil, now: Self.handOver + wait)
  }

  @Test("that the other side took is sent, at any time", arguments: [0, 2, 60, 2_000])
  func sent(_ minutes: Int) {
    #expect(
      decide(.sent(evidence: "SM1"), after: .minutes(minutes), uncertainties: 2)
        == .sent(evidence: "SM1"))
  }

  @Test(
    "that is not listed is handed over again once, and only when the list is complete",
    arguments: [
      (0, 1, EarlierSend.Decision.ask(again: handOver + .minutes(2))),
      (2, 1, .ask(again: handOver + .minutes(4))),
      (9, 1, .ask(again: handOver + .minutes(10))),
      (10, 1, .handOver),
      (600, 1, .handOver),
      (10, 2, .ask(again: useUntil)),
      (1_440, 1, .end(.unresolved)),
    ] as [(Int, Int, EarlierSend.Decision)])
  func absent(_ minutes: Int, _ uncertainties: Int, _ expected: EarlierSend.Decision) {
    #expect(
      decide(.absent, after: .minutes(minutes), uncertainties: uncertainties) == expected)
  }

  @Test(
    "that stays in doubt is asked about ever more seldom, until its reminder is useless",
    arguments: [
      (0, EarlierSend.Decision.ask(again: handOver + .minutes(2))),
      (20, .ask(again: handOver + .minutes(30))),
      (300, .ask(again: handOver + .minutes(360))),
      (1_430, .ask(again: useUntil)),
      (1_440, .end(.unresolved)),
    ] as [(Int, EarlierSend.Decision)])
  func unknown(_ minutes: Int, _ expected: EarlierSend.Decision) {
    #expect(decide(.unknown("status 503"), after: .minutes(minutes)) == expected)
  }
}
