import KindlyTestKit
import Testing

@Suite("Lists at the command line") struct ListCommandTests {
  /// A company in which a team gets tasks to call trial customers.
  private func company(
    _ query: String =
      "SELECT ordered_on, product FROM orders WHERE customer_id = :customer ORDER BY ordered_on DESC"
  ) throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, ordered_on TEXT, product TEXT);
      INSERT INTO orders VALUES (1, 4, '2026-01-05', 'Cups'), (2, 4, '2026-02-01', '茶壶'), (3, 1, '2026-02-03', 'Tray');
      """)
    try company.replace(
      "channels:\n",
      with: """
        teams:
          sales: { name: Sales }
        lists:
          recent orders: { source: crm, query: "\(query)" }
        channels:
          calls: { type: task, quiet hours: none }

        """)
    try company.write(
      """
      rules:
        - { name: call, watch: customers, if: status = 'trial', when: insert, to: team sales, send: calls, template: ending, show: recent orders }
      """, to: "rules.d/10-trial.yaml")
    return company
  }

  private struct Task: Decodable {
    struct List: Decodable, Equatable {
      let name: String
      let columns: [String]
      let rows: [[String]]
      let more: Bool
      let fault: String?
    }

    let id: Int
    let lists: [List]
  }

  @Test("task show prints a list as a table, and as JSON")
  func card() async throws {
    let company = try company()
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.output.contains(", show recent orders, send ending to team sales by calls"))
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Eve")
    try await Eventually.holds("a task") {
      try await company.run("task", "list", "--json").json(as: [Task].self).count == 1
    }
    #expect(await daemon.stop() == 0)
    let task = try #require(
      try await company.run("task", "list", "--json").json(as: [Task].self).first)
    #expect(
      task.lists == [
        Task.List(
          name: "recent orders", columns: ["ordered_on", "product"],
          rows: [["2026-02-01", "茶壶"], ["2026-01-05", "Cups"]], more: false, fault: nil)
      ])
    let shown = try await company.run("task", "show", "\(task.id)")
    #expect(
      shown.output.contains(
        """

        recent orders:
          ordered_on  product
          2026-02-01  茶壶
          2026-01-05  Cups

        """), "\(shown.output)")
  }

  @Test(
    "check reports a list that cannot work, with the database's error",
    arguments: [
      (
        "SELECT nonesuch FROM orders WHERE customer_id = :customer",
        "error: list recent orders: the query fails: no such column: nonesuch"
      ),
      (
        "SELECT product FROM order WHERE customer_id = :customer",
        "error: list recent orders: the query fails: near"
      ),
      (
        "SELECT name, Initial_Password FROM customers WHERE id = :customer",
        "error: list recent orders: expected no column listed in `secret:` under `customers:`, because tasks are stored and shown; got initial_password"
      ),
    ])
  func check(query: String, problem: String) async throws {
    let checked = try await company(query).run("check")
    #expect(checked.code != 0)
    #expect(checked.errors.lowercased().contains(problem.lowercased()), "\(checked.errors)")
  }
}
