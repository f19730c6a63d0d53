#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

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
      #expect(try await source.census(of: "never", in: watching()).rubbish == [.unreadable: 1])
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.census(of: "tags", in: watching())
      }
      #expect(
        problem?.description
          == "watch t: the date column tags is of type text[], which holds no dates")
    }

    @Test(
      "finds rows by canonical key and sweeps them in the order of SortKey, whatever the key's type",
      arguments: [
        ("integer", ["42", "7", "-3"]), ("smallint", ["42", "7", "-3"]),
        ("numeric(8,2)", ["42", "7", "-3"]), ("float8", ["42", "7", "-3"]),
        ("text", ["b", "B", "a", "é", "张", "ab", ""]), ("varchar(9)", ["b", "B", "ab"]),
        ("char(6)", ["b", "B", "ab"]), ("\"char\"", ["b", "B"]),
        (
          "uuid",
          ["0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d", "ffffffff-0000-4000-8000-000000000000"]
        ),
        ("date", ["2026-02-10", "1999-12-31"]),
        ("timestamp", ["2026-02-10 09:30:00", "2026-02-10 09:30:00.5"]),
        ("mood", ["sad", "happy", "angry"]),
      ])
    func keys(type: String, keys: [String]) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TYPE mood AS ENUM ('sad', 'happy', 'angry');
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

    @Test("refuses keys that are NULL, not whole, padded or twice there", arguments: [1, 2, 5000])
    func refusedKeys(slice: Int) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id text, part numeric);
        INSERT INTO t VALUES ('1', 1), ('1', 1.0), ('2', 1.5), (NULL, 1), (NULL, 1), ('3', NULL), ('padded ', 1), ('4', 1)
        """)
      let source = database.source(pace: SlicePace(rows: slice))
      let (rows, refused, _) = try await source.sweepAll(watching(key: "id", "part"))
      #expect(rows.compactMap(\.key.rowKey?.description) == ["4,1"])
      #expect(refused == RefusedKeys(missing: 5, duplicate: 2))
    }

    @Test("gives every row of 10,000 exactly once, by the index, and blocks no writer")
    func everyRowOnce() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, name text);
        INSERT INTO t SELECT i * 3, 'name ' || i FROM generate_series(1, 10000) AS i
        """)
      let source = database.source(pace: SlicePace(rows: 1777))
      let (rows, refused, slices) = try await source.sweepAll(watching(), columns: ["name"])
      #expect(rows.map(\.key.columns) == (1...10_000).map { [.integer($0 * 3)] })
      #expect(refused == RefusedKeys())
      #expect(slices == 10_000 / 1777 + 1)
      // A lock that ours had left would end this at once.
      try database.run("SET lock_timeout = 1; ALTER TABLE t ADD COLUMN more int; DROP TABLE t")
    }

    @Test(
      "asks conditions in the server's own dialect",
      arguments: [
        ("status = 'trial' AND until = :today", true), ("until + 1 > CAST(:today AS date)", true),
        ("this.at < :now AND note = :today", true), ("status ILIKE 'TR%' -- the rest", true),
        ("price * 2 = 39.80", true), ("until::text LIKE '2026-%' AND ':now' <> ''", true),
        ("note = E'it\\'s :today'", false), ("/* :now */ flag", true), ("tags @> '{a}'", true),
      ])
    func conditions(condition: String, holds: Bool) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status varchar(9), until date, at timestamp, note text, price numeric(9, 2),
          flag boolean, tags text[]);
        INSERT INTO t VALUES (1, 'trial', '2026-02-10', '2026-02-10 11:59', '2026-02-10', 19.90, true, '{a}')
        """)
      let source = database.source()
      #expect(
        try await source.count(watching(), conditions: [condition], clock: noon) == (holds ? 1 : 0))
    }

    @Test("asks a change beside its old values, as the log left it and as it was deleted")
    func judges() async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status text, n numeric(9, 2), due date, flag boolean);
        INSERT INTO t VALUES (1, 'paid', 5.50, '2026-02-10', true)
        """)
      let source = database.source()
      let old: RowValues = [
        "status": .text("trial"), "n": .text("4.25"), "due": .text("2026-01-01"),
        "flag": .integer(0),
      ]
      func change(_ operation: ChangeOperation, _ key: Int64, new: RowValues? = nil) throws
        -> NoticedChange
      {
        NoticedChange(
          id: 77, operation: operation, key: try #require(RowKey([.integer(key)])), old: old,
          new: new, changed: [], noticed: noon.now)
      }
      let cases: [(NoticedChange, String, Bool)] = [
        (try change(.update, 1), "status IS DISTINCT FROM old.status AND n > old.n", true),
        (try change(.update, 1), "due - old.due = 40 AND flag AND NOT old.flag", true),
        (try change(.update, 2), "TRUE", false),
        (try change(.update, 1, new: ["status": .text("new")]), "status = 'new' AND n = 5.5", true),
        (try change(.update, 2, new: ["status": .text("new")]), "n IS NULL AND id = 2", true),
        (try change(.delete, 2), "status = 'trial' AND old.n = n AND this.id = 2", true),
      ]
      for (change, condition, holds) in cases {
        let answer = try await source.judge(
          ChangeQuestion(
            watch: watching(), changes: [change], conditions: [condition], clock: noon))
        #expect(answer == (holds ? [77] : []), "\(condition)")
      }
    }

    @Test(
      "misses no row with a moment, by an index and without",
      arguments: ["date", "timestamp", "timestamptz", "text", "bigint", "numeric"], [true, false])
    func candidates(type: String, isIndexed: Bool) async throws {
      let isNumber = type == "bigint" || type == "numeric"
      let epoch = isNumber ? "CAST(extract(epoch FROM d) AS bigint)" : "CAST(d AS \(type))"
      let sorted = type == "text" ? "due COLLATE \"C\"" : "due"
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, due \(type), tz text);
        \(isIndexed ? "CREATE INDEX t_due ON t (\(sorted));" : "")
        INSERT INTO t SELECT i, \(epoch), 'Asia/Shanghai'
          FROM generate_series(1, 2500) AS i, LATERAL (SELECT timestamp '2020-01-01 10:00' + i * interval '1 day' AS d) AS x;
        INSERT INTO t VALUES (0, NULL)\(type == "date" ? ", (-1, 'infinity'), (-2, '0044-03-15 BC')" : "")
        """)
      let source = database.source(pace: SlicePace(rows: 100))
      let rows = try await source.sample(watching(), limit: 5000)
      for schedule in [
        Schedule(.on, column: "due"), Schedule(.before(Period(4, .day)), column: "due"),
        Schedule(.everyYearOn, column: "due"), Schedule(.every(Period(1, .month)), column: "due"),
      ] {
        let (lower, upper) = (date("2026-02-10"), date("2026-02-11"))
        let found = try await source.allCandidates(
          CandidateQuery(
            watch: watching(), schedule: schedule, lower: lower, upper: upper,
            conditions: ["id > 0"], zoneColumn: "tz", clock: noon))
        let keys = Set(found.map(\.key.description))
        #expect(keys.count == found.count)
        #expect(found.allSatisfy { $0.zoneName == "Asia/Shanghai" })
        let context = MomentContext(
          zone: .utc, sourceZone: .utc, defaultTime: try #require(TimeOfDay("09:00")))
        var expected = 0
        for row in rows {
          // What is no anchor has no moment.
          guard let anchor = try? Anchor(row.values["due"] ?? .null) else { continue }
          let moments = schedule.moments(
            of: anchor, after: lower, through: upper, late: .standard, in: context, limit: 1)
          if !moments.isEmpty {
            expected += 1
            #expect(keys.contains(row.key.description), "\(schedule.kind) misses \(anchor)")
          }
        }
        #expect(expected > 0)
        #expect(found.count < rows.count / 2 || schedule.kind == .every(Period(1, .month)))
      }
    }

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

    @Test("warns of a role that may write")
    func rights() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      #expect(try await database.source().examine(.watch(watching())).isEmpty)
      try database.run("GRANT UPDATE ON t TO kindly")
      let findings = try await database.source().examine(.watch(watching()))
      #expect(findings.map(\.isError) == [false])
      #expect(findings.first?.text.contains("the role kindly may write t") == true)
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
