#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct MariaDBChangeTests {
    private let watch = watching(changes: .changelog)

    private func install(
      _ database: MariaDBDatabase, _ source: DatabaseSource, columns: [String]
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
          "UPDATE t SET status = 'TRIAL' WHERE id = 9; DELETE FROM t",
          [#"update 9 {"status":"trial"} {"status":"TRIAL"}"#, #"delete 9 {"status":"TRIAL"} -"#]
        ),
        ("UPDATE t SET other = 'x'; UPDATE t SET status = status", []),
        (
          "UPDATE t SET id = 10",
          [#"delete 9 {"status":"trial"} -"#, #"insert 10 - {"status":"trial"}"#]
        ),
        (
          "INSERT INTO t VALUES (9, 'paid', 1) ON DUPLICATE KEY UPDATE status = VALUES(status)",
          [#"update 9 {"status":"trial"} {"status":"paid"}"#]
        ),
        (
          "REPLACE INTO t VALUES (9, 'paid', 1)",
          [#"delete 9 {"status":"trial"} -"#, #"insert 9 - {"status":"paid"}"#]
        ),
        ("BEGIN; DELETE FROM t; ROLLBACK", []),
      ])
    func writes(sql: String, expected: [String]) async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, status varchar(9), other text); INSERT INTO t VALUES (9, 'trial', 0)"
      )
      let source = database.source()
      try await install(database, source, columns: ["status"])
      try database.run(sql)
      #expect(try await sweep(source, after: .start).logged.map(text) == expected)
    }

    @Test("keeps each value as a row gives it, whatever the application's settings")
    func values() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, flag boolean, bits bit(10), price decimal(9, 2), ratio double, code char(4),
          due date, at timestamp(2) NULL, gone timestamp NULL, mood enum('happy'), `odd '"\\ name` text);
        """)
      let source = database.source()
      let columns = try await source.columns(of: watch)
      try await install(database, source, columns: columns)
      try database.run(
        """
        SET time_zone = '+09:00', sql_mode = 'PAD_CHAR_TO_FULL_LENGTH', character_set_results = latin1;
        INSERT INTO t VALUES (1, true, 513, 12.50, 0.1, 'ab', '0000-00-00', '2026-02-10 09:00:00.25', '0000-00-00', 'happy',
          'a "b" \\\\ 张')
        """)
      let slice = try await sweep(source, after: .start, columns: columns)
      let logged = try #require(slice.logged.first)
      #expect(slice.rows.map(\.key) == [logged.key])
      #expect(slice.rows.map(\.captured) == [columns.map { logged.new?[$0] ?? .null }])
      #expect(logged.new?["at"] == .text("2026-02-10 00:00:00.25+00"))
    }

    @Test("reads a log in slices, rows only with its end, and each entry once")
    func slices() async throws {
      let database = try await MariaDBDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source(pace: SlicePace(rows: 10))
      try await install(database, source, columns: [])
      try database.run("INSERT INTO t SELECT seq FROM seq_1_to_15")
      let first = try await sweep(source, after: .start)
      #expect(first.logged.map(\.id) == Array(1...10))
      #expect(first.hasMoreLog)
      #expect(first.rows.isEmpty)
      let second = try await sweep(source, after: try #require(first.logPlace))
      #expect(second.logged.map(\.id) == Array(11...15))
      #expect(!second.hasMoreLog)
      #expect(second.rows.count == 10)
      let none = try await sweep(source, after: try #require(second.logPlace), readsRows: false)
      #expect(none.logged.isEmpty)
    }

    @Test("reads an entry that is committed late once, and another that never comes not at all")
    func late() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY)", on: try await MariaDBServer.start())
      let source = database.source()
      try await install(database, source, columns: [])
      let (late, never) = (try database.session(), try database.session())
      try late.run("BEGIN; INSERT INTO t VALUES (1)")
      try never.run("BEGIN; INSERT INTO t VALUES (2)")
      try database.run("INSERT INTO t VALUES (3)")
      var place = LogPlace.start
      func look() async throws -> [Int64] {
        let slice = try await sweep(source, after: place)
        place = try #require(slice.logPlace)
        return slice.logged.map(\.id)
      }
      #expect(try await look() == [3])
      #expect(place == LogPlace(position: 0, transactions: .text("3-3")))
      try never.run("ROLLBACK")
      #expect(try await look() == [])
      try late.run("COMMIT")
      #expect(try await look() == [1])
      try database.run("INSERT INTO t VALUES (4)")
      #expect(try await look() == [4])
      #expect(try await look() == [])
      #expect(place == LogPlace(position: 4))
      // A place that was kept over a restart is enough to go on from.
      let again = database.source()
      let slice = try await sweep(again, after: LogPlace(position: 0, transactions: .text("3-4")))
      #expect(slice.logged.map(\.id) == [1])
    }

    @Test("tells that a log went back, that it is not there, and that it needs a right")
    func wentBack() async throws {
      let database = try await MariaDBDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let source = database.source()
      let missing = await #expect(throws: SourceProblem.self) {
        try await sweep(source, after: .start)
      }
      #expect(missing?.hint?.contains("kindly source ddl t") == true)
      #expect(try await source.examine(.watch(watch)).map(\.isError) == [true])
      try await install(database, source, columns: [])
      #expect(try await source.examine(.watch(watch)).isEmpty)
      try database.run("INSERT INTO t VALUES (1), (2); DELETE FROM kindly_changes_t")
      #expect(try await sweep(source, after: LogPlace(position: 2)).logHead == 2)
      let back = try await sweep(source, after: LogPlace(position: 3))
      #expect(back.logHead == 2)
      #expect(back.logPlace == .start)
      let name = "u" + database.name.suffix(20)
      try database.run(
        "CREATE USER \(name)@localhost; GRANT SELECT ON \(database.name).* TO \(name)@localhost")
      let blind = DatabaseSource(
        mariadb: database.server.address(of: database.name, user: name), password: nil, name: "crm")
      let refused = await #expect(throws: SourceProblem.self) {
        try await sweep(blind, after: .start)
      }
      #expect(refused?.hint?.contains("GRANT PROCESS") == true)
      let cursor = watching(changes: .cursor(column: "id"))
      #expect(
        try await blind.examine(.watch(cursor)).first?.text.contains("by the sweep alone") == true)
      try database.run("DROP USER \(name)@localhost")
    }

    @Test("is removed by the lines that it prints, and is not offered for a view or another engine")
    func subjects() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t; CREATE TABLE m (id int) ENGINE = MyISAM"
      )
      let source = database.source()
      for watch in [watching("v"), watching("m"), watching(query: "SELECT id FROM v")] {
        let problem = await #expect(throws: SourceProblem.self) {
          try await source.changeLogDDL(for: watch, columns: [])
        }
        #expect(problem?.description.contains("a change log needs a table") == true)
      }
      let long = Watch(
        name: String(repeating: "客户", count: 30), source: "crm",
        relation: .table(database.name + ".t"), key: ["id"], changes: .changelog)
      let ddl = try await source.changeLogDDL(for: long, columns: [])
      try database.run(ddl)
      try database.run("INSERT INTO t VALUES (5)")
      let slice = try await source.sweep(
        SweepRequest(
          watch: long, columns: ComparedColumns(compared: [], captured: []), logAfter: .start))
      #expect(slice.logged.map(\.key) == slice.rows.map(\.key))
      let lines = ddl.split(separator: "\n")
      let start = try #require(lines.lastIndex { $0.contains("To remove it") })
      try database.run(lines[(start + 1)...].map { $0.dropFirst(2) }.joined(separator: "\n"))
      let left =
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'kindly%'"
      #expect(try database.writer.rows(left) == [["0"]])
      try database.run("INSERT INTO t VALUES (0)")
    }
  }
#endif
