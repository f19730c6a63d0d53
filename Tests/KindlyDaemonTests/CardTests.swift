import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// The customer lists in tasks and letters, in the company of `ColleagueTests`.
@Suite("The card of a task")
struct CardTests {
  private static let orders = """
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, ordered_on DATE, product TEXT, amount REAL);
    INSERT INTO orders VALUES
      (1, 1, '2026-01-05', 'Tea', 12.5), (2, 1, '2026-02-01', 'Cups <6>', 30), (3, 2, '2026-02-02', 'Pot', 8);
    """

  private static func lists(_ query: String) -> String {
    ColleagueTests.people + """

      lists:
        recent orders:
          source: crm
          query: \(query)
        notes: { source: crm, query: "SELECT 'call in the morning' AS note WHERE :customer = 1" }
      """
  }

  private static let query =
    "SELECT ordered_on, product, amount FROM orders WHERE customer_id = :customer ORDER BY ordered_on DESC"

  private func company(
    _ query: String = query, send: String = "calls", calls: String = "type: task",
    extra: String = "", rows: String = "",
    files: [String: String] = [:]
  ) async throws -> Company {
    try await ColleagueTests.company(
      at: "2026-03-05 12:00",
      rules: """
        rules:
          - name: call
            watch: customers
            if: id <= 2
            send: \(send)
            to: owner
            template: call
            when: 4 days before ends_on
            show: [recent orders, notes]
        """,
      extra: Self.lists(query) + extra, rows: Self.orders + rows, files: files, calls: calls)
  }

