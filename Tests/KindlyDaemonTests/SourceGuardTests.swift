import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What happens when the customer database is not what it was.
@Suite("Guards of sources")
struct SourceGuardTests {
  private static let rules = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      - { name: bye, watch: customers, when: delete, send: inbox, template: bye, class: service }
      - { name: ending, watch: customers, when: 4 days before ends_on, send: email, template: ending }
    """

  /// A company of 200 customers, number 1 of whom has a letter due on 6 March.
  private func company() async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Simple.schema + """
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        INSERT INTO customers (id, name, email, status) SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial' FROM n;
        """, configuration: Simple.configuration(), rules: Self.rules)
    try await company.turn()
    return company
  }

  @Test("a table restored empty is held, and goes on by itself when it is full again")
  func emptied() async throws {
    let company = try await company()
    try company.write("CREATE TABLE copy AS SELECT * FROM customers; DELETE FROM customers")
    for minute in ["13:00", "13:05", "13:30"] { try await company.turn(at: "2026-03-05 \(minute)") }
    #expect(company.daemon.health.hold(of: "customers")?.cause == .massChange)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    try company.write("INSERT INTO customers SELECT * FROM copy")
    try await company.turn(at: "2026-03-06 10:00")
    try await company.turn(at: "2026-03-06 10:30")
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("a replaced file is held until a person accepts it, and then fires what differs")
  func replaced() async throws {
    let company = try await company()
    try company.replaceDatabase()
    try company.write("INSERT INTO customers (id, name, email) VALUES (900, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-06 09:30")
    #expect(company.daemon.health.hold(of: "customers")?.cause == .sourceReplaced)
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["waiting mass change"])
    try await company.accept(.accept)
    try await company.turn(at: "2026-03-06 10:00")
    try await company.turn(at: "2026-03-06 10:30")
    #expect(Set(company.mail) == ["2026-03-06 1 ending", "2026-03-06 900 welcome"])
    await company.close()
  }

  @Test("a replaced file that is ignored fires nothing and becomes what is known")
  func ignored() async throws {
    let company = try await company()
    try company.replaceDatabase()
    try company.write("INSERT INTO customers (id, name, email) VALUES (900, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-02 09:30")
    try await company.accept(.ignore)
    try await company.turn(at: "2026-03-02 10:00")
    try company.write("INSERT INTO customers (id, name, email) VALUES (901, 'n', 'o@example.com')")
    try await company.turn(at: "2026-03-02 10:30")
    #expect(company.mail == ["2026-03-02 901 welcome"])
    await company.close()
  }

  @Test(
    "a database restored from a week ago is held, and repeats nothing and fires nothing new",
    arguments: SourceAcceptance.allCases)
  func restoredOld(_ acceptance: SourceAcceptance) async throws {
    let company = try await company()
    let copy = try company.copyDatabase()
    let enter = "INSERT INTO customers (id, name, email) VALUES (900, 'n', 'n@example.com')"
    try company.write(enter)
    try await company.turn(at: "2026-03-02 10:00")
    try await company.turn(at: "2026-03-06 09:00")
    let mail = ["2026-03-02 900 welcome", "2026-03-06 1 ending"]
    #expect(company.mail == mail)

    try company.replaceDatabase(by: copy)
    for time in ["10:00", "10:05", "10:30"] { try await company.turn(at: "2026-03-08 \(time)") }
    #expect(company.daemon.health.hold(of: "customers")?.cause == .sourceReplaced)
    #expect(try await inbox(of: company).isEmpty)
    try await company.accept(acceptance)
    for time in ["10:40", "10:50", "12:00"] { try await company.turn(at: "2026-03-08 \(time)") }
    #expect(company.daemon.health.hold(of: "customers") == nil)
    // Accepted, it is true that the customer is gone.
    #expect(try await inbox(of: company) == (acceptance == .accept ? ["900"] : []))

    // The application catches up: what it enters again is no news, and what is new is.
    try company.write(enter)
    try company.write("INSERT INTO customers (id, name, email) VALUES (901, 'o', 'o@example.com')")
    try await company.turn(at: "2026-03-08 13:00")
    try await company.turn(at: "2026-03-08 13:10")
    #expect(company.mail == mail + ["2026-03-08 901 welcome"])
    await company.close()
  }

  @Test(
    "a new query that loses most of the rows is held, and nothing is lost when it is taken back")
  func redefined() async throws {
    let company = try await company()
    func reload(_ configuration: String) async throws {
      try company.folder.write(
        configuration.replacing("FOLDER", with: company.folder.path), to: "kindly.yaml")
      try await company.reload(rules: Self.rules)
    }
    try await reload(
      Simple.configuration().replacing(
        "table: customers", with: "query: \"SELECT * FROM customers WHERE id < 50\""))
    try await company.turn(at: "2026-03-06 09:30")
    #expect(company.daemon.health.hold(of: "customers")?.cause == .massChange)
    #expect(try await company.states(of: "1") == ["waiting mass change"])
    try await reload(Simple.configuration())
    for minute in ["00", "30"] { try await company.turn(at: "2026-03-06 10:\(minute)") }
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(company.mail == ["2026-03-06 1 ending"])
    #expect(try await inbox(of: company).isEmpty)
    await company.close()
  }

  private func inbox(of company: Company) async throws -> [String] {
    try await company.daemon.ledger.inbox(unreadOnly: true, before: nil, limit: 10)
      .compactMap(\.customer)
  }

  @Test("a database that is away holds its reminders with the reason, and is picked up again")
  func missing() async throws {
    let company = try await company()
    try await company.turn(at: "2026-03-06 08:00")
    try FileManager.default.moveItem(
      atPath: company.databasePath, toPath: company.databasePath + ".away")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting source unreachable"])
    #expect(Set(company.daemon.health.failures.keys) == [.source("crm")])
    try FileManager.default.moveItem(
      atPath: company.databasePath + ".away", toPath: company.databasePath)
    try await company.turn(at: "2026-03-06 09:05")
    #expect(company.mail == ["2026-03-06 1 ending"])
    #expect(company.daemon.health.failures.isEmpty)
    await company.close()
  }

  @Test("a lost column stops only its rule, which works again when the column returns")
  func lostColumn() async throws {
    let company = try await company()
    try company.write("ALTER TABLE customers RENAME COLUMN ends_on TO finished_on")
    try company.write("INSERT INTO customers (id, name, email) VALUES (900, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-06 09:00")
    try await company.turn(at: "2026-03-06 09:20")
    #expect(company.mail == ["2026-03-06 900 welcome"])
    #expect(company.daemon.health.failures.keys.contains(.step(rule: "ending", step: Step.only)))
    try company.write("ALTER TABLE customers RENAME COLUMN finished_on TO ends_on")
    try await company.turn(at: "2026-03-06 10:00")
    try await company.turn(at: "2026-03-06 10:20")
    #expect(company.mail(to: "1") == ["2026-03-06 ending"])
    await company.close()
  }

  @Test("twenty thousand customers with years of history get no letter about the past")
  func switchedOn() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00",
      schema: Shipped.schema + """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO customers (id, name, email, status, trial_started_on, trial_ends_on)
        SELECT i, 'c' || i, 'c' || i || '@example.com', CASE i % 3 WHEN 0 THEN 'trial' WHEN 1 THEN 'active' ELSE 'expired' END,
          date('2026-02-28', '-' || (i % 1500 + 31) || ' days'), date('2026-02-28', '-' || (i % 1500) || ' days') FROM n;
        INSERT INTO leases (customer_id, status, starts_on, ends_on)
        SELECT id, 'active', date(trial_ends_on, '-1 year'), trial_ends_on FROM customers WHERE status = 'active';
        """, configuration: Shipped.configuration, rules: try Shipped.rules())
    try await company.turn()
    #expect(company.mail.isEmpty)
    try company.write("UPDATE customers SET name = 'new' WHERE id = 77")
    try await company.turn(at: "2026-03-01 12:30")
    #expect(company.mail.isEmpty)
    await company.close()
  }
}
