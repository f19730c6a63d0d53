#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// What a MariaDB server has that others have not.
  @Suite struct MariaDBTests {
    @Test("reads each type as rules and templates need it, and a zero date as unusable")
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
        #expect(
          try await source.census(of: column, in: watching(), as: .date(.unknown)).unusable == [
            .zero: 1
          ])
      }
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.census(of: "mood", in: watching(), as: .date(.unknown))
      }
      #expect(problem?.description.hasPrefix("watch t: the date column mood is of a type") == true)
    }

    @Test(
      "finds a row under every key that a collation takes for its own, and CHAR without its padding"
    )
    func otherSpellings() async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY, n int);
        CREATE TABLE fixed (id char(8) COLLATE utf8mb4_bin PRIMARY KEY, n int);
        INSERT INTO t VALUES ('AB7', 1), ('Andr\u{E9}', 2), ('x ', 3);
        INSERT INTO fixed VALUES ('A12', 4)
        """)
      let source = database.source()
      for (key, own) in [
        ("ab7", "AB7"), ("AB7", "AB7"), ("andre", "Andr\u{E9}"), ("x", "x "), ("x ", "x "),
      ] {
        let asked = try #require(RowKey([.text(key)]))
        let found = try await source.rows(
          RowQuestion(watch: watching(), keys: [asked], clock: noon))
        #expect(found[asked]?.key.description == own)
      }
      let asked = try #require(RowKey([.text("A12")]))
      let found = try await source.rows(
        RowQuestion(watch: watching("fixed"), keys: [asked], clock: noon))
      #expect(found[asked]?.values["n"] == .integer(4))
    }

    @Test("reads keys of 2^63 and more, in slices and alone", arguments: [1, 3, 5000])
    func largeKeys(slice: Int) async throws {
      let keys = [
        "7", "9223372036854775807", "9223372036854775808", "9999999999999999999",
        "10000000000000000000", "18446744073709551615",
      ]
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id bigint unsigned PRIMARY KEY, n int);
        INSERT INTO t VALUES \(keys.enumerated().map { "(\($1), \($0))" }.joined(separator: ", "))
        """)
      let source = database.source(pace: SlicePace(rows: slice))
      let rows = try await source.sweepAll(watching()).rows
      #expect(rows.compactMap(\.key.rowKey?.description) == keys)
      let asked = keys.compactMap { RowKey([.text($0)]) }
      let found = try await source.rows(RowQuestion(watch: watching(), keys: asked, clock: noon))
      #expect(asked.map { found[$0]?.values["n"] } == keys.indices.map { .integer(Int64($0)) })
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

    @Test("finds what a person types, in another database too, and reads a query")
    func names() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, `Phone No` text); INSERT INTO t VALUES (1, 'Ann'), (2, 'bob')"
      )
      let other = try await MariaDBDatabase()
      let found = try await other.source().find(
        in: watching(database.name + ".t"), column: "phone no", equals: "ANN", limit: 5)
      #expect(found.map(\.key.description) == ["1"])
      let query = watching(query: "SELECT id, UPPER(\"Phone No\") AS name FROM t -- all")
      #expect(try await database.source().columns(of: query) == ["id", "name"])
      #expect(try await database.source().sweepAll(query, captured: ["name"]).rows.count == 2)
    }

    @Test("reads no row of a large table to know its columns")
    func describes() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t SELECT seq, 'x' FROM seq_1_to_50000"
      )
      let source = database.source()
      // What the server has counted of our own connection; its list of such counts is some hundred rows too.
      let condition = """
        (SELECT CAST(variable_value AS UNSIGNED) FROM information_schema.session_status
         WHERE variable_name = 'Handler_read_rnd_next') < 20000
        """
      let key = RowKey(canonical: #"["1"]"#)
      let answers = try await source.rows(
        RowQuestion(watch: watching(), keys: [key], conditions: [condition], clock: noon))
      #expect(answers[key]?.holds == true)
    }

    @Test("has the server end a statement that was given up")
    func endsOnServer() async throws {
      let database = try await MariaDBDatabase(ServerConnectionTests.table)
      let source = database.source(deadline: .milliseconds(100))
      #expect(await source.fault(of: "BENCHMARK(1000000000000, MD5('kindly')) = 0") != nil)
      let running = """
        SELECT count(*) FROM information_schema.processlist
        WHERE info LIKE '%BENCHMARK(1000000000000%' AND id <> connection_id()
        """
      while try database.rows(running) != [["0"]] { await Task.yield() }
      await source.close()
    }

    @Test("has the server end work that it does while it prepares a statement")
    func endsPreparing() async throws {
      let database = try await MariaDBDatabase(ServerConnectionTests.table)
      let source = database.source(deadline: .milliseconds(100))
      // The server computes the list while it prepares, and its own deadline does not cover that.
      let condition = "id IN (0, BENCHMARK(1000000000000, MD5('kindly')))"
      let step = Step(
        name: "s", when: .insert, conditions: [condition], legs: [], template: "s")
      await #expect(throws: SourceProblem.self) {
        try await source.examine(.step(watching(), step))
      }
      let running = """
        SELECT count(*) FROM information_schema.processlist
        WHERE command = 'Prepare' AND info LIKE '%BENCHMARK(1000000000000%'
        """
      while try database.rows(running) != [["0"]] { await Task.yield() }
      await source.close()
    }

    @Test("releases the locks that a condition takes")
    func releasesLocks() async throws {
      let database = try await MariaDBDatabase(ServerConnectionTests.table)
      let source = database.source()
      #expect(await source.fault(of: "GET_LOCK('\(database.name)', 0) = 1") == nil)
      #expect(try database.rows("SELECT IS_FREE_LOCK('\(database.name)')") == [["1"]])
      await source.close()
    }

    @Test("says that its question was ended by KILL QUERY, and goes on")
    func killedQuery() async throws {
      let database = try await MariaDBDatabase(ServerConnectionTests.table)
      let source = database.source(deadline: .hours(1))
      let look = Task {
        await source.problem(
          with: watching(query: ServerKind.mariadb.endlessQuery), reading: ["waited"])
      }
      while try database.readers(asleep: true).isEmpty { await Task.yield() }
      for id in try database.readers(asleep: true) { try database.run("KILL QUERY \(id)") }
      #expect(await look.value?.kind == .unreachable)
      #expect(try await source.sweepAll(watching()).rows.count == 1)
    }
  }
#endif
