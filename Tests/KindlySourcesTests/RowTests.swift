import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct RowTests {
  private func ask(
    _ source: DatabaseSource, _ watch: Watch, _ keys: [[String]], if conditions: String...
  ) async throws -> [RowKey: RowAnswer] {
    try await source.rows(
      RowQuestion(
        watch: watch, keys: keys.compactMap { RowKey($0.map(Value.text)) }, conditions: conditions,
        clock: noon))
  }

  @Test(
    "finds rows by canonical key whatever the key's type",
    arguments: [
      "INTEGER PRIMARY KEY", "INT", "TEXT PRIMARY KEY", "REAL", "DECIMAL", "", "BLOB", "VARCHAR(9)",
    ])
  func keyTypes(type: String) async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id \(type), n); INSERT INTO t VALUES (42, 'a'), (7, 'b'), (-3, 'c')")
    let answers = try await ask(
      database.source(), watching(), [["42"], ["-3"], ["8"], ["x"], ["042"]])
    #expect(answers.values.map(\.key.description).sorted() == ["-3", "42"])
    // An integer is a key.
    #expect(answers[RowKey([.integer(42)])!]?.values["n"] == .text("a"))
  }

  @Test("finds rows by composite keys")
  func compositeKeys() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (a TEXT, b, c INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
      INSERT INTO t VALUES ('x', 1, 1), ('x', '2', 2), ('y', 'z', 3);
      """)
    let keys = [["x", "1"], ["x", "2"], ["y", "z"], ["y", "1"], ["too short"]]
    let answers = try await ask(database.source(), watching(key: "a", "b"), keys, if: "c > 1")
    #expect(
      answers.values.map { "\($0.key) \($0.holds)" }.sorted() == [
        "x,1 false", "x,2 true", "y,z true",
      ])
  }

  @Test("leaves out BLOBs, and doubts a key that two rows have")
  func leftOut() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id TEXT COLLATE NOCASE, photo BLOB, thing);
      INSERT INTO t VALUES ('A', x'0102', x'03'), ('twice', NULL, 1), ('twice', NULL, 2);
      """)
    let doubted = try await ask(database.source(), watching(), [["b"], ["twice"]])
    #expect(doubted.values.map { "\($0.key) \($0.holds)" } == ["twice false"])
    #expect(
      doubted.values.first?.fault?.description == "watch t: several rows have the same key (id)")
    let answers = try await ask(database.source(), watching(), [["A"]])
    #expect(answers.values.map(\.values) == [["id": .text("A"), "photo": .null, "thing": .null]])
  }

  @Test("finds a row under every key that the database takes for its own")
  func otherSpellings() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, n);
      CREATE TABLE pair (a TEXT COLLATE NOCASE, b TEXT, n, PRIMARY KEY (a, b));
      CREATE TABLE strict (id TEXT PRIMARY KEY, n);
      CREATE TABLE loose (id TEXT COLLATE NOCASE, n);
      INSERT INTO t VALUES ('AB7', 1), ('cd8', 0);
      INSERT INTO pair VALUES ('AB7', 'x', 1), ('AB7', 'X', 2);
      INSERT INTO strict VALUES ('AB7', 1);
      INSERT INTO loose VALUES ('ab7', 1), ('AB7', 2);
      """)
    let source = database.source()
    let found = try await ask(source, watching(), [["ab7"], ["AB7"], ["Cd8"], ["no"]], if: "n = 1")
    #expect(
      found.map { "\($0.key) is \($0.value.key) \($0.value.holds)" }.sorted()
        == ["AB7 is AB7 true", "Cd8 is cd8 false", "ab7 is AB7 true"])
    let pairs = try await ask(
      source, watching("pair", key: "a", "b"), [["ab7", "x"], ["ab7", "y"]])
    #expect(pairs.map { "\($0.key) is \($0.value.key)" } == ["ab7,x is AB7,x"])
    #expect(try await ask(source, watching("strict"), [["ab7"]]).isEmpty)
    // Each row has its own key, and a third spelling is of neither.
    let loose = try await ask(source, watching("loose"), [["ab7"], ["AB7"], ["Ab7"]])
    #expect(loose.map { "\($0.key) is \($0.value.key)" }.sorted() == ["AB7 is AB7", "ab7 is ab7"])
  }

  @Test("tells keys apart that differ in their bytes alone, blanks at the end included")
  func lookalikes() async throws {
    let keys = ["Andr\u{E9}", "Andre\u{301}", "K", "\u{212A}", "A12", "A12 ", " A12"]
    let rows = keys.enumerated().map { "('\($1)', \($0))" }.joined(separator: ", ")
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id TEXT PRIMARY KEY, n); INSERT INTO t VALUES \(rows)")
    let source = database.source()
    let answers = try await ask(source, watching(), keys.map { [$0] })
    for (index, key) in keys.enumerated() {
      // A text is a key.
      #expect(answers[RowKey([.text(key)])!]?.values["n"] == .integer(Int64(index)))
    }
    let (swept, refused, _) = try await source.sweepAll(watching())
    #expect(swept.count == keys.count && refused.isEmpty)
    #expect(try await source.count(watching(), conditions: [], clock: noon).matching == keys.count)
  }

  @Test(
    "asks conditions of the row and the clock",
    arguments: [
      ("status = 'trial'", true), ("this.status = 'paid'", false), ("n > 1 OR 1", true),
      ("until = :today AND :now = '2026-02-10 12:00:00'", true),
      ("status = 'trial' -- the rest", true),
      ("gone", false), ("n = '5'", true), ("EXISTS (SELECT 1 FROM o WHERE o.t = this.id)", true),
    ])
  func conditions(condition: String, holds: Bool) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT, n INTEGER, until DATE, gone);
      CREATE TABLE o (t);
      INSERT INTO t VALUES (1, 'trial', 5, '2026-02-10', NULL);
      INSERT INTO o VALUES (1);
      """)
    let answers = try await ask(database.source(), watching(), [["1"]], if: condition, "1")
    #expect(answers.values.map(\.holds) == [holds])
    #expect(
      try await ask(database.source(), watching(), [["1"]], if: "0", condition).values.map(\.holds)
        == [false])
    #expect(
      try await database.source().count(watching(), conditions: [condition], clock: noon).matching
        == (holds ? 1 : 0))
  }

  @Test("tells whose row it is")
  func customer() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, customer_id); INSERT INTO t VALUES (1, 77), (2, NULL)"
    )
    let answers = try await ask(
      database.source(), watching(customer: "customer_id"), [["1"], ["2"]])
    // An integer is a key.
    #expect(answers[RowKey([.integer(1)])!]?.customer == RowKey([.integer(77)]))
    // An integer is a key.
    #expect(answers[RowKey([.integer(2)])!]?.customer == nil)
    #expect(answers.count == 2)
  }

  @Test(
    "uses the key's index", arguments: ["INTEGER PRIMARY KEY", "TEXT PRIMARY KEY", "INT UNIQUE"])
  func index(type: String) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id \(type));
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i FROM n;
      """, journal: .wal)
    let findings = try await database.source().examine(.watch(watching()))
    #expect(findings.isEmpty)
  }
}
