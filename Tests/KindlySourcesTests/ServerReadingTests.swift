import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// What every server must answer alike, whatever its types and its dialect are called.
@Suite("Reading a server") struct ServerReadingTests {
  @Test(
    "finds rows by canonical key and sweeps them in the order of SortKey, whatever the key's type",
    arguments: ServerTables.keys)
  func keys(_ example: ServerTables.KeyType) async throws {
    let (type, keys) = (example.type, example.keys)
    let database = try await example.kind.database(
      """
      \(example.preparation)
      CREATE TABLE t (id \(type) PRIMARY KEY, n int);
      INSERT INTO t VALUES \(keys.map { "('\($0)', 1)" }.joined(separator: ", "))
      """)
    let source = database.source(pace: SlicePace(rows: 2))
    let swept = try await source.sweepAll(watching(), columns: ["n"]).rows.map(\.key)
    #expect(swept == swept.sorted())
    #expect(Set(swept.compactMap(\.rowKey?.description)) == Set(keys))
    let asked = (keys + ["8", "x", "042", "no date", "a\0"]).compactMap { RowKey([.text($0)]) }
    let answers = try await source.rows(
      RowQuestion(watch: watching(), keys: asked, conditions: ["n = 1"], clock: noon))
    #expect(Set(answers.keys.map(\.description)) == Set(keys))
    #expect(answers.values.allSatisfy { $0.holds })
  }

