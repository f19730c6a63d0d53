import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// One rule for customers who live by different clocks.
@Suite("Customers' zones")
struct CustomerZoneTests {
  private static let zones = ["1": "Asia/Shanghai", "2": "Europe/Berlin", "3": "America/New_York"]

  /// A company whose customers' zones stand in a column.
  private func company(
    at start: String, in zone: String = "Asia/Shanghai", rule: String, rows: String,
    quietHours: String = ""
  ) async throws -> Company {
    let company = try await Company(
      at: start, zone: zone,
      schema: """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, zone TEXT, ends_on DATE);
        CREATE INDEX customers_ends ON customers (ends_on);
        \(rows)
        """,
      configuration: Simple.configuration(extra: quietHours).replacingOccurrences(
        of: "email: email }", with: "email: email, timezone: zone }"
      ).replacingOccurrences(of: "timezone: Asia/Shanghai", with: "timezone: \(zone)"),
      rules:
        "rules:\n  - { name: letter, watch: customers, send: email, template: letter, \(rule) }\n")
    try await company.turn()
    return company
  }

  private func insert(endsOn: String) -> String {
    Self.zones.sorted { $0.key < $1.key }.map { id, zone in
      "INSERT INTO customers VALUES (\(id), 'n', 'c\(id)@example.com', '\(zone)', \(endsOn));"
    }.joined()
  }

  /// Turns every half hour, and tells when each customer's letter came by their own clocks.
  private func times(_ company: Company, hours: Int) async throws -> [String: [String]] {
    for _ in 0..<(hours * 2) {
      company.clock.advance(by: .minutes(30))
      try await company.turn()
    }
    var times: [String: [String]] = [:]
    for letter in company.letters {
      let zone = try #require(Self.zones[letter.customer].flatMap(Zone.named))
      let wall = zone.wallClock(at: letter.at)
      times[letter.customer, default: []].append("\(wall.date) \(wall.timeText.prefix(5))")
    }
    return times
  }

  @Test(
    "each gets the letter at nine by their own clocks, on days on which clocks change too",
    arguments: ["2026-03-08", "2026-03-29", "2026-07-01", "2026-10-25", "2026-11-01"])
  func nine(_ date: String) async throws {
    let day = try Company.date(date)
    let company = try await company(
      at: "\(day.adding(days: -1)) 12:00", rule: "when: on ends_on",
      rows: insert(endsOn: "'\(date)'"))
    let nine = ["\(date) 09:00"]
    #expect(try await times(company, hours: 40) == ["1": nine, "2": nine, "3": nine])
    await company.close()
  }

  @Test("are read however the application spells them, and those that are unknown are counted")
  func spellings() async throws {
    let spellings = [
      "1": "china standard time", "2": "europe/berlin", "3": "UTC-05:00", "4": "CST",
    ]
    let rows = spellings.sorted { $0.key < $1.key }.map { id, zone in
      "INSERT INTO customers VALUES (\(id), 'n', 'c\(id)@example.com', '\(zone)', '2026-01-20');"
    }
    let company = try await company(
      at: "2026-01-19 12:00", rule: "when: on ends_on", rows: rows.joined())
    for _ in 0..<80 {
      company.clock.advance(by: .minutes(30))
      try await company.turn()
    }
    let utc = Dictionary(
      uniqueKeysWithValues: company.letters.map { letter in
        (letter.customer, String(Zone.utc.wallClock(at: letter.at).timeText.prefix(5)))
      })
    #expect(utc == ["1": "01:00", "2": "08:00", "3": "14:00", "4": "01:00"])
    #expect(
      company.daemon.health.remarks.filter { $0.contains("zone") } == [
        "1 customer has an unknown time zone in customers.zone and is treated as being in Asia/Shanghai; "
          + "`kindly check` shows which"
      ])
    try company.write("UPDATE customers SET zone = 'Asia/Tokyo' WHERE id = 4")
    company.clock.advance(by: .hours(24))
    try await company.turn()
    #expect(!company.daemon.health.remarks.contains { $0.contains("zone") })
    await company.close()
  }

  @Test(
    "a customer whose row is missing for a moment is waited for, not judged by the company's clock",
    arguments: [("'America/New_York'", "sent"), ("NULL", "skipped no customer")])
  func missing(_ zone: String, _ state: String) async throws {
    let company = try await Company(
      at: "2026-03-19 12:00",
      schema: """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, zone TEXT);
        INSERT INTO customers VALUES (3, 'n', 'c3@example.com', 'America/New_York');
        CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id INTEGER, ends_on DATE);
        INSERT INTO leases VALUES (7, 3, '2026-03-20');
        """,
      configuration: Simple.configuration().replacing(
        "email: email }", with: "email: email, timezone: zone }"
      ).replacing(
        "snapshot }",
        with: "snapshot }\n  leases: { source: crm, table: leases, key: id, customer: customer_id }"
      ),
      rules: """
        rules:
          - { name: letter, watch: leases, when: 1 day before ends_on at 20:00, late: skip after 2 hours, send: email, template: letter }
        """)
    // 20:00 in New York is 08:00 of the next day in Shanghai, where the letter would be too late at 22:00.
    try await company.turn()
    try await company.turn(at: "2026-03-20 07:59")
    try company.write("DELETE FROM customers")
    try await company.turn(at: "2026-03-20 08:00")
    #expect(try await company.states(of: "3") == ["waiting customer missing"])
    try company.write("INSERT INTO customers VALUES (3, 'n', 'c3@example.com', \(zone))")
    try await company.turn(at: "2026-03-20 08:02")
    #expect(try await company.states(of: "3") == [state])
    await company.close()
  }

  @Test(
    "a letter about a change is of use until the day in a column is over by the customer's clocks",
    arguments: [
      ("Asia/Shanghai", "2026-03-11 00:30", 0), ("Asia/Shanghai", "2026-03-11 00:30", 1),
      ("America/New_York", "2026-03-10 12:30", 0), ("America/New_York", "2026-03-10 12:30", 1),
    ])
  func lateness(_ zone: String, _ start: String, _ hours: Int) async throws {
    let change = hours == 0 ? "insert" : "\(hours) hour after insert"
    let company = try await company(
      at: start, in: zone, rule: "when: \(change), late: skip after ends_on", rows: "")
    try company.write(insert(endsOn: "'2026-03-10'"))
    // It is noticed at 01:00 of the next day in Shanghai, 18:00 in Berlin and 13:00 in New York.
    #expect(
      try await times(company, hours: 3) == [
        "2": ["2026-03-10 \(18 + hours):00"], "3": ["2026-03-10 \(13 + hours):00"],
      ])
    await company.close()
  }

  @Test("quiet hours are those of the customer's own night")
  func quietHours() async throws {
    // 04:00 in Shanghai, 21:00 in Berlin, where clocks go forward in this night, and 16:00 in New York.
    let company = try await company(
      at: "2026-03-29 03:30", rule: "when: insert", rows: "",
      quietHours: "quiet hours: 21:00-08:30")
    try company.write(insert(endsOn: "NULL"))
    #expect(
      try await times(company, hours: 20) == [
        "1": ["2026-03-29 08:30"], "2": ["2026-03-29 08:30"], "3": ["2026-03-28 16:00"],
      ])
    await company.close()
  }
}
