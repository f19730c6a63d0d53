import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// What `kindly why` finds in the ledger and the customer database.
@Suite("An explanation")
struct ExplanationTests {
  private func explanation(
    of customer: String, in company: Company, rule: String? = nil, since: Instant? = nil
  ) async throws -> Explanation {
    let configuration = company.daemon.configuration
    let inquiry = CustomerInquiry(configuration, now: company.clock.now)
    let explanation = try await Explainer(
      inquiry: inquiry, ledger: company.daemon.ledger,
      rule: rule.flatMap { configuration.rule(named: $0) }, since: since
    ).explain(RowKey(customer))
    await inquiry.close()
    return explanation
  }

  @Test("has every reminder of a customer, however many, and knows what was asked for")
  func every() async throws {
    let configuration = Simple.configuration().replacing(
      "watches:\n",
      with: """
        watches:
          calls: { source: crm, table: calls, key: id, customer: customer_id }

        """)
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + """
        CREATE TABLE calls (id INTEGER PRIMARY KEY, customer_id INTEGER, call_on DATE);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1010)
        INSERT INTO calls SELECT i, 1, '2026-03-02' FROM n;
        """, configuration: configuration,
      rules: """
        rules:
          - { name: call, watch: calls, when: on call_on, send: inbox, template: call }
        """)
    try await company.turn()
    let all = try await explanation(of: "1", in: company)
    #expect(all.reminders.count == 1010)
    #expect(Set(all.reminders.map(\.summary.id)).count == 1010)
    #expect(all.rule == nil && all.since == nil)
    let later = company.clock.now + .days(9)
    let none = try await explanation(of: "1", in: company, rule: "call", since: later)
    #expect(none.reminders.isEmpty && none.rule == "call" && none.since == later)
    await company.close()
  }

  @Test("says that a delete is not noticed because the changes of its watch are held")
  func heldDelete() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + """
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        INSERT INTO customers (id, name, email) SELECT i, 'c' || i, 'c' || i || '@example.com' FROM n;
        """, configuration: Simple.configuration(),
      rules: """
        rules:
          - { name: bye, watch: customers, when: delete, send: inbox, template: bye, class: service }
        """)
    try await company.turn()
    try company.write("DELETE FROM customers")
    for minute in ["13:00", "13:05", "13:30"] { try await company.turn(at: "2026-03-05 \(minute)") }
    #expect(company.daemon.health.hold(of: "customers")?.cause == .massChange)
    let absent = try await explanation(of: "1", in: company).absent
    let finding = try #require(absent.first { $0.rule == "bye" }).finding
    #expect(finding.cause == .window)
    #expect(
      finding.text.hasPrefix("changes of customers are held since 2026-03-05 13:"),
      "\(finding.text)")
    await company.close()
  }
}
