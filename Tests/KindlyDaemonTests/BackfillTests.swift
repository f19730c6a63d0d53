import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// What a rule that looks back sends when it is first seen.
@Suite("Backfill")
struct BackfillTests {
  private func company(_ rule: String) async throws -> Company {
    let rows = [2, 9, 20, 29, 31].map { days in
      "INSERT INTO customers VALUES (\(days), 'n', 'c\(days)@example.com', date('2026-03-31', '-\(days) days'));"
    }
    return try await Company(
      at: "2026-03-31 12:00",
      schema: """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, ends_on DATE);
        CREATE INDEX customers_ends ON customers (ends_on);
        \(rows.joined())
        """,
      configuration: Simple.configuration(extra: "quiet hours: 11:00-18:00"),
      rules: rules(rule))
  }

  private func rules(_ rule: String) -> String {
    plainRules("backfill: 30 days, \(rule)")
  }

  private func plainRules(_ rule: String) -> String {
    "rules:\n  - { name: letter, watch: customers, send: email, template: letter, \(rule) }\n"
  }

  private func recipients(_ company: Company) async throws -> [String] {
    try await company.live(before: "2026-04-20 00:00", restarting: true)
    return company.letters.map(\.customer).sorted()
  }

  @Test(
    "sends all that it reaches, each once, although lateness and quiet hours end before",
    arguments: ["when: on ends_on", "when: on ends_on, late: skip after 1 day"])
  func reaches(_ rule: String) async throws {
    let company = try await company(rule)
    try await company.turn()
    #expect(company.letters.isEmpty)
    #expect(try await recipients(company) == ["2", "20", "29", "9"])
    await company.close()
  }

  @Test("keeps what waits if the hour of the rule is edited and it is checked before the next scan")
  func editedHour() async throws {
    let company = try await company("when: on ends_on")
    try await company.turn()
    company.clock.advance(by: .minutes(5))
    try await company.reload(rules: rules("when: on ends_on at 10:00"))
    _ = try await company.daemon.dispatcher.runOnce(now: company.clock.now)
    #expect(company.letters.isEmpty)
    #expect(try await recipients(company) == ["2", "20", "29", "9"])
    await company.close()
  }

  @Test("keeps what waits if the rule no longer looks back")
  func removed() async throws {
    let company = try await company("when: on ends_on")
    try await company.turn()
    try await company.reload(rules: plainRules("when: on ends_on"))
    try await company.turn(at: "2026-03-31 18:00")
    #expect(company.letters.map(\.customer).sorted() == ["2", "20", "29", "9"])
    await company.close()
  }

  @Test("does not announce what is over")
  func over() async throws {
    let company = try await company("when: 7 days before ends_on")
    try company.write(
      "INSERT INTO customers VALUES (1, 'n', 'c1@example.com', '2026-04-05')")
    #expect(try await recipients(company) == ["1"])
    await company.close()
  }

  @Test("leaves the lateness of later moments as it is")
  func later() async throws {
    let company = try await company("when: on ends_on")
    try await company.turn()
    try await company.turn(at: "2026-04-01 08:00")
    try company.write(
      "INSERT INTO customers VALUES (1, 'n', 'c1@example.com', '2026-04-01')")
    try await company.turn(at: "2026-04-06 10:00")
    #expect(company.letters.map(\.customer).sorted() == ["2", "20", "29", "9"])
    await company.close()
  }

  @Test("still reaches rows that meet the condition a few days later")
  func metLater() async throws {
    let company = try await company("if: name = 'n', when: on ends_on")
    try company.write("UPDATE customers SET name = 'other'")
    try await company.turn()
    try await company.turn(at: "2026-04-03 10:00")
    #expect(company.letters.isEmpty)
    try company.write("UPDATE customers SET name = 'n'")
    try await company.turn(at: "2026-04-03 10:10")
    #expect(company.letters.map(\.customer).sorted() == ["2", "20", "29", "9"])
    await company.close()
  }

