import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlySources
import KindlyTestKit
import Testing

/// Changes of so many rows at once that a person should say whether they are intended.
@Suite("Mass changes")
struct MassChangeTests {
  private static let rules = """
    rules:
      - { name: paid, watch: customers, when: update of status, if: "status = 'paid'", send: email, template: paid, class: service }
      - { name: bye, watch: customers, when: delete, send: email, template: bye, class: service }
    """

  private static func schema(_ count: Int) -> String {
    Simple.schema + """
      WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
      INSERT INTO customers (id, name, email, status) SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial' FROM n;
      """
  }

  /// A company of so many customers, whose first look is complete.
  func company(
    of count: Int, at start: String = "2026-03-01 12:00", mode: Simple.Mode = .snapshot,
    rules: String = rules
  ) async throws -> Company {
    let company = try await Company(
      at: start, schema: Self.schema(count),
      configuration: Simple.configuration(mode: mode), rules: rules)
    if mode == .changelog { try await company.installChangeLog(of: "customers") }
    try await company.turn()
    return company
  }

  func noticed(_ company: Company) async throws -> Int {
    try await company.daemon.ledger.changes(ofWatch: "customers", after: 0, limit: 100_000).count
  }

  /// Whether a look is held because of so many letters, and what it says of a usual day.
  ///
  /// If a slice of the look ends because its time is over, counting stops there, and the text says "at least".
  private func isHeld(
    _ company: Company, letters: Int,
    _ usual: String = "its rules sent none in the four weeks before today"
  ) -> Bool {
    guard let text = company.daemon.health.hold(of: "customers")?.text else { return false }
    let pattern = #/(at least )?(\d+) letters would be sent at once, and (.+)/#
    guard let found = text.wholeMatch(of: pattern), let count = Int(found.2) else { return false }
    return (found.1 == nil ? count == letters : count < letters) && usual.isExactly(String(found.3))
  }

  // MARK: While a look is under way

  @Test("a mass change that commits while a look is under way is held as a whole")
  func betweenSlices() async throws {
    let company = try await company(of: 120)
    let base = DatabaseSource(
      sqlite: company.databasePath, name: "crm", pace: SlicePace(rows: 20))
    let path = company.databasePath
    // Four of the six slices are read; of the change the look sees the last third, which alone would pass.
    let source = InterruptedSource(base, before: 5) {
      Company.commit("UPDATE customers SET status = 'paid'", in: path)
    }
    let summary = try await company.turn(over: source)
    #expect(summary.held == ["customers"])
    #expect(summary.changes == 0 && summary.planned.isEmpty)
    #expect(try await noticed(company) == 0)
    let hold = company.daemon.health.hold(of: "customers")
    #expect(hold?.text == "120 of 120 known rows changed in one look")
    await company.close()
  }

