import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Salespeople who call after an order, on a real database server: two months as a table.
@Suite("Following up an order")
struct FollowUpCompanyTests {
  private static let rules = """
    rules:
      - name: follow-up
        watch: orders
        send: calls
        template: call
        show: [recent orders]
        done if: EXISTS (SELECT 1 FROM visits WHERE visits.customer_id = this.customer_id AND visits.visited_at >= task.created_at)
        steps:
          - { name: first, when: 5 days after ordered_on, to: owner }
          - name: escalation
            when: 7 days after ordered_on
            to: lead
            if: NOT EXISTS (SELECT 1 FROM visits WHERE visits.customer_id = this.customer_id AND visits.visited_at >= this.ordered_on)
          - { name: second, when: 15 days after ordered_on, to: owner }
      - name: morning
        watch: orders
        to: owner
        send: email
        digest: daily at 08:45
        template: morning
        steps:
          - { name: first, when: 5 days after ordered_on }
          - { name: second, when: 15 days after ordered_on }
    """

  private static let lists = """
    lists:
      recent orders:
        source: crm
        query: "SELECT ordered_on, item FROM orders WHERE customer_id = :customer ORDER BY ordered_on DESC"
    """

  private func schema(_ kind: ServerKind) -> String {
    """
    CREATE TABLE customers (
      id bigint PRIMARY KEY, name text, email varchar(80), owner_id varchar(20), updated_at \(kind.time.type));
    CREATE TABLE staff (
      id varchar(20) PRIMARY KEY, name text, email varchar(80), lead_id varchar(20), active int);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, item text, ordered_on date);
    CREATE TABLE visits (id bigint PRIMARY KEY, customer_id bigint, visited_at timestamp NULL);
    CREATE INDEX orders_on ON orders (ordered_on);
    INSERT INTO staff VALUES
      ('anna', 'Anna', 'anna@company.example', 'carl', 1),
      ('bob', 'Bob', 'bob@company.example', 'carl', 1),
      ('carl', 'Carl', 'carl@company.example', NULL, 1);
    INSERT INTO customers (id, name, email, owner_id) VALUES
      (1, 'Wang', 'wang@example.com', 'anna'), (2, 'Li', 'li@example.com', 'bob'),
      (3, 'Zhao', 'zhao@example.com', 'bob')
    """
  }

  /// What happens in the database before ten o'clock of a day.
  private static let events = [
    "2026-03-02": "INSERT INTO orders VALUES (1, 1, 'chair', '2026-03-02')",
    "2026-03-08": "INSERT INTO visits VALUES (1, 1, '2026-03-08 09:30:00')",
    "2026-03-10":
      "INSERT INTO orders VALUES (2, 2, 'table', '2026-03-10'), (3, 3, 'lamp', '2026-03-10')",
    "2026-03-18":
      "INSERT INTO visits VALUES (2, 2, '2026-03-18 08:00:00'); UPDATE staff SET active = 0 WHERE id = 'bob'",
    "2026-03-26": "INSERT INTO visits VALUES (3, 3, '2026-03-26 09:59:59')",
    "2026-04-02": "DELETE FROM customers WHERE id = 1",
  ]

  /// The expected result: the list that a colleague gets at 08:45, and the tasks from ten o'clock on.
  private static let diary = [
    "2026-03-07 08:45 anna: Wang about the chair;",
    "2026-03-07 anna: Call Wang about the chair",
    "2026-03-08 anna: Call Wang about the chair closed: `done if` holds",
    "2026-03-15 08:45 bob: Li about the table; Zhao about the lamp;",
    "2026-03-15 bob: Call Li about the table",
    "2026-03-15 bob: Call Zhao about the lamp",
    // Nobody has called them for two days.
    "2026-03-17 08:45 anna: Wang about the chair;",
    "2026-03-17 anna: Call Wang about the chair",
    "2026-03-17 carl: Call Li about the table",
    "2026-03-17 carl: Call Zhao about the lamp",
    // Li was visited. Bob has left, so his lead Carl has the rest.
    "2026-03-18 bob: Call Li about the table closed: `done if` holds",
    "2026-03-18 carl: Call Li about the table closed: `done if` holds",
    "2026-03-18 carl: Call Zhao about the lamp",
    "2026-03-25 08:45 carl: Li about the table; Zhao about the lamp;",
    "2026-03-25 carl: Call Li about the table",
    "2026-03-25 carl: Call Zhao about the lamp",
    "2026-03-26 carl: Call Zhao about the lamp closed: `done if` holds",
    "2026-03-26 carl: Call Zhao about the lamp closed: `done if` holds",
    "2026-03-26 carl: Call Zhao about the lamp closed: `done if` holds",
    "2026-04-02 anna: Call Wang about the chair closed: customer 1 is gone",
  ]

