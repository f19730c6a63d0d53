import KindlyCore
import Testing

@Suite("Forgetting customers")
struct ForgettingTests {
  private let start = Fixture.start
  private let note = ActionNote(uid: 1000, user: "li", because: "the customer asked")

  /// Keeps a change, an inbox entry and a task about a customer.
  private func keepTexts(of number: Int, in fixture: Fixture) async throws {
    let change = ChangeDraft(
      operation: .update, key: key(number), old: ["name": .text("Li")],
      new: ["name": .text("Li Wei")], changed: ["name"])
    try await fixture.ledger.record(
      LookRecord(watch: "customers", changes: [change], standing: WatchStanding()), now: start)
    try await fixture.ledger.deliver(
      InboxDelivery(
        publicID: "entry \(number)", rule: "trial", customer: "\(number)", subject: "Call",
        body: "Call them"), now: start)
    try await fixture.ledger.keep(
      TaskDelivery(
        publicID: "task \(number)", rule: "trial", customer: "\(number)", assignee: "anna",
        subject: "Call", card: "Call them", due: start), now: start)
  }

  @Test(
    "what waits for the customer is cancelled, texts and values are deleted, and identities stay",
    arguments: LedgerKind.allCases)
  func forgets(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for number in 1...2 { try await keepTexts(of: number, in: fixture) }
    try await fixture.plan([occurrence(1), occurrence(2)])
    func forget() async throws -> ForgetSummary {
      try await fixture.ledger.forget(
        key(1), inWatch: "customers", namedIn: [], note: note, now: start)
    }
    let summary = try await forget()
    #expect(summary.cancelled == 1 && summary.deleted > 0)
    #expect(
      try await fixture.states() == [
        "2026-02-10 cancelled dropped by a person", "2026-02-10 waiting",
      ])
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.publicID) == ["entry 2", "entry 1"])
    #expect(entries.map(\.subject) == ["Call", ""])
    #expect(entries.map(\.body) == ["Call them", nil])
    let tasks = try await fixture.ledger.tasks(TaskSelection(), now: start, limit: 9)
    #expect(tasks.map(\.publicID) == ["task 1", "task 2"])
    #expect(tasks.map(\.subject) == ["", "Call"] && tasks.map(\.card) == [nil, "Call them"])
    func changes(_ number: Int) async throws -> [NoticedChange] {
      try await fixture.ledger.changes(ofRow: key(number), watch: "customers", limit: 9)
    }
    let forgotten = try await changes(1)
    #expect(forgotten.count == 1)
    #expect(forgotten.allSatisfy { $0.old == nil && $0.new == nil })
    let kept = try #require(try await changes(2).first)
    #expect(kept.old == ["name": .text("Li")] && kept.new == ["name": .text("Li Wei")])
    #expect(try await fixture.plan([occurrence(1, holds: true)]).isEmpty)
    let actions = try await fixture.ledger.actions(before: nil, limit: 9)
    #expect(actions.map(\.verb) == ["forget"] && actions.map(\.note) == [note])
    // The identities are still known, so the customer is, but there is nothing more to delete.
    #expect(try await forget() == ForgetSummary())
  }

  @Test("what was sent to the customer stays sent", arguments: LedgerKind.allCases)
  func keepsSent(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await fixture.sendAll().first)
    let summary = try await fixture.ledger.forget(
      key(1), inWatch: nil, namedIn: [], note: note, now: start)
    #expect(summary.cancelled == 0)
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(detail.summary.state == .sent && detail.attempts.count == 1)
    #expect(try await fixture.plan([occurrence(1, holds: true)]).isEmpty)
  }

  @Test("a customer of whom nothing is kept is refused", arguments: LedgerKind.allCases)
  func refusesUnknown(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let problem = await #expect(throws: LedgerProblem.self) {
      _ = try await fixture.ledger.forget(
        key(9), inWatch: "customers", namedIn: [], note: note, now: start)
    }
    #expect(problem?.kind == .refused)
    #expect(try await fixture.ledger.actions(before: nil, limit: 9).isEmpty)
    #expect(try await fixture.states() == ["2026-02-10 waiting"])
  }
}
