import KindlyCore
import KindlyTestKit
import Testing

@Suite("Purging")
struct PurgeTests {
  private let start = Fixture.start

  /// Notices changes of one row, and returns their ids in order.
  private func notice(
    _ count: Int, _ operation: ChangeOperation = .update, of watch: String = "customers",
    in fixture: Fixture
  ) async throws -> [Int64] {
    let draft = ChangeDraft(operation: operation, key: key(1), old: nil, new: nil, changed: [])
    try await fixture.ledger.record(
      LookRecord(
        watch: watch, changes: Array(repeating: draft, count: count),
        standing: WatchStanding()), now: start)
    let ids = try await fixture.ledger.changes(ofWatch: watch, after: 0, limit: count)
      .map(\.id)
    try #require(ids.count == count)
    return ids
  }

  /// Records how far scans and changes have been read, without anything to plan.
  private func advance(
    _ positions: [PlanAdvance], in fixture: Fixture, at now: Instant
  ) async throws {
    _ = try await fixture.ledger.plan([], advancing: positions, now: now)
  }

  @Test(
    "old reminders go when nothing can plan them again, and inserts stay for ever",
    arguments: LedgerKind.allCases)
  func purgesReminders(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "insert")], trigger: .insert)
    try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    try await fixture.plan([occurrence(3)], step: "ended")
    try await fixture.sendAll()
    let later = start + .days(401)
    try await fixture.plan([occurrence(4, due: later)])
    // Nothing was scanned since: the dated ones could all be planned again.
    #expect(try await fixture.ledger.purge(now: later).reminders == 0)
    try await advance(
      [.scanned(rule: "trial", step: "ending", through: later)], in: fixture, at: later)
    #expect(try await fixture.ledger.purge(now: start + .days(399)).reminders == 0)
    #expect(try await fixture.ledger.purge(now: later).reminders == 4)
    #expect(
      try await fixture.states() == ["insert sent", "2026-02-10 sent", "2026-02-10 waiting"])
    var attempts: [Int] = []
    for reminder in try await fixture.all() {
      attempts.append(try await fixture.ledger.reminder(.id(reminder.id))?.attempts.count ?? 0)
    }
    #expect(attempts == [1, 1, 0])
    #expect(try await fixture.plan([occurrence(1, "insert")], trigger: .insert).isEmpty)
  }

  @Test(
    "old reminders of updates and deletes go, because nothing can plan them again",
    arguments: LedgerKind.allCases)
  func purgesRemindersOfChanges(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let ids = try await notice(2, in: fixture)
    for (id, trigger) in zip(ids, [Trigger.update, .delete]) {
      try await fixture.plan([occurrence(1, "change \(id)", change: id)], trigger: trigger)
    }
    try await fixture.sendAll()
    #expect(try await fixture.ledger.purge(now: start + .days(399)).reminders == 0)
    #expect(try await fixture.ledger.purge(now: start + .days(401)).reminders == 2)
  }

  @Test(
    "a reminder that told a date stays until the date is over, with all legs",
    arguments: LedgerKind.allCases)
  func keepsToldDates(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)], legs: 2)
    let claimed = try await fixture.claim()
    let told = Announcement(
      date: AnnouncedDate(stored: "2027-06-20"), until: start + .days(500))
    _ = try await fixture.ledger.submit(
      claimed.map {
        Transition(
          reminder: $0.id, lease: $0.lease, move: .sending(channel: "email", routePosition: 0),
          announcement: $0.leg == 0 ? told : nil)
      }, now: start)
    try await fixture.move(claimed, .sent(Fixture.record(.sent(evidence: "250 ok"))))
    try await advance(
      [.scanned(rule: "trial", step: "ending", through: start + .days(501))], in: fixture, at: start
    )
    #expect(try await fixture.ledger.purge(now: start + .days(401)).reminders == 0)
    #expect(try await fixture.ledger.purge(now: start + .days(501)).reminders == 2)
  }

  @Test(
    "a reminder stays while it would be of use, however long ago it was sent",
    arguments: LedgerKind.allCases)
  func keepsUseful(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, use: .days(500))])
    try await fixture.sendAll()
    try await advance(
      [.scanned(rule: "trial", step: "ending", through: start + .days(501))], in: fixture, at: start
    )
    #expect(try await fixture.ledger.purge(now: start + .days(499)).reminders == 0)
    #expect(try await fixture.ledger.purge(now: start + .days(501)).reminders == 1)
  }

  @Test("the legs of an occurrence go together", arguments: LedgerKind.allCases)
  func purgesLegsTogether(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)], legs: 2)
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[0]], .end(.noAddress, nil))
    let later = start + .days(401)
    try await advance(
      [.scanned(rule: "trial", step: "ending", through: later)], in: fixture, at: later)
    #expect(try await fixture.ledger.purge(now: later).reminders == 0)
    try await fixture.move([claimed[1]], .end(.noAddress, nil))
    #expect(try await fixture.ledger.purge(now: later).reminders == 2)
  }

  @Test(
    "changes stay until every rule has read them and nothing open refers to them",
    arguments: LedgerKind.allCases)
  func purgesChanges(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let ids = try await notice(1_200, in: fixture)
    try await fixture.plan([occurrence(1, "change 5", change: ids[4])], trigger: .update)
    let later = start + .days(8)
    try await advance([.changes(rule: "trial", through: ids[999])], in: fixture, at: later)
    #expect(try await fixture.ledger.purge(now: start + .days(6)).changes == 0)
    #expect(try await fixture.ledger.purge(now: later).changes == 999)
    try await fixture.sendAll(at: later)
    try await advance([.changes(rule: "trial", through: ids[1_199])], in: fixture, at: later)
    #expect(try await fixture.ledger.purge(now: later).changes == 201)
    #expect(try await fixture.ledger.lastChange() == ids[1_199])
  }

  @Test(
    "a change stays while a reminder of it that did not leave may be revived or restored",
    arguments: LedgerKind.allCases)
  func keepsChangesOfRevivable(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let ids = try await notice(3, in: fixture)
    for change in ids {
      try await fixture.plan(
        [occurrence(1, "change \(change)", use: .days(20), change: change)], trigger: .update)
    }
    try await advance([.changes(rule: "trial", through: ids[2])], in: fixture, at: start)
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[0]], .end(.rowGone, nil))
    try await fixture.move([claimed[1]], .end(.noAddress, nil))
    try await fixture.move([claimed[2]], .sending(channel: "email", routePosition: 0))
    try await fixture.move(
      [claimed[2]], .sent(Fixture.record(.sent(evidence: "250 ok"))))
    #expect(try await fixture.ledger.purge(now: start + .days(8)).changes == 1)
    #expect(try await fixture.ledger.purge(now: start + .days(21)).changes == 2)
  }

  @Test(
    "a reminder whose change is gone is not sent again, unless its row was new",
    arguments: LedgerKind.allCases)
  func refusesResend(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let changes = try await notice(2, in: fixture)
    try await fixture.plan([occurrence(1, "insert", change: changes[0])], trigger: .insert)
    try await fixture.plan([occurrence(1, "change 2", change: changes[1])], trigger: .update)
    try await advance([.changes(rule: "trial", through: changes[1])], in: fixture, at: start)
    try await fixture.sendAll()
    let ids = try await fixture.all().map(\.id)
    let note = ActionNote(uid: 1000, user: "li", because: "lost")
    func resend(_ id: Int64, at now: Instant) async throws -> Int64 {
      try await fixture.ledger.resend(id, useUntil: now + .days(9), note: note, now: now)
    }
    let again = try await resend(ids[1], at: start)
    // It is open, so its change stays.
    let later = start + .days(8)
    #expect(try await fixture.ledger.purge(now: later).changes == 1)
    try await fixture.sendAll(at: later)
    #expect(try await fixture.ledger.purge(now: later).changes == 1)
    for id in [ids[1], again] {
      let problem = await #expect(throws: LedgerProblem.self) {
        _ = try await resend(id, at: later)
      }
      #expect(problem?.kind == .refused)
      #expect(problem?.description.contains("has deleted the change") == true)
    }
    _ = try await resend(ids[0], at: later)
  }

  @Test(
    "a rule that is gone keeps changes back for 90 days at most", arguments: LedgerKind.allCases)
  func purgesUnreadChanges(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let ids = try await notice(2, .insert, in: fixture)
    try await advance([.changes(rule: "trial", through: ids[0])], in: fixture, at: start)
    #expect(try await fixture.ledger.purge(now: start + .days(80)).changes == 1)
    #expect(try await fixture.ledger.purge(now: start + .days(91)).changes == 1)
  }

  @Test(
    "a rule keeps back only changes of its own watch", arguments: LedgerKind.allCases)
  func purgesChangesOfBusyWatch(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let lease = RuleActivation(
      name: "lease", watch: "leases", steps: [StepActivation(name: "only", formerNames: [])])
    _ = try await fixture.ledger.activate([lease], now: start)
    let quiet = try await notice(2, of: "leases", in: fixture)
    let ids = try await notice(100, in: fixture)
    _ = try await fixture.ledger.plan(
      [],
      advancing: [
        .changes(rule: "lease", through: quiet[0]), .changes(rule: "trial", through: ids[97]),
      ], now: start)
    #expect(try await fixture.ledger.purge(now: start + .days(8)).changes == 99)
    let left = try await fixture.ledger.changes(ofWatch: "leases", after: 0, limit: 9).map(\.id)
    #expect(left == [quiet[1]])
  }

  @Test(
    "bodies in the inbox go after 90 days, their entries stay", arguments: LedgerKind.allCases)
  func purgesBodies(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let entry = InboxDelivery(
      publicID: "abc", rule: "trial", customer: "42", subject: "Call", body: "Call them")
    try await fixture.ledger.deliver(entry, now: start)
    #expect(try await fixture.ledger.purge(now: start + .days(89)).bodies == 0)
    #expect(try await fixture.ledger.purge(now: start + .days(91)).bodies == 1)
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.subject) == ["Call"] && entries.map(\.body) == [nil])
  }
}
