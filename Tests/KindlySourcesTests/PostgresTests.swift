#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// What a PostgreSQL server has that others have not.
  @Suite struct PostgresTests {
    @Test("reads each type as rules and templates need it, whatever the role's settings")
    func types() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TABLE t (
          id bigint PRIMARY KEY, small smallint, flag boolean, price numeric(10, 2), count numeric(20), ratio float8,
          code char(5), note text, due date, at timestamp, moment timestamptz, never date, photo bytea, token uuid,
          mood mood, tags text[], extra jsonb);
        INSERT INTO t VALUES (9223372036854775807, -1, true, 19.90, 12345678901234567890, 0.1, 'ab', '张 €', '2026-02-10',
          '2026-02-10 09:30:00.25', '2026-02-10 09:30:00+08', 'infinity', '\\x0102',
          '0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d', 'happy', '{a,b}', '{"k": 1}')
        """)
      try database.run("ALTER ROLE kindly IN DATABASE \(database.name) SET datestyle = 'German'")
      try database.run("ALTER ROLE kindly IN DATABASE \(database.name) SET timezone = 'Asia/Tokyo'")
      let source = database.source()
      let row = try #require(try await source.sample(watching(), limit: 1).first)
      #expect(
        row.values == [
          "id": .integer(.max), "small": .integer(-1), "flag": .integer(1), "price": .text("19.90"),
          "count": .text("12345678901234567890"), "ratio": .real(0.1), "code": .text("ab"),
          "note": .text("张 €"), "due": .text("2026-02-10"), "at": .text("2026-02-10 09:30:00.25"),
          "moment": .text("2026-02-10 01:30:00+00"), "never": .text("infinity"), "photo": .null,
          "token": .text("0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d"), "mood": .text("happy"),
          "tags": .text("{a,b}"), "extra": .text(#"{"k": 1}"#),
        ])
      #expect(try await source.columns(of: watching()).contains("photo") == false)
      #expect(
        try await source.census(of: "never", in: watching(), as: .date(.unknown)).unusable == [
          .unreadable: 1
        ])
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.census(of: "tags", in: watching(), as: .date(.unknown))
      }
      #expect(
        problem?.description
          == "watch t: the date column tags is of type text[], which holds no dates")
    }

    @Test(
      "finds a row under every key that its column takes for its own, and char(n) without its padding"
    )
    func otherSpellings() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE EXTENSION citext;
        CREATE TABLE collated (id text COLLATE caseless PRIMARY KEY, n int);
        CREATE TABLE folded (id citext PRIMARY KEY, n int);
        CREATE TABLE fixed (id char(8) PRIMARY KEY, n int);
        INSERT INTO collated VALUES ('AB7', 1), ('cd8', 2), ('b', 3);
        INSERT INTO folded VALUES ('AB7', 1), ('cd8', 2), ('b', 3);
        INSERT INTO fixed VALUES ('AB7', 1)
        """)
      let source = database.source()
      let asked = try #require(RowKey([.text("ab7")]))
      for table in ["collated", "folded"] {
        let found = try await source.rows(
          RowQuestion(watch: watching(table), keys: [asked], conditions: ["n = 1"], clock: noon))
        #expect(found[asked]?.key.description == "AB7")
        #expect(found[asked]?.holds == true)
        let swept = try await source.sweepAll(watching(table)).rows
        #expect(swept.compactMap(\.key.rowKey?.description) == ["AB7", "b", "cd8"])
      }
      let fixed = try await source.sweepAll(watching("fixed")).rows
      #expect(fixed.compactMap(\.key.rowKey?.description) == ["AB7"])
    }

    @Test(
      "serves the other rows of a database whose texts nobody checked, and names those in doubt",
      arguments: UncheckedWay.allCases)
    private func unchecked(way: UncheckedWay) async throws {
      let server = try await PostgresServer.shared
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id text PRIMARY KEY, name text);
        INSERT INTO t VALUES ('1', '张三'), ('2', E'Andr\\xE9'), (E'3\\xE9', 'Ada'), ('4', 'Bob')
        """, on: server, encoding: "SQL_ASCII")
      let source = way.source(database)
      let keys = ["1", "2", "4"].compactMap { RowKey([.text($0)]) }
      let rows = try await source.rows(RowQuestion(watch: watching(), keys: keys, clock: noon))
      #expect(
        keys.map { rows[$0]?.values["name"] } == [.text("张三"), .text("Andr\u{FFFD}"), .text("Bob")])
      let misread = "the column name looks misread in 1 of the 3 rows that were checked (key 2)"
      #expect(source.remarks.first?.contains(misread) == true)
      let (swept, refused, _) = try await source.sweepAll(watching(), columns: ["name"])
      #expect(swept.compactMap(\.key.rowKey?.description) == ["1", "2", "4"])
      #expect(refused == RefusedKeys(missing: 1))
      let asked = try await source.rows(
        RowQuestion(watch: watching(), keys: keys, conditions: ["name = '张三'"], clock: noon))
      #expect(asked.values.filter(\.holds).map(\.key.description) == ["1"])
      await source.close()
    }

    /// The ways to a database whose texts nobody checked.
    private enum UncheckedWay: CaseIterable {
      case native
      #if ODBC
        case odbc
      #endif

      func source(_ database: PostgresDatabase) -> DatabaseSource {
        switch self {
        case .native: database.source()
        #if ODBC
          case .odbc: database.byODBC()
        #endif
        }
      }
    }

    @Test("undoes what a condition does to the session and the database")
    func undoes() async throws {
      let database = try await PostgresDatabase(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE ROLE \(role)")
      let source = database.source()
      for condition in [
        "set_config('search_path', 'pg_catalog', false) <> ''",
        "set_config('role', '\(role)', false) <> ''",
        "set_config('statement_timeout', '1', false) <> ''",
        "lo_import('/etc/hostname') > 0", "pg_advisory_lock(77) IS NOT NULL",
        "lo_import('/etc/hostname') > 0 AND 1 / (id - 1) > 0",
      ] {
        _ = await source.fault(of: condition)
        let plain = try await source.rows(
          RowQuestion(
            watch: watching(), keys: [RowKey(canonical: #"["1"]"#)],
            conditions: [
              "current_user = '\(PostgresServer.user)'",
              "current_setting('search_path') LIKE '%public%'",
            ], clock: noon))
        #expect(plain.values.map(\.holds) == [true], "\(condition)")
      }
      #expect(try database.rows("SELECT count(*) FROM pg_largeobject_metadata") == [["0"]])
      #expect(
        try database.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [["0"]])
      await source.close()
      try database.run("DROP ROLE \(role)")
    }

    private let role = "kindly_other"

    @Test("advises an index where a large table is read whole, and says nothing where there is one")
    func advice() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id text, at timestamptz, due date);
        INSERT INTO t SELECT i, now(), DATE '2026-01-01' + i % 300 FROM generate_series(1, 20000) AS i
        """)
      let source = database.source()
      let watch = watching(changes: .cursor(column: "at"))
      let step = Step(
        name: "due", when: .dated(Schedule(.on, column: "due")), conditions: ["statu = 1"],
        legs: [], template: "due")
      let texts = try await source.examine(.watch(watch)).map(\.text)
      #expect(texts.count == 2)
      #expect(texts.first?.hasSuffix(#"CREATE INDEX "t_id" ON "t" ("id")"#) == true)
      try database.run("CREATE INDEX ON t (id)")
      let sorting = try await source.examine(.watch(watch)).map(\.text)
      #expect(
        sorting.first?.hasSuffix(
          #"each slice of a sweep sorts the whole table; make an index: CREATE INDEX "t_id" ON "t" ("id" COLLATE "C")"#
        ) == true)
      #expect(texts.last?.hasSuffix(#"CREATE INDEX "t_at" ON "t" ("at")"#) == true)
      let faults = try await source.examine(.step(watch, step)).map(\.text)
      #expect(faults.count == 2)
      #expect(faults.last?.contains("names the column statu, which is not there") == true)
      try database.run(
        "CREATE INDEX ON t (id COLLATE \"C\"); CREATE INDEX ON t (at); CREATE INDEX ON t (due); ANALYZE t"
      )
      #expect(try await source.examine(.watch(watch)).isEmpty)
      #expect(try await source.examine(.step(watch, step)).map(\.isError) == [true])
    }

    @Test("finds what a person types, and reads a table of another schema and a query")
    func names() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE SCHEMA billing;
        GRANT USAGE ON SCHEMA billing TO kindly;
        CREATE TABLE billing.leases (id int PRIMARY KEY, "Phone No" text);
        INSERT INTO billing.leases VALUES (1, 'Ann'), (2, 'bob')
        """)
      let source = database.source()
      let found = try await source.find(
        in: watching("billing.leases"), column: "phone no", equals: "ANN", limit: 5)
      #expect(found.map(\.key.description) == ["1"])
      let query = watching(
        query: "SELECT id, upper(\"Phone No\") AS name FROM billing.leases -- all")
      #expect(try await source.columns(of: query) == ["id", "name"])
      #expect(try await source.sweepAll(query, captured: ["name"]).rows.count == 2)
    }
  }
#endif
