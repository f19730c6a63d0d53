import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// What send hours do to reminders on their way.
@Suite("Send hours")
struct SendHoursTests {
  private func company(
    at start: String, rule: String, extra: String = "", files: [String: String] = [:]
  ) async throws -> Company {
    try await Company(
      at: start, schema: Simple.schema, configuration: Simple.configuration(extra: extra),
      rules: "rules:\n  - { name: letter, watch: customers, template: letter, \(rule) }\n",
      files: files)
  }

  @Test("hold a letter until they open, and what no longer holds by then is not sent")
  func holdAndRecheck() async throws {
    // Friday evening.
    let company = try await company(
      at: "2026-03-06 19:00", rule: "when: insert, if: status = 'trial', send: email",
      extra: "send hours: weekdays 09:00-18:00")
    try await company.turn()
    try company.write(
      """
      INSERT INTO customers (id, name, email, status)
      VALUES (3, 'Ada', 'ada@example.com', 'trial'), (4, 'Max', 'max@example.com', 'trial');
      """)
    // A change is of use for a day, which ends before Monday.
    try await company.turn(at: "2026-03-06 19:10")
    #expect(try await company.states(of: "3") == ["skipped too late"])
    let detail = try #require(try await company.details(of: "3").first)
    #expect(
      detail.evidence
        == #"{"could be sent until":"2026-03-07T11:10:00Z","next open":"2026-03-09T01:00:00Z","send hours":"weekdays 09:00-18:00"}"#
    )
    try await company.reload(
      rules: """
        rules:
          - { name: letter, watch: customers, template: letter, when: insert, if: status = 'trial', send: email, late: skip after 5 days }
        """)
    try company.write(
      """
      INSERT INTO customers (id, name, email, status)
      VALUES (5, 'Eve', 'eve@example.com', 'trial'), (6, 'Bob', 'bob@example.com', 'trial');
      """)
    try await company.turn(at: "2026-03-06 19:20")
    #expect(try await company.states(of: "5") == ["waiting send hours"])
    let waiting = try #require(try await company.details(of: "5").first)
    #expect(waiting.summary.next == (try Company.instant("2026-03-09 09:00", in: company.zone)))
    try company.write("UPDATE customers SET status = 'paid' WHERE id = 6")
    try await company.turn(at: "2026-03-08 12:00")
    #expect(company.letters.isEmpty)
    try await company.turn(at: "2026-03-09 09:00")
    #expect(company.mail == ["2026-03-09 5 letter"])
    #expect(try await company.states(of: "6") == ["cancelled condition"])
    await company.close()
  }

  @Test("that a rule lifts hold nothing of it, and a reload lifts them at once")
  func lifted() async throws {
    let rule = "when: insert, send: email"
    let company = try await company(
      at: "2026-03-07 23:00", rule: rule + ", quiet hours: none, send hours: none",
      extra: "send hours: weekdays 09:00-18:00\nquiet hours: 21:00-08:30")
    try await company.turn()
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'Ada', 'a@example.com')")
    try await company.turn(at: "2026-03-07 23:01")
    #expect(company.mail == ["2026-03-07 3 letter"])
    try await company.reload(
      rules: """
        rules:
          - { name: letter, watch: customers, template: letter, \(rule), late: skip after 5 days }
        """)
    try company.write("INSERT INTO customers (id, name, email) VALUES (4, 'Max', 'm@example.com')")
    try await company.turn(at: "2026-03-07 23:02")
    #expect(try await company.states(of: "4") == ["waiting send hours"])
    try await company.reload(
      rules: """
        rules:
          - { name: letter, watch: customers, template: letter, \(rule), quiet hours: none, send hours: none }
        """)
    try await company.turn(at: "2026-03-07 23:03")
    #expect(company.mail.last == "2026-03-07 4 letter")
    await company.close()
  }

  @Test("of workdays follow the rule's calendar")
  func workdays() async throws {
    let calendar = """
      {"year": 2026, "days": [
        {"name": "国庆节", "date": "2026-10-05", "isOffDay": true},
        {"name": "国庆节", "date": "2026-10-06", "isOffDay": true},
        {"name": "国庆节", "date": "2026-10-10", "isOffDay": false}]}
      """
    let company = try await company(
      at: "2026-10-04 12:00",
      rule: "when: insert, send: email, late: skip after 9 days, send hours: workdays 09:00-18:00",
      extra: "calendar: china", files: ["calendars/china.json": calendar])
    try await company.turn()
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'Ada', 'a@example.com')")
    try await company.turn(at: "2026-10-04 12:01")
    try await company.live(before: "2026-10-07 09:00")
    #expect(company.letters.isEmpty)
    try await company.turn(at: "2026-10-07 09:00")
    #expect(company.mail == ["2026-10-07 3 letter"])
    // The Saturday that makes up for the holiday is a workday.
    try company.write("INSERT INTO customers (id, name, email) VALUES (4, 'Max', 'm@example.com')")
    try await company.turn(at: "2026-10-10 10:00")
    #expect(company.mail.last == "2026-10-10 4 letter")
    await company.close()
  }

  @Test("that close a channel past its turn leave the rest to the next channel of the route")
  func passedOver() async throws {
    let company = try await Company(
      at: "2026-03-07 12:00", schema: Simple.schema,
      configuration: Simple.configuration().replacing(
        "{ type: inbox }", with: "{ type: inbox, send hours: weekdays 09:00-18:00 }"),
      rules: """
        rules:
          - { name: letter, watch: customers, template: letter, when: insert, send: inbox else email }
        """)
    try await company.turn()
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'Ada', 'a@example.com')")
    // Saturday: the inbox opens on Monday, a day after the letter's use.
    try await company.turn(at: "2026-03-07 12:01")
    #expect(company.mail == ["2026-03-07 3 letter"])
    let detail = try #require(try await company.details(of: "3").first)
    #expect(detail.passedOver == [PassedOver(channel: "inbox", reason: .sendHours)])
    await company.close()
  }
}
