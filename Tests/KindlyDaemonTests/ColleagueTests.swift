import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// A company whose rules write to colleagues: to the owner of a customer, to leads, to teams and to an address.
@Suite("Messages to colleagues")
struct ColleagueTests {
  static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, owner_id TEXT, ends_on DATE, updated_at INTEGER DEFAULT 0);
    CREATE INDEX customers_ends ON customers (ends_on);
    CREATE TABLE staff (
      id TEXT PRIMARY KEY, name TEXT, mail TEXT, lead_id TEXT, active INTEGER, lang TEXT, tz TEXT, hired DATE);
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, customer_id INTEGER, assignee TEXT, opened_at TEXT);
    INSERT INTO customers VALUES
      (1, 'Wang', 'wang@example.com', 'anna', '2026-03-10', 1),
      (2, 'Li', 'li@example.com', 'bob', '2026-03-10', 1),
      (3, 'Max', 'max@example.com', NULL, '2026-03-10', 1),
      (4, 'Eva', 'eva@example.com', 'zoe', '2026-03-10', 1);
    INSERT INTO staff VALUES
      ('anna', 'Anna', 'anna@company.example', 'carl', 1, 'de', NULL, '2020-05-01'),
      ('bob', 'Bob', 'bob@company.example', 'carl', 0, 'en', NULL, '2021-05-01'),
      ('carl', 'Carl', 'carl@company.example', 'dora', 1, 'en', NULL, '2018-05-01'),
      ('dora', 'Dora', 'dora@company.example', NULL, 1, 'en', NULL, '2015-05-01');
    """

  static let people = """
    colleagues: { watch: staff, if: active = 1, name: name, email: mail, lead: lead_id, language: lang, timezone: tz }
    teams:
      service: { name: Service desk, email: service@company.example }
    """

  static func company(
    at start: String = "2026-03-01 12:00", rules: String, extra: String = people, rows: String = "",
    files: [String: String] = [:], customers: String = "",
    calls: String = "type: task", environment: [String: String] = [:]
  ) async throws -> Company {
    try await Company(
      at: start, schema: schema + rows,
      configuration: Simple.configuration(extra: extra).replacing(
        "email: email }", with: "email: email, owner: owner_id\(customers) }"
      ).replacing("  inbox: { type: inbox }", with: "  calls: { \(calls) }").replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            tickets: { source: crm, table: tickets, key: id, customer: customer_id, changes: snapshot }

          """),
      rules: rules, files: files, environment: environment)
  }

  static let ladder = """
    rules:
      - name: ending
        watch: customers
        send: email
        if: id <= 2
        steps:
          - { when: 4 days before ends_on, to: owner, template: first }
          - { when: 3 days before ends_on, to: lead, template: second }
          - { when: 2 days before ends_on, to: lead, template: third }
          - { when: 1 day before ends_on, to: [team service, boss@company.example], template: fourth }
    """

  @Test("climb from the owner to the lead, the lead's lead and a team, each sent once")
  func ladder() async throws {
    let company = try await Self.company(rules: Self.ladder)
    try await company.live(before: "2026-03-10 00:00", restarting: true)
    #expect(
      company.mail.sorted() == [
        // Bob has left, so his lead Carl represents him; Carl's own lead is Dora, who has none.
        "2026-03-06 anna first", "2026-03-06 carl first",
        "2026-03-07 carl second", "2026-03-07 dora second",
        "2026-03-08 dora third",
        "2026-03-09 boss@company.example fourth", "2026-03-09 boss@company.example fourth",
        "2026-03-09 team service fourth", "2026-03-09 team service fourth",
      ])
    let told = try await company.details(of: "1").flatMap(\.attempts).map(\.recipient)
    #expect(
      told == [
        "colleague anna", "colleague carl", "colleague dora", "team service",
        "boss@company.example",
      ])
    #expect(try await company.states(of: "2").contains("waiting recipient missing"))
    try await company.live(before: "2026-03-12 00:00")
    #expect(try await company.states(of: "2").contains("skipped no recipient"))
    await company.close()
  }

  @Test("reach everybody on the ladder after a stop, because no step is told to somebody else")
  func ladderAfterStop() async throws {
    let company = try await Self.company(rules: Self.ladder)
    try await company.turn()
    try await company.turn(at: "2026-03-09 10:00")
    #expect(
      company.mail.sorted() == [
        "2026-03-09 anna first", "2026-03-09 boss@company.example fourth",
        "2026-03-09 boss@company.example fourth", "2026-03-09 carl first",
        "2026-03-09 carl second", "2026-03-09 dora second", "2026-03-09 dora third",
        "2026-03-09 team service fourth", "2026-03-09 team service fourth",
      ])
    await company.close()
  }

  @Test("correct a moved date for everybody who was told it, whichever step told them")
  func corrections() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - name: ending
            watch: customers
            if: id = 1
            send: email
            on move: correct
            steps:
              - { name: early, when: 7 days before ends_on, to: customer, template: early }
              - { name: late, when: 1 day before ends_on, to: owner, template: late }
        """)
    try await company.live(before: "2026-03-10 00:00")
    let told = ["2026-03-03 1 early", "2026-03-09 anna late"]
    #expect(company.mail == told)
    try company.write("UPDATE customers SET ends_on = '2026-04-20' WHERE id = 1")
    for time in ["12:00", "12:30"] { try await company.turn(at: "2026-03-09 \(time)") }
    #expect(
      company.mail.sorted() == (told + ["2026-03-09 1 early", "2026-03-09 anna late"]).sorted())
    await company.close()
  }

  @Test("carry no card of a task that a later step superseded")
  func supersededCard() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - name: ending
            watch: customers
            if: id = 1
            to: owner
            steps:
              - { name: call, when: 4 days before ends_on, send: calls, template: call }
              - { name: mail, when: 3 days before ends_on, send: email, template: mail }
        """, calls: "type: task, via: email")
    try await company.turn()
    try await company.turn(at: "2026-03-07 10:00")
    #expect(company.mail == ["2026-03-07 anna mail"])
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 9)
    #expect(tasks.isEmpty)
    await company.close()
  }

  @Test("wait for somebody who can be found, which status names, and go once the row is corrected")
  func missing() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - { name: ending, watch: customers, if: id > 2, when: 4 days before ends_on, to: owner, send: email, template: a }
        """)
    try await company.live(before: "2026-03-07 00:00")
    #expect(company.mail.isEmpty)
    company.clock.advance(by: .minutes(1))
    try await company.turn()
    company.clock.advance(by: .minutes(15))
    try await company.turn()
    #expect(
      company.daemon.health.rowFaultSentences(now: company.clock.now) == [
        "rule ending: colleagues who are not in the directory: zoe; its reminder waits, and all others are sent",
        "rule ending: customers without an owner: 3; its reminder waits, and all others are sent",
      ], "\(company.daemon.health.rowFaultSentences(now: company.clock.now))")
    try company.write(
      """
      UPDATE customers SET owner_id = 'anna' WHERE id = 3;
      INSERT INTO staff VALUES ('zoe', 'Zoe', 'zoe@company.example', NULL, 1, NULL, NULL, NULL);
      """)
    company.clock.advance(by: .minutes(5))
    try await company.turn()
    #expect(company.mail.sorted() == ["2026-03-06 anna a", "2026-03-06 zoe a"])
    #expect(company.daemon.health.rowFaultSentences(now: company.clock.now).isEmpty)
    await company.close()
  }

  @Test(
    "are in the recipient's language and by the recipient's clocks, and name owner and colleague")
  func language() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - { name: ending, watch: customers, if: id = 1, when: 4 days before ends_on, to: [owner, customer], send: email, template: a }
        """,
      files: [
        "templates/a.html": """
        ---
        subject: "{{colleague.name}} {{owner.name}} {{owner.email}} {{customer.name}}"
        ---
        <p>Since {{date(owner.hired)}}</p>
        """,
        "templates/a.de.html": """
        ---
        subject: "Hallo {{colleague.name}}, {{customer.name}} seit {{date(owner.hired)}}"
        ---
        <p>{{colleague.lead_id}}</p>
        """,
      ])
    try await company.live(before: "2026-03-07 00:00")
    #expect(
      company.mail.sorted() == [
        "2026-03-06 1 Anna anna@company.example Wang",
        "2026-03-06 anna Hallo Anna, Wang seit 1. Mai 2020",
      ], "\(company.mail)")
    await company.close()
  }

  private static let annaInBerlin = "UPDATE staff SET tz = 'Europe/Berlin' WHERE id = 'anna';"

  @Test(
    "are due by the clocks of the recipient, or of the customer if the step writes to them too",
    arguments: [
      (
        "watch: customers, if: id = 1, when: 4 days before ends_on, to: owner",
        ["anna 2026-03-06 16:00"]
      ),
      (
        "watch: customers, if: id = 1, when: 4 days before ends_on, to: [owner, customer]",
        ["1 2026-03-06 09:00", "anna 2026-03-06 09:00"]
      ),
      (
        "watch: customers, if: id = 1, when: 4 days before ends_on, to: [owner, lead]",
        ["anna 2026-03-06 16:00", "carl 2026-03-06 16:00"]
      ),
      (
        "watch: customers, if: id = 1, when: 4 days before ends_on, to: lead",
        ["carl 2026-03-06 09:00"]
      ),
      (
        "watch: customers, if: id = 1, when: 4 days before ends_on, to: team service",
        ["team service 2026-03-06 09:00"]
      ),
      (
        "watch: tickets, when: 1 day after opened_at at 10:00, to: colleague assignee",
        ["anna 2026-03-06 17:00", "carl 2026-03-06 10:00"]
      ),
      (
        "watch: tickets, when: 1 day after insert at 10:00, to: colleague assignee",
        ["anna 2026-03-06 17:00", "carl 2026-03-06 10:00"]
      ),
      (
        "watch: tickets, when: 1 day after insert at 10:00, to: owner",
        ["anna 2026-03-06 17:00", "anna 2026-03-06 17:00"]
      ),
    ])
  func clocks(_ rule: String, _ expected: [String]) async throws {
    let company = try await Self.company(
      at: "2026-03-05 08:00",
      rules: "rules:\n  - { name: call, \(rule), send: email, template: a }\n",
      rows: Self.annaInBerlin)
    try await company.turn()
    try company.write(
      """
      INSERT INTO tickets VALUES (1, 1, 'anna', '2026-03-05 12:00'), (2, 1, 'carl', '2026-03-05 12:00')
      """)
    let end = try Company.instant("2026-03-07 12:00", in: company.zone)
    while company.clock.now < end {
      company.clock.advance(by: .minutes(30))
      try await company.turn()
    }
    let sent = company.letters.map { letter in
      let wall = company.zone.wallClock(at: letter.at)
      return "\(letter.customer) \(wall.date) \(wall.timeText.prefix(5))"
    }
    #expect(sent.sorted() == expected)
    await company.close()
  }

  @Test("wait while the recipient by whose clock they are due is missing for a moment")
  func missingClock() async throws {
    let company = try await Self.company(
      at: "2026-03-05 08:00",
      rules: """
        rules:
          - { name: call, watch: customers, if: id = 1, when: 4 days before ends_on, late: skip after 2 hours, to: owner, send: email, template: a }
        """, rows: Self.annaInBerlin)
    try await company.turn()
    try await company.turn(at: "2026-03-06 15:59")
    try company.write("DELETE FROM staff WHERE id = 'anna'")
    // It is nine in Berlin; by the company's clock, the message would be five hours too late.
    try await company.turn(at: "2026-03-06 16:00")
    #expect(try await company.states(of: "1") == ["waiting recipient missing"])
    try company.write(
      """
      INSERT INTO staff VALUES ('anna', 'Anna', 'anna@company.example', 'carl', 1, 'de', 'Europe/Berlin', NULL)
      """)
    try await company.turn(at: "2026-03-06 16:02")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("go by the colleague that the row names, over quiet hours of the colleague's own zone")
  func assignee() async throws {
    let company = try await Self.company(
      at: "2026-03-06 11:00",
      rules: """
        rules:
          - { name: ticket, watch: tickets, when: insert, to: colleague assignee, send: email, template: t,
              quiet hours: 20:00-09:00 }
        """, rows: Self.annaInBerlin)
    try await company.turn()
    try company.write("INSERT INTO tickets VALUES (1, 1, 'anna', 'x'), (2, 1, 'carl', 'x')")
    // It is five in the morning in Berlin, and noon in Shanghai.
    try await company.turn(at: "2026-03-06 12:00")
    #expect(company.mail == ["2026-03-06 carl t"])
    try await company.turn(at: "2026-03-06 15:59")
    #expect(company.mail.count == 1)
    try await company.turn(at: "2026-03-06 16:01")
    #expect(company.mail == ["2026-03-06 carl t", "2026-03-06 anna t"])
    await company.close()
  }

  @Test("reach colleagues whom the configuration lists")
  func listed() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - { name: ending, watch: customers, if: id = 1, when: 4 days before ends_on, to: [owner, lead], send: email, template: a }
        """,
      extra: """
        colleagues:
          - { key: anna, name: Anna, email: anna@company.example, lead: carl }
          - { key: carl, name: Carl, email: carl@company.example }
        """)
    try await company.live(before: "2026-03-07 00:00")
    #expect(company.mail.sorted() == ["2026-03-06 anna a", "2026-03-06 carl a"])
    await company.close()
  }

  @Test("wait while the colleagues' watch lacks a column that is named, and customers get theirs")
  func columns() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - { name: ending, watch: customers, if: id = 1, when: 4 days before ends_on, to: [customer, owner], send: email, template: a }
        """)
    try await company.turn()
    try company.write("ALTER TABLE staff RENAME COLUMN mail TO e_mail")
    try await company.live(before: "2026-03-07 00:00")
    #expect(company.mail == ["2026-03-06 1 a"])
    #expect(
      company.daemon.health.failures[.colleagues]?.description
        == "colleagues: watch staff has no column mail (`email: mail`)")
    try company.write("ALTER TABLE staff RENAME COLUMN e_mail TO mail")
    company.clock.advance(by: .minutes(6))
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 a", "2026-03-06 anna a"])
    await company.close()
  }

  @Test("are tasks that are kept once, over restarts, and told who has them until when")
  func tasks() async throws {
    let company = try await Self.company(
      rules: """
        rules:
          - name: call
            watch: customers
            if: id <= 2
            send: calls
            template: call
            steps:
              - { when: 4 days before ends_on, to: owner, name: first }
              - { when: 2 days before ends_on, to: [lead, team service], name: second }
        """,
      extra: Self.people,
      files: [
        "templates/call.html": """
        ---
        subject: "Call {{customer.name}}"
        ---
        <p>{{customer.email}} ends on {{this.ends_on}}</p>
        """
      ])
    try await company.live(before: "2026-03-12 00:00", restarting: true)
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 99)
    #expect(
      tasks.map { task in
        "\(company.zone.text(of: task.due)) \(task.assignee) \(task.customer ?? "nobody") \(task.subject)"
      }.sorted() == [
        "2026-03-07 10:00 CST anna 1 Call Wang", "2026-03-07 10:00 CST carl 2 Call Li",
        "2026-03-09 10:00 CST carl 1 Call Wang", "2026-03-09 10:00 CST dora 2 Call Li",
        "2026-03-09 10:00 CST team service 1 Call Wang",
        "2026-03-09 10:00 CST team service 2 Call Li",
      ])
    let card = tasks.first { $0.assignee == "anna" }?.card
    #expect(card?.contains("wang@example.com ends on 2026-03-10") == true, "\(card ?? "")")
    let service = try await company.daemon.ledger.tasks(
      TaskSelection(assignees: ["team service"]), now: company.clock.now, limit: 99)
    #expect(service.compactMap(\.customer).sorted() == ["1", "2"])
    await company.close()
  }
}
