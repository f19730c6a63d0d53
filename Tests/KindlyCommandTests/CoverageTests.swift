import Foundation
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@Suite("kindly coverage")
struct CoverageTests {
  @Test(
    "counts each fault in its column, for all customers and for each rule, and which channel of a route reaches"
  )
  func table() async throws {
    let company = try Company.withFaults()
    try await company.suppress("Eve@Example.com")
    let shown = try await company.run("coverage")
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(
      shown.cells == [
        "channel type address customers reached unreached no address malformed suppressed",
        "sms exec phone 8 4 4 3 1 0", "email maildir email 8 5 3 1 1 1",
        "1 customer has no valid number in customers.mobile (customer 4); correct the field, "
          + "and for numbers without a country code set `country:` under `customers:`",
        "rule step channel rows reached unreached customers no customer no address malformed suppressed no date unusable date",
        "trial welcome email 7 4 3 3 0 1 1 1 0 0",
        "trial ending sms 7 2 5 5 0 2 1 0 1 1",
        "trial ending email 7 1 6 6 0 1 1 1 1 2",
        "lease only email 4 1 3 2 2 1 0 0 0 0", "total 25 8 17 7 2 5 3 2 2 3",
        "rule step route rows first channel later channel none customers",
        "trial ending sms else email 7 2 0 5 5",
        "7 of 8 customers cannot be reached over at least one channel of a rule; "
          + "the column `customers` counts each unreached customer once",
      ])
  }

