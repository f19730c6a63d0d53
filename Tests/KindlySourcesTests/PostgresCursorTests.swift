#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// What a cursor must not pass by: transactions that go on under another name, and values that nothing can follow.
  @Suite struct PostgresCursorTests {
    private struct Look: Equatable {
      let keys: [String]
      let head: Value
    }

    private func look(_ source: DatabaseSource, from: Value) async throws -> Look {
      let slice = try await source.follow(
        CursorRequest(
          watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
          from: from))
      return Look(keys: slice.rows.compactMap(\.key.rowKey?.description), head: slice.head)
    }

    @Test("stays behind a transaction that is prepared after it was noted, until it is committed")
    func prepared() async throws {
      let database = try await PostgresDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 10)")
      let source = database.source()
      let name = database.name
      let late = try database.session()
      // It has no number of its own yet, and takes one with its first write.
      try late.run("BEGIN")
      try database.run("INSERT INTO t VALUES (3, 12)")
      #expect(
        try await look(source, from: .integer(10)) == Look(keys: ["1", "3"], head: .integer(10)))
      try late.run("INSERT INTO t VALUES (2, 11); PREPARE TRANSACTION '\(name)'")
      #expect(
        try await look(source, from: .integer(10)) == Look(keys: ["1", "3"], head: .integer(10)))
      try late.run("COMMIT PREPARED '\(name)'")
      #expect(
        try await look(source, from: .integer(10))
          == Look(keys: ["1", "2", "3"], head: .integer(12)))
    }

    @Test(
      "never goes on from infinity, and check says how many rows have it",
      arguments: [
        ("timestamptz", "2026-02-10 09:30:00+00", "infinity"), ("date", "2026-02-10", "infinity"),
        ("float8", "12", "infinity"), ("float8", "12", "NaN"), ("numeric", "12", "NaN"),
      ])
    func infinity(type: String, value: String, end: String) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, at \(type));
        INSERT INTO t VALUES (1, '\(value)'), (2, '\(end)')
        """)
      let source = database.source()
      let first = try await look(source, from: .null)
      let head = first.head
      #expect(first.keys == ["1", "2"])
      // A whole number of a real column is read as one.
      #expect(head == .text(value) || head == .real(12) || head == .integer(12))
      try database.run("INSERT INTO t VALUES (3, '\(value)')")
      #expect(try await look(source, from: head) == Look(keys: ["1", "3", "2"], head: head))
      let findings = try await source.examine(.watch(watching(changes: .cursor(column: "at"))))
      #expect(
        findings.map(\.text) == [
          "watch t: the cursor column at is infinite in 1 row, which each look reads again; give them a time"
        ])
      #expect(findings.allSatisfy { !$0.isError })
    }

    @Test(
      "takes no colon or dollar of the query's own for a placeholder",
      arguments: [
        "SELECT id, tags[1:2] AS n FROM t", "SELECT id, note::text AS n FROM t",
        "SELECT id, $$it's :today$$ AS n FROM t", "SELECT id, $now$ :now $$ $now$ AS n FROM t",
        "SELECT id, a$b$c AS n FROM t", "SELECT id, note AS n FROM t WHERE note <> '$'",
      ])
    func colons(query: String) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, note text, tags text[], a$b$c int);
        INSERT INTO t VALUES (1, 'n', '{a,b,c}', 1)
        """)
      let watch = watching(query: query)
      var ways = [database.source()]
      #if ODBC
        ways.append(database.byODBC())
      #endif
      for source in ways {
        let asked = try await source.rows(
          RowQuestion(
            watch: watch, keys: [RowKey(canonical: #"["1"]"#)],
            conditions: ["CAST(:today AS date) > '2000-01-01'"], clock: noon))
        #expect(asked.values.map(\.holds) == [true])
      }
    }
  }
#endif
