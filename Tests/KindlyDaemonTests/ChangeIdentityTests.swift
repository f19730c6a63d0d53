import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What counts as a change, in each of the three ways to notice changes.
@Suite("Identity of changes")
struct ChangeIdentityTests {
  private static let rules = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      - { name: promoted, watch: customers, when: update of status, if: "status = 'vip' AND old.status IS NOT 'vip'", send: email, template: promoted, class: service }
      - { name: farewell, watch: customers, when: delete, send: inbox, template: farewell, class: service }
    """

  @Test(
    "an existing table fires nothing, and an edited phone number no welcome",
    arguments: Simple.Mode.allCases)
  func baseline(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    try company.write("UPDATE customers SET phone = '123', updated_at = 2 WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:01")
    try await company.turn(at: "2026-03-01 12:30")
    #expect(company.mail.isEmpty)
    await company.close()
  }

  @Test(
    "an insert, an update with its old value and a delete are each noticed once",
    arguments: Simple.Mode.allCases)
  func insertUpdateDelete(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    try company.write(
      "INSERT INTO customers (id, name, email, status, updated_at) VALUES (3, 'Zhao', 'zhao@example.com', 'trial', 5)"
    )
    try await company.turn(at: "2026-03-01 12:01")
    try company.write("UPDATE customers SET status = 'vip', updated_at = 6 WHERE id = 3")
    try await company.turn(at: "2026-03-01 12:02")
    try await company.restart()
    try await company.turn(at: "2026-03-01 12:03")
    #expect(company.mail(to: "3") == ["2026-03-01 welcome", "2026-03-01 promoted"])
    try company.write("DELETE FROM customers WHERE id = 2")
    for minute in [4, 20, 22, 40] {
      try await company.turn(at: "2026-03-01 12:\(minute < 10 ? "0" : "")\(minute)")
    }
    #expect(try await company.states(of: "2") == ["sent"])
    #expect(company.mail(to: "3").count == 2)
    await company.close()
  }

  @Test(
    "there and back again is a change each time that a look or the log sees it",
    arguments: Simple.Mode.allCases)
  func backAndForth(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    for (index, status) in ["vip", "trial", "vip"].enumerated() {
      try company.write(
        "UPDATE customers SET status = '\(status)', updated_at = \(10 + index) WHERE id = 1")
      try await company.turn(at: "2026-03-01 12:1\(index)")
    }
    #expect(company.mail(to: "1") == ["2026-03-01 promoted", "2026-03-01 promoted"])
    for (index, status) in ["trial", "vip", "trial", "vip"].enumerated() {
      try company.write(
        "UPDATE customers SET status = '\(status)', updated_at = \(20 + index) WHERE id = 1")
    }
    try await company.turn(at: "2026-03-01 12:20")
    // Between two looks only the change log sees what came and went.
    #expect(company.mail(to: "1").count == (mode == .changelog ? 4 : 2))
    await company.close()
  }

  @Test(
    "a row that is deleted and inserted again between two looks is updated",
    arguments: Simple.Mode.allCases)
  func replacedRow(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    try company.write(
      """
      BEGIN;
      DELETE FROM customers WHERE id = 1;
      INSERT INTO customers (id, name, email, status, updated_at)
      VALUES (1, 'Wang', 'wang@example.com', 'vip', 5);
      COMMIT;
      """)
    for minute in ["01", "20", "40"] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(company.mail == ["2026-03-01 1 promoted"])
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a commit between the two looks for a missing row does not delay its delete")
  func commitBeforeSecondLook() async throws {
    let company = try await Simple.company(mode: .cursor, rules: Self.rules)
    try company.write("DELETE FROM customers WHERE id = 2")
    try await company.turn(at: "2026-03-01 12:16")
    try company.write("UPDATE customers SET phone = '123', updated_at = 9 WHERE id = 1")
    try await company.turn()
    // The next sweep would be at 12:31.
    for minute in [17, 29, 30] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(try await company.states(of: "2") == ["sent"])
    await company.close()
  }

  @Test("rows that share a key fire no rule where a cursor points at one of them")
  func sharedKey() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: """
        CREATE TABLE customers (id INTEGER, name TEXT, email TEXT, status TEXT, updated_at INTEGER);
        INSERT INTO customers VALUES (1, 'Wang', 'wang@example.com', 'trial', 1),
          (1, 'Wang', 'wang@example.com', 'old', 1), (2, 'Li', 'li@example.com', 'trial', 1);
        """, configuration: Simple.configuration(mode: .cursor), rules: Self.rules)
    try await company.turn()
    try company.write(
      "UPDATE customers SET status = 'vip', updated_at = 2 WHERE id = 2 OR status = 'old'")
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail == ["2026-03-01 2 promoted"])
    #expect(try await company.states(of: "1").isEmpty)
    await company.close()
  }

  @Test("a number with more digits than the change log writes is one update")
  func longNumber() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + "ALTER TABLE customers ADD COLUMN amount REAL DEFAULT 1.5;",
      configuration: Simple.configuration(mode: .changelog),
      rules: """
        rules:
          - { name: paid, watch: customers, when: update of amount, send: email, template: paid, class: service }
        """)
    try await company.installChangeLog(of: "customers")
    try await company.turn()
    try company.write("UPDATE customers SET amount = 1.1 * 3 WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:01")
    try await company.turn(at: "2026-03-01 12:21")
    #expect(company.mail == ["2026-03-01 1 paid"])
    try company.write("UPDATE customers SET amount = 5.25 WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:22")
    try await company.turn(at: "2026-03-01 12:42")
    #expect(company.mail == ["2026-03-01 1 paid", "2026-03-01 1 paid"])
    await company.close()
  }

  @Test("a key that was used again is another customer, and a customer who came back is not")
  func usedAgain() async throws {
    let company = try await Simple.company(rules: Self.rules)
    let former = "INSERT INTO customers (id, name, email) VALUES (3, 'Zhao', 'zhao@example.com')"
    try company.write(former)
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail(to: "3") == ["2026-03-01 welcome"])
    // An edited name is no change that a rule asks for.
    try company.write("UPDATE customers SET name = 'Zhao Yun' WHERE id = 3")
    try await company.turn(at: "2026-03-01 12:02")
    try company.write("DELETE FROM customers WHERE id = 3")
    for minute in [4, 6, 20] { try await company.turn(at: "2026-03-01 13:\(10 + minute)") }
    try company.write(former)
    try await company.turn(at: "2026-03-01 14:01")
    #expect(company.mail(to: "3") == ["2026-03-01 welcome"])
    try company.write("DELETE FROM customers WHERE id = 3")
    for minute in [4, 6, 20] { try await company.turn(at: "2026-03-01 15:\(10 + minute)") }
    try company.write(
      "INSERT INTO customers (name, email) VALUES ('Qian', 'qian@example.com')")
    try await company.turn(at: "2026-03-01 16:01")
    try await company.restart()
    try await company.turn(at: "2026-03-01 16:30")
    #expect(company.mail(to: "3") == ["2026-03-01 welcome", "2026-03-01 welcome"])
    await company.close()
  }

  @Test(
    "a new customer gets the letters that the former customer of the same key got, also for the same date"
  )
  func former() async throws {
    let company = try await Simple.company(
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, if: "status = 'trial'", send: email, template: welcome, class: service }
          - { name: ending, watch: customers, when: on ends_on, send: email, template: ending, class: service }
        """)
    let columns = "INSERT INTO customers (id, name, email, status, ends_on, updated_at) VALUES "
    try company.write(columns + "(3, 'Zhao', 'zhao@example.com', 'trial', '2026-03-02', 5)")
    try company.write(columns + "(4, 'Sun', 'sun@example.com', 'new', '2026-03-02', 5)")
    try await company.turn(at: "2026-03-01 12:40")
    try await company.turn(at: "2026-03-02 10:00")
    #expect(company.mail(to: "3") == ["2026-03-01 welcome", "2026-03-02 ending"])
    #expect(company.mail(to: "4") == ["2026-03-02 ending"])
    try company.write("DELETE FROM customers WHERE id > 2")
    for minute in [31, 33, 45] { try await company.turn(at: "2026-03-02 10:\(minute)") }
    let gone = try #require(
      try await company.daemon.ledger.changes(
        ofRow: RowKey(canonical: "[\"3\"]"), watch: "customers", limit: 1
      ).first)
    try company.write(columns + "(3, 'Qian', 'qian@example.com', 'trial', '2026-03-02', 6)")
    try company.write(columns + "(4, 'Li Si', 'lisi@example.com', 'trial', '2026-03-02', 6)")
    try await company.turn(at: "2026-03-02 11:00")
    try await company.restart()
    try await company.turn(at: "2026-03-02 11:30")
    try await company.turn(at: "2026-03-02 13:00")
    let second = ["2026-03-02 ending", "2026-03-02 welcome"]
    #expect(company.mail(to: "3").suffix(2).sorted() == second, "\(company.mail)")
    #expect(company.mail(to: "3").count == 4)
    // The former customer's welcome never applied, and is not revived by the row that has the key now.
    #expect(company.mail(to: "4").suffix(2).sorted() == second, "\(company.mail)")
    #expect(company.mail(to: "4").count == 3)
    #expect(Set(company.letters.map(\.messageID)).count == company.letters.count)
    let rows = try await company.daemon.ledger.formerRows(
      ofKey: RowKey(canonical: "[\"3\"]"), watch: "customers")
    #expect(rows.map(\.gone) == [gone.noticed])
    let summaries = try await company.details(of: "3").map(\.summary)
    #expect(summaries.map(\.isOfFormerRow) == [true, true, false, false])
    await company.close()
  }

  @Test("an added column is no update of anyone", arguments: Simple.Mode.allCases)
  func addedColumn(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(
      mode: mode,
      rules:
        "rules:\n  - { name: any, watch: customers, when: update, send: email, template: any, class: service }\n"
    )
    try company.write("ALTER TABLE customers ADD COLUMN note TEXT DEFAULT 'x'")
    try await company.turn(at: "2026-03-01 12:30")
    try await company.turn(at: "2026-03-01 13:00")
    #expect(company.mail.isEmpty)
    try company.write("UPDATE customers SET name = 'Wang Wei', updated_at = 9 WHERE id = 1")
    try await company.turn(at: "2026-03-01 13:30")
    #expect(company.mail == ["2026-03-01 1 any"])
    await company.close()
  }

  @Test("paid at 22:00 and active at 22:05 is still paid when quiet hours end")
  func paidThenActive() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: """
        rules:
          - { name: paid, watch: customers, when: update of status, if: status = 'paid', send: email, template: paid }
        """)
    try await company.turn()
    try company.write("UPDATE customers SET status = 'paid' WHERE id = 1")
    try await company.turn(at: "2026-03-01 22:00")
    #expect(try await company.states(of: "1") == ["waiting quiet hours"])
    try company.write("UPDATE customers SET status = 'active' WHERE id = 1")
    try await company.turn(at: "2026-03-01 22:05")
    try await company.turn(at: "2026-03-02 08:30")
    #expect(company.mail == ["2026-03-02 1 paid"])
    await company.close()
  }

  @Test("an insert that a second statement completes still gets its welcome")
  func completedInsert() async throws {
    let company = try await Simple.company(
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, if: status = 'trial', send: email, template: welcome, class: service }
        """)
    try company.write(
      "INSERT INTO customers (id, name, email, status) VALUES (3, 'Zhao', 'zhao@example.com', 'new')"
    )
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail.isEmpty)
    try company.write("UPDATE customers SET status = 'trial' WHERE id = 3")
    try await company.turn(at: "2026-03-01 12:05")
    #expect(company.mail == ["2026-03-01 3 welcome"])
    await company.close()
  }

  @Test(
    "a rule that is fixed late judges each update by the row as the look found it",
    arguments: [Simple.Mode.snapshot, .cursor], [["pending", "paid"], ["paid", "active"]])
  func fixedLate(_ mode: Simple.Mode, statuses: [String]) async throws {
    func rules(_ condition: String) -> String {
      "rules:\n  - { name: paid, watch: customers, when: update of status, if: \"\(condition)\", send: email, template: paid, class: service }\n"
    }
    let company = try await Simple.company(
      mode: mode, rules: rules("status = 'paid' AND no_column = 1"))
    for (index, status) in statuses.enumerated() {
      try company.write(
        "UPDATE customers SET status = '\(status)', updated_at = \(10 + index) WHERE id = 1")
      try await company.turn(at: "2026-03-01 12:1\(index)")
    }
    #expect(company.mail.isEmpty && company.daemon.health.failures.count == 1)
    try await company.reload(rules: rules("status = 'paid'"))
    try await company.turn(at: "2026-03-01 12:20")
    try await company.restart()
    try await company.turn(at: "2026-03-01 12:30")
    #expect(company.mail == ["2026-03-01 1 paid"])
    await company.close()
  }

  @Test("ten thousand changes in one transaction lose none", arguments: Simple.Mode.allCases)
  func manyChanges(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    // Sending is another matter, and would take most of the time.
    try await company.daemon.ledger.pause(
      .all, until: nil, note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
    try company.write(
      """
      BEGIN;
      WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 10099)
      INSERT INTO customers (id, name, email, status, updated_at)
      SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial', 7 FROM n;
      COMMIT;
      """)
    try await company.turn(at: "2026-03-01 12:01")
    // So many letters at once are not usual, and a person says that they are right.
    try await company.accept(.accept)
    try await company.turn(at: "2026-03-01 12:02")
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.open[.waiting] == 10_000)
    #expect(company.mail.isEmpty)
    await company.close()
  }
}
