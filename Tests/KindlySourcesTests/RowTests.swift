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

  @Test("leaves out BLOBs, duplicate keys, and keys that only a collation takes for equal")
  func leftOut() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id TEXT COLLATE NOCASE, photo BLOB, thing);
      INSERT INTO t VALUES ('A', x'0102', x'03'), ('twice', NULL, 1), ('twice', NULL, 2);
      """)
    #expect(try await ask(database.source(), watching(), [["a"], ["twice"]]).isEmpty)
    let answers = try await ask(database.source(), watching(), [["A"]])
    #expect(answers.values.map(\.values) == [["id": .text("A"), "photo": .null, "thing": .null]])
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
      try await database.source().count(watching(), conditions: [condition], clock: noon)
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
      """)
    let findings = try await database.source().examine(.watch(watching()))
    #expect(findings.isEmpty)
  }
}
