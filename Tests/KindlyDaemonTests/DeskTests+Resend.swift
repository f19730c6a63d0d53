import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

extension DeskTests {
  private static let changes = """
    rules:
      - { name: bye, watch: customers, when: delete, send: email, template: bye, class: service }
      - { name: promoted, watch: customers, when: update of status, send: email, template: promoted, class: service }
    """

  private func company() async throws -> Company {
    try await Simple.company(
      rules: DeskTests.changes,
      files: [
        "templates/promoted.html":
          "---\nsubject: promoted\n---\n<p>No longer {{old.status}}.</p>\n"
      ])
  }

  /// Asks for a customer's first reminder to be sent again.
  private func resend(
    _ company: Company, to customer: String, _ way: Way
  ) async throws -> ControlReply {
    let first = try #require(try await company.details(of: customer).first)
    return try await ask(.resend(id: first.summary.publicID, because: "lost"), of: company, way)
  }

  @Test(
    "sends a message about a deleted row again, whether or not the row is back",
    arguments: Way.allCases, [true, false])
  func resendDelete(_ way: Way, isBack: Bool) async throws {
    let company = try await company()
    try company.write("DELETE FROM customers WHERE id = 2")
    for minute in ["02", "20", "22", "40"] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(company.mail == ["2026-03-01 2 bye"])
    if isBack {
      try company.write(
        "INSERT INTO customers (id, name, email, status) VALUES (2, 'Li', 'li@example.com', 'trial')"
      )
      try await company.turn(at: "2026-03-01 12:41")
    }
    let reply = try await resend(company, to: "2", way)
    #expect(!reply.isRefused(), "\(reply)")
    try await company.turn()
    #expect(company.mail == ["2026-03-01 2 bye", "2026-03-01 2 bye"])
    #expect(try await company.states(of: "2") == ["sent", "sent"])
    await company.close()
  }

  @Test("sends a message with old values again only while they are kept", arguments: Way.allCases)
  func resendUpdate(_ way: Way) async throws {
    let company = try await company()
    try company.write("UPDATE customers SET status = 'vip' WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:02")
    let kept = try await resend(company, to: "1", way)
    #expect(!kept.isRefused(), "\(kept)")
    try await company.turn()
    #expect(company.mail == ["2026-03-01 1 promoted", "2026-03-01 1 promoted"])
    try await company.turn(at: "2026-03-09 12:10")
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    let gone = try await resend(company, to: "1", way)
    #expect(gone.isRefused("the ledger has deleted the change that it is about"), "\(gone)")
    #expect(try await company.states(of: "1") == ["sent", "sent"])
    await company.close()
  }
}
