import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Reminders of many rows that are due together.
@Suite("Spread reminders")
struct SpreadCompanyTests {
  private static let rows = 60

  private static let schema = """
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, ends_on DATE);
    CREATE INDEX customers_ends ON customers (ends_on);
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
    INSERT INTO customers SELECT i, 'n', 'c' || i || '@example.com', '2026-03-10' FROM n;
    """

  private func rules(_ more: String) -> String {
    "rules:\n  - { name: ending, watch: customers, when: on ends_on, send: email, template: ending, \(more) }\n"
  }

  @Test("leave over the whole time, each once, after restarts and a reload too")
  func spread() async throws {
    let company = try await Company(
      at: "2026-03-09 12:00", schema: Self.schema, configuration: Simple.configuration(),
      rules: rules("spread: 2h"))
    try await company.turn()
    var counts: [Int] = []
    for quarter in 0...8 {
      let minute = 9 * 60 + quarter * 15
      try await company.turn(
        at: "2026-03-10 \(minute / 60):\(minute % 60 == 0 ? "00" : "\(minute % 60)")")
      if quarter == 3 { try await company.restart() }
      if quarter == 5 { try await company.reload(rules: rules("spread: 2h, class: service")) }
      counts.append(company.letters.count)
    }
    #expect(counts.first == 0 && counts.last == Self.rows)
    // No quarter of an hour has more than a third of them.
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $1 - $0 <= Self.rows / 3 && $1 > $0 })
    #expect(Set(company.letters.map(\.customer)).count == Self.rows)
    try await company.live(before: "2026-03-14 00:00", restarting: true)
    #expect(company.letters.count == Self.rows)
    await company.close()
  }

  @Test("wait for their send hours after they are spread")
  func hours() async throws {
    let company = try await Company(
      at: "2026-03-09 12:00", schema: Self.schema, configuration: Simple.configuration(),
      rules: rules("spread: 2h, send hours: 10:00-18:00"))
    try await company.turn()
    try await company.turn(at: "2026-03-10 09:59")
    #expect(company.letters.isEmpty)
    try await company.turn(at: "2026-03-10 10:00")
    #expect((15...45).contains(company.letters.count))
    try await company.turn(at: "2026-03-10 11:00")
    #expect(company.letters.count == Self.rows)
    await company.close()
  }

  @Test("of a delayed change are spread within the day on which they are due")
  func delayedChanges() async throws {
    let company = try await Company(
      at: "2026-03-09 12:00", schema: Self.schema, configuration: Simple.configuration(),
      rules:
        "rules:\n  - { name: new, watch: customers, when: 1 day after insert at 23:00, send: email, template: new, spread: 2h }\n"
    )
    try await company.turn()
    try company.write(
      """
      WITH RECURSIVE n (i) AS (VALUES (101) UNION ALL SELECT i + 1 FROM n WHERE i < 140)
      INSERT INTO customers SELECT i, 'n', 'c' || i || '@example.com', NULL FROM n;
      """)
    try await company.turn(at: "2026-03-09 12:01")
    try await company.turn(at: "2026-03-10 23:30")
    #expect((8...32).contains(company.letters.count))
    try await company.turn(at: "2026-03-10 23:59")
    company.clock.advance(by: .milliseconds(59_999))
    try await company.turn()
    #expect(company.letters.count == 40)
    await company.close()
  }

  @Test("of a change are spread after it was noticed")
  func changes() async throws {
    let company = try await Company(
      at: "2026-03-09 12:00", schema: Self.schema, configuration: Simple.configuration(),
      rules:
        "rules:\n  - { name: new, watch: customers, when: insert, send: email, template: new, spread: 2h }\n"
    )
    try await company.turn()
    try company.write(
      """
      WITH RECURSIVE n (i) AS (VALUES (101) UNION ALL SELECT i + 1 FROM n WHERE i < 140)
      INSERT INTO customers SELECT i, 'n', 'c' || i || '@example.com', NULL FROM n;
      """)
    try await company.turn(at: "2026-03-09 12:01")
    #expect(company.letters.isEmpty)
    try await company.turn(at: "2026-03-09 13:01")
    #expect((8...32).contains(company.letters.count))
    try await company.turn(at: "2026-03-09 14:01")
    #expect(company.letters.count == 40)
    await company.close()
  }
}