  /// The company on a database of the server.
  private func company(_ database: any ServerDatabase) async throws -> Company {
    let configuration = Simple.configuration(
      extra:
        "colleagues: { watch: staff, if: active = 1, name: name, email: email, lead: lead_id }\n"
        + Self.lists
    ).replacing("\"sqlite://FOLDER/crm.db\"", with: database.settings)
      .replacing("email: email }\nchannels", with: "email: email, owner: owner_id }\nchannels")
      .replacing("  inbox: { type: inbox }", with: "  calls: { type: task, within: 2 days }")
      .replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            orders: { source: crm, table: orders, key: id, customer: customer_id }

          """)
    var files = database.passwordFile
    files["templates/call.html"] = """
      ---
      subject: "Call {{customer.name}} about the {{this.item}}"
      ---
      <p>{{customer.email}}</p>
      """
    files["templates/morning.html"] = """
      ---
      subject: "{{count}} to call today"
      text: "{{#rows}}{{customer.name}} about the {{this.item}}; {{/rows}}"
      ---
      """
    return try await Company(
      at: "2026-03-01 12:00", schema: "", configuration: configuration, rules: Self.rules,
      files: files)
  }

  @Test(
    "makes tasks on day 5 and 15 with the purchases on the card and one list in the morning, closes them by a visit, and escalates after two days",
    arguments: ServerKind.allCases)
  func twoMonths(kind: ServerKind) async throws {
    let database = try await kind.database(schema(kind))
    let company = try await company(database)
    try await company.turn()
    var diary: [String] = []
    var known: [Int64: TaskRecord] = [:]
    let end = try #require(CivilDate(year: 2026, month: 5, day: 1))
    var date = try #require(CivilDate(year: 2026, month: 3, day: 2))
    while date < end {
      company.clock.advance(to: try Company.instant("\(date) 08:45", in: company.zone))
      let letters = company.letters.count
      try await company.turn()
      diary += zip(company.letters, company.channel.sent).dropFirst(letters).map { letter, sent in
        let wall = company.zone.wallClock(at: letter.at)
        return "\(wall.date) \(wall.timeText.prefix(5)) \(letter.customer): \(sent.text.trimmed)"
      }.sorted()
      if let sql = Self.events["\(date)"] { try database.run(sql) }
      for minutes in [0, 15] {
        company.clock.advance(
          to: try Company.instant("\(date) 10:00", in: company.zone) + .minutes(minutes))
        try await company.turn()
        _ = try await company.daemon.tasks.runOnce(now: company.clock.now)
      }
      let tasks = try await company.daemon.ledger.tasks(
        TaskSelection(includesAll: true), now: company.clock.now, limit: 99)
      diary += tasks.filter { known[$0.id] != $0 }.map { task in
        let end = task.outcome.map { " \($0): \(task.note ?? "")" } ?? ""
        return "\(date) \(task.assignee): \(task.subject)\(end)"
      }.sorted()
      known = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0) })
      date = date.adding(days: 1)
    }
    #expect(
      diary == Self.diary, "\(diary.joined(separator: "\n"))")
    let card = try #require(known.values.first { $0.subject == "Call Zhao about the lamp" }).id
    let record = try #require(try await company.daemon.ledger.task(card)).task
    #expect(record.lists.map(\.name) == ["recent orders"])
    #expect(record.lists.first?.rows == [["2026-03-10", "lamp"]])
    await company.close()
  }
}
