import KindlyCore
import KindlyTestKit
import Testing

@Suite("Random walks through the states")
struct StateWalkTests {
  @Test(
    "whatever happens, nothing is sent twice and nothing is lost", arguments: LedgerKind.allCases,
    1...6)
  func walks(_ kind: LedgerKind, seed: UInt64) async throws {
    var draw = SeededRandom(seed: seed)
    let fixture = try await Fixture(kind)
    let occurrences = (1...12).map { occurrence($0, use: .days(30), holds: true) }
    try await fixture.plan(occurrences, legs: 2)
    var now = Fixture.start
    var handedOver: [Int64: Int] = [:]
    var decidedBefore: [Int64: ReminderState] = [:]
    for _ in 0..<60 {
      now = now + .minutes(7)
      let claimed = try await fixture.claim(at: now, limit: Int.random(in: 1...6, using: &draw))
      for reminder in claimed {
        let isSending = Bool.random(using: &draw)
        if isSending {
          try await fixture.move([reminder], .sending(channel: "email", routePosition: 0), at: now)
        }
        let move = randomMove(reminder, isSending, now, &draw)
        let dropped = try await fixture.move([reminder], move, at: now)
        #expect(dropped.isEmpty)
        if case .sent = move { handedOver[reminder.id, default: 0] += 1 }
      }
      if Int.random(in: 0..<4, using: &draw) == 0 {
        try await fixture.plan(occurrences, legs: 2, now: now)
      }
      try await check(fixture, &decidedBefore)
    }
    #expect(handedOver.values.allSatisfy { $0 == 1 })
  }

  private func randomMove(
    _ reminder: ClaimedReminder, _ isSending: Bool, _ now: Instant, _ draw: inout SeededRandom
  ) -> Transition.Move {
    let unknown = Fixture.record(.unknown(Refusal("no answer")), at: now)
    let refused = Fixture.record(.rejected(Refusal("550")), at: now)
    var moves: [Transition.Move] = [
      .release, .wait(.quietHours, until: now + .minutes(9), routePosition: 0, nil),
      .wait(.retry, until: now, routePosition: 1, isSending ? refused : nil), .end(.condition, nil),
    ]
    if isSending {
      moves += [
        .sent(Fixture.record(.sent(evidence: "250"), at: now)), .uncertain(unknown, again: now),
        .uncertain(unknown, again: nil), .end(.rejected, refused),
      ]
    }
    return moves.randomElement(using: &draw) ?? .release
  }

  private func check(_ fixture: Fixture, _ before: inout [Int64: ReminderState]) async throws {
    let all = try await fixture.all()
    #expect(all.count == 24)
    for reminder in all {
      #expect(reminder.state.isFinal == (reminder.decided != nil))
      #expect(!reminder.state.isFinal || reminder.next == nil)
      #expect(reminder.state != .waiting || reminder.next != nil)
      if let state = before[reminder.id], state != .cancelled { #expect(reminder.state == state) }
      before[reminder.id] = reminder.state.isFinal ? reminder.state : nil
    }
    #expect(!all.contains { $0.state == .claimed || $0.state == .sending })
    // A reminder that may have arrived is never `waiting`.
    for reminder in all where reminder.state == .waiting {
      let detail = try #require(try await fixture.ledger.reminder(.id(reminder.id)))
      #expect(detail.uncertainties == 0)
    }
  }
}
