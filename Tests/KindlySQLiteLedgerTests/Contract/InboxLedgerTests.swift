import KindlyCore
import Testing

@Suite("The inbox in the ledger")
struct InboxLedgerTests {
  private let start = Fixture.start
  private let note = ActionNote(uid: 1000, user: "li", because: "done on the phone")

  private func entry(
    _ publicID: String, customer: String? = "42", recipient: String? = nil
  ) -> InboxDelivery {
    InboxDelivery(
      publicID: publicID, rule: "trial", customer: customer, recipient: recipient, subject: "Call",
      body: "Call them")
  }

  @Test("a delivery is kept once, as it was handed over", arguments: LedgerKind.allCases)
  func keeps(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for _ in 1...2 { try await fixture.ledger.deliver(entry("a"), now: start) }
    try await fixture.ledger.deliver(
      entry("b", customer: nil, recipient: "anna"), now: start + .hours(1))
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.publicID) == ["b", "a"])
    #expect(entries.map(\.delivered) == [start + .hours(1), start])
    #expect(entries.map(\.customer) == [nil, "42"])
    #expect(entries.map(\.recipient) == ["anna", nil])
    for kept in entries {
      #expect(kept.rule == "trial" && kept.subject == "Call")
      #expect(kept.body == "Call them" && kept.read == nil)
    }
  }

  @Test("what was read is remembered, with who read it", arguments: LedgerKind.allCases)
  func reads(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for name in ["a", "b", "c"] { try await fixture.ledger.deliver(entry(name), now: start) }
    #expect(try await fixture.ledger.status(now: start).unreadInbox == 3)
    let all = try await fixture.ledger.inbox(unreadOnly: true, before: nil, limit: 9)
    let ids = all.filter { $0.publicID == "b" }.map(\.id)
    let later = start + .hours(1)
    #expect(try await fixture.ledger.markRead(ids, note: note, now: later) == 1)
    #expect(try await fixture.ledger.markRead(ids, note: note, now: later + .hours(1)) == 0)
    let unread = try await fixture.ledger.inbox(unreadOnly: true, before: nil, limit: 9)
    #expect(unread.map(\.publicID) == ["c", "a"])
    #expect(try await fixture.ledger.status(now: later).unreadInbox == 2)
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.read) == [nil, later, nil])
    let actions = try await fixture.ledger.actions(before: nil, limit: 9)
    #expect(actions.map(\.verb) == ["read"] && actions.map(\.note) == [note])
  }

  @Test("entries are listed newest first, page by page", arguments: LedgerKind.allCases)
  func pages(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for name in ["a", "b", "c"] { try await fixture.ledger.deliver(entry(name), now: start) }
    let page = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 2)
    let rest = try await fixture.ledger.inbox(unreadOnly: false, before: page.last?.id, limit: 2)
    #expect(page.map(\.publicID) == ["c", "b"] && rest.map(\.publicID) == ["a"])
  }
}
