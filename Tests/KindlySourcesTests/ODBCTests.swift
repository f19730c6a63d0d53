#if ODBC && PostgreSQL && MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// A database with the two ways to it: the engine of its own, and its ODBC driver.
  struct TwoWays {
    let run: (String) throws -> Void
    let native: DatabaseSource
    let byODBC: DatabaseSource
    /// The database is there as long as this is.
    private let database: AnyObject

    enum Kind: String, CaseIterable, Sendable { case sqlite, postgres, mariadb }

    init(
      _ kind: Kind, _ sql: String = "", deadline: Duration = .seconds(5),
      pace: SlicePace = SlicePace()
    ) async throws {
      switch kind {
      case .sqlite:
        let database = try TemporaryDatabase(sql)
        self.database = database
        run = database.run
        native = database.source(pace: pace)
        byODBC = database.byODBC(deadline: deadline, pace: pace)
      case .postgres:
        let database = try await PostgresDatabase(sql)
        self.database = database
        run = database.run
        native = database.source(pace: pace)
        byODBC = database.byODBC(deadline: deadline, pace: pace)
      case .mariadb:
        let database = try await MariaDBDatabase(sql)
        self.database = database
        run = database.run
        native = database.source(pace: pace)
        byODBC = database.byODBC(deadline: deadline, pace: pace)
      }
    }
  }

  @Suite struct ODBCTests {
    /// A table of every type that is more than a text to us.
    private static let tables: [TwoWays.Kind: String] = [
      .sqlite: """
      CREATE TABLE t (
        id INTEGER PRIMARY KEY, code varchar(255), "näme" TEXT, amount NUMERIC, ratio REAL, due DATE, at datetime, free, photo BLOB);
      INSERT INTO t VALUES (9223372036854775807, '0042', '张 € 😀', 19.90, 2, '2026-02-10', 1770681600, 7, x'0102');
      INSERT INTO t VALUES (2, '42', NULL, '0x10', 1e300, 20260210, 'soon', 'seven', NULL)
      """,
      .postgres: """
      CREATE TABLE t (
        id bigint PRIMARY KEY, flag boolean, price numeric(10, 2), total numeric, ratio float8, less real, code char(5), note text,
        short varchar(19), due date, at timestamp, moment timestamptz, gone timestamp, photo bytea, token uuid, extra jsonb,
        list int[], hour time, small smallint, cash money, place point);
      INSERT INTO t VALUES (9223372036854775807, true, 19.90, 12345678901234567890, 0.1, 0.1, 'ab', '张 € 😀', 'it''s \\ {fn}',
        '2026-02-10', '2026-02-10 09:30:00.25', '2026-02-10 09:30:00.5+08', '-infinity', '\\x0102',
        '0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d', '{"k": 1}', '{1,2}', '09:30', 3, 5, '(1,2)');
      INSERT INTO t (id) VALUES (2);
      UPDATE t SET note = repeat('长 text ', 5000), flag = false, due = 'infinity' WHERE id = 2
      """,
      .mariadb: """
      SET time_zone = '+08:00', sql_mode = '';
      CREATE TABLE t (
        id bigint PRIMARY KEY, large bigint unsigned, flag boolean, price decimal(10, 2), total decimal(20), ratio double,
        code char(5), note text, due date, at datetime(2), moment timestamp(2) NULL, never date, gone timestamp NULL, photo blob,
        token binary(4), mood enum('sad', 'happy'), bits bit(10), hour time, born year, extra json, place point);
      INSERT INTO t VALUES (9223372036854775807, 18446744073709551615, true, 19.90, 12345678901234567890, 0.1, 'ab', '张 € 😀',
        '2026-02-10', '2026-02-10 09:30:00.25', '2026-02-10 09:30:00.5', '0000-00-00', '0000-00-00', 'x', 'y', 'happy',
        b'1010000001', '09:30', 1999, '{"k": 1}', point(1, 2));
      INSERT INTO t (id, note) VALUES (2, REPEAT('长 text ', 5000))
      """,
    ]

    @Test("reads every value as the engine's own driver does", arguments: TwoWays.Kind.allCases)
    func values(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, try #require(ODBCTests.tables[kind]))
      let native = try await ways.native.sample(watching(), limit: 5)
      let byODBC = try await ways.byODBC.sample(watching(), limit: 5)
      #expect(native.count == 2)
      for (first, second) in zip(native, byODBC) {
        for (column, value) in first.values { #expect(second.values[column] == value, "\(column)") }
        #expect(first.key == second.key)
      }
      let columns = try await ways.native.columns(of: watching())
      #expect(try await ways.byODBC.columns(of: watching()) == columns)
      let swept = try await ways.byODBC.sweepAll(watching(), columns: columns).rows
      #expect(swept == (try await ways.native.sweepAll(watching(), columns: columns).rows))
    }

    @Test(
      "finds rows by canonical key and sweeps them in the order of SortKey, whatever the key's type",
      arguments: [
        (TwoWays.Kind.sqlite, "INTEGER", ["42", "7", "-3"]),
        (.sqlite, "varchar(255)", ["10", "9", "b", "B", "é", "张", ""]), (.sqlite, "", ["10", "9"]),
        (.postgres, "bigint", ["42", "7", "-3"]), (.postgres, "numeric(8,2)", ["42", "7"]),
        (.postgres, "varchar(9)", ["10", "9", "b", "B", "é", "张", ""]),
        (.postgres, "char(6)", ["b", "ab"]),
        (.postgres, "timestamptz", ["2026-02-10 01:30:00.5+00"]),
        (.postgres, "uuid", ["0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d"]),
        (.postgres, "macaddr", ["08:00:2b:01:02:03"]),
        (.mariadb, "bigint unsigned", ["42", "7", "18446744073709551615"]),
        (.mariadb, "varchar(9)", ["10", "9", "b", "B2", "é", "张", ""]),
        (.mariadb, "varchar(9) character set latin1", ["b", "ü"]),
        (.mariadb, "enum('sad', 'happy') collate utf8mb4_bin", ["sad", "happy"]),
        (.mariadb, "datetime(1)", ["2026-02-10 09:30:00.0", "2026-02-10 09:30:00.5"]),
      ])
    func keys(kind: TwoWays.Kind, type: String, keys: [String]) async throws {
      let isNumber = kind == .sqlite && type.isEmpty
      let rows = keys.map { isNumber ? "(\($0), 1)" : "('\($0)', 1)" }.joined(separator: ", ")
      let ways = try await TwoWays(
        kind, "CREATE TABLE t (id \(type) PRIMARY KEY, n int); INSERT INTO t VALUES \(rows)")
      let source = ways.byODBC
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
      "reads what the triggers wrote, once, and as a row gives it", arguments: TwoWays.Kind.allCases
    )
    func changeLog(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, try #require(ODBCTests.tables[kind]))
      let source = ways.byODBC
      let watch = watching(changes: .changelog)
      let missing = await #expect(throws: SourceProblem.self) {
        try await source.sweep(request(watch, after: .start))
      }
      #expect(missing?.hint?.contains("kindly source ddl t") == true)
      let columns = try await source.columns(of: watch).filter { $0 != "place" }
      let ddl = try await source.changeLogDDL(for: watch, columns: columns)
      #expect(ddl == (try await ways.native.changeLogDDL(for: watch, columns: columns)))
      try ways.run(ddl)
      try ways.run("UPDATE t SET code = 'new' WHERE id = 2")
      try ways.run("DELETE FROM t WHERE id = 9223372036854775807")
      let slice = try await source.sweep(request(watch, after: .start, columns: columns))
      #expect(slice.logged.map(\.operation) == [.update, .delete])
      #expect(slice.rows.map(\.captured) == [columns.map { slice.logged[0].new?[$0] ?? .null }])
      #expect(slice.logged[0].new?["code"]?.text == "new")
      let again = try await source.sweep(request(watch, after: try #require(slice.logPlace)))
      #expect(again.logged.isEmpty)
    }

    private func request(
      _ watch: Watch, after place: LogPlace, columns: [String] = []
    ) -> SweepRequest {
      SweepRequest(
        watch: watch, columns: ComparedColumns(compared: columns, captured: columns),
        logAfter: place, readsRows: true)
    }

    @Test("a cursor stays behind what is still open on a server", arguments: [false, true])
    func horizon(isMariaDB: Bool) async throws {
      let table = "CREATE TABLE t (id int PRIMARY KEY, at int)"
      let (source, first, late): (DatabaseSource, (String) throws -> Void, (String) throws -> Void)
      // Each server's transactions are its own, so that no other test has one open.
      if isMariaDB {
        let database = try await MariaDBDatabase(table, on: .start())
        (source, first, late) = (database.byODBC(), database.run, try database.session().run)
      } else {
        let database = try await PostgresDatabase(table)
        (source, first, late) = (database.byODBC(), database.run, try database.session().run)
      }
      func look(from: Int64) async throws -> [String] {
        try await source.follow(
          CursorRequest(
            watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
            from: .integer(from))
        ).rows.compactMap(\.key.rowKey?.description)
      }
      try first("INSERT INTO t VALUES (1, 10)")
      #expect(try await look(from: 0) == ["1"])
      try late("BEGIN")
      try late("INSERT INTO t VALUES (2, 11)")
      try first("INSERT INTO t VALUES (3, 12)")
      let before = try await source.follow(
        CursorRequest(
          watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
          from: .integer(10)))
      #expect(before.head == .integer(10))
      try late("COMMIT")
      #expect(try await look(from: 10) == ["1", "2", "3"])
    }

    @Test("a look that goes on over a new connection passes nothing that was still open")
    func newConnection() async throws {
      let database = try await PostgresDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 10), (3, 12), (4, 13)"
      )
      let source = database.byODBC(pace: SlicePace(rows: 1))
      func slice(after place: CursorPlace?) async throws -> CursorSlice {
        try await source.follow(
          CursorRequest(
            watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
            from: .integer(10), after: place))
      }
      let late = try database.session()
      try late.run("BEGIN; INSERT INTO t VALUES (2, 11)")
      var slices = [try await slice(after: nil)]
      #expect(try database.endReaders() == 1)
      while let place = slices.last?.next { slices.append(try await slice(after: place)) }
      #expect(slices.flatMap(\.rows).compactMap(\.key.rowKey?.description) == ["1", "3", "4"])
      #expect(slices.map(\.head) == slices.map { _ in .integer(10) })
      try late.run("COMMIT")
    }

    @Test("explains with the plans of the engine's own", arguments: TwoWays.Kind.allCases)
    func advice(kind: TwoWays.Kind) async throws {
      let series =
        switch kind {
        case .sqlite:
          "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000) SELECT n, '2026-01-01' FROM s"
        case .postgres: "SELECT n, date '2026-01-01' FROM generate_series(1, 20000) AS n"
        case .mariadb: "SELECT seq, '2026-01-01' FROM seq_1_to_20000"
        }
      let ways = try await TwoWays(
        kind, "CREATE TABLE t (id int, due date); INSERT INTO t \(series)")
      let step = Step(
        name: "due", when: .dated(Schedule(.on, column: "due")), conditions: ["statu = 1"],
        legs: [], template: "due")
      for subject in [QuerySubject.watch(watching(changes: .snapshot)), .step(watching(), step)] {
        let findings = try await ways.byODBC.examine(subject)
        #expect(!findings.isEmpty)
        #expect(findings == (try await ways.native.examine(subject)))
      }
      try ways.run("CREATE UNIQUE INDEX i ON t (id)")
      let left = try await ways.byODBC.examine(.watch(watching(changes: .snapshot)))
      #expect(left.allSatisfy { kind == .sqlite && $0.text.contains("busy_timeout") })
    }
  }
#endif
