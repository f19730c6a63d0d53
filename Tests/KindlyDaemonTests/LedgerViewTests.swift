import Foundation
import GRDB
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlySources
import KindlyTestKit
import Testing

/// The published views, on the ledger of a company that has sent something.
@Suite("The published views of the ledger")
struct LedgerViewTests {
  private let clock = QueryClock(now: Instant(seconds: 1_772_500_000), zone: .utc)

  private func company() async throws -> Company {
    let company = try await LedgerRuleTests.company([
      "- { name: call, watch: customers, if: id = 1, send: calls, to: owner, template: call, when: 4 days before ends_on }",
      "- { name: ending, watch: customers, if: id < 3, send: email, template: ending, when: 4 days before ends_on, unless: 1 = 2 }",
    ])
    try await company.turn(at: "2026-03-06 10:00")
    return company
  }

  private func source(_ company: Company) -> DatabaseSource {
    DatabaseSource(ledger: PublishedLedger(at: StatePaths(company.daemon.configuration).ledger))
  }

  @Test(
    "have the columns that are stated and documented, in this order", arguments: LedgerView.allCases
  )
  func columns(view: LedgerView) async throws {
    let company = try await company()
    let source = source(company)
    #expect(try await source.columns(of: Watch(of: view)) == view.columns.map(\.name))
    await source.close()
    await company.close()
    let docs = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/configuration.md"), encoding: .utf8)
    for column in view.columns {
      let time = column.isTime ? " (time)" : ""
      let line = "| `\(view.rawValue)` | `\(column.name)`\(time) | \(column.meaning) |"
      #expect(docs.contains(line), "\(line)")
    }
  }

  @Test("have words, public ids and times in milliseconds")
  func rows() async throws {
    let company = try await company()
    let source = source(company)
    func values(_ view: LedgerView, _ columns: String...) async throws -> [String] {
      try await source.sample(Watch(of: view), limit: 9).map { row in
        columns.map { row.values[ExactText($0)]?.text ?? "" }.joined(separator: " ")
      }.sorted()
    }
    let now = company.clock.now.milliseconds
    let reminders = try await values(
      .reminders, "rule", "customer", "row_key", "state", "class", "decided_at")
    #expect(
      reminders.filter { $0.contains("sent") } == [
        "call 1 1 sent care \(now)", "ending 1 1 sent care \(now)", "ending 2 2 sent care \(now)",
      ])
    #expect(
      try await values(.tasks, "number", "rule", "customer", "assignee", "state", "created_at") == [
        "1 call 1 anna open \(now)"
      ])
    #expect(
      try await values(.attempts, "number", "rule", "customer", "channel", "outcome") == [
        "1 call 1 calls sent", "1 ending 1 email sent", "1 ending 2 email sent",
      ])
    let ids = try await company.details(of: "1").map(\.summary.publicID)
    #expect(try await Set(values(.reminders, "id")).isSuperset(of: ids))
    await source.close()
    await company.close()
  }

  @Test(
    "are all that a condition can read",
    arguments: [
      "EXISTS (SELECT 1 FROM token)", "EXISTS (SELECT 1 FROM main.token)",
      "EXISTS (SELECT 1 FROM reminder)",
      "EXISTS (SELECT 1 FROM main.reminder WHERE customer = '1')",
      "EXISTS (WITH tasks AS (SELECT card FROM task) SELECT 1 FROM tasks WHERE card <> '')",
      "EXISTS (WITH x AS (SELECT value FROM token) SELECT 1 FROM x WHERE value <> '')",
      "EXISTS (SELECT 1 FROM main.inbox WHERE body <> '')",
      "EXISTS (SELECT 1 FROM sqlite_schema WHERE sql <> '')",
      "EXISTS (SELECT 1 FROM pragma_table_info('token') WHERE name <> '')",
      "load_extension('x') IS NULL",
    ])
  func refused(condition: String) async throws {
    let company = try await company()
    let source = source(company)
    let findings = try await source.examine(
      .segment(Watch(of: .reminders), Segment(name: "x", condition: condition)))
    let errors = findings.filter(\.isError)
    #expect(!errors.isEmpty, "\(findings)")
    await source.close()
    await company.close()
  }

  @Test("can be asked together, by their ranges and with JSON")
  func allowed() async throws {
    let company = try await company()
    let source = source(company)
    for condition in [
      "EXISTS (SELECT 1 FROM tasks WHERE tasks.customer = this.customer)",
      "(SELECT count(*) FROM attempts) > 0 AND (SELECT count(*) FROM inbox) = 0",
      "rule IN (SELECT value FROM json_each('[\"ending\"]'))",
      "EXISTS (WITH x AS (SELECT number FROM reminders) SELECT 1 FROM x WHERE x.number = this.number)",
    ] {
      let watch = Watch(of: .reminders)
      let findings = try await source.examine(
        .segment(watch, Segment(name: "x", condition: condition)))
      #expect(findings == [], "\(condition)")
      let count = try await source.count(watch, conditions: [condition], clock: clock)
      #expect(count.matching > 0 && count.faults.isEmpty, "\(condition)")
    }
    await source.close()
    await company.close()
  }

  @Test("have an index for their keys, and one for the time at which a reminder was decided")
  func indexes() async throws {
    let company = try await company()
    let source = source(company)
    for view in LedgerView.allCases where view != .suppressions {
      let watch = Watch(
        name: view.rawValue, source: LedgerView.source, relation: .table(view.rawValue),
        key: view.key, changes: .snapshot, about: .customer(column: view.customer),
        dates: view.dates)
      #expect(try await source.examine(.watch(watch)) == [], "\(view)")
    }
    let path = StatePaths(company.daemon.configuration).ledger
    let database = try DatabaseQueue(path: path)
    let sql = PublishedLedger(at: path).views[.reminders] ?? ""
    let plan = try await database.read { db in
      try Row.fetchAll(
        db,
        sql: "EXPLAIN QUERY PLAN SELECT * FROM (\(sql)) WHERE decided_at >= 5 AND decided_at < 7"
      ).map { $0["detail"] as String }
    }
    #expect(
      plan.contains { $0.contains("reminder_decided (decided_at>? AND decided_at<?)") }, "\(plan)")
    await source.close()
    await company.close()
  }

  @Test("give another pulse after a change, and the same without one")
  func pulse() async throws {
    let company = try await company()
    let source = source(company)
    let before = try await source.pulse()
    #expect(try await source.pulse() == before)
    try await company.daemon.ledger.act(
      on: 1, .take, by: "anna", note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    let after = try await source.pulse()
    #expect(after.identity == before.identity && after.version != before.version)
    await source.close()
    await company.close()
  }

  @Test("of a ledger that is not there yet are empty")
  func empty() async throws {
    let folder = try TemporaryFolder("views")
    let source = DatabaseSource(ledger: PublishedLedger(at: folder.path + "/kindly.db"))
    for view in LedgerView.allCases {
      #expect(try await source.columns(of: Watch(of: view)) == view.columns.map(\.name))
      #expect(try await source.sample(Watch(of: view), limit: 1) == [])
    }
    _ = try await source.pulse()
    await source.close()
  }
}
