import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct SweepTests {
  @Test(
    "gives every row of 100,000 exactly once, in order",
    arguments: TemporaryDatabase.Journal.allCases)
  func everyRowOnce(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO t SELECT i * 3, 'name ' || i FROM n;
      """, journal: journal)
    let source = database.source(pace: SlicePace(rows: 777))
    let (rows, refused, slices) = try await source.sweepAll(watching(), columns: ["name"])
    #expect(rows.map(\.key.columns) == (1...100_000).map { [.integer($0 * 3)] })
    #expect(refused == RefusedKeys())
    #expect(slices >= 100_000 / 777)
    try database.run("INSERT INTO t VALUES (1, 'written at once')")
  }

  @Test("returns what it read when its time is over")
  func timeIsOver() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY);
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT i FROM n;
      """)
    let source = database.source(pace: SlicePace(time: .zero))
    let slice = try await source.sweep(
      SweepRequest(watch: watching(), columns: ComparedColumns(compared: [], captured: [])))
    #expect(slice.rows.count == 64)
    #expect(slice.through == SortKey([.integer(64)]))
    #expect(try await source.sweepAll(watching()).rows.count == 1000)
  }

  @Test("reads keys with decimals in their order, and finds their rows")
  func decimals() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id REAL PRIMARY KEY, n INTEGER);
      INSERT INTO t VALUES (1.5, 1), (1, 2), (-0.5, 3), (2.25, 4), (-1.5, 5), (0.1, 6), (-1, 7), (123456.789, 8),
        (0.1 + 0.2, 9), (1e-9, 10), (1e300, 11);
      """)
    let source = database.source(pace: SlicePace(rows: 2))
    let sweep = try await source.sweepAll(watching())
    let keys = sweep.rows.compactMap(\.key.rowKey)
    #expect(
      keys.map(\.description) == ["-1.5", "-1", "-0.5", "0.1", "1", "1.5", "2.25", "123456.789"])
    #expect(sweep.rows.map(\.key) == sweep.rows.map { SortKey($0.key.columns) })
    // Their texts may be other numbers to a database.
    #expect(sweep.refused == RefusedKeys(missing: 3))
    let rows = try await source.rows(
      RowQuestion(
        watch: watching(), keys: keys, conditions: ["n < 9"],
        clock: QueryClock(now: Instant(seconds: 0), zone: .utc)))
    #expect(rows.count == 8 && rows.values.allSatisfy(\.holds))
    await source.close()
  }

  @Test(
    "reads composite, text, mixed and rowid-less keys in the order of SortKey",
    arguments: [
      "CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID",
      "CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, PRIMARY KEY (a, b))",
      "CREATE TABLE t (a, b)",
      "CREATE TABLE base (a, b); CREATE VIEW t AS SELECT b, a FROM base",
    ])
  func keys(schema: String) async throws {
    let table = schema.contains("base") ? "base" : "t"
    let database = try TemporaryDatabase(
      """
      \(schema);
      INSERT INTO \(table) (a, b) VALUES
        ('b', 2), ('a', 10), ('a', 9), ('B', 1), ('张', 1), ('é', 1), ('', 5), ('b', -1), ('ab', 3);
      """)
    let source = database.source(pace: SlicePace(rows: 2))
    let rows = try await source.sweepAll(watching(key: "a", "b")).rows
    #expect(rows.map(\.key) == rows.map(\.key).sorted())
    #expect(
      rows.compactMap(\.key.rowKey?.description) == [
        ",5", "B,1", "a,9", "a,10", "ab,3", "b,-1", "b,2", "é,1", "张,1",
      ])
  }

  @Test(
    "refuses and counts keys that are NULL, BLOB, broken or twice there",
    arguments: [1, 2, 5000])
  func refusedKeys(slice: Int) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id, part);
      INSERT INTO t VALUES (1, 1), (2, 1), (2.0, 1), (3, 1), (1e-9, 1), (NULL, 1), (NULL, 1), (x'00', 1), (4, NULL),
        (4, x'01'), (4, 7), ('padded ', 1), (CAST(x'FF' AS TEXT), 1), ('text', 1), ('twice', 1), ('twice', 1),
        ('twice', 1), (9e99, 1);
      """)
    let source = database.source(pace: SlicePace(rows: slice))
    let (rows, refused, _) = try await source.sweepAll(watching(key: "id", "part"))
    #expect(
      rows.compactMap(\.key.rowKey?.description) == ["1,1", "3,1", "4,7", "padded ,1", "text,1"])
    #expect(refused == RefusedKeys(missing: 8, duplicate: 5))
  }

  @Test("reads a query whose SQL ends with a comment")
  func query() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n); INSERT INTO t VALUES (1, 5), (2, 6), (3, 7)")
    let watch = watching(query: "SELECT id, n * 2 AS double FROM t WHERE n > 5 -- the large ones")
    let source = database.source()
    #expect(try await source.columns(of: watch) == ["id", "double"])
    let rows = try await source.sweepAll(watch, columns: ["double"], captured: ["double"]).rows
    #expect(rows.map(\.captured) == [[.integer(12)], [.integer(14)]])
  }

  @Test("gives the former fingerprint only where all former columns still exist")
  func formerHash() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 'x', 'y')")
    let source = database.source()
    var one = RowHash()
    one.combine(.text("x"))
    var both = one
    both.combine(.text("y"))
    for (former, expected) in [(["a"], one), (["a", "gone"], nil)] {
      let slice = try await source.sweep(
        SweepRequest(
          watch: watching(), columns: ComparedColumns(compared: ["a", "b"], captured: ["b"]),
          formerColumns: former))
      #expect(slice.rows.map(\.hash) == [both])
      #expect(slice.rows.map(\.formerHash) == [expected])
      #expect(slice.rows.map(\.captured) == [[.text("y")]])
    }
  }
}