  private func cards(_ company: Company) async throws -> [String: [ShownList]] {
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 99)
    return Dictionary(uniqueKeysWithValues: tasks.map { ($0.customer ?? "nobody", $0.lists) })
  }

  @Test("shows its customer's purchases at the time of the hand-over")
  func purchases() async throws {
    let company = try await company()
    try await company.turn()
    try company.write("INSERT INTO orders VALUES (4, 1, '2026-03-06', 'Tray', 5)")
    try await company.turn(at: "2026-03-06 09:00")
    let cards = try await cards(company)
    #expect(
      cards["1"]?.first?.text == """
        ordered_on | product | amount
        2026-03-06 | Tray | 5
        2026-02-01 | Cups <6> | 30
        2026-01-05 | Tea | 12.5
        """)
    #expect(cards["1"]?.last?.text == "note\ncall in the morning")
    #expect(
      cards["2"]?.map(\.text) == [
        "ordered_on | product | amount\n2026-02-02 | Pot | 8", "(no rows)",
      ])
    await company.close()
  }

  @Test("omits a list that fails, and says so; the journal and the status show the SQL error")
  func failing() async throws {
    let company = try await company(
      "SELECT product FROM no_such WHERE customer_id = :customer")
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    let cards = try await cards(company)
    #expect(cards.count == 2)
    for card in cards.values {
      #expect(card.first?.text == "(could not be read: its query fails)")
    }
    #expect(cards["1"]?.last?.text == "note\ncall in the morning")
    #expect(
      company.daemon.health.failures[.list("recent orders")]?.description
        == "list recent orders: the query fails: no such table: no_such")
    #expect(company.daemon.health.failures.count == 1)
    try company.write(
      "CREATE TABLE no_such (product TEXT, customer_id INTEGER); UPDATE customers SET ends_on = '2026-03-11'"
    )
    try await company.turn(at: "2026-03-07 09:00")
    #expect(company.daemon.health.failures.isEmpty)
    await company.close()
  }

  @Test("omits a list that never ends; the list is then paused")
  func slow() async throws {
    let company = try await company(
      "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE x < :customer"
    )
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    let cards = try await cards(company)
    #expect(cards.count == 2)
    for card in cards.values {
      #expect(card.first?.text == "(could not be read: it took too long)")
    }
    #expect(cards["1"]?.last?.text == "note\ncall in the morning")
    let problem = company.daemon.health.failures[.list("recent orders")]
    #expect(problem?.description == "list recent orders: the query was stopped after 5 s")
    #expect(problem?.hint?.contains("index") == true)
    await company.close()
  }

  @Test("never shows a secret of its customer")
  func secrets() async throws {
    let company = try await ColleagueTests.company(
      at: "2026-03-05 12:00",
      rules: """
        rules:
          - { name: call, watch: customers, if: id = 1, send: calls, to: owner, template: call, when: 4 days before ends_on,
              show: recent orders }
        """,
      extra: Self.lists(
        "SELECT name, pin, 'pin is ' || pin AS hint FROM customers WHERE id = :customer"),
      rows: "ALTER TABLE customers ADD COLUMN pin TEXT; UPDATE customers SET pin = 'pw-4711';",
      files: [
        "templates/call.html":
          "---\nsubject: \"Call {{customer.name}}\"\n---\n<p>{{customer.pin}}!</p>"
      ],
      customers: ", secret: [pin]", calls: "type: task, via: email")
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await cards(company)["1"]?.first?.rows == [["Wang", "•••", "•••"]])
    let task = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 9
    ).first
    #expect(task?.card?.contains("•••!") == true)
    let letter = try #require(company.channel.handedOver.first).text
    #expect(letter.contains("•••!") && letter.contains("Wang | ••• | •••"), "\(letter)")
    await company.close()
  }

  @Test("letters show lists as tables, over any channel")
  func letters() async throws {
    let company = try await company(
      send: "email",
      files: [
        "templates/call.html": """
        ---
        subject: "{{customer.name}}{{#lists.notes}} has notes{{/lists.notes}}"
        ---
        {{lists.recent orders}}
        """
      ])
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.sorted() == ["2026-03-06 anna Wang has notes", "2026-03-06 carl Li"])
    await company.close()
  }

  @Test("is also sent over another channel, once, with the lists that the letter does not show")
  func carried() async throws {
    let company = try await company(
      calls: "type: task, via: email", extra: "",
      files: [
        "templates/call.html": """
        ---
        subject: "Call {{customer.name}}"
        ---
        <p>Dear {{colleague.name}}</p>
        """
      ])
    try await company.live(before: "2026-03-12 00:00", restarting: true)
    #expect(company.mail.sorted() == ["2026-03-06 anna Call Wang", "2026-03-06 carl Call Li"])
    let cards = try await cards(company)
    #expect(cards.count == 2)
    let letter = company.channel.handedOver.first { $0.customer == "anna" }?.text
    #expect(
      letter?.contains("Dear Anna") == true
        && letter?.contains("2026-02-01 | Cups <6> | 30") == true
        && letter?.contains("notes:") == true, "\(letter ?? "")")
    let details = try await company.details(of: "1")
    #expect(details.map { "\($0.summary.leg) \($0.summary.state.word)" } == ["0 sent", "50 sent"])
    await company.close()
  }

  private let note = ActionNote(uid: 0, user: "test", because: "test")

  @Test("is no longer sent over another channel once the task is done")
  func done() async throws {
    let company = try await company(calls: "type: task, via: email")
    try await company.turn()
    company.channel.follow { _ in .retry(Refusal("busy")) }
    try await company.turn(at: "2026-03-06 09:00")
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 9)
    let task = try #require(tasks.first { $0.customer == "1" })
    try await company.daemon.ledger.act(
      on: task.id, .done(outcome: "reached", kind: nil, note: nil), by: "anna", note: note,
      now: company.clock.now)
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 10:30")
    #expect(company.channel.sent.map(\.customer) == ["carl"])
    #expect(try await company.states(of: "1") == ["sent", "skipped read"])
    await company.close()
  }

  @Test("is not sent over another channel if the task is cancelled")
  func cancelled() async throws {
    let company = try await company(calls: "type: task, via: email")
    try await company.turn()
    let planned = try await company.details(of: "1").map(\.summary)
    let task = try #require(planned.first { $0.leg == 0 })
    let count = try await company.daemon.ledger.cancel(
      ReminderSelection(ids: [task.id]), note: note, now: company.clock.now)
    #expect(count == 1)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 carl call"])
    let end = "cancelled dropped by a person"
    #expect(try await company.states(of: "1") == [end, end])
    await company.close()
  }

  @Test("waits for its task while the tasks are paused")
  func paused() async throws {
    let company = try await company(calls: "type: task, via: email")
    try await company.turn()
    let ledger = company.daemon.ledger
    try await ledger.pause(.channel("calls"), until: nil, note: note, now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["waiting paused", "waiting paused"])
    #expect(try await ledger.resume(.channel("calls"), note: note, now: company.clock.now))
    try await company.turn(at: "2026-03-06 09:02")
    #expect(company.mail.sorted() == ["2026-03-06 anna call", "2026-03-06 carl call"])
    #expect(try await cards(company).count == 2)
    await company.close()
  }

  @Test("is kept as a task even if nobody can be reached over the other channel")
  func unreachable() async throws {
    let company = try await company(
      calls: "type: task, via: email", rows: "UPDATE staff SET mail = NULL;")
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await cards(company).count == 2)
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail.isEmpty)
    #expect(try await cards(company).count == 2)
    await company.close()
  }
}
