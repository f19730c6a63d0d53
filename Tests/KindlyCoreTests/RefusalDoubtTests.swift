import KindlyCore
import Testing

@Suite("Whether a refusal for good is believed")
struct RefusalDoubtTests {
  private static let first = Instant(seconds: 1_770_000_000)

  private func verdict(
    first: Instant? = RefusalDoubtTests.first, others: Int = 0, accepted: Duration? = nil,
    hasNext: Bool = false, after: Duration = .minutes(1)
  ) -> RefusalDoubt.Verdict {
    RefusalDoubt(
      first: first, others: others, lastAccepted: accepted.map { Self.first + $0 },
      hasNextChannel: hasNext, now: Self.first + after
    ).verdict
  }

  @Test("the first refusal is doubted, whatever was accepted before")
  func once() {
    #expect(verdict(first: nil) == .doubted)
    #expect(verdict(first: nil, accepted: .seconds(1), hasNext: true) == .doubted)
  }

  @Test(
    "a second one is proven by somebody whom the channel accepted between, and by nobody before")
  func proven() {
    #expect(verdict(accepted: .seconds(1)) == .proven)
    #expect(verdict(others: 99, accepted: .seconds(1)) == .proven)
    #expect(verdict(accepted: .zero) == .doubted)
    #expect(verdict(accepted: .seconds(-1)) == .doubted)
  }

  @Test(
    "where nobody can vouch for the channel it is believed after an hour, or for the next channel")
  func believed() {
    #expect(verdict() == .doubted)
    #expect(verdict(hasNext: true) == .believed)
    #expect(verdict(after: .hours(1)) == .believed)
  }

  @Test("while the channel refuses many it is the channel, for however long")
  func many() {
    #expect(verdict(others: 4, hasNext: true) == .doubted)
    #expect(verdict(others: 4, after: .days(2)) == .doubted)
  }
}
