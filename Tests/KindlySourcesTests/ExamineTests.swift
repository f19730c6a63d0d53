import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct ExamineTests {
  private static let large = """
    CREATE TABLE t (id TEXT, due TEXT, at TEXT, status TEXT);
    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
    INSERT INTO t SELECT i, '2026-02-10', '2026-02-10', 'trial' FROM n;
    """

  private func step(_ when: When, if conditions: String...) -> Step {
    Step(name: "s", when: when, conditions: conditions, legs: [], template: "s")
  }

  @Test("warns of reading a large table whole, with the index to make")
  func indexes() async throws {
    let database = try TemporaryDatabase(ExamineTests.large, journal: .wal)
    let source = database.source()
    let watch = watching(changes: .cursor(column: "at"))
    let due = step(.dated(Schedule(.on, column: "due")))
    let findings = try await source.examine(.watch(watch)) + source.examine(.step(watch, due))
    let advice = [("id", "single rows"), ("at", "the cursor"), ("due", "due dates")]
    #expect(findings.count == 3)
    for (finding, (column, text)) in zip(findings, advice) {
      #expect(!finding.isError)
      #expect(finding.text.contains(text))
      #expect(finding.text.hasSuffix(#"CREATE INDEX "t_\#(column)" ON "t" ("\#(column)")"#))
    }
    try database.run(
      "CREATE INDEX a ON t (id); CREATE INDEX b ON t (at); CREATE INDEX c ON t (due)")
    #expect(try await source.examine(.watch(watch)).isEmpty)
    #expect(try await source.examine(.step(watch, due)).isEmpty)
  }

  @Test("warns where SQLite gives a deleted row's key to another row, and where 7 and '7' are keys")
  func keys() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, n);
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, n);
      CREATE TABLE given (id INT PRIMARY KEY, n);
      CREATE TABLE mixed (id, n);
      INSERT INTO mixed VALUES (0, 'a'), ('0', 'b'), (7, 'c'), ('8', 'd');
      """, journal: .wal)
    let source = database.source()
    func warnings(_ table: String, _ changes: Watch.Changes?) async throws -> [String] {
      try await source.examine(.watch(watching(table, changes: changes))).map(\.text)
    }
    let reuse = try await warnings("t", .snapshot)
    #expect(
      reuse.count == 1 && reuse[0].contains("SQLite may give a deleted row's id to a new row"))
    #expect(try await warnings("t", nil).isEmpty)
    #expect(try await warnings("counted", .snapshot).isEmpty)
    #expect(try await warnings("given", .snapshot).isEmpty)
    let mixed = try await warnings("mixed", nil)
    #expect(mixed.count == 1 && mixed[0].contains("1 key of id exists as a number and as text"))
  }

  @Test("says what to set where the application's commits would fail beside a look")
  func rollbackJournal() async throws {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY)"
    let database = try TemporaryDatabase(table)
    let findings = try await database.source().examine(.watch(watching()))
    #expect(findings.map(\.isError) == [false])
    #expect(findings.first?.text.contains("PRAGMA busy_timeout = 5000") == true)
    let shared = try TemporaryDatabase(table, journal: .wal)
    #expect(try await shared.source().examine(.watch(watching())).isEmpty)
  }

  @Test("reports each fault of a step")
  func faults() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT, due DATE)")
    let source = database.source()
    let dated = step(
      .dated(Schedule(.on, column: "duu")), if: "statu = 'x'", "old.status = 'x'",
      "status = 'trial' -- good", ":today < due")
    let texts = try await source.examine(.step(watching(), dated)).map(\.text)
    #expect(texts.count == 3)
    #expect(texts[0].contains("the date column duu is not there (did you mean due?"))
    #expect(
      texts[1]
        == "a condition on watch t names the column statu, which is not there (did you mean status?)"
    )
    #expect(texts[2].contains("old.status"))
    let update = step(.update(of: ["status", "state"]), if: "old.status = 'trial'", "status = ")
    let findings = try await source.examine(.step(watching(), update))
    #expect(findings.map(\.isError) == [true, true])
    #expect(findings[0].text.contains("the column state is not there"))
    #expect(findings[1].text.contains("syntax error"))
  }

  @Test("reports each fault of the customers")
  func customers() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT, deleted INT)")
    let directory = PeopleDirectory(
      watch: "t", condition: "deleted = nil", name: "id",
      addresses: [.init(.email, "email")], secret: ["pass"])
    let texts = try await database.source().examine(.customers(watching(), directory)).map(\.text)
    #expect(texts.count == 3)
    #expect(texts[0].contains("column in customers: email is not there (did you mean mail?"))
    #expect(texts[1].contains("pass"))
    #expect(texts[2].contains("names the column nil"))
  }

  @Test("reports a watch that is not there, and throws only where the source cannot be asked")
  func watch() async throws {
    let database = try TemporaryDatabase("CREATE TABLE u (id)")
    #expect(
      try await database.source().examine(.watch(watching())).map(\.text) == [
        "watch t: no such table: main.t"
      ])
    let missing = DatabaseSource(sqlite: database.path + ".gone", name: "crm")
    await #expect(throws: SourceProblem.self) { try await missing.examine(.watch(watching())) }
  }

  @Test("counts what a date column holds")
  func census() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, due);
      INSERT INTO t (due) VALUES ('2026-02-10'), ('2026-02-10'), (1770000000), (NULL), (''), (0), ('0000-00-00'),
        ('1970-01-01'), ('1900-01-01'), ('soon'), (x'00');
      """)
    let source = database.source()
    let kind = try await source.dateKind(of: "due")
    #expect(kind == DateKind(number: .seconds))
    let census = try await source.census(of: "due", in: watching(), as: .date(kind))
    #expect(census.readable == 3)
    #expect(
      census.unusable
        == [.null: 1, .empty: 1, .zero: 2, .epoch: 1, .placeholder: 1, .unreadable: 2])
    #expect(census.days.map(\.value).sorted() == [1, 2])
  }

  @Test("samples rows, and offers no change log for a query")
  func sample() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)")
    let source = database.source()
    #expect(try await source.sample(watching(), limit: 2).map(\.key.description) == ["1", "2"])
    #expect(try await source.sample(watching(), limit: 0).isEmpty)
    await #expect(throws: SourceProblem.self) {
      try await source.changeLogDDL(for: watching(query: "SELECT * FROM t"), columns: [])
    }
  }
}