  @Test(
    "refuses keys that are NULL, not whole or twice there", arguments: ServerKind.allCases,
    [1, 2, 5000])
  func refusedKeys(kind: ServerKind, slice: Int) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id \(kind.loose.text), part \(kind.loose.number));
      INSERT INTO t VALUES ('1', 1), ('1', 1.0), ('2', 1.5), (NULL, 1), (NULL, 1), ('3', NULL), ('padded ', 1), ('4', 1)
      """)
    let source = database.source(pace: SlicePace(rows: slice))
    let (rows, refused, _) = try await source.sweepAll(watching(key: "id", "part"))
    #expect(rows.compactMap(\.key.rowKey?.description) == ["4,1", "padded ,1"])
    #expect(refused == RefusedKeys(missing: 4, duplicate: 2))
  }

  @Test(
    "gives every row of 50,000 exactly once, in slices smaller and larger than a page of ours, and blocks no writer",
    arguments: ServerKind.allCases)
  func everyRowOnce(kind: ServerKind) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, name varchar(20));
      INSERT INTO t SELECT n * 3, CONCAT('name ', n) FROM \(kind.numbers(50_000))
      """)
    for (rows, slices) in [(1777, 50_000 / 1777 + 1), (50_001, 1)] {
      let pace = SlicePace(rows: rows, timeBesideWriters: .seconds(3600))
      let source = database.source(pace: pace)
      let swept = try await source.sweepAll(watching(), columns: ["name"])
      #expect(swept.rows.map(\.key.columns) == (1...50_000).map { [.integer($0 * 3)] })
      #expect(swept.refused == RefusedKeys())
      #expect(swept.slices == slices)
    }
    // A lock that ours had left would end this; a connection that was closed is missed by the server a moment later.
    try database.run(kind.impatience + "; ALTER TABLE t ADD COLUMN more int; DROP TABLE t")
  }

  @Test("goes on after few rows of many were taken", arguments: ServerKind.allCases)
  func abandoned(kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT n FROM \(kind.numbers(50_000))")
    let source = database.source()
    #expect(try await source.sample(watching(), limit: 2).count == 2)
    #expect(try await source.count(watching(), conditions: [], clock: noon).matching == 50_000)
  }

  @Test("asks conditions in the server's own dialect", arguments: ServerTables.conditions)
  func conditions(kind: ServerKind, condition: String, holds: Bool) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, status varchar(9), until date, at \(kind.wallTime), note varchar(20),
        price decimal(9, 2), flag boolean\(kind.ownColumns));
      INSERT INTO t (id, status, until, at, note, price, flag)
      VALUES (1, 'trial', '2026-02-10', '2026-02-10 11:59', '2026-02-10', 19.90, true)
      """)
    let source = database.source()
    #expect(
      try await source.count(watching(), conditions: [condition], clock: noon).matching
        == (holds ? 1 : 0))
  }

  @Test(
    "asks a change beside its old values, as the log left it and as it was deleted",
    arguments: ServerKind.allCases)
  func judges(kind: ServerKind) async throws {
    let database = try await kind.database(
      """
      CREATE TABLE t (id int PRIMARY KEY, status varchar(20), n decimal(9, 2), due date, flag boolean);
      INSERT INTO t VALUES (1, 'paid', 5.50, '2026-02-10', true)
      """)
    let source = database.source()
    let old: RowValues = [
      "status": .text("trial"), "n": .text("4.25"), "due": .text("2026-01-01"), "flag": .integer(0),
    ]
    func change(_ operation: ChangeOperation, _ key: Int64, new: RowValues? = nil) throws
      -> NoticedChange
    {
      NoticedChange(
        id: 77, operation: operation, key: try #require(RowKey([.integer(key)])), old: old,
        new: new, changed: [], noticed: noon.now)
    }
    let days = "\(kind.days(from: "old.due", to: "due")) = 40 AND flag AND NOT old.flag"
    let cases: [(NoticedChange, String, Bool)] = [
      (try change(.update, 1), kind.differ("status", "old.status") + " AND n > old.n", true),
      (try change(.update, 1), days, true),
      (try change(.update, 2), "TRUE", false),
      (try change(.update, 1, new: ["status": .text("new")]), "status = 'new' AND n = 5.5", true),
      (try change(.update, 2, new: ["status": .text("new")]), "n IS NULL AND id = 2", true),
      (try change(.delete, 2), "status = 'trial' AND old.n = n AND this.id = 2", true),
    ]
    for (change, condition, holds) in cases {
      let answer = try await source.judge(
        ChangeQuestion(watch: watching(), changes: [change], conditions: [condition], clock: noon))
      #expect(answer == Judgement(satisfied: holds ? [77] : []), "\(condition)")
    }
  }

  @Test(
    "misses no row with a moment, by an index and without", arguments: ServerTables.dates,
    [true, false])
  func candidates(_ example: ServerTables.DateType, isIndexed: Bool) async throws {
    let database = try await example.kind.database(
      """
      \(example.table);
      \(isIndexed ? "CREATE INDEX t_due ON t (\(example.indexed));" : "")
      \(example.rows)
      """)
    let source = database.source(pace: SlicePace(rows: 100))
    let rows = try await source.sample(watching(), limit: 5000)
    let kind = try await source.dateKind(of: "due")
    for schedule in [
      Schedule(.on, column: "due"), Schedule(.before(Period(4, .day)), column: "due"),
      Schedule(.everyYearOn, column: "due"), Schedule(.every(Period(1, .month)), column: "due"),
    ] {
      let (lower, upper) = (date("2026-02-10"), date("2026-02-11"))
      let found = try await source.allCandidates(
        CandidateQuery(
          watch: watching(), schedule: schedule, kind: kind, lower: lower, upper: upper,
          conditions: ["id > 0"], zoneColumn: "tz", clock: noon))
      let keys = Set(found.map(\.key.description))
      #expect(keys.count == found.count)
      #expect(found.allSatisfy { $0.zoneName == "Asia/Shanghai" })
      let context = MomentContext(
        zone: .utc, sourceZone: .utc, defaultTime: try #require(TimeOfDay("09:00")))
      var expected = 0
      for row in rows {
        // What is no anchor has no moment.
        guard let anchor = try? Anchor(row.values["due"] ?? .null, as: kind) else { continue }
        let moments = schedule.moments(
          of: anchor, after: lower, through: upper, late: .standard, in: context, limit: 1)
        if !moments.isEmpty {
          expected += 1
          #expect(keys.contains(row.key.description), "\(schedule.text) misses \(anchor)")
        }
      }
      #expect(expected > 0)
      #expect(found.count < rows.count / 2 || schedule.text.contains("month"))
    }
  }

  @Test("warns of a user that may write", arguments: ServerKind.allCases)
  func rights(kind: ServerKind) async throws {
    let database = try await kind.database("CREATE TABLE t (id int PRIMARY KEY)")
    #expect(try await database.source().examine(.watch(watching())).isEmpty)
    try database.run("GRANT UPDATE ON t TO \(kind.reader)")
    let findings = try await database.source().examine(.watch(watching()))
    #expect(findings.map(\.isError) == [false])
    #expect(
      findings.first?.text.contains("the \(kind.readerInWords) has write access to t") == true)
  }
}
