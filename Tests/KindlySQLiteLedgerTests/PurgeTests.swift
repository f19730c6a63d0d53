import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@Suite("Purging")
struct PurgeTests {
  private let start = Fixture.start

  @Test("old reminders go when nothing can plan them again, and inserts stay for ever")
  func purgesReminders() async throws {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1, "insert")], trigger: .insert)
    try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    try await fixture.plan([occurrence(3)], step: "ended")
    try await fixture.sendAll()
    let later = start + .days(401)
    try await fixture.plan([occurrence(4, due: later)])
    // Nothing was scanned since: the dated ones could all be planned again.
    #expect(try await fixture.ledger.purge(now: later).reminders == 0)
    _ = try await fixture.ledger.plan(
      [], advancing: [.scanned(rule: "trial", step: "ending", through: later)], now: later)
    #expect(try await fixture.ledger.purge(now: start + .days(399)).reminders == 0)
    #expect(try await fixture.ledger.purge(now: later).reminders == 4)
    #expect(
      try await fixture.states() == ["insert sent", "2026-02-10 sent", "2026-02-10 waiting"])
    #expect(try fixture.value("SELECT count(*) FROM attempt") == 2)
    #expect(try await fixture.plan([occurrence(1, "insert")], trigger: .insert).isEmpty)
  }

  @Test("the legs of an occurrence go together")
  func purgesLegsTogether() async throws {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1)], legs: 2)
    let claimed = try await fixture.claim()
    try await fixture.move([claimed[0]], .end(.noAddress, nil))
    let later = start + .days(401)
    _ = try await fixture.ledger.plan(
      [], advancing: [.scanned(rule: "trial", step: "ending", through: later)], now: later)
    #expect(try await fixture.ledger.purge(now: later).reminders == 0)
    try await fixture.move([claimed[1]], .end(.noAddress, nil))
    #expect(try await fixture.ledger.purge(now: later).reminders == 2)
  }

  @Test("changes stay until every rule has read them and nothing open refers to them")
  func purgesChanges() async throws {
    let fixture = try await Fixture()
    let draft = ChangeDraft(operation: .update, key: key(1), old: nil, new: nil, changed: [])
    try await fixture.ledger.record(
      LookRecord(
        watch: "customers", changes: Array(repeating: draft, count: 1_200),
        standing: WatchStanding()), now: start)
    try await fixture.plan([occurrence(1, "change 5", change: 5)], trigger: .update)
    let later = start + .days(8)
    func advance(_ position: Int64) async throws {
      _ = try await fixture.ledger.plan(
        [], advancing: [.changes(rule: "trial", through: position)], now: later)
    }
    try await advance(1_000)
    #expect(try await fixture.ledger.purge(now: start + .days(6)).changes == 0)
    #expect(try await fixture.ledger.purge(now: later).changes == 999)
    try await fixture.sendAll(at: later)
    try await advance(1_200)
    #expect(try await fixture.ledger.purge(now: later).changes == 201)
    #expect(try await fixture.ledger.lastChange() == 1_200)
  }

  @Test("a rule that is gone keeps changes back for 90 days at most")
  func purgesUnreadChanges() async throws {
    let fixture = try await Fixture()
    let draft = ChangeDraft(operation: .insert, key: key(1), old: nil, new: nil, changed: [])
    try await fixture.ledger.record(
      LookRecord(watch: "customers", changes: [draft, draft], standing: WatchStanding()), now: start
    )
    _ = try await fixture.ledger.plan(
      [], advancing: [.changes(rule: "trial", through: 1)], now: start)
    #expect(try await fixture.ledger.purge(now: start + .days(80)).changes == 1)
    #expect(try await fixture.ledger.purge(now: start + .days(91)).changes == 1)
  }

  @Test("bodies in the inbox go after 90 days, their entries stay")
  func purgesBodies() async throws {
    let fixture = try await Fixture()
    let entry = InboxDelivery(
      publicID: "abc", rule: "trial", customer: "42", subject: "Call", body: "Call them")
    try await fixture.ledger.deliver(entry, now: start)
    #expect(try await fixture.ledger.purge(now: start + .days(89)).bodies == 0)
    #expect(try await fixture.ledger.purge(now: start + .days(91)).bodies == 1)
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.subject) == ["Call"] && entries.map(\.body) == [nil])
  }
}
