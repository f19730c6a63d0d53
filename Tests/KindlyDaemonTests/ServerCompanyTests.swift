import KindlyCore
import KindlyTestKit
import Testing

@Suite("A company on a server") struct ServerCompanyTests {
  private static let rules = """
    rules:
      - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      - name: paid
        watch: customers
        when: update of status
        if: status = 'paid' AND old.status = 'trial'
        send: email
        template: paid
        class: service
      - name: ending
        watch: customers
        if: status = 'trial' AND ends_on >= CAST(:today AS date)
        when: 4 days before ends_on
        send: email
        template: ending
      - { name: bye, watch: customers, when: delete, send: email, template: bye, class: service }
    """

  private func schema(_ kind: ServerKind) -> String {
    """
    CREATE TABLE customers (
      id bigint PRIMARY KEY, name text, email varchar(80), status varchar(20), ends_on date, phone text,
      updated_at \(kind.time.type) DEFAULT \(kind.time.now));
    CREATE INDEX customers_end ON customers (ends_on);
    CREATE INDEX customers_update ON customers (updated_at);
    INSERT INTO customers (id, name, email, status, ends_on) VALUES
      (1, 'Wang', 'wang@example.com', 'trial', '2026-03-10'),
      (2, 'Li', 'li@example.com', 'trial', '2026-04-20')
    """
  }

  private func company(_ database: any ServerDatabase, _ mode: Simple.Mode) async throws -> Company
  {
    let configuration = Simple.configuration(mode: mode)
      .replacing("\"sqlite://FOLDER/crm.db\"", with: database.settings)
    let company = try await Company(
      at: "2026-03-01 12:00", schema: "", configuration: configuration, rules: Self.rules,
      files: database.passwordFile)
    if mode == .changelog { try database.run(try await company.changeLogDDL(of: "customers")) }
    try await company.turn()
    return company
  }

  @Test(
    "an insert, an update with its old value, a due date and a delete send one mail each",
    arguments: ServerKind.allCases, Simple.Mode.allCases)
  func oneEach(kind: ServerKind, mode: Simple.Mode) async throws {
    let database = try await kind.database(schema(kind))
    let company = try await company(database, mode)
    #expect(company.mail.isEmpty)
    try database.run(
      "INSERT INTO customers (id, name, email, status) VALUES (3, 'Zhao', 'zhao@example.com', 'trial')"
    )
    try await company.turn()
    #expect(company.mail == ["2026-03-01 3 welcome"])
    try await company.restart()
    try database.run(
      "UPDATE customers SET status = 'paid', updated_at = \(kind.time.now) WHERE id = 2")
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail == ["2026-03-01 3 welcome", "2026-03-01 2 paid"])
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.last == "2026-03-06 1 ending")
    try database.run("DELETE FROM customers WHERE id = 3")
    // A key must be missing in two looks; the log tells it at once.
    try await company.turn(at: "2026-03-06 09:20")
    try await company.turn(at: "2026-03-06 09:40")
    #expect(company.mail.dropFirst(3) == ["2026-03-06 3 bye"])
    try await company.turn(at: "2026-03-20 10:00")
    #expect(company.mail.count == 4)
    await company.close()
  }

  @Test(
    "dates in every form, and moments that several columns decide, are read from a server",
    arguments: ServerKind.allCases)
  func forms(kind: ServerKind) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE customers (
        id bigint PRIMARY KEY, name varchar(40), email varchar(80), german varchar(20), short_date varchar(20),
        moon varchar(20), clock bigint, starts date, ends date, cycle int);
      INSERT INTO customers VALUES
        (1, 'Wang', 'wang@example.com', '05.03.2026', '06.03.26', '01-19', 1772935200, '2026-01-31', '2026-04-30', 20),
        (2, 'Li', 'li@example.com', '31.02.2026', '6.3.6', '13-01', 0, NULL, NULL, -1)
      """)
    let names = ["german", "short_date", "moon", "clock", "monthly", "often"]
    let whens = [
      "on german", "on short_date", "every year on lunar date moon", "on clock",
      "every month on starts until ends at most 3 times",
      "every cycle days after starts until ends",
    ]
    let rules = zip(names, whens).map {
      "  - { name: \($0), watch: customers, when: \($1), send: email, template: \($0) }"
    }
    let configuration = Simple.configuration()
      .replacing("\"sqlite://FOLDER/crm.db\"", with: database.settings)
      .replacing(
        "changes: snapshot }",
        with: "changes: snapshot, dates: { short_date: [DMY, years 1930-2029] } }")
    let company = try await Company(
      at: "2026-03-01 12:00", schema: "", configuration: configuration,
      rules: "rules:\n" + rules.joined(separator: "\n"), files: database.passwordFile)
    try await company.turn()
    try await company.live(before: "2026-05-05 00:00", restarting: true)
    #expect(
      company.mail == [
        "2026-03-05 1 german", "2026-03-06 1 short_date", "2026-03-07 1 moon", "2026-03-08 1 clock",
        "2026-03-12 1 often", "2026-03-31 1 monthly", "2026-04-01 1 often", "2026-04-21 1 often",
      ])
    await company.close()
  }

  @Test(
    "a server that is away holds its reminders, and a restart repeats nothing",
    arguments: ServerKind.allCases)
  func away(kind: ServerKind) async throws {
    let server = try await kind.start()
    let database = try await server.database(schema(kind))
    let company = try await company(database, .snapshot)
    try await server.stop()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    try await server.start()
    // A new daemon has no memory of a server that did not answer, so it asks at once.
    try await company.restart()
    try await company.turn(at: "2026-03-06 09:30")
    try await company.turn(at: "2026-03-06 10:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }
}

extension ServerDatabase {
  /// What stands in `kindly.yaml` where a source's URL is expected, and the file that it names.
  var settings: String { settings(at: url) }

  func settings(at url: String) -> String { "\"\(url)\", password: { file: FOLDER/password }" }

  var passwordFile: [String: String] { ["password": Server.password.exposed + "\n"] }
}