  @Test("rows that vanish while a look is under way are held as a whole")
  func vanishing() async throws {
    let company = try await company(of: 300)
    let base = DatabaseSource(
      sqlite: company.databasePath, name: "crm", pace: SlicePace(rows: 20))
    let path = company.databasePath
    let source = InterruptedSource(base, before: 15) {
      Company.commit("DELETE FROM customers", in: path)
    }
    let summary = try await company.turn(over: source)
    #expect(summary.held == ["customers"] && summary.changes == 0)
    #expect(
      company.daemon.health.hold(of: "customers")?.text
        == "300 of 300 known rows vanished in one look")
    await company.close()
  }

  @Test("an ordinary change that is noticed while another commits fires at once")
  func ordinary() async throws {
    let company = try await company(of: 120)
    try company.write("UPDATE customers SET status = 'paid' WHERE id = 7")
    let base = DatabaseSource(
      sqlite: company.databasePath, name: "crm", pace: SlicePace(rows: 20))
    let path = company.databasePath
    let source = InterruptedSource(base, before: 5) {
      Company.commit("UPDATE customers SET status = 'paid' WHERE id IN (8, 119)", in: path)
    }
    let summary = try await company.turn(over: source)
    // Customer 8 is in a slice that was read before; the next look sees to that.
    #expect(summary.held.isEmpty && summary.changes == 2 && summary.planned.inserted == 2)
    try await company.turn(at: "2026-03-01 12:10")
    #expect(Set(company.letters.map(\.customer)) == ["7", "8", "119"])
    await company.close()
  }

  @Test(
    "on a server too, a mass change that commits while a look is under way is held as a whole",
    arguments: ServerKind.allCases)
  func betweenSlicesOfServers(kind: ServerKind) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE customers (
        id bigint PRIMARY KEY, name text, email varchar(80), status varchar(20), ends_on date, phone text);
      INSERT INTO customers (id, name, email, status)
      SELECT n, 'c', 'c@example.com', 'trial' FROM \(kind.numbers(120))
      """)
    let company = try await Company(
      at: "2026-03-01 12:00", schema: "",
      configuration: Simple.configuration()
        .replacing("\"sqlite://FOLDER/crm.db\"", with: database.settings),
      rules: Self.rules, files: database.passwordFile)
    try await company.turn()
    let source = InterruptedSource(database.source(pace: SlicePace(rows: 20)), before: 5) {
      // Losing the error is right: without the change nothing would be held, and the test would fail.
      try? database.run("UPDATE customers SET status = 'paid'")
    }
    let summary = try await company.turn(over: source)
    #expect(summary.held == ["customers"] && summary.changes == 0 && summary.planned.isEmpty)
    #expect(
      company.daemon.health.hold(of: "customers")?.text
        == "120 of 120 known rows changed in one look")
    await company.close()
  }

  // MARK: Letters

  @Test("half of the customers at once are held where that is far more letters than usual")
  func exactlyHalf() async throws {
    let company = try await company(of: 300)
    try company.write("UPDATE customers SET status = 'paid' WHERE id <= 150")
    try await company.turn(at: "2026-03-01 12:10")
    #expect(company.mail.isEmpty)
    #expect(isHeld(company, letters: 150))
    // Taken back, it is over by itself.
    try company.write("UPDATE customers SET status = 'trial' WHERE id <= 150")
    try await company.turn(at: "2026-03-01 12:20")
    #expect(company.daemon.health.hold(of: "customers") == nil)
    try company.write("UPDATE customers SET status = 'paid' WHERE id <= 100")
    try await company.turn(at: "2026-03-01 12:30")
    #expect(company.letters.count == 100)
    await company.close()
  }

  @Test("changes that no letter is written about are not counted")
  func conditions() async throws {
    let company = try await company(of: 300)
    try company.write(
      "UPDATE customers SET status = CASE WHEN id <= 50 THEN 'paid' ELSE 'lost' END WHERE id <= 150"
    )
    try await company.turn(at: "2026-03-01 12:10")
    #expect(company.letters.count == 50)
    #expect(try await noticed(company) == 150)
    await company.close()
  }

  @Test("what is usual for a rule is not held, and ten times of it is")
  func usualDays() async throws {
    let company = try await company(of: 1_000)
    for (day, first) in [(2, 1), (3, 31), (5, 61)] {
      try company.write(
        "UPDATE customers SET status = 'paid' WHERE id BETWEEN \(first) AND \(first + 29)")
      try await company.turn(at: "2026-03-0\(day) 12:00")
    }
    #expect(company.letters.count == 90)
    try company.write("UPDATE customers SET status = 'paid' WHERE id BETWEEN 101 AND 401")
    try await company.turn(at: "2026-03-06 12:00")
    #expect(isHeld(company, letters: 301, "its rules send 30 on a usual day"))
    try company.write("UPDATE customers SET status = 'trial' WHERE id = 401")
    try await company.turn(at: "2026-03-06 12:30")
    #expect(company.letters.count == 390)
    await company.close()
  }

  @Test("the first part of a mass change does not make the rest usual")
  func inParts() async throws {
    let company = try await company(of: 1_000)
    try company.write("UPDATE customers SET status = 'paid' WHERE id <= 100")
    try await company.turn(at: "2026-03-02 12:00")
    #expect(company.letters.count == 100)
    try company.write("UPDATE customers SET status = 'paid' WHERE id <= 400")
    try await company.turn(at: "2026-03-02 12:10")
    #expect(company.letters.count == 100)
    #expect(isHeld(company, letters: 300))
    // The next day, a hundred letters are what these rules send.
    try await company.turn(at: "2026-03-03 12:30")
    #expect(company.letters.count == 400)
    await company.close()
  }

  @Test("hundreds of new rows at once are held, and each is welcomed when a person accepts them")
  func imports() async throws {
    let company = try await company(
      of: 10,
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: [email, inbox], template: welcome, class: service }
        """)
    try company.write(
      """
      WITH RECURSIVE n(i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
      INSERT INTO customers (id, name, email) SELECT i, 'c', 'c@example.com' FROM n
      """)
    try await company.turn(at: "2026-03-01 12:10")
    // Each is written to twice.
    #expect(isHeld(company, letters: 120))
    try await company.accept(.accept)
    try await company.turn(at: "2026-03-01 12:20")
    #expect(company.letters.count == 60)
    await company.close()
  }

  // MARK: Many rows

  @Test(
    "a change of thousands of rows is held, and all of it is noticed once accepted",
    arguments: Simple.Mode.allCases)
  func many(mode: Simple.Mode) async throws {
    let company = try await company(of: 12_000, mode: mode)
    try company.write("UPDATE customers SET status = 'lost', updated_at = updated_at + 1")
    try await company.turn(at: "2026-03-01 12:10")
    #expect(
      company.daemon.health.hold(of: "customers")?.text
        == "12000 of 12000 known rows changed in one look")
    #expect(try await noticed(company) == 0)
    try await company.accept(.accept)
    for minute in [20, 30, 40] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(try await noticed(company) == 12_000)
    await company.close()
  }

  @Test("thousands of rows that vanish are one question, and each delete fires once accepted")
  func manyDeletes() async throws {
    let company = try await company(of: 6_000)
    try company.write("DELETE FROM customers WHERE id > 50")
    for minute in [10, 12, 14] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(
      company.daemon.health.hold(of: "customers")?.text
        == "5950 of 6000 known rows vanished in one look")
    try await company.accept(.accept)
    for minute in [20, 30, 40] { try await company.turn(at: "2026-03-01 12:\(minute)") }
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(try await noticed(company) == 5_950)
    await company.close()
  }

  @Test("thousands of changes that the guard lets pass are noticed once each")
  func manyPass() async throws {
    let company = try await company(of: 13_000)
    try company.write("UPDATE customers SET status = 'lost' WHERE id > 7000")
    try await company.turn(at: "2026-03-01 12:10")
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(try await noticed(company) == 6_000)
    try await company.turn(at: "2026-03-01 12:30")
    #expect(try await noticed(company) == 6_000)
    await company.close()
  }

  @Test("a held watch is not looked at again while its source is as it was")
  func idle() async throws {
    let company = try await company(of: 200)
    try company.write("UPDATE customers SET status = 'lost'")
    let base = DatabaseSource(sqlite: company.databasePath, name: "crm")
    let source = InterruptedSource(base, before: .max) {}
    let current = try await company.generation(over: source)
    let watcher = company.watcher(of: current)
    let start = company.clock.now
    #expect(try await watcher.runOnce(now: start).held == ["customers"])
    let slices = source.count
    for second in 1...600 {
      #expect(try await watcher.runOnce(now: start + .seconds(second)).looked == 0)
    }
    #expect(source.count == slices)
    // What a person decides counts at once.
    try await company.accept(.accept)
    #expect(try await watcher.runOnce(now: start + .seconds(601)).changes == 200)
    await company.close()
  }

  @Test("a hold outlives a restart, and nothing is sent before the first look")
  func restart() async throws {
    let company = try await company(of: 200)
    try company.write("UPDATE customers SET status = 'paid'")
    try await company.turn(at: "2026-03-01 12:10")
    try await company.restart()
    #expect(company.daemon.health.hold(of: "customers")?.cause == .massChange)
    try await company.turn(at: "2026-03-01 12:20")
    #expect(company.mail.isEmpty)
    await company.close()
  }
}
