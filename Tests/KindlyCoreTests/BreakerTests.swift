import KindlyCore
import Testing

@Suite("The breaker of a channel")
struct BreakerTests {
  private static let start = Instant(seconds: 1_770_000_000)
  private static let policy = Outcome.misconfigured(Refusal("554 5.7.1 relay access denied"))
  private static let login = Outcome.misconfigured(Refusal("535 5.7.8", isChannelWide: true))
  private static let silence = Outcome.unknown(Refusal("no reply"))
  private static let sent = Outcome.sent(evidence: "250 ok")

  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What came of each hand-over, and to whom.
    let outcomes: [(Outcome, String)]
    let opens: Bool

    init(_ name: String, _ outcomes: [(Outcome, String)], opens: Bool) {
      testDescription = name
      self.outcomes = outcomes
      self.opens = opens
    }
  }

  static let stories = [
    Story(
      "one recipient is refused again and again",
      [(policy, "1"), (policy, "1"), (policy, "1"), (policy, "1")], opens: false),
    Story("two recipients are refused", [(policy, "1"), (policy, "2")], opens: false),
    Story(
      "three recipients are refused in a row", [(policy, "1"), (policy, "2"), (policy, "3")],
      opens: true),
    Story(
      "three are refused, and others taken in between",
      [(policy, "1"), (sent, "9"), (policy, "2"), (sent, "9"), (policy, "3")], opens: false),
    Story("the channel's own login is refused", [(login, "1")], opens: true),
    Story(
      "three get no answer in a row", [(silence, "1"), (silence, "1"), (silence, "1")], opens: true),
    Story(
      "an answer comes in between", [(silence, "1"), (silence, "2"), (sent, "3"), (silence, "4")],
      opens: false),
  ]

  @Test("opens when the channel fails as a whole", arguments: stories)
  func opens(_ story: Story) {
    var breaker = Breaker()
    var opened = false
    for (outcome, recipient) in story.outcomes {
      opened = breaker.note(outcome, to: recipient, now: Self.start)
    }
    #expect(opened == story.opens)
    #expect((breaker.downUntil(at: Self.start) != nil) == story.opens)
  }

  @Test("stays open twice as long each time, and is as new after a success")
  func doubles() {
    var breaker = Breaker()
    var now = Self.start
    for minutes in [1, 2, 4, 8, 16, 30, 30] {
      let busy = Outcome.retry(Refusal("421 busy", isChannelWide: true))
      let first = breaker.note(busy, to: "1", now: now)
      #expect(first && breaker.openUntil == now + .minutes(minutes))
      let second = breaker.note(busy, to: "2", now: now)
      #expect(!second)
      now = now + .minutes(minutes)
      #expect(breaker.downUntil(at: now) == nil)
    }
    let success = breaker.note(Self.sent, to: "1", now: now)
    #expect(!success && breaker == Breaker())
  }
}
