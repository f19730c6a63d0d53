import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Customers who buy at their own pace, and a task for their owner when they stop.
@Suite("A missed purchase interval")
struct MissedIntervalTests {
  /// A view computes how often each customer buys, and when a purchase is clearly overdue: by a third of the interval.
  private static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, owner_id TEXT, updated_at INTEGER DEFAULT 0);
    CREATE TABLE purchases (id INTEGER PRIMARY KEY, customer_id INTEGER, bought_on TEXT);
    CREATE INDEX purchases_customer ON purchases (customer_id, bought_on);
    CREATE VIEW habits AS
      SELECT customer_id, last_on, usual_days,
        date(last_on, '+' || CAST(round(usual_days * 1.35) AS INTEGER) || ' days') AS missed_on
      FROM (
        SELECT customer_id, max(bought_on) AS last_on,
          CAST(round((julianday(max(bought_on)) - julianday(min(bought_on))) / (count(*) - 1)) AS INTEGER)
            AS usual_days
        FROM purchases
        GROUP BY customer_id
        HAVING count(*) >= 4);
    INSERT INTO customers (id, name, email, owner_id) VALUES
      (1, 'Wang', 'wang@example.com', 'anna'), (2, 'Li', 'li@example.com', 'bob'),
      (3, 'Zhao', 'zhao@example.com', 'bob');
    """

  private static let rules = """
    rules:
      - name: missed
        watch: habits
        when: on missed_on
        to: owner
        send: calls
        template: missed
    """

  private static let letter = """
    ---
    subject: "{{customer.name}}: usually every {{this.usual_days}} days, now {{days_since(this.last_on)}}"
    ---
    <p>{{customer.name}} last bought on {{date(this.last_on)}}.</p>
    """

  private func company() async throws -> Company {
    let configuration = Simple.configuration(
      extra: "colleagues: [{ key: anna, name: Anna }, { key: bob, name: Bob }]"
    ).replacing("email: email }\nchannels", with: "email: email, owner: owner_id }\nchannels")
      .replacing("  inbox: { type: inbox }", with: "  calls: { type: task, within: 1 days }")
      .replacing(
        "watches:\n",
        with: """
          watches:
            habits: { source: crm, table: habits, key: customer_id, customer: customer_id }

          """)
    return try await Company(
      at: "2026-01-01 12:00", schema: Self.schema, configuration: configuration,
      rules: Self.rules, files: ["templates/missed.html": Self.letter])
  }

  /// The days on which each customer buys.
  private static let purchases: [(customer: Int, days: [String])] = [
    // Every 30 days for eight months, then not for a while.
    (
      1,
      [
        "2026-01-05", "2026-02-04", "2026-03-06", "2026-04-05", "2026-05-05", "2026-06-04",
        "2026-07-04", "2026-08-03", "2026-10-20",
      ]
    ),
    // A few days early or late is no missed interval.
    (
      2,
      [
        "2026-01-10", "2026-02-08", "2026-03-15", "2026-04-10", "2026-05-20", "2026-06-15",
        "2026-07-20", "2026-08-18", "2026-09-20", "2026-10-18", "2026-11-20", "2026-12-20",
      ]
    ),
    // Too few purchases to have a habit.
    (3, ["2026-01-15", "2026-02-14", "2026-03-16"]),
  ]

  @Test("the owner gets a task at the first missed interval, and another only after a new purchase")
  func alarm() async throws {
    let company = try await company()
    try await company.turn()
    let end = try Company.date("2027-01-10")
    var date = try Company.date("2026-01-02")
    while date < end {
      for (customer, days) in Self.purchases where days.contains("\(date)") {
        try company.write(
          "INSERT INTO purchases (customer_id, bought_on) VALUES (\(customer), '\(date)')")
      }
      company.clock.advance(to: try Company.instant("\(date) 10:00", in: company.zone))
      try await company.turn()
      date = date.adding(days: 1)
    }
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 99)
    #expect(
      tasks.map { "\(company.zone.date(at: $0.created)) \($0.assignee): \($0.subject)" }.sorted()
        == [
          "2026-09-13 anna: Wang: usually every 30 days, now 41",
          // With the late purchase the usual interval is 36 days.
          "2026-12-08 anna: Wang: usually every 36 days, now 49",
        ])
    await company.close()
  }
}
