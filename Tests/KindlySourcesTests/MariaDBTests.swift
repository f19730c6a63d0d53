#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct MariaDBTests {
    @Test("reads each type as rules and templates need it, and a zero date as rubbish")
    func types() async throws {
      let database = try await MariaDBDatabase(
        """
        SET time_zone = '+08:00', sql_mode = '';
        CREATE TABLE t (
          id bigint PRIMARY KEY, large bigint unsigned, flag boolean, price decimal(10, 2), total decimal(20), ratio double,
          code char(5), note text, due date, at datetime(2), moment timestamp(2) NULL, never date, gone timestamp NULL,
          photo blob, token binary(4), mood enum('sad', 'happy'), bits bit(10), hour time, born year, extra json);
        INSERT INTO t VALUES (9223372036854775807, 18446744073709551615, true, 19.90, 12345678901234567890, 0.1, 'ab', '张 €',
          '2026-02-10', '2026-02-10 09:30:00.25', '2026-02-10 09:30:00.5', '0000-00-00', '0000-00-00', 'x', 'y', 'happy',
          b'1000000001', '09:30', 1999, '{"k": 1}')
        """)
      let source = database.source()
      let row = try #require(try await source.sample(watching(), limit: 1).first)
      #expect(
        row.values == [
          "id": .integer(.max), "large": .text("18446744073709551615"), "flag": .integer(1),
          "price": .text("19.90"), "total": .text("12345678901234567890"), "ratio": .real(0.1),
          "code": .text("ab"), "note": .text("张 €"), "due": .text("2026-02-10"),
          "at": .text("2026-02-10 09:30:00.25"), "moment": .text("2026-02-10 01:30:00.50+00"),
          "never": .text("0000-00-00"), "gone": .text("0000-00-00 00:00:00"), "photo": .null,
          "token": .null, "mood": .text("happy"), "bits": .integer(513), "hour": .text("09:30:00"),
          "born": .integer(1999), "extra": .text(#"{"k": 1}"#),
        ])
      #expect(try await source.columns(of: watching()).contains("photo") == false)
      for column in ["never", "gone"] {
        #expect(try await source.census(of: column, in: watching()).rubbish == [.zero: 1])
      }
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.census(of: "mood", in: watching())
      }
      #expect(problem?.description.hasPrefix("watch t: the date column mood is of a type") == true)
    }

    @Test(
      "finds rows by canonical key and sweeps them in the order of SortKey, whatever the key's type",
      arguments: [
        ("int", ["42", "7", "-3"]), ("bigint unsigned", ["42", "7", "18446744073709551615"]),
        ("decimal(8,2)", ["42", "7", "-3"]), ("double", ["42", "7", "-3"]),
        ("varchar(9)", ["b", "B2", "a", "é", "张", "ab", ""]),
        ("varchar(9) collate utf8mb4_bin", ["b", "B", "a", "é", "张", "ab"]),
        ("varchar(9) character set latin1", ["b", "a", "ü"]), ("char(6)", ["b", "B2", "ab"]),
        ("varchar(9) character set ascii collate ascii_bin", ["b", "B", "a"]),
        (
          "uuid",
          ["0b5a3c8e-1d2f-4a6b-8c7d-9e0f1a2b3c4d", "ffffffff-0000-4000-8000-000000000000"]
        ),
        ("date", ["2026-02-10", "1999-12-31"]),
        ("datetime(1)", ["2026-02-10 09:30:00.0", "2026-02-10 09:30:00.5"]),
        ("enum('sad', 'happy', 'angry')", ["sad", "happy", "angry"]),
      ])
    func keys(type: String, keys: [String]) async throws {
      let database = try await MariaDBDatabase(
        """
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
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id varchar(9), part decimal(9, 1));
        INSERT INTO t VALUES ('1', 1), ('1', 1.0), ('2', 1.5), (NULL, 1), (NULL, 1), ('3', NULL), ('padded ', 1), ('4', 1)
        """)
      let source = database.source(pace: SlicePace(rows: slice))
      let (rows, refused, _) = try await source.sweepAll(watching(key: "id", "part"))
      #expect(rows.compactMap(\.key.rowKey?.description) == ["4,1"])
      #expect(refused == RefusedKeys(missing: 5, duplicate: 2))
    }

    @Test(
      "gives every row of 50,000 exactly once, in slices smaller and larger than a page of ours")
    func everyRowOnce() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, name text);
        INSERT INTO t SELECT seq * 3, CONCAT('name ', seq) FROM seq_1_to_50000
        """)
      for (rows, slices) in [(1777, 50_000 / 1777 + 1), (50_001, 1)] {
        let pace = SlicePace(rows: rows, timeBesideWriters: .seconds(3600))
        let source = database.source(pace: pace)
        let swept = try await source.sweepAll(watching(), columns: ["name"])
        #expect(swept.rows.map(\.key.columns) == (1...50_000).map { [.integer($0 * 3)] })
        #expect(swept.refused == RefusedKeys())
        #expect(swept.slices == slices)
      }
      // A lock that ours had left would end this at once.
      try database.run("SET lock_wait_timeout = 0; ALTER TABLE t ADD COLUMN more int; DROP TABLE t")
    }

    @Test("goes on after few rows of many were taken, on another connection")
    func abandoned() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT seq FROM seq_1_to_50000")
      let source = database.source()
      #expect(try await source.sample(watching(), limit: 2).count == 2)
      #expect(try await source.count(watching(), conditions: [], clock: noon) == 50_000)
    }

    @Test(
      "asks conditions in the server's own dialect",
      arguments: [
        ("status = 'trial' AND until = :today", true), ("until + INTERVAL 1 DAY > :today", true),
        ("this.at < :now AND note = :today", true), ("status LIKE 'TR%' -- the rest", true),
        ("price * 2 = 39.80", true), ("note LIKE '2026-%' AND ':now' <> ''", true),
        ("note = 'it''s \\' # :today", false), ("/* :now */ flag + 1", true),
        ("`status` = \"status\" AND \"flag\" -- :other", true), ("1 - -1 = 2", true),
      ])
    func conditions(condition: String, holds: Bool) async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status varchar(9), until date, at datetime, note text, price decimal(9, 2),
          flag boolean);
        INSERT INTO t VALUES (1, 'trial', '2026-02-10', '2026-02-10 11:59', '2026-02-10', 19.90, true)
        """)
      let source = database.source()
      #expect(
        try await source.count(watching(), conditions: [condition], clock: noon) == (holds ? 1 : 0))
    }

    @Test("asks a change beside its old values, as the log left it and as it was deleted")
    func judges() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status varchar(20), n decimal(9, 2), due date, flag boolean);
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
        (try change(.update, 1), "NOT (status <=> old.status) AND n > old.n", true),
        (try change(.update, 1), "DATEDIFF(due, old.due) = 40 AND flag AND NOT old.flag", true),
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
      arguments: ["date", "datetime", "timestamp", "varchar(30)", "bigint", "decimal(20)"],
      [true, false])
    func candidates(type: String, isIndexed: Bool) async throws {
      let isNumber = type == "bigint" || type == "decimal(20)"
      let day = "TIMESTAMP '2020-01-01 10:00:00' + INTERVAL seq DAY"
      let collation = type.hasPrefix("varchar") ? " COLLATE utf8mb4_bin" : ""
      let database = try await MariaDBDatabase(
        """
        SET sql_mode = '', time_zone = '+00:00';
        CREATE TABLE t (id int PRIMARY KEY, due \(type)\(collation) NULL, tz text);
        \(isIndexed ? "CREATE INDEX t_due ON t (due);" : "")
        INSERT INTO t SELECT seq, \(isNumber ? "UNIX_TIMESTAMP(\(day))" : day), 'Asia/Shanghai' FROM seq_1_to_2500;
        INSERT INTO t VALUES (0, NULL, NULL), (-1, '0000-00-00', NULL)
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
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id varchar(20), at datetime, due date);
        INSERT INTO t SELECT seq, NOW() + INTERVAL seq SECOND, DATE '2026-01-01' + INTERVAL seq % 300 DAY FROM seq_1_to_20000
        """)
      let source = database.source()
      let watch = watching(changes: .cursor(column: "at"))
      let step = Step(
        name: "due", when: .dated(Schedule(.on, column: "due")), conditions: ["statu = 1"],
        legs: [], template: "due")
      let texts = try await source.examine(.watch(watch)).map(\.text)
      #expect(texts.count == 2)
      #expect(texts.first?.hasSuffix("CREATE INDEX `t_id` ON `t` (`id`)") == true)
      #expect(texts.last?.hasSuffix("CREATE INDEX `t_at` ON `t` (`at`)") == true)
      let faults = try await source.examine(.step(watch, step)).map(\.text)
      #expect(faults.count == 2)
      #expect(faults.last?.contains("names the column statu, which is not there") == true)
      try database.run(
        "CREATE INDEX i ON t (id); CREATE INDEX a ON t (at); CREATE INDEX d ON t (due)")
      #expect(
        try await source.examine(.watch(watch)).first?.text.hasSuffix(
          "each slice of a sweep sorts the whole table; make an index: CREATE INDEX `t_id` ON `t` (`id`), on a text "
            + "column with COLLATE utf8mb4_bin") == true)
      try database.run("ALTER TABLE t MODIFY id varchar(20) COLLATE utf8mb4_bin; ANALYZE TABLE t")
      #expect(try await source.examine(.watch(watch)).map(\.text) == [])
      #expect(try await source.examine(.step(watch, step)).map(\.isError) == [true])
    }

    @Test("warns of a user that may write, and finds what a person types in another database")
    func rights() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, `Phone No` text); INSERT INTO t VALUES (1, 'Ann'), (2, 'bob')"
      )
      #expect(try await database.source().examine(.watch(watching())).isEmpty)
      try database.run("GRANT UPDATE ON t TO kindly@localhost")
      let findings = try await database.source().examine(.watch(watching()))
      #expect(findings.map(\.isError) == [false])
      #expect(findings.first?.text.contains("the user `kindly` may write t") == true)
      let other = try await MariaDBDatabase()
      let found = try await other.source().find(
        in: watching(database.name + ".t"), column: "phone no", equals: "ANN", limit: 5)
      #expect(found.map(\.key.description) == ["1"])
      let query = watching(query: "SELECT id, UPPER(\"Phone No\") AS name FROM t -- all")
      #expect(try await database.source().columns(of: query) == ["id", "name"])
      #expect(try await database.source().sweepAll(query, captured: ["name"]).rows.count == 2)
    }
  }
#endif
