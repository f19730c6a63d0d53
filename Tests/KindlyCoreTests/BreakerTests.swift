import KindlyCore
import Testing

@Suite("The breaker of a channel")
struct BreakerTests {
  private static let start = Instant(seconds: 1_770_000_000)
  private static let policy = Outcome.misconfigured(Refusal("554 5.7.1 relay access denied"))
  private static let login = Outcome.misconfigured(Refusal("535 5.7.8", isChannelWide: true))
  private static let greylisted = Outcome.retry(Refusal("451 4.7.1 greylisted"))
  private static let unknownUser = Outcome.rejected(
    Refusal("550 5.1.1 unknown", suppressesAddress: true, isRepeatable: true))
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
    Story(
      "one recipient is turned away for now again and again",
      Array(repeating: (greylisted, "1"), count: 9), opens: false),
    Story(
      "five recipients are turned away for now in a row",
      (1...5).map { (greylisted, "\($0)") }, opens: true),
    Story(
      "five recipients are unknown in a row", (1...5).map { (unknownUser, "\($0)") }, opens: true),
    Story(
      "of five turned away some wait and some are unknown, and one is taken in between",
      [
        (greylisted, "1"), (unknownUser, "2"), (greylisted, "3"), (sent, "9"), (greylisted, "4"),
        (unknownUser, "5"),
      ],
      opens: false),
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
      opened =
        breaker.note(outcome, to: recipient, began: Self.start, now: Self.start) == .channel
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
      let first = breaker.note(busy, to: "1", began: now, now: now)
      #expect(first == .channel && breaker.openUntil == now + .minutes(minutes))
      let second = breaker.note(busy, to: "2", began: now, now: now)
      #expect(second == .nothing)
      now = now + .minutes(minutes)
      #expect(breaker.downUntil(at: now) == nil)
    }
    let success = breaker.note(Self.sent, to: "1", began: now, now: now)
    #expect(success == .nothing && breaker.openUntil == nil)
    let again = breaker.note(
      .retry(Refusal("421 busy", isChannelWide: true)), to: "1", began: now, now: now)
    #expect(again == .channel && breaker.openUntil == now + Circuit.firstOpening)
  }

  @Test("those who were turned away before do not keep it open, and one more does")
  func turnedAwayAgain() {
    var breaker = Breaker()
    for number in 1...5 {
      _ = breaker.note(Self.unknownUser, to: "\(number)", began: Self.start, now: Self.start)
    }
    let later = Self.start + .minutes(2)
    for number in 1...5 {
      let opened = breaker.note(Self.unknownUser, to: "\(number)", began: later, now: later)
      #expect(opened == .nothing)
    }
    let opened = breaker.note(Self.unknownUser, to: "6", began: later, now: later)
    #expect(opened == .channel && breaker.openUntil == later + .minutes(2))
  }

  @Test("a success that was under way before the refusals began is no sign that they are over")
  func underWay() {
    var breaker = Breaker()
    let later = Self.start + .seconds(1)
    for number in 1...4 {
      _ = breaker.note(Self.greylisted, to: "\(number)", began: later, now: later)
    }
    _ = breaker.note(Self.sent, to: "9", began: Self.start, now: later)
    let opened = breaker.note(Self.greylisted, to: "5", began: later, now: later)
    #expect(opened == .channel)
  }

  @Test("obeys a wait that the other side asks for, to the second, however often")
  func asked() {
    var breaker = Breaker()
    var now = BreakerTests.start
    for _ in 1...4 {
      let strained = Outcome.retry(
        Refusal("429", retryAfter: .seconds(3), isChannelWide: true))
      let opens = breaker.note(strained, to: "1", began: now, now: now)
      #expect(opens == .channel)
      #expect(breaker.downUntil(at: now) == now + .seconds(3))
      now = now + .seconds(3)
      #expect(breaker.downUntil(at: now) == nil)
    }
  }

  @Test("stays closed while every second of many hand-overs at once is refused")
  func everySecond() {
    var breaker = Breaker()
    // Sixteen at a time, each of a second: those that end now began a second ago.
    for number in 0..<400 {
      let began = BreakerTests.start + .milliseconds(60 * number)
      let opens = breaker.note(
        number % 2 == 0 ? BreakerTests.greylisted : BreakerTests.sent, to: "\(number)",
        began: began,
        now: began + .seconds(1))
      #expect(opens == .nothing)
    }
  }
}
