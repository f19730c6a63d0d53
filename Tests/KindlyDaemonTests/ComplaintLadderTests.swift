import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Complaints that escalate from the assignee to the lead and the team until somebody answers.
@Suite("The ladder of a complaint")
struct ComplaintLadderTests {
  private static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, owner_id TEXT, updated_at INTEGER DEFAULT 0);
    CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, email TEXT, lead_id TEXT);
    CREATE TABLE complaints (
      id INTEGER PRIMARY KEY, customer_id INTEGER, assignee TEXT, received_at TEXT, answered_at TEXT);
    CREATE INDEX complaints_at ON complaints (received_at);
    INSERT INTO staff VALUES ('anna', 'Anna', 'anna@company.example', 'carl'),
      ('bob', 'Bob', 'bob@company.example', 'carl'), ('carl', 'Carl', 'carl@company.example', NULL);
    INSERT INTO customers (id, name, email, owner_id) VALUES
      (1, 'Wang', 'wang@example.com', 'anna'), (2, 'Li', 'li@example.com', 'bob');
    """

  private static let rules = """
    rules:
      - name: complaint
        watch: complaints
        if: answered_at IS NULL
        send: email
        template: complaint
        steps:
          - { name: assignee, when: 2 hours after received_at, to: colleague assignee }
          - { name: lead, when: 4 hours after received_at, to: lead }
          - { name: team, when: 8 hours after received_at, to: team service }
      # A complaint that a customer makes during a colleague's call escalates in the same way.
      - name: noted
        watch: calls
        if: outcome = 'complaint'
        send: email
        template: complaint
        steps:
          - { name: assignee, when: 2 hours after decided_at, to: colleague assignee }
          - { name: lead, when: 4 hours after decided_at, to: lead }
          - { name: team, when: 8 hours after decided_at, to: team service }
      - { name: welcome, watch: customers, if: id = 3, when: insert, to: owner, send: calls, template: call }
    """

  private func company() async throws -> Company {
    let configuration = Simple.configuration(
      extra: """
        colleagues: { watch: staff, name: name, email: email, lead: lead_id }
        teams: { service: { name: Service desk, email: service@company.example } }
        """
    ).replacing("email: email }\nchannels", with: "email: email, owner: owner_id }\nchannels")
      .replacing("  inbox: { type: inbox }", with: "  calls: { type: task, within: 2 days }")
      .replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            complaints: { source: crm, table: complaints, key: id, customer: customer_id }
            calls: { source: kindly, table: tasks }

          """)
    let company = try await Company(
      at: "2026-03-02 07:00", schema: Self.schema, configuration: configuration,
      rules: Self.rules,
      files: [
        "templates/complaint.html":
          "---\nsubject: \"Complaint of {{customer.name}}\"\n---\n<p>Please call.</p>\n"
      ])
    try await company.turn()
    return company
  }

  /// The events, by the time of day.
  private static let events = [
    "07:30":
      "INSERT INTO customers (id, name, email, owner_id) VALUES (3, 'Zhao', 'zhao@example.com', 'bob')",
    "08:00":
      "INSERT INTO complaints VALUES (1, 1, 'anna', '2026-03-02 08:00:00', NULL), (2, 2, 'bob', '2026-03-02 08:00:00', NULL)",
    "11:00": "UPDATE complaints SET answered_at = '2026-03-02 11:00:00' WHERE id = 2",
  ]

  @Test("climbs after 2, 4 and 8 hours, stops when it is answered, and starts in a call, too")
  func climbs() async throws {
    let company = try await company()
    let end = try Company.instant("2026-03-03 12:00", in: company.zone)
    while company.clock.now < end {
      company.clock.advance(by: .minutes(15))
      let time = company.zone.wallClock(at: company.clock.now).timeText.prefix(5)
      if let sql = Self.events[String(time)], company.zone.date(at: company.clock.now).day == 2 {
        try company.write(sql)
      }
      if time == "09:00", company.zone.date(at: company.clock.now).day == 2 {
        try await company.daemon.ledger.act(
          on: 1, .done(outcome: "complaint", kind: nil, note: "the box was broken"), by: "bob",
          note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
      }
      try await company.turn()
    }
    #expect(
      company.letters.map { letter in
        "\(company.zone.wallClock(at: letter.at).timeText.prefix(5)) \(letter.customer): \(letter.subject)"
      }.sorted() == [
        "10:00 anna: Complaint of Wang", "10:00 bob: Complaint of Li",
        "11:00 bob: Complaint of Zhao", "12:00 carl: Complaint of Wang",
        "13:00 carl: Complaint of Zhao", "16:00 team service: Complaint of Wang",
        "17:00 team service: Complaint of Zhao",
      ])
    await company.close()
  }
}
