import KindlyCore
import KindlyTestKit
import Testing

/// What a reload must not lose.
@Suite("Reloads")
struct ReloadTests {
  private static let welcome = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
    """

  @Test(
    "a row that is inserted while the configuration is reloaded is noticed at once",
    arguments: Simple.Mode.allCases)
  func insertDuringReload(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: ReloadTests.welcome)
    try company.write(
      "INSERT INTO customers (id, name, email, updated_at) VALUES (3, 'He', 'he@example.com', 2)")
    // The source that reads on is another one: its connection has seen no commit yet.
    try await company.reload(rules: ReloadTests.welcome)
    try await company.turn()
    #expect(company.mail == ["2026-03-01 3 welcome"])
    await company.close()
  }

  @Test("a rule that comes back wakes what may have arrived, after a restart too")
  func returningRule() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.reload(rules: ReloadTests.welcome, acceptDrop: true)
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["uncertain rule absent"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    try company.folder.write(Simple.ending, to: "rules.d/10-rules.yaml")
    try await company.restart()
    try await company.turn()
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a newer step does not take back what may have arrived")
  func supersededDoubt() async throws {
    let rules = """
      rules:
        - name: ending
          watch: customers
          send: email
          steps:
            - { name: first, when: 4 days before ends_on, template: ending }
            - { name: second, when: 4 days before ends_on at 09:03, template: ending }
      """
    let company = try await Simple.company(at: "2026-03-05 12:00", rules: rules)
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["failed unresolved", "sent"])
    await company.close()
  }
}