  @Test("of a step that is added later looks back as far")
  func addedStep() async throws {
    let company = try await company("when: on ends_on")
    _ = try await recipients(company)
    try company.write("DELETE FROM customers WHERE id <> 2")
    try await company.reload(
      rules: """
        rules:
          - name: letter
            watch: customers
            send: email
            backfill: 30 days
            steps:
              - { name: only, when: on ends_on, template: letter }
              - { name: second, when: 3 days after ends_on, template: second }
        """)
    try await company.turn()
    #expect(company.mail(to: "2").count == 2)
    await company.close()
  }

  @Test("is none for a step that is added later without it, whatever the age of its rule")
  func addedStepFromNow() async throws {
    let other = "{ name: other, watch: customers, when: update, send: inbox, template: other }"
    let only = "{ name: only, when: on ends_on, template: letter }"
    func rules(_ steps: String) -> String {
      """
      rules:
        - \(other)
        - name: letter
          watch: customers
          send: email
          steps: [\(steps)]
      """
    }
    let company = try await Simple.company(rules: rules(only))
    try await company.turn(at: "2026-03-02 08:00")
    try company.write(
      "INSERT INTO customers (id, name, email, ends_on) VALUES (3, 'C', 'c3@example.com', '2026-03-02')"
    )
    try await company.turn(at: "2026-03-02 10:00")
    company.clock.advance(by: .hours(24))
    try await company.reload(
      rules: rules(
        """
        \(only), { name: soon, when: 10 days before ends_on, template: soon },
        { name: welcome, when: insert, late: skip after 2 weeks, template: welcome }
        """))
    try await company.turn()
    #expect(company.mail == ["2026-03-02 3 letter"])
    // What comes from now on is sent.
    try company.write(
      "INSERT INTO customers (id, name, email, ends_on) VALUES (4, 'D', 'c4@example.com', '2026-03-14')"
    )
    try await company.turn(at: "2026-03-03 11:00")
    try await company.turn(at: "2026-03-04 10:00")
    #expect(company.mail(to: "4") == ["2026-03-03 welcome", "2026-03-04 soon"])
    #expect(company.mail(to: "1").isEmpty)
    await company.close()
  }

  @Test("is not needed for what a turn that began before the reload notices after it")
  func turnBegunBefore() async throws {
    let first = "{ name: first, watch: customers, when: insert, send: email, template: first }"
    let step = "{ name: one, when: insert, template: one }"
    func stepped(_ steps: String) -> String {
      "{ name: stepped, watch: customers, send: email, steps: [\(steps)] }"
    }
    let company = try await Simple.company(
      rules: "rules:\n  - \(first)\n  - \(stepped(step))")
    try await company.turn()
    try await company.reload(
      rules: """
        rules:
          - \(first)
          - \(stepped("\(step), { name: two, when: insert, template: two }"))
          - { name: second, watch: customers, when: insert, send: email, template: second }
        """)
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'C', 'c3@example.com')")
    // A turn uses the time at which it began as now.
    company.clock.step(by: .seconds(-1))
    try await company.turn()
    let subjects = company.letters.filter { $0.customer == "3" }.map(\.subject)
    #expect(subjects.sorted() == ["first", "one", "second", "two"])
    await company.close()
  }

  @Test("of a new rule reaches changes that were noticed before it")
  func addedRule() async throws {
    let first = "{ name: first, watch: customers, when: insert, send: email, template: first }"
    let company = try await Simple.company(rules: "rules:\n  - \(first)")
    try company.write(
      "INSERT INTO customers (id, name, email, status) VALUES (3, 'C', 'c3@example.com', 'trial')")
    try await company.turn(at: "2026-03-01 13:00")
    try await company.turn(at: "2026-03-10 10:00")
    try await company.reload(
      rules: """
        rules:
          - \(first)
          - { name: second, watch: customers, when: insert, backfill: 30 days, send: email, template: second }
        """)
    try await company.turn(at: "2026-03-10 10:05")
    #expect(company.mail(to: "3") == ["2026-03-01 first", "2026-03-10 second"])
    await company.close()
  }
}
