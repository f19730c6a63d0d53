import KindlyCore
import Testing

/// What becomes of a message without an answer on a channel that recognises repeats for a while.
@Suite("A repeat window")
struct RepeatWindowTests {
  private static let now = Instant(seconds: 1_770_000_000)
  private static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: .phone, repeatWindow: .minutes(5))

  private func reminder(firstAttempt: Instant?, attempts: Int = 0) -> ClaimedReminder {
    let key = RowKey(canonical: "[\"1\"]")
    return ClaimedReminder(
      id: 1, lease: Lease(owner: 1, epoch: 1), publicID: "k3f9", messageID: "k3f9@example.com",
      rule: "rule", step: "step", leg: 0, key: key, cycle: .insert, trigger: .insert, customer: key,
      change: nil, messageClass: .care, due: Self.now, useUntil: Self.now + .days(1),
      attempts: attempts, uncertainties: firstAttempt == nil ? 0 : 1, firstAttempt: firstAttempt)
  }

  private func decide(
    _ outcome: Outcome, _ reminder: ClaimedReminder, channels: Int = 1
  ) -> Disposition {
    Disposition.decide(
      Disposition.Question(
        outcome: outcome, traits: Self.traits, reminder: reminder, routePosition: 0,
        nextPosition: channels > 1 ? 1 : nil, now: Self.now, began: Self.now - .seconds(30),
        policy: .standard))
  }

  @Test("lets a message be repeated while it is open")
  func open() throws {
    guard
      case .uncertain(let again?) = decide(
        .unknown(Refusal("silence")), reminder(firstAttempt: nil))
    else {
      Issue.record("it is not repeated")
      return
    }
    #expect(again > Self.now && again < Self.now + .minutes(5))
  }

  @Test("hands a message to a person once it is over")
  func over() {
    let late = reminder(firstAttempt: Self.now - .minutes(5), attempts: 1)
    #expect(
      decide(.unknown(Refusal("silence")), late) == .uncertain(again: Self.now + .days(1)))
    #expect(!late.mayRepeat(at: Self.now, began: Self.now, Self.traits))
    let early = reminder(firstAttempt: Self.now - .minutes(4), attempts: 1)
    #expect(early.mayRepeat(at: Self.now, began: Self.now, Self.traits))
  }

  @Test(
    "a wait of the whole channel beyond the reminder's use ends nothing while the channel is the last"
  )
  func longWait() {
    let strained = Outcome.retry(
      Refusal("503", retryAfter: .days(2), isChannelWide: true))
    let waiting = reminder(firstAttempt: nil)
    #expect(
      decide(strained, waiting)
        == .wait(.channelDown, until: Self.now + .days(1), routePosition: 0))
    #expect(
      decide(strained, waiting, channels: 2)
        == .wait(.nextChannel, until: Self.now, routePosition: 1))
  }
}
