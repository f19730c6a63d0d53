import KindlyCore
import Testing

@Suite("Fair shares of a batch")
struct FairShareTests {
  @Test("a flood on one channel leaves the others what they need")
  func flood() {
    let shares = divide(
      500,
      [claimant(1, "email", due: 500), claimant(2, "sms", due: 3), claimant(3, "inbox", due: 1)])
    #expect(shares == [1: 496, 2: 3, 3: 1])
  }

  @Test("channels that all need more share equally, whatever the number of their queues")
  func equal() {
    let shares = divide(
      100,
      [
        claimant(1, "email", due: 500), claimant(2, "email", due: 500),
        claimant(3, "sms", due: 500),
      ])
    #expect(shares == [1: 25, 2: 25, 3: 50])
  }

  @Test("a channel without room gets nothing, and one with little room no more than that")
  func room() {
    let claimants = [
      claimant(1, "email", due: 500), claimant(2, "sms", due: 500), claimant(3, "inbox", due: 500),
    ]
    let shares = divide(500, claimants) { channel, _ in
      switch channel {
      case "email": 0
      case "sms": 20
      default: 1_000
      }
    }
    #expect(shares == [2: 20, 3: 480])
  }

  @Test("within a channel service comes before care, and care before marketing")
  func classes() {
    let claimants = [
      claimant(1, "email", .marketing, due: 500), claimant(2, "email", .care, due: 30),
      claimant(3, "email", .service, due: 50), claimant(4, "email", .service, due: 10),
    ]
    #expect(divide(100, claimants) == [1: 10, 2: 30, 3: 50, 4: 10])
    #expect(divide(40, claimants) == [3: 30, 4: 10])
  }

  @Test("a class without room takes none from the room of another")
  func roomOfClass() {
    let claimants = [
      claimant(1, "email", .marketing, due: 500), claimant(2, "email", .service, due: 5),
    ]
    let shares = divide(500, claimants) { _, messageClass in messageClass == .marketing ? 0 : 1_000
    }
    #expect(shares == [2: 5])
  }

  @Test("what has no channel any more is claimed too, so that it can be put off")
  func absent() {
    let shares = divide(10, [claimant(1, nil, due: 500), claimant(2, "email", due: 4)]) { _, _ in 0
    }
    #expect(shares == [1: 10])
  }

  @Test("nothing is asked of a queue in which nothing is due")
  func nothingDue() {
    #expect(divide(500, [claimant(1, "email", due: 0)]).isEmpty)
    #expect(divide(500, []).isEmpty)
  }

  @Test("a batch smaller than the number of channels is still used")
  func small() {
    let shares = divide(2, (1...3).map { claimant(Int64($0), "channel\($0)", due: 9) })
    #expect(shares.values.reduce(0, +) == 2)
  }

  private func divide(
    _ limit: Int, _ claimants: [FairShare.Claimant],
    room: FairShare.Room = { _, _ in 1_000 }
  ) -> [Int64: Int] {
    let shares = FairShare.divide(limit, among: claimants, room: room)
    return Dictionary(uniqueKeysWithValues: shares.map { ($0.queue.step, $0.count) })
  }

  private func claimant(
    _ step: Int64, _ channel: String?, _ messageClass: MessageClass = .care, due: Int
  ) -> FairShare.Claimant {
    let id = OutboxQueue.ID(rule: 1, step: step, leg: 0, routePosition: 0)
    return FairShare.Claimant(
      queue: OutboxQueue(
        id: id, rule: "rule", step: "step", next: Instant(seconds: 1_772_700_000), due: due),
      channel: channel, messageClass: messageClass)
  }
}
