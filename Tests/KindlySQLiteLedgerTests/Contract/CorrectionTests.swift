import KindlyCore
import Testing

/// What the ledger keeps of told dates, and the corrections that follow.
@Suite("The ledger of told dates", .serialized)
struct CorrectionTests {
  private static let ahead = Fixture.start + .days(10)

  private static func told(_ text: String, until: Instant = ahead) -> Announcement {
    Announcement(date: AnnouncedDate(stored: text), until: until)
  }

  private func correction(_ row: Int, to date: String) -> PlannedOccurrence {
    PlannedOccurrence(
      key: key(row), cycle: Cycle(stored: date), due: Fixture.start,
      useUntil: Fixture.start + .days(3), customer: key(row), holds: true,
      announcement: Self.told(date))
  }

  private func batch(
    _ fixture: Fixture, _ occurrences: [PlannedOccurrence], isDropped: Bool = false
  ) -> PlanBatch {
    PlanBatch(
      rule: "trial", step: "ending", trigger: .moment, legs: [0], messageClass: .care,
      configuration: fixture.configuration, place: Place(file: "rules.d/20-trial.yaml", line: 3),
      corrections: CorrectionPolicy(steps: ["ending", "gone"], nearness: .hours(24)),
      isCorrection: true, isDropped: isDropped, occurrences: occurrences)
  }

  /// Sends what is due; each message tells a date.
  private func send(
    _ fixture: Fixture, telling announcement: (ClaimedReminder) -> Announcement?
  ) async throws -> [ClaimedReminder] {
    let claimed = try await fixture.claim()
    _ = try await fixture.ledger.submit(
      claimed.map {
        Transition(
          reminder: $0.id, lease: $0.lease, move: .sending(channel: "email", routePosition: 0),
          announcement: announcement($0))
      }, now: Fixture.start)
    try await fixture.move(
      claimed, .sent(Fixture.record(.sent(evidence: "250 ok"), at: Fixture.start)))
    return claimed
  }

  private func rows(_ fixture: Fixture, limit: Int, now: Instant = Fixture.start) async throws
    -> [[RowKey]]
  {
    var pages: [[RowKey]] = []
    var place: AnnouncementPlace? = AnnouncementPlace(until: now, reminder: .max)
    while let after = place {
      let page = try await fixture.ledger.announcedRows(
        rule: "trial", step: "ending", after: after, limit: limit)
      if !page.keys.isEmpty { pages.append(page.keys) }
      place = page.next
    }
    return pages
  }

  @Test(
    "gives the rows whose date was sent and is ahead, so many at a time",
    arguments: LedgerKind.allCases)
  func pages(kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan((1...20).map { occurrence($0) })
    let claimed = try await send(fixture) { reminder in
      // Row 7's date is over, and nobody was told that of row 8.
      if reminder.key == key(8) { return nil }
      return Self.told("2026-02-10", until: reminder.key == key(7) ? Fixture.start : Self.ahead)
    }
    #expect(claimed.count == 20)
    try await fixture.plan([occurrence(21)])
    let waiting = try await fixture.claim()
    _ = try await fixture.ledger.submit(
      waiting.map {
        Transition(
          reminder: $0.id, lease: $0.lease, move: .sending(channel: "email", routePosition: 0),
          announcement: Self.told("2026-02-10"))
      }, now: Fixture.start)
    for (limit, count) in [(500, 1), (5, 4), (18, 1)] {
      let pages = try await rows(fixture, limit: limit)
      #expect(pages.count == count)
      #expect(pages.allSatisfy { $0.count <= limit && $0 == $0.sorted() })
      let expected = Set((1...20).filter { $0 != 7 && $0 != 8 }.map(key))
      #expect(Set(pages.joined()) == expected && pages.joined().count == 18)
    }
    #expect(try await rows(fixture, limit: 5, now: Self.ahead).isEmpty)
    let unknown = try await fixture.ledger.announcedRows(
      rule: "trial", step: "none", after: AnnouncementPlace(until: Fixture.start, reminder: 0),
      limit: 5)
    #expect(unknown == AnnouncementPage(keys: [], next: nil))
    await fixture.ledger.close(now: Fixture.start)
  }

  @Test("plans a correction once, with the date told before", arguments: LedgerKind.allCases)
  func once(kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    _ = try await send(fixture) { _ in Self.told("2026-02-10") }
    let batch = batch(
      fixture, [correction(1, to: "2026-05-20"), correction(2, to: "2026-02-10")])
    #expect(
      try await fixture.ledger.preview(batch, now: Fixture.start).additions.map(\.key) == [key(1)])
    // Two at once, as two processes would plan.
    let ledger = fixture.ledger
    async let one = ledger.plan([batch], advancing: [], now: Fixture.start)
    async let other = ledger.plan([batch], advancing: [], now: Fixture.start)
    #expect(try await one.inserted + other.inserted == 1)
    #expect(
      try await fixture.states()
        == ["2026-02-10 sent", "2026-02-10 sent", "2026-05-20 correction 1 waiting"])
    let claimed = try await send(fixture) { _ in Self.told("2026-05-20") }
    #expect(claimed.map(\.was?.text) == ["2026-02-10"])
    #expect(try await fixture.ledger.plan([batch], advancing: [], now: Fixture.start).isEmpty)
    let next = self.batch(fixture, [correction(1, to: "2026-02-10")])
    #expect(try await fixture.ledger.plan([next], advancing: [], now: Fixture.start).inserted == 1)
    #expect(try await fixture.claim().map(\.cycle.text) == ["2026-02-10 correction 2"])
    await fixture.ledger.close(now: Fixture.start)
  }

  @Test(
    "drops a correction that a person has refused, and never plans it again",
    arguments: LedgerKind.allCases)
  func dropped(kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    _ = try await send(fixture) { _ in Self.told("2026-02-10") }
    let occurrences = [correction(1, to: "2026-05-20")]
    _ = try await fixture.ledger.plan(
      [batch(fixture, occurrences, isDropped: true)], advancing: [], now: Fixture.start)
    let states = ["2026-02-10 sent", "2026-05-20 correction 1 cancelled dropped by a person"]
    #expect(try await fixture.states() == states)
    let again = try await fixture.ledger.plan(
      [batch(fixture, occurrences)], advancing: [], now: Fixture.start)
    #expect(again.isEmpty)
    await fixture.ledger.close(now: Fixture.start)
  }

  @Test(
    "knows of a correction that is sent again what it corrected", arguments: LedgerKind.allCases)
  func resent(kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    _ = try await send(fixture) { _ in Self.told("2026-02-10") }
    _ = try await fixture.ledger.plan(
      [batch(fixture, [correction(1, to: "2026-05-20")])], advancing: [], now: Fixture.start)
    let sent = try #require(try await send(fixture) { _ in Self.told("2026-05-20") }.first)
    _ = try await fixture.ledger.resend(
      sent.id, useUntil: Self.ahead, note: ActionNote(uid: 0, user: "test", because: "test"),
      now: Fixture.start)
    let again = try await fixture.claim()
    #expect(again.map(\.cycle.text) == ["2026-05-20 correction 1 resend 1"])
    #expect(again.map(\.was?.text) == ["2026-02-10"])
    await fixture.ledger.close(now: Fixture.start)
  }
}
