import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

@Suite("`kindly check` of rules about Kindly's own ledger")
struct LedgerCheckTests {
  private func problems(_ rules: String...) async throws -> [String] {
    let company = try await LedgerRuleTests.company(rules)
    let report = await ConfigurationCheck(
      configuration: company.daemon.configuration, now: company.clock.now, clock: company.clock,
      isOffline: false, environment: [:], standings: nil
    ).run()
    await company.close()
    return report.problems.filter { $0.severity == .error }.map(\.text)
  }

  @Test(
    "reports what the views do not have, and other tables of the ledger",
    arguments: [
      ("if: stat <> 'done'", "names the column stat, which is not there (did you mean state?)"),
      ("if: EXISTS (SELECT 1 FROM token)", "it reads more of Kindly's ledger than its views"),
      ("unless: custmer = '1'", "`unless`: "),
      ("unless: EXISTS (SELECT 1 FROM main.reminder WHERE state = 4)", "`unless`: "),
    ])
  func mistakes(line: String, problem: String) async throws {
    let key = line.prefix { $0 != ":" }
    let sql = line.dropFirst(key.count + 2)
    let problems = try await problems(
      "- { name: overdue, watch: chores, \(key): \"\(sql)\", when: 2 days after created_at, to: lead, send: email, template: overdue }"
    )
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  @Test("reports a date column that a view does not have, and nothing where all is right")
  func dates() async throws {
    let wrong = try await problems(
      "- { name: overdue, watch: chores, when: 2 days after created, to: lead, send: email, template: overdue }"
    )
    #expect(wrong.contains { $0.contains("created") && $0.contains("created_at") }, "\(wrong)")
    let right = try await problems(
      "- { name: overdue, watch: chores, if: state <> 'done', when: 2 days after created_at, to: lead, send: email, template: overdue, unless: depth > 1 }"
    )
    #expect(right == [])
  }
}
