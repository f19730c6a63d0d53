import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

@Suite("`unless:`")
struct UnlessTests {
  private static func rule(_ unless: String, step: String = "") -> [String] {
    [
      "- { name: call, watch: customers, if: id = 1, send: calls, to: owner, template: call, when: 4 days before ends_on }",
      "- { name: ending, watch: customers, if: id < 3, send: email, template: ending, when: 3 days before ends_on, unless: \"\(unless)\"\(step) }",
    ]
  }

  private static let openTask =
    "EXISTS (SELECT 1 FROM tasks WHERE tasks.customer = this.customer AND tasks.state <> 'done')"

  private func company(_ unless: String) async throws -> Company {
    let company = try await LedgerRuleTests.company(Self.rule(unless))
    try await company.turn(at: "2026-03-06 10:00")
    return company
  }

  private func forecast(_ company: Company) async throws -> [String] {
    try await company.forecast(days: 5, ofRule: "ending").map { entry -> String in
      switch entry.fate {
      case .leaves: "\(entry.key) leaves"
      case .stays(let reason): "\(entry.key) \(reason.words)"
      }
    }.sorted()
  }

  @Test("skips a reminder while it holds, as the forecast says before, and no other")
  func skips() async throws {
    let company = try await company(Self.openTask)
    #expect(try await forecast(company) == ["1 unless", "2 leaves"])
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.mail == ["2026-03-07 2 ending"])
    #expect(try await company.states(of: "1") == ["sent", "skipped unless"])
    await company.close()
  }

  @Test("skips nothing once it no longer holds")
  func holdsNoLonger() async throws {
    let company = try await company(Self.openTask)
    try await company.daemon.ledger.act(
      on: 1, .done(outcome: "reached", kind: nil, note: nil), by: "anna",
      note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    #expect(try await forecast(company) == ["1 leaves", "2 leaves"])
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.mail.sorted() == ["2026-03-07 1 ending", "2026-03-07 2 ending"])
    await company.close()
  }

  @Test(
    "sees the reminder's own row as `this`, and bare columns are its",
    arguments: [
      ("this.row_key = '1' AND this.rule = 'ending' AND this.step = 'only'", ["2"]),
      ("customer = '2' AND state = 'claimed' AND class = 'care'", ["1"]),
      ("due > 0 AND depth = 0 AND cause IS NULL AND number > 1", []),
      (
        "(SELECT count(*) FROM reminders AS other WHERE other.customer = this.customer AND other.state = 'sent') = 1",
        ["2"]
      ),
    ])
  func ownRow(unless: String, reached: [String]) async throws {
    let company = try await company(unless)
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.letters.map(\.customer).sorted() == reached)
    await company.close()
  }

  @Test("waits as a rule error while its SQL fails, and goes when it is corrected")
  func failing() async throws {
    let company = try await company(
      "json_extract(this.rule, '$.x') IS NULL")
    try await company.turn(at: "2026-03-07 10:00")
    #expect(try await company.states(of: "2").last == "waiting rule error")
    let problems = company.daemon.health.problems(now: company.clock.now)
      .flatMap { $0.sentences(in: company.zone) }
    #expect(problems.contains { $0.contains("`unless`") }, "\(problems)")
    try await company.reload(
      rules: "rules:\n" + Self.rule("1 = 2").map { "  \($0)\n" }.joined())
    try await company.turn(at: "2026-03-07 10:20")
    #expect(company.letters.map(\.customer).sorted() == ["1", "2"])
    await company.close()
  }

  @Test("decides when a reminder leaves, not when it falls due in quiet hours")
  func quietHours() async throws {
    let company = try await LedgerRuleTests.company(
      Self.rule(Self.openTask, step: ", quiet hours: 06:00-12:00"))
    try await company.turn(at: "2026-03-06 12:00")
    try await company.turn(at: "2026-03-07 10:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting quiet hours"])
    try await company.daemon.ledger.act(
      on: 1, .done(outcome: "reached", kind: nil, note: nil), by: "anna",
      note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    try await company.turn(at: "2026-03-07 12:00")
    #expect(company.mail.sorted() == ["2026-03-07 1 ending", "2026-03-07 2 ending"])
    await company.close()
  }

  @Test("decides when a digest leaves, not when its reminders are gathered")
  func digest() async throws {
    let company = try await LedgerRuleTests.company(
      Self.rule(Self.openTask, step: ", digest: daily at 15:00")
        .map { $0.replacing("3 days before ends_on", with: "3 days before ends_on at 09:00") })
    try await company.turn(at: "2026-03-06 10:00")
    try await company.turn(at: "2026-03-07 10:00")
    let states = try await company.states(of: "1")
    #expect(states == ["sent", "waiting digest"])
    try company.write("UPDATE customers SET name = 'Wang Fang' WHERE id = 1")
    try await company.daemon.ledger.act(
      on: 1, .done(outcome: "reached", kind: nil, note: nil), by: "anna",
      note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    try await company.turn(at: "2026-03-07 15:00")
    #expect(company.mail.sorted() == ["2026-03-07 1 ending", "2026-03-07 2 ending"])
    await company.close()
  }

  @Test("does not keep the message of a task from its colleague once the task exists")
  func carrier() async throws {
    let company = try await ColleagueTests.company(
      at: "2026-03-05 12:00",
      rules: """
        rules:
          - { name: call, watch: customers, if: id = 1, send: calls, to: owner, template: call,
              when: 4 days before ends_on, unless: "\(Self.openTask)" }
        """, calls: "type: task, via: email")
    try await company.turn()
    company.channel.follow { _ in .retry(Refusal("busy")) }
    try await company.turn(at: "2026-03-06 09:00")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 10:30")
    #expect(company.channel.sent.map(\.customer) == ["anna"])
    #expect(try await company.states(of: "1") == ["sent", "sent"])
    await company.close()
  }

  @Test("does not let a step that it ends supersede an older one")
  func precedence() async throws {
    let company = try await LedgerRuleTests.company(
      at: "2026-03-06 08:00",
      [
        """
        - name: ending
            watch: customers
            if: id = 1
            send: email
            steps:
              - { name: first, when: 4 days before ends_on, template: first }
              - { name: second, when: 3 days before ends_on, template: second, unless: 1 = 1 }
        """
      ])
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.mail == ["2026-03-07 1 first"])
    #expect(try await company.states(of: "1") == ["sent", "skipped unless"])
    await company.close()
  }
}
