import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

extension DeskTests {
  private static let forgettable = """
    rules:
      - { name: promoted, watch: customers, when: update of status, send: [email, inbox], template: promoted, class: service }
      - { name: ending, watch: customers, when: 4 days before ends_on, send: email, template: ending }
    """

  @Test("forgets one customer's texts and values, and sends nothing again", arguments: Way.allCases)
  func forget(_ way: Way) async throws {
    let company = try await Simple.company(
      rules: DeskTests.forgettable,
      files: [
        "templates/promoted.html":
          "---\nsubject: \"{{customer.name}} {{this.status}}\"\n---\n<p>Was {{old.status}}</p>\n"
      ])
    try company.write("UPDATE customers SET status = 'vip' WHERE id IN (1, 2)")
    try await company.turn(at: "2026-03-01 12:02")
    // Planned a day ahead.
    try await company.turn(at: "2026-03-05 12:00")
    #expect(try await company.states(of: "1").filter { $0 == "waiting" }.count == 1)
    let sent = company.letters.count

    let stranger = try await ask(
      .forget(customer: "[\"99\"]", because: "asked"), of: company, way)
    #expect(stranger.isRefused("nothing is kept about customer 99"), "\(stranger)")

    let reply = try await ask(.forget(customer: "[\"1\"]", because: "asked"), of: company, way)
    guard case .ok(let text, let count) = reply else {
      Issue.record("\(reply)")
      return
    }
    #expect(text.hasPrefix("customer 1 is forgotten: ") && text.hasSuffix("; 1 reminder cancelled"))
    #expect(count > 0)
    let entries = try await company.daemon.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.filter { $0.customer == "1" }.map(\.subject) == [""])
    #expect(entries.filter { $0.customer == "1" }.allSatisfy { $0.body == nil })
    #expect(entries.filter { $0.customer == "2" }.map(\.subject) == ["Li vip"])
    let one = try await company.daemon.ledger.changes(
      ofRow: RowKey("1"), watch: "customers", limit: 9)
    #expect(!one.isEmpty && one.allSatisfy { $0.old == nil && $0.new == nil })
    let two = try await company.daemon.ledger.changes(
      ofRow: RowKey("2"), watch: "customers", limit: 9)
    #expect(two.contains { $0.old != nil })
    let action = try #require(
      try await company.daemon.ledger.actions(before: nil, limit: 1).first)
    #expect(action.verb == "forget")

    // The row is still there; nothing that left is sent again, and what was cancelled stays so.
    try await company.live(before: "2026-03-12 00:00", restarting: true)
    #expect(company.letters.count == sent)
    let again = try await ask(.forget(customer: "[\"1\"]", because: "asked"), of: company, way)
    #expect(again == .ok(text: "customer 1 is forgotten: 0 texts deleted", count: 0))
    await company.close()
  }

  @Test("forgets the last values of a customer whose row is gone")
  func forgetGone() async throws {
    let company = try await Simple.company(rules: DeskTests.forgettable)
    func known(_ id: Int64) async throws -> KnownRow? {
      try await company.daemon.ledger.knownRows(
        ofWatch: "customers", keys: [SortKey([.integer(id)])].compactMap(\.self)
      ).values.first
    }
    try company.write("DELETE FROM customers WHERE id = 1")
    for minute in ["02", "20", "22", "40"] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    let gone = try #require(try await known(1))
    #expect(gone.isGone && !gone.old.isEmpty)
    let reply = try await ask(
      .forget(customer: "[\"1\"]", because: "asked"), of: company, .daemon)
    #expect(!reply.isRefused(), "\(reply)")
    #expect(try await known(1)?.old.isEmpty == true)
    #expect(try await known(2)?.old.isEmpty == false)
    await company.close()
  }

  @Test(
    "forgets what rows of other watches said that named the customer", arguments: Way.allCases,
    ["INTEGER", "REAL"])
  func forgetOthers(_ way: Way, _ type: String) async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + """
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id \(type), status TEXT);
        INSERT INTO orders VALUES
          (11, 1, 'open'), (12, 1, 'open'), (13, 1, 'open'), (21, 2, 'open'), (22, 2, 'open');
        """,
      configuration: Simple.configuration(extra: "quiet hours: 11:00-18:00").replacing(
        "watches:\n",
        with:
          "watches:\n  orders: { source: crm, table: orders, key: id, changes: snapshot, customer: CUSTOMER_ID }\n"
      ),
      rules: """
        rules:
          - { name: paid, watch: orders, when: update of status, if: status = 'paid', send: email, template: paid }
        """)
    try await company.turn()
    try company.write("UPDATE orders SET status = 'late' WHERE id IN (11, 21)")
    try company.write("DELETE FROM orders WHERE id IN (12, 22)")
    // The letter about it waits, and goes to the other customer.
    try company.write("UPDATE orders SET status = 'paid', customer_id = 2 WHERE id = 13")
    for minute in ["02", "20", "22", "40"] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    func hasValues(_ order: Int64) async throws -> Bool {
      let known = try await company.daemon.ledger.knownRows(
        ofWatch: "orders", keys: [SortKey([.integer(order)])].compactMap(\.self)
      ).values.first { $0.isGone && !$0.old.isEmpty }
      let changes = try await company.daemon.ledger.changes(
        ofRow: RowKey("\(order)"), watch: "orders", limit: 9)
      return known != nil || changes.contains { $0.old != nil || $0.new != nil }
    }
    for order in [11, 12, 13, 21, 22] as [Int64] { #expect(try await hasValues(order), "\(order)") }
    let reply = try await ask(.forget(customer: "[\"1\"]", because: "asked"), of: company, way)
    #expect(!reply.isRefused(), "\(reply)")
    for order in [11, 12] as [Int64] { #expect(try await !hasValues(order), "\(order)") }
    for order in [13, 21, 22] as [Int64] { #expect(try await hasValues(order), "\(order)") }
    await company.close()
  }
}
