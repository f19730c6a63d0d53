import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTemplates
import KindlyTestKit
import Testing

/// A company that also watches its machines, which belong to no customer.
@Suite("Reminders about nobody")
struct NobodyCompanyTests {
  private static let machines = """
    CREATE TABLE machines (id INTEGER PRIMARY KEY, name TEXT, keeper TEXT, state TEXT, service_on DATE);
    INSERT INTO machines VALUES
      (1, 'Press', 'anna', 'ok', '2026-03-10'), (2, 'Saw', 'anna', 'ok', '2026-03-10'),
      (3, 'Lathe', 'zoe', 'ok', '2026-03-10');
    """

  private static let service = """
    rules:
      - name: service
        watch: machines
        when: 4 days before service_on
        to: colleague keeper
        send: email
        template: service

    """

  private func company(
    rules: String = service, extra: String = "", files: [String: String] = [:],
    customers: String = ""
  ) async throws -> Company {
    let configuration = Simple.configuration(extra: ColleagueTests.people + extra)
      .replacing("email: email }", with: "email: email, owner: owner_id\(customers) }")
      .replacing(
        "  inbox: { type: inbox }", with: "  inbox: { type: inbox }\n  calls: { type: task }"
      )
      .replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            machines: { source: crm, table: machines, key: id, changes: snapshot }
            chores: { source: kindly, table: tasks }

          """)
    let company = try await Company(
      at: "2026-03-01 12:00", schema: ColleagueTests.schema + Self.machines,
      configuration: configuration, rules: rules,
      files: [
        "templates/service.html": "---\nsubject: \"{{this.name}} {{customer.name}}\"\n---\n<p>x</p>"
      ]
      .merging(files) { $1 })
    try await company.turn()
    return company
  }

  private func tasks(_ company: Company) async throws -> [TaskRecord] {
    try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 99)
  }

  @Test(
    "reach the colleagues that the rows name, whatever customers exist and meet `customers: if`")
  func colleagues() async throws {
    // The condition on customers refuses them all, and machine 3 has no customer with its key.
    let company = try await company(customers: ", if: id > 1000")
    try await company.live(before: "2026-03-08 00:00", restarting: true)
    #expect(company.mail.sorted() == ["2026-03-06 anna Press", "2026-03-06 anna Saw"])
    let reminders = try await company.daemon.ledger.reminders(
      ReminderSelection(), before: nil, limit: 10)
    #expect(reminders.count == 3 && reminders.allSatisfy { $0.customer == nil })
    #expect(try await company.details(of: "1").isEmpty)
    await company.close()
  }

  @Test("follow updates and deletes, too")
  func changes() async throws {
    let company = try await company(
      rules: """
        rules:
          - { name: broken, watch: machines, when: update of state, if: this.state = 'broken', to: team service, send: email, template: service }
          - { name: gone, watch: machines, when: delete, if: this.name <> '', to: team service, send: email, template: service }
        """)
    try company.write("UPDATE machines SET state = 'broken' WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:10")
    try company.write("DELETE FROM machines WHERE id = 2")
    // A row is gone once two looks have missed it.
    for time in ["12:20", "12:40", "13:40"] { try await company.turn(at: "2026-03-01 \(time)") }
    let all = try await company.daemon.ledger.reminders(ReminderSelection(), before: nil, limit: 9)
    #expect(
      company.mail.sorted() == ["2026-03-01 team service Press", "2026-03-01 team service Saw"],
      "\(all)")
    await company.close()
  }

  @Test("go to the inbox for every colleague, and form one message in a digest")
  func inbox() async throws {
    let company = try await company(
      rules: Self.service.replacing(
        "    to: colleague keeper\n    send: email", with: "    send: inbox")
        + "    digest: daily at 10:00\n",
      files: [
        "templates/service.html":
          "---\nsubject: \"{{count}}\"\ntext: \"{{#rows}}{{this.name}} {{/rows}}\"\n---\n"
      ])
    try await company.live(before: "2026-03-08 00:00")
    let entries = try await company.daemon.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map(\.subject) == ["3"] && entries[0].body?.contains("Press Saw Lathe") == true)
    #expect(entries[0].customer == nil && entries[0].recipient == nil)
    await company.close()
  }

  @Test("make tasks without a customer, which a rule can watch and no review closes")
  func task() async throws {
    let company = try await company(
      rules: Self.service.replacing("send: email", with: "send: calls")
        + """
          - name: escalation
            watch: chores
            if: state <> 'done'
            when: 1 hour after created_at
            to: team service
            send: email
            template: service

        """,
      files: ["templates/service.html": "---\nsubject: service\n---\n<p>x</p>"])
    try await company.turn(at: "2026-03-06 09:00")
    let made = try await tasks(company)
    #expect(made.map(\.customer) == [nil, nil] && made.map(\.assignee) == ["anna", "anna"])
    try await company.turn(at: "2026-03-06 10:00")
    #expect(
      company.mail == ["2026-03-06 team service service", "2026-03-06 team service service"])
    company.clock.advance(by: .minutes(30))
    _ = try await company.daemon.tasks.runOnce(now: company.clock.now)
    #expect(try await tasks(company).allSatisfy { $0.state == .open })
    await company.close()
  }

  @Test(
    "include a digest about several customers in the inbox, but not one about a single customer")
  func severalCustomers() async throws {
    let company = try await company(
      rules: """
        rules:
          - { name: ending, watch: customers, when: 4 days before ends_on, to: [owner], send: inbox, template: list, digest: daily at 10:00 }
        """,
      files: [
        "templates/list.html":
          "---\nsubject: \"{{count}}\"\ntext: \"{{#rows}}{{customer.name}} {{/rows}}\"\n---\n"
      ])
    try company.write("UPDATE customers SET owner_id = 'anna' WHERE id = 3")
    try await company.turn(at: "2026-03-06 10:00")
    let entries = try await company.daemon.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
    #expect(entries.filter { $0.recipient == "anna" }.map(\.customer) == [nil])
    // Carl represents Bob, and his list has one customer.
    #expect(entries.filter { $0.recipient == "carl" }.map(\.customer) == ["2"])
    await company.close()
  }

  @Test("are checked, previewed and forecast like all others, and `why` leaves them out")
  func desk() async throws {
    let company = try await company()
    let inquiry = CustomerInquiry(company.daemon.configuration, now: company.clock.now)
    let rule = try #require(company.daemon.configuration.rules.first)
    let watch = try #require(company.daemon.configuration.watch(named: "machines"))
    let letters = try TemplateLibrary.load(company.daemon.configuration)
    // A letter must not name the customer of a row about nobody.
    let report = await ConfigurationCheck(
      configuration: company.daemon.configuration, now: company.clock.now, clock: company.clock,
      isOffline: false, environment: [:], standings: nil
    ).run()
    #expect(
      report.problems.contains {
        $0.text.contains(
          "there is no `customer.name`: the rule's watch has no `customer:`, so its rows are about nobody"
        )
      }, "\(report.problems)")
    let row = try #require(try await inquiry.row(RowKey("1"), of: watch))
    let sample = try await LetterSample(
      rule, rule.steps[0], row, of: watch,
      about: try await inquiry.subject(of: row, in: watch).person,
      letters: letters, inquiry)
    #expect(sample.recipient.key == RowKey("anna") && sample.message.subject.trimmed == "Press")
    let fates = try await company.forecast(days: 10, ofRule: rule.name).map { entry -> String in
      switch entry.fate {
      case .leaves(_, let channel): "\(entry.key) \(channel)"
      case .stays(let reason): "\(entry.key) \(reason.words)"
      }
    }
    #expect(fates.sorted() == ["1 email", "2 email", "3 no recipient"])
    #expect(try await CustomerSearch(inquiry: inquiry).rows(of: watch, about: RowKey("1")).isEmpty)
    #expect(CoverageSubject.all(of: rule, in: company.daemon.configuration).isEmpty)
    await inquiry.close()
    await company.close()
  }

  @Test("are refused like all others, which stops nothing")
  func refused() async throws {
    let company = try await company(
      rules: Self.service + """
          - { name: ending, watch: customers, if: id = 1, when: 4 days before ends_on, send: email, template: service }

        """)
    company.channel.follow { _ in
      .rejected(Refusal("550 5.1.1 user unknown", suppressesAddress: true, isRepeatable: true))
    }
    for time in ["09:00", "09:05", "09:15"] { try await company.turn(at: "2026-03-06 \(time)") }
    let states = try await company.daemon.ledger.reminders(
      ReminderSelection(), before: nil, limit: 9
    ).map { "\($0.rule) \($0.key) \($0.state.word) \($0.reason?.words ?? "")" }
    #expect(
      states.sorted() == [
        "ending 1 waiting refusal in doubt", "service 1 waiting refusal in doubt",
        "service 2 waiting refusal in doubt", "service 3 waiting recipient missing",
      ])
    await company.close()
  }

  @Test("are in no segment, even if they are about a task of Kindly's own ledger")
  func segments() async throws {
    let company = try await company(
      rules: Self.service.replacing("send: email", with: "send: calls") + """
          - { name: all, watch: chores, when: 1 hour after created_at, to: team service, send: email, template: service }
          - { name: some, watch: chores, for: everyone, when: 1 hour after created_at, to: team service, send: email, template: service }

        """, extra: "\nsegments: { everyone: \"1 = 1\" }\n",
      files: ["templates/service.html": "---\nsubject: \"{{rule}}\"\n---\n<p>x</p>"])
    for time in ["09:00", "10:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.mail == ["2026-03-06 team service all", "2026-03-06 team service all"])
    await company.close()
  }
}
