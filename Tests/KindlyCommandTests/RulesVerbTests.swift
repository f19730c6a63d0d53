import GRDB
import Testing

@Suite("kindly rules with a ledger")
struct RulesVerbTests {
  private struct Rule: Decodable {
    struct Day: Decodable, Equatable {
      let sent: Int
      let expected: Int?
    }
    let name: String
    let yesterday: Day
    let today: Day
    let usual: Int?
    let oldestDue: String?
  }

  /// A company with one reminder that waits, because its rule is paused.
  private func company() async throws -> Company {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    let paused = try await company.run("pause", "trial", "--because", "test")
    #expect(paused.code == 0, "\(paused.errors)")
    try company.insert(7, name: "Eve")
    try await Eventually.holds("a reminder that waits") {
      try await company.reminders().map(\.state) == ["waiting"]
    }
    #expect(await daemon.stop() == 0)
    return company
  }

  /// Ten weeks of 20 messages a day, but 18 on the last days; the reminder that waits fell due 2.5 hours ago.
  ///
  /// The days go on beyond today, so that it does not matter whether a day ends before the verb runs.
  private static let history = """
    WITH RECURSIVE n (day) AS (
      SELECT (unixepoch() + 28800) / 86400 - 70
      UNION ALL SELECT day + 1 FROM n WHERE day <= (unixepoch() + 28800) / 86400)
    INSERT OR REPLACE INTO rule_day (rule, day, sent)
    SELECT rule.id, day, iif(day < (unixepoch() + 28800) / 86400 - 1, 20, 18)
    FROM n JOIN rule ON rule.name = 'trial';
    INSERT OR REPLACE INTO fact (name, text, at)
    VALUES ('activity', (unixepoch() + 28800) / 86400 + 1, 0);
    UPDATE reminder SET due = (unixepoch() - 9000) * 1000, next_at = (unixepoch() - 9000) * 1000;
    """

  @Test("shows what was sent beside what was expected, and how long the oldest reminder is overdue")
  func overview() async throws {
    let company = try await company()
    let ledger = try DatabaseQueue(path: company.ledger)
    try await ledger.write { try $0.execute(sql: Self.history) }
    try ledger.close()

    let page = try await company.run("rules")
    #expect(page.code == 0, "\(page.errors)")
    let line = try #require(page.output.split(separator: "\n").dropFirst().first)
    let start =
      "  yesterday 18 sent of 20 expected, today 0 of 20, usually 20 a day; oldest undecided due 2 h ago ("
    #expect(line.hasPrefix(start) && line.hasSuffix(" CST)"), "\(page.output)")
    let rules = try await company.run("rules", "--json").json(as: [Rule].self)
    let rule = try #require(rules.first)
    #expect(rules.count == 1 && rule.name == "trial")
    #expect(rule.yesterday == Rule.Day(sent: 18, expected: 20))
    #expect(rule.today == Rule.Day(sent: 0, expected: 20) && rule.usual == 20)
    let due = try #require(rule.oldestDue)
    #expect(due.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00/#) != nil, "\(due)")
  }

  @Test("expects nothing of a rule that has never sent anything, and names no overdue reminder")
  func noHistory() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    #expect(await daemon.stop() == 0)
    let page = try await company.run("rules")
    #expect(page.output.contains("\n  yesterday 0 sent, today 0\n"), "\(page.output)")
    let rule = try #require(
      try await company.run("rules", "--json").json(as: [Rule].self).first)
    #expect(rule.yesterday == Rule.Day(sent: 0, expected: nil))
    #expect(rule.usual == nil && rule.oldestDue == nil)
  }
}
