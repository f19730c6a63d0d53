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
}
