#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct PostgresChangeTests {
    private let watch = watching(changes: .changelog)

    private func install(
      _ database: PostgresDatabase, _ source: DatabaseSource, columns: [String]
    ) async throws {
      try database.run(try await source.changeLogDDL(for: watch, columns: columns))
    }

    private func sweep(
      _ source: DatabaseSource, after place: LogPlace, columns: [String] = [],
      readsRows: Bool = true
    ) async throws -> SweepSlice {
      try await source.sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: columns, captured: columns),
          logAfter: place, readsRows: readsRows))
    }

    private func text(_ change: LoggedChange) -> String {
      func values(_ values: RowValues?) -> String { values.map { JSONText.object($0) } ?? "-" }
      let key = change.key.rowKey?.description ?? "?"
      return "\(change.operation.word) \(key) \(values(change.old)) \(values(change.new))"
    }

    @Test(
      "tells what was written, in order",
      arguments: [
        ("INSERT INTO t VALUES (1, 'trial', NULL)", [#"insert 1 - {"status":"trial"}"#]),
        (
          "UPDATE t SET status = 'paid' WHERE id = 9; DELETE FROM t",
          [#"update 9 {"status":"trial"} {"status":"paid"}"#, #"delete 9 {"status":"paid"} -"#]
        ),
        ("UPDATE t SET other = 'x'; UPDATE t SET status = status", []),
        (
          "UPDATE t SET id = 10",
          [#"delete 9 {"status":"trial"} -"#, #"insert 10 - {"status":"trial"}"#]
        ),
        (
          "INSERT INTO t VALUES (9, 'paid', 1) ON CONFLICT (id) DO UPDATE SET status = excluded.status",
          [#"update 9 {"status":"trial"} {"status":"paid"}"#]
        ),
        ("BEGIN; DELETE FROM t; ROLLBACK", []),
      ])
    func writes(sql: String, expected: [String]) async throws {
      let database = try await PostgresDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, status text, other text); INSERT INTO t VALUES (9, 'trial', 0)"
      )
      let source = database.source()
      try await install(database, source, columns: ["status"])
      try database.run(sql)
      #expect(try await sweep(source, after: .start).logged.map(text) == expected)
    }

    @Test("keeps each value as a row gives it, whatever the application's settings")
    func values() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, flag boolean, price numeric(9, 2), ratio float8, code char(4), due date,
          at timestamptz, "odd ""name" text)
        """)
      let source = database.source()
      let columns = try await source.columns(of: watch)
      try await install(database, source, columns: columns)
      try database.run(
        """
        SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'; SET extra_float_digits = -2;
        INSERT INTO t VALUES (1, true, 12.50, 0.1, 'ab', '2026-02-10', '2026-02-10 09:00:00+09', 'a "b" \\')
        """)
      let slice = try await sweep(source, after: .start, columns: columns)
      let logged = try #require(slice.logged.first)
      #expect(slice.rows.map(\.key) == [logged.key])
      #expect(slice.rows.map(\.captured) == [columns.map { logged.new?[$0] ?? .null }])
      #expect(logged.new?["at"] == .text("2026-02-10 00:00:00+00"))
    }

    @Test("reads a log in slices, rows only with its end, and each entry once")
    func slices() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source(pace: SlicePace(rows: 10))
      try await install(database, source, columns: [])
      try database.run("INSERT INTO t SELECT generate_series(1, 15)")
      let first = try await sweep(source, after: .start)
      #expect(first.logged.map(\.id) == Array(1...10))
      #expect(first.hasMoreLog)
      #expect(first.rows.isEmpty)
      // Written between two slices: it belongs to the snapshot after the one that is being read.
      try database.run("INSERT INTO t VALUES (16)")
      let second = try await sweep(source, after: try #require(first.logPlace))
      #expect(second.logged.map(\.id) == Array(11...15))
      #expect(second.hasMoreLog)
      let third = try await sweep(source, after: try #require(second.logPlace))
      #expect(third.logged.map(\.id) == [16])
      #expect(!third.hasMoreLog)
      #expect(third.rows.count == 10)
      #expect(third.logPlace?.position == 16)
      let none = try await sweep(source, after: try #require(third.logPlace), readsRows: false)
      #expect(none.logged.isEmpty)
      #expect(none.logPlace == third.logPlace)
    }

    @Test("tells that a log went back, and that it is not there")
    func wentBack() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source()
      let missing = await #expect(throws: SourceProblem.self) {
        try await sweep(source, after: .start)
      }
      #expect(missing?.hint?.contains("kindly source ddl t") == true)
      #expect(try await source.examine(.watch(watch)).map(\.isError) == [true])
      try await install(database, source, columns: [])
      #expect(try await source.examine(.watch(watch)).isEmpty)
      try database.run("INSERT INTO t VALUES (1), (2); DELETE FROM kindly_changes_t")
      let read = try await sweep(source, after: LogPlace(position: 2))
      #expect(read.logHead == 2)
      for place in [
        LogPlace(position: 3), LogPlace(position: 2, transactions: .text("9000000:9000000:")),
      ] {
        let slice = try await sweep(source, after: place)
        let head = try #require(slice.logHead)
        #expect(head < place.position)
        #expect(slice.logPlace == .start)
      }
    }

    @Test("trims itself by number and age, and is removed by the lines that it prints")
    func trims() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let ddl = try await database.source().changeLogDDL(for: watch, columns: [])
      try database.run(ddl.replacing("200000", with: "300"))
      let count = "SELECT count(*) FROM kindly_changes_t"
      try database.run("INSERT INTO t SELECT generate_series(1, 1000)")
      #expect(try database.writer.rows(count) == [["300"]])
      try database.run("UPDATE kindly_changes_t SET at = '2020-01-01' WHERE id <= 850")
      try database.run("INSERT INTO t SELECT generate_series(1001, 1100)")
      #expect(try database.writer.rows(count) == [["250"]])
      let lines = ddl.split(separator: "\n")
      let start = try #require(lines.lastIndex { $0.contains("To remove it") })
      try database.run(lines[(start + 1)...].map { $0.dropFirst(2) }.joined(separator: "\n"))
      let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'kindly%'"
      #expect(try database.writer.rows(left) == [["0"]])
      try database.run("INSERT INTO t VALUES (0)")
    }

    @Test("offers no log for a view or a query, and one for a long name in another schema")
    func subjects() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE SCHEMA crm; GRANT USAGE ON SCHEMA crm TO kindly;
        CREATE TABLE crm.t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM crm.t
        """)
      let source = database.source()
      for watch in [watching("v"), watching(query: "SELECT id FROM v")] {
        let problem = await #expect(throws: SourceProblem.self) {
          try await source.changeLogDDL(for: watch, columns: [])
        }
        #expect(problem?.description.contains("a change log needs a table") == true)
      }
      let long = Watch(
        name: String(repeating: "客户", count: 30), source: "crm", relation: .table("crm.t"),
        key: ["id"], changes: .changelog)
      try database.run(try await source.changeLogDDL(for: long, columns: []))
      try database.run("INSERT INTO crm.t VALUES (5)")
      let slice = try await source.sweep(
        SweepRequest(
          watch: long, columns: ComparedColumns(compared: [], captured: []), logAfter: .start))
      #expect(slice.logged.map(\.key) == slice.rows.map(\.key))
    }
  }
#endif
