import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@Suite("Reminders whose condition never held")
struct NeverAppliedTests {
  private static let rules = """
    rules:
      - name: vip
        watch: customers
        if: status = 'vip'
        when: insert
        send: email
        template: vip
    """

  private func insert(_ id: Int, _ status: String) -> String {
    """
    INSERT INTO customers (id, name, email, status)
    VALUES (\(id), 'Name', 'c\(id)@example.com', '\(status)')
    """
  }

  private func company() async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: NeverAppliedTests.rules)
    try await company.turn()
    return company
  }

  @Test("are counted apart, and go when the row is completed")
  func apart() async throws {
    let company = try await company()
    for id in 11...13 { try company.write(insert(id, "plain")) }
    try company.write(insert(14, "vip"))
    try await company.turn(at: "2026-03-01 13:00")
    #expect(company.mail == ["2026-03-01 14 vip"])
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.neverApplied == 3 && status.decided[.cancelled] ?? 0 == 0)
    #expect(status.decidedByReason[.condition] ?? 0 == 0)
    let detail = try await company.details(of: "11").first
    #expect(detail?.summary.reasonWords == "never applied")
    try company.write("UPDATE customers SET status = 'vip' WHERE id = 11")
    try await company.turn(at: "2026-03-01 14:00")
    #expect(company.mail(to: "11") == ["2026-03-01 vip"])
    let after = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(after.neverApplied == 2)
    await company.close()
  }

  @Test("are told from those whose condition held and no longer does")
  func noLonger() async throws {
    let company = try await company()
    try company.write(insert(11, "vip"))
    try await company.turn(at: "2026-03-01 22:00")
    #expect(try await company.states(of: "11") == ["waiting quiet hours"])
    try company.write("UPDATE customers SET status = 'plain' WHERE id = 11")
    try await company.turn(at: "2026-03-02 09:00")
    #expect(try await company.states(of: "11") == ["cancelled condition"])
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.neverApplied == 0 && status.decided[.cancelled] == 1)
    await company.close()
  }
}
