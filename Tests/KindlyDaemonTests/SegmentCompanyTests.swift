import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

@Suite("A rule for a segment of customers") struct SegmentCompanyTests {
  private static let segments = """
    segments:
      vip: level IN ('VIP','A')
      retail: this.kind = 'retail'
    """

  private static let rules = """
    rules:
      - name: welcome
        watch: customers
        for: vip
        when: insert
        send: email
        template: welcome
        class: service
      - name: ending
        watch: leases
        for: [vip, retail]
        when: 2 days before ends_on
        send: email
        template: ending
      - name: paid
        watch: leases
        for: vip
        when: update of status
        if: status = 'paid'
        send: email
        template: paid
        class: service
    """

  private static func schema(_ number: String) -> String {
    """
    CREATE TABLE customers (
      id \(number) PRIMARY KEY, name varchar(40), email varchar(80), level varchar(20), kind varchar(20));
    CREATE TABLE leases (
      id \(number) PRIMARY KEY, customer_id \(number), status varchar(20), ends_on date);
    INSERT INTO customers VALUES
      (1, 'Wang', 'wang@example.com', 'VIP', 'retail'), (2, 'Li', 'li@example.com', 'C', 'retail'),
      (3, 'Zhao', 'zhao@example.com', 'A', 'trade');
    INSERT INTO leases VALUES
      (11, 1, 'open', '2026-03-10'), (12, 2, 'open', '2026-03-10'), (13, 3, 'open', '2026-03-10')
    """
  }

  private static let configuration = Simple.configuration(extra: segments)
    .replacing(
      "customers: { watch:",
      with: "customers: { if: \"email IS NOT NULL\", watch:"
    )
    .replacing(
      "watches:\n",
      with:
        "watches:\n  leases: { source: crm, table: leases, key: id, changes: snapshot, customer: customer_id }\n"
    )

  private func company(rules: String = rules) async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Self.schema("INTEGER"), configuration: Self.configuration,
      rules: rules)
    try await company.turn()
    return company
  }

  private func why(_ customer: Int, in company: Company) async throws -> [String] {
    let inquiry = CustomerInquiry(company.daemon.configuration, now: company.clock.now)
    let explanation = try await Explainer(
      inquiry: inquiry, ledger: company.daemon.ledger, rule: nil, since: nil
    ).explain(RowKey(canonical: "[\"\(customer)\"]"))
    await inquiry.close()
    return explanation.remarks + explanation.absent.map { "\($0.rule): \($0.finding.sentence)" }
  }

  @Test("inserts, updates and dates reach those in the segment only, whatever restarts")
  func reaches() async throws {
    let company = try await company()
    try await company.live(before: "2026-03-03 00:00", restarting: true)
    try company.write(
      """
      INSERT INTO customers VALUES
        (4, 'Qian', 'qian@example.com', 'A', 'retail'), (5, 'Sun', 'sun@example.com', 'C', 'retail');
      UPDATE leases SET status = 'paid'
      """)
    try await company.live(before: "2026-03-20 00:00", restarting: true)
    #expect(
      company.mail.sorted() == [
        "2026-03-03 1 paid", "2026-03-03 3 paid", "2026-03-03 4 welcome", "2026-03-08 1 ending",
      ])
    await company.close()
  }

  @Test("membership is asked again at hand-over, and `why` names the segment")
  func recheck() async throws {
    let company = try await company()
    #expect(
      try await why(2, in: company).contains {
        $0.hasPrefix("ending: not planned:")
          && $0.hasSuffix(
            "the customer is not in the segment vip now, which is checked again then")
      })
    try await company.turn(at: "2026-03-07 12:00")
    try company.write("UPDATE customers SET level = 'C' WHERE id = 1")
    try await company.turn(at: "2026-03-08 09:00")
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["cancelled condition"])
    let evidence = try await company.details(of: "1").first?.evidence
    #expect(evidence.flatMap(SegmentEvidence.missing) == ["vip"])
    // Back in the segment while the reminder is useful, the customer gets it after all.
    try company.write("UPDATE customers SET level = 'A' WHERE id = 1")
    try await company.turn(at: "2026-03-08 12:00")
    #expect(company.mail == ["2026-03-08 1 ending"])
    await company.close()
  }

  @Test("`why` says of a change that the customer is in none of the segments")
  func absence() async throws {
    let rules = Self.rules.replacing("if: status = 'paid'", with: "if: status = 'never'")
    let company = try await company(rules: rules)
    try company.write("INSERT INTO customers VALUES (5, 'Sun', 'sun@example.com', 'C', 'trade')")
    try company.write("INSERT INTO leases VALUES (15, 5, 'open', '2026-03-03')")
    try await company.turn()
    let told = try await why(5, in: company)
    #expect(
      told.contains {
        $0.hasPrefix("ending: the rule does not apply:")
          && $0.hasSuffix("but the customer is not in the segments vip or retail")
      }, "\(told)")
    #expect(try await company.states(of: "5") == ["cancelled condition"])
    await company.close()
  }

  @Test("SQL that fails makes only this rule's reminders wait, and they go when it is corrected")
  func failing() async throws {
    let company = try await company()
    try company.write("ALTER TABLE customers RENAME COLUMN level TO grade")
    try company.write("INSERT INTO customers VALUES (4, 'Qian', 'qian@example.com', 'A', 'retail')")
    try await company.turn(at: "2026-03-01 13:00")
    #expect(try await company.states(of: "4") == ["waiting rule error"])
    let problems = company.daemon.health.problems(now: company.clock.now)
      .flatMap { $0.sentences(in: company.zone) }
    #expect(problems.contains { $0.contains("level") }, "\(problems)")
    try company.write("ALTER TABLE customers RENAME COLUMN grade TO level")
    try await company.turn(at: "2026-03-01 13:30")
    #expect(company.mail == ["2026-03-01 4 welcome"])
    await company.close()
  }

  @Test("a forecast leaves out customers who are not in the segments")
  func forecast() async throws {
    let company = try await company()
    let customers = try await company.forecast(days: 10).map { $0.customer?.description }
    #expect(customers == ["1"])
    await company.close()
  }

  @Test("customers on a server are asked there", arguments: ServerKind.allCases)
  func server(kind: ServerKind) async throws {
    let database = try await kind.database(Self.schema("bigint"))
    let company = try await Company(
      at: "2026-03-01 12:00", schema: "",
      configuration: Self.configuration.replacing(
        "\"sqlite://FOLDER/crm.db\"", with: database.settings), rules: Self.rules,
      files: database.passwordFile)
    try await company.turn()
    try database.run(
      "INSERT INTO customers VALUES (4, 'Qian', 'qian@example.com', 'A', 'retail'), (5, 'Sun', 'sun@example.com', 'C', 'retail')"
    )
    try database.run("UPDATE leases SET status = 'paid'")
    try await company.turn(at: "2026-03-01 13:00")
    try await company.turn(at: "2026-03-08 09:00")
    #expect(
      company.mail.sorted() == [
        "2026-03-01 1 paid", "2026-03-01 3 paid", "2026-03-01 4 welcome", "2026-03-08 1 ending",
      ])
    await company.close()
  }
}