  @Test("before the first start nothing is suppressed, and beside a daemon the answer is the same")
  func withoutLedger() async throws {
    let company = try Company.withFaults()
    let before = try await company.run("coverage", "--rule", "trial", "--channel", "email")
    #expect(before.code == 0, "\(before.errors)")
    #expect(
      Array(before.cells.dropFirst()) == [
        "trial welcome email 7 5 2 2 0 1 1 0 0 0",
        "trial ending email 7 2 5 5 0 1 1 0 1 2",
        "total 14 7 7 5 0 2 2 0 1 2",
        "5 of 7 customers cannot be reached over at least one channel of a rule; "
          + "the column `customers` counts each unreached customer once",
      ])
    #expect(!FileManager.default.fileExists(atPath: company.ledger))
    let daemon = try await RunningDaemon.start(company)
    let beside = try await company.run("coverage", "--rule", "trial", "--channel", "email")
    #expect(beside.output == before.output)
    #expect(await daemon.stop() == 0)
  }

  @Test(
    "prints a line for each row and channel for those who fix the data, with ids and no customer's data"
  )
  func csv() async throws {
    let company = try Company.withFaults()
    try await company.suppress("eve@example.com")
    let shown = try await company.run("coverage", "--csv", "--rule", "lease")
    #expect(shown.code == 0)
    #expect(
      shown.output == """
        rule,step,channel,customer,row,reason,column
        lease,only,email,99,2,no customer,leases.customer_id
        lease,only,email,,3,no customer,leases.customer_id
        lease,only,email,4,4,no address,customers.email

        """)
    let all = try await company.run("coverage", "--csv")
    let lines = all.output.split(separator: "\n").dropFirst()
    // As many as the table's total counts.
    #expect(lines.count == 17)
    #expect(lines.contains("trial,ending,sms,4,4,malformed,customers.mobile"))
    #expect(lines.contains("trial,ending,email,6,6,suppressed,customers.email"))
    #expect(lines.contains("trial,ending,sms,7,7,no date,customers.trial_ends_on"))
    #expect(lines.contains("trial,ending,email,8,8,unusable date,customers.trial_ends_on"))
    for hidden in ["@", "+49", "+86", "Cem", "dee", "geheim"] {
      #expect(!all.output.contains(hidden))
    }
    let sms = try await company.run("coverage", "--csv", "--channel", "sms")
    #expect(sms.output.split(separator: "\n").dropFirst().allSatisfy { $0.contains(",sms,") })
    #expect(sms.output.split(separator: "\n").count == 6)
  }

  private struct Subject: Decodable {
    struct Channel: Decodable {
      let channel: String
      let rows: Int
      let reached: Int
      let unreached: Int
      let customers: Int
      let unreachedCustomers: Int
      let reasons: [String: Int]
    }

    struct Route: Decodable {
      struct First: Decodable, Hashable {
        let channel: String
        let rows: Int
      }

      let route: String
      let unreached: Int
      let reachedBy: [First]
    }

    let rule: String
    let steps: [String]
    let error: String?
    let channels: [Channel]
    let routes: [Route]
  }

  @Test("gives scripts JSON")
  func json() async throws {
    let subjects = try await Company.withFaults().run("coverage", "--json").json(as: [Subject].self)
    #expect(subjects.map(\.rule) == ["trial", "trial", "lease"])
    #expect(subjects.map(\.steps) == [["welcome"], ["ending"], ["only"]])
    let ending = try #require(subjects.dropFirst().first)
    #expect(ending.error == nil)
    #expect(ending.channels.map(\.channel) == ["sms", "email"])
    #expect(ending.routes.map(\.route) == ["sms else email"])
    #expect(ending.routes.map(\.unreached) == [4])
    #expect(
      ending.routes.map(\.reachedBy) == [
        [.init(channel: "sms", rows: 2), .init(channel: "email", rows: 1)]
      ])
    let email = try #require(ending.channels.last)
    #expect(email.rows == 7 && email.reached == 2 && email.unreached == 5)
    #expect(email.customers == 7 && email.unreachedCustomers == 5)
    #expect(
      email.reasons == [
        "no customer": 0, "no address": 1, "malformed": 1, "suppressed": 0, "no date": 1,
        "unusable date": 2,
      ])
  }

  @Test("a rule that cannot be read shows its error, and the others are still counted")
  func brokenRule() async throws {
    let company = try Company.withFaults()
    try company.write(
      """
      rules:
        - { name: typo, watch: leases, when: insert, if: stauts = 'open', send: email, template: welcome }
        - name: half
          watch: leases
          send: email
          template: welcome
          steps:
            - { name: fine, when: insert }
            - { name: lost, when: 3 days before ends_onn }

      """, to: "rules.d/05-broken.yaml")
    let shown = try await company.run("coverage")
    #expect(shown.code == 0)
    let typo = try #require(shown.cells.first { $0.hasPrefix("typo only ") })
    #expect(typo.contains("stauts") && typo.contains("did you mean status?"))
    #expect(shown.cells.contains { $0.hasPrefix("half lost ") && $0.contains("ends_onn") })
    #expect(shown.cells.contains("half fine email 5 1 4 2 2 2 0 0 0 0"))
    #expect(shown.cells.contains("lease only email 4 1 3 2 2 1 0 0 0 0"))
    let lines = try await company.run("coverage", "--csv")
    #expect(lines.code == 0)
    #expect(lines.errors.contains("kindly: rule typo, step only: "))
    #expect(lines.output.split(separator: "\n").allSatisfy { !$0.hasPrefix("typo") })
    #expect(lines.output.contains("\nlease,only,email,99,2,no customer,leases.customer_id\n"))
    let alone = try await company.run("coverage", "--rule", "typo")
    #expect(alone.code == 78)
    #expect(alone.output.contains("stauts"))
  }

  @Test(
    "a directory without the column of an address is an error, and not a company without addresses")
  func missingAddressColumn() async throws {
    let company = try Company.withFaults()
    try company.database.run("ALTER TABLE customers RENAME COLUMN mobile TO cell")
    let shown = try await company.run("coverage")
    #expect(shown.code == 78)
    #expect(shown.output.contains("mobile"))
  }

  @Test("exits 69 where the customer database does not answer, and 65 for names that are not there")
  func nothingToRead() async throws {
    let company = try Company.withFaults()
    #expect(try await company.run("coverage", "--rule", "trail").code == 65)
    #expect(try await company.run("coverage", "--channel", "smss").code == 65)
    #expect(try await company.run("coverage", "--csv", "--json").code == 64)
    let idle = try await company.run("coverage", "--rule", "lease", "--channel", "sms")
    #expect(idle.code == 0 && idle.output == "no rule matches\n")
    try FileManager.default.removeItem(atPath: company.database.path)
    let shown = try await company.run("coverage")
    #expect(shown.code == 69)
    #expect(shown.output.contains(company.database.path))
  }

  @Test("reads large tables in pages, and counts each row once")
  func pages() async throws {
    let company = try Company.withFaults()
    try company.database.run(
      """
      WITH RECURSIVE n(id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 12099)
      INSERT INTO customers (id, name, email, status, trial_ends_on)
      SELECT id, 'C', iif(id % 8 = 0, NULL, 'c' || id || '@example.com'), 'trial', '2099-01-01' FROM n
      """)
    let shown = try await company.run("coverage", "--channel", "email", "--rule", "trial")
    #expect(shown.cells.contains("trial welcome email 12007 10505 1502 1502 0 1501 1 0 0 0"))
  }

  @Test("counts a customer behind many rows once, and those whose time zone nobody knows")
  func customers() async throws {
    let company = try Company.withFaults()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN tz TEXT;
      UPDATE customers SET tz = 'Mars/Phobos' WHERE id IN (1, 4);
      ALTER TABLE customers ADD COLUMN cal TEXT;
      UPDATE customers SET cal = 'moon' WHERE id = 1;
      WITH RECURSIVE n(id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 148)
      INSERT INTO leases (id, customer_id, status) SELECT id, 4, 'open' FROM n
      """)
    try company.configure("  timezone: tz\n  calendar: cal", behind: "  email: email")
    try company.write(
      "{\"year\": 2026, \"days\": [{\"name\": \"D\", \"date\": \"2026-03-03\", \"isOffDay\": true}]}",
      to: "calendars/china.json")
    let shown = try await company.run("coverage", "--rule", "lease")
    #expect(shown.cells.contains("lease only email 53 1 52 2 2 50 0 0 0 0"), "\(shown.output)")
    #expect(shown.output.contains("\n2 of 3 customers cannot be reached"), "\(shown.output)")
    #expect(shown.output.contains("\n2 customers have an unknown time zone"), "\(shown.output)")
    #expect(
      shown.output.contains("\n1 customer has an unknown calendar and goes by the company's;"),
      "\(shown.output)")
    #expect(shown.errors.isEmpty)
  }

  @Test("says what it leaves out: rows without a key, and conditions about a change")
  func leftOut() async throws {
    let company = try Company.withFaults()
    try company.database.run(
      "CREATE TABLE visits (code TEXT, customer_id INTEGER, state TEXT); INSERT INTO visits VALUES ('a', 1, 'x'), (NULL, 2, 'x');"
    )
    try company.configure(
      "  visits: { source: crm, table: visits, key: code, changes: snapshot, customer: customer_id }",
      behind: "watches:")
    try company.write(
      """
      rules:
        - { name: visit, watch: visits, when: update of state, if: old.state IS DISTINCT FROM 'x', send: email, template: welcome }

      """, to: "rules.d/30-visit.yaml")
    let shown = try await company.run("coverage", "--rule", "visit")
    #expect(shown.cells.contains("visit only email 1 1 0 0 0 0 0 0 0 0"))
    #expect(
      shown.output.contains("rule visit, step only: a condition about `old` needs a change"))
    #expect(
      shown.output.contains(
        "watch visits: 1 row not counted, because the key is missing or not unique"))
  }
}

extension KindlyBinary.Result {
  /// The lines of a table, each with single blanks between its cells.
  var cells: [String] {
    output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
  }
}

extension Company {
  /// A company whose data has one of each fault.
  fileprivate static func withFaults() throws -> Company {
    let company = try Company()
    try company.database.run(
      """
      ALTER TABLE customers ADD COLUMN mobile TEXT;
      UPDATE customers SET mobile = '+86 138 0000 0001' WHERE id = 1;
      INSERT INTO customers (id, name, email, mobile, status, trial_ends_on, deleted) VALUES
        (4, 'Cem', NULL, '12', 'trial', '2099-03-01', 0),
        (5, 'Dee', 'dee at example.com', '+49 30 1234567', 'trial', '2099-03-01', 0),
        (6, 'Eve', 'eve@example.com', ' ', 'trial', '2099-03-01', 0),
        (7, 'Fay', 'fay@example.com', '+49 30 555', 'trial', '', 0),
        (8, 'Gus', 'gus@example.com', '+49 30 556', 'trial', 'soon', 0),
        (9, 'Hal', NULL, NULL, 'trial', NULL, 1);
      CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id INTEGER, status TEXT, ends_on TEXT);
      INSERT INTO leases (id, customer_id, status) VALUES
        (1, 1, 'open'), (2, 99, 'open'), (3, NULL, 'open'), (4, 4, 'open'), (5, 4, 'closed'), (6, 9, 'open');
      """)
    try company.configure(
      "  leases: { source: crm, table: leases, key: id, changes: snapshot, customer: customer_id }",
      behind: "watches:")
    try company.configure("  phone: mobile", behind: "  email: email")
    try company.configure(
      "  sms: { type: exec, command: /bin/true, address: phone }", behind: "channels:")
    try company.write(
      Company.trial.replacing("template: ending", with: "template: ending, send: sms else email"),
      to: "rules.d/10-trial.yaml")
    try company.write(
      """
      rules:
        - { name: lease, watch: leases, when: update of status, if: status = 'open', send: email, template: welcome }

      """, to: "rules.d/20-lease.yaml")
    return company
  }

  /// Makes the ledger as a first start would, with an address that was refused for good.
  fileprivate func suppress(_ address: String) async throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/state", withIntermediateDirectories: true)
    let ledger = try SQLiteLedger(
      opening: LedgerOptions(
        path: self.ledger, create: true, messageDomain: "test.invalid", version: "test"),
      now: TemporaryLedger.start, fatal: { Issue.record("the ledger failed: \($0)") })
    try await ledger.suppress(
      Suppression(address: address, because: "550 no such user"), now: TemporaryLedger.start)
    await ledger.close(now: TemporaryLedger.start)
  }
}
