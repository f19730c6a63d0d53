#if ODBC && PostgreSQL && MariaDB
  import Foundation
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct ODBCFaultTests {
    private static let table =
      "CREATE TABLE t (id int PRIMARY KEY, status varchar(20)); INSERT INTO t VALUES (1, 'trial')"

    private func problem(
      _ source: DatabaseSource, _ watch: Watch = watching(), reading columns: [String] = []
    ) async -> SourceProblem? {
      await #expect(throws: SourceProblem.self) {
        try await source.sweepAll(watch, columns: columns)
      }
    }

    private func source(
      _ attributes: [(String, String)], password: Secret? = nil
    ) -> DatabaseSource {
      DatabaseSource(
        odbc: ODBCAddress(attributes.map { ODBCAddress.Attribute($0.0, $0.1) }), password: password,
        name: "crm", firstWait: .zero)
    }

    @Test("says why it cannot connect, and what to do, without the password")
    func unreachable() async throws {
      let postgres = try await PostgresDatabase(ODBCFaultTests.table)
      let mariadb = try await MariaDBDatabase(ODBCFaultTests.table)
      let wrong = Secret("hush")
      let driver = "PostgreSQL Unicode"
      let cases: [(DatabaseSource, String, String)] = [
        (source([("DSN", "no-such-name")]), "odbc:DSN=no-such-name", "`odbcinst -q -d`"),
        (source([("Driver", "No Such Driver")]), "No Such Driver", "Debian has drivers in"),
        (
          source(
            [
              ("Driver", driver), ("Server", "127.0.0.1"), ("Port", "\(postgres.server.port)"),
              ("Database", postgres.name), ("UID", "kindly"),
            ], password: wrong), "password authentication failed", "`password: {"
        ),
        (
          source(
            [
              ("Driver", "MariaDB Unicode"), ("Socket", mariadb.server.folder + "/mysqld.sock"),
              ("Database", mariadb.name), ("UID", "kindly"),
            ], password: wrong), "Access denied", "`password: {"
        ),
        (
          source([("Driver", driver), ("Server", "127.0.0.1"), ("Port", "1"), ("Database", "x")]),
          "refused", "that the server runs"
        ),
        (
          source([("Driver", "SQLite3"), ("Database", "/no/such/crm.db")]), "/no/such/crm.db",
          "what `url:` says"
        ),
      ]
      for (source, message, hint) in cases {
        let problem = await problem(source)
        #expect(problem?.kind == .unreachable)
        #expect(problem?.description.hasPrefix("source crm: odbc:") == true)
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(problem?.hint?.contains(hint) == true, "\(String(describing: problem))")
        #expect("\(String(describing: problem))".contains("hush") == false)
      }
    }

    @Test("goes on after its connection was ended and after the server was restarted")
    func restarted() async throws {
      let server = try await PostgresServer.start()
      let database = try await PostgresDatabase(ODBCFaultTests.table, on: server)
      let source = database.byODBC()
      let before = try await source.pulse()
      #expect(try await source.pulse() == before)
      try database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kindly'")
      #expect(try await source.pulse().identity == before.identity)
      try await server.stop()
      #expect(await problem(source)?.kind == .unreachable)
      try await server.start()
      #expect(try await source.sweepAll(watching()).rows.count == 1)
      #expect(try await source.pulse().identity == before.identity)
      await source.close()
    }

    @Test("goes on after a MariaDB server was restarted")
    func restartedMariaDB() async throws {
      let server = try await MariaDBServer.start()
      let database = try await MariaDBDatabase(ODBCFaultTests.table, on: server)
      let source = database.byODBC()
      let before = try await source.pulse()
      try await server.stop()
      #expect(await problem(source)?.kind == .unreachable)
      try await server.start()
      #expect(try await source.sweepAll(watching()).rows.count == 1)
      #expect(try await source.pulse().identity == before.identity)
      await source.close()
    }

    @Test("a new source does not mistake another connection's commit count for its own")
    func madeAnew() async throws {
      let database = try TemporaryDatabase(ODBCFaultTests.table)
      let old = database.byODBC()
      let before = try await old.pulse()
      try database.run("UPDATE t SET status = 'paid'")
      let new = database.byODBC()
      #expect(try await new.pulse().version != before.version)
      await old.close()
      await new.close()
    }

    @Test("reads the file that took the place of the one it had open")
    func replaced() async throws {
      let database = try TemporaryDatabase(ODBCFaultTests.table)
      let other = try TemporaryDatabase(
        "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7), (8)")
      let source = database.byODBC()
      let before = try await source.pulse()
      try FileManager.default.removeItem(atPath: database.path)
      try FileManager.default.copyItem(atPath: other.path, toPath: database.path)
      let after = try await source.pulse()
      #expect(after.identity != before.identity)
      #expect(after.version != before.version)
      #expect(try await source.sweepAll(watching()).rows.count == 2)
    }

    @Test(
      "says that a table is locked, and goes on when it is released",
      arguments: TwoWays.Kind.allCases)
    func locked(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, ODBCFaultTests.table)
      let (lock, release) =
        switch kind {
        case .sqlite: ("BEGIN EXCLUSIVE", "COMMIT")
        case .postgres: ("BEGIN; LOCK TABLE t", "COMMIT")
        case .mariadb: ("LOCK TABLES t WRITE", "UNLOCK TABLES")
        }
      try ways.run(lock)
      let problem = await problem(ways.byODBC)
      #expect(problem?.kind == .unreachable)
      #expect(
        problem?.description.contains("watch t was locked by another session") == true,
        "\(String(describing: problem))")
      try ways.run(release)
      #expect(try await ways.byODBC.sweepAll(watching()).rows.count == 1)
    }

    @Test("ends what does not end by itself, and reads on", arguments: TwoWays.Kind.allCases)
    func endless(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, ODBCFaultTests.table, deadline: .seconds(2))
      let endless =
        switch kind {
        case .sqlite:
          "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) SELECT count(*) FROM s) = id"
        case .postgres: "(SELECT count(*) FROM generate_series(1, 1000000000000)) = id"
        case .mariadb: "BENCHMARK(1e15, SHA1(id)) = 0"
        }
      let problem = await ways.byODBC.fault(of: endless)
      #expect(problem?.kind == .condition)
      #expect(
        problem?.description.contains("was stopped after 2") == true,
        "\(String(describing: problem))")
      #expect(try await ways.byODBC.sweepAll(watching()).rows.count == 1)
    }

    @Test(
      "blames one watch for what is wrong with it, and reads the others",
      arguments: TwoWays.Kind.allCases)
    func watches(kind: TwoWays.Kind) async throws {
      let failing =
        switch kind {
        case .sqlite: "json_extract('{', '$.a')"
        case .postgres: "1 / (id - 1)"
        case .mariadb: "EXP(id * 1000)"
        }
      let ways = try await TwoWays(
        kind, ODBCFaultTests.table + "; CREATE VIEW failing AS SELECT id, \(failing) AS n FROM t")
      let cases: [(Watch, String)] = [
        (watching("failing"), "watch failing: "), (watching("gone"), "gone"),
        (watching(query: "SELECT id FROM t;"), "ends with a semicolon"),
        (watching(query: "SELECT id FROM t; DELETE FROM t"), "more than one statement"),
        (watching(query: "SELECT id FROM t) UNION SELECT id FROM (t"), "watch t: "),
        (watching(query: "SELECT status FROM t"), "key column id is not there"),
        (watching(query: "SELECT id FROM t WHERE id = ?"), "a placeholder"),
        (watching(query: "SELECT id FROM t WHERE id = :other"), "a placeholder"),
      ]
      for (watch, message) in cases {
        let problem = await problem(
          ways.byODBC, watch, reading: watch.name == "failing" ? ["n"] : [])
        #expect(problem?.kind == .watch, "\(message): \(String(describing: problem))")
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(try await ways.byODBC.sweepAll(watching()).rows.count == 1)
      }
    }

    @Test("blames a condition for its own faults, without the data it failed on")
    func conditions() async throws {
      let ways = try await TwoWays(
        .postgres,
        """
        CREATE TABLE t (id int PRIMARY KEY, status text, extra jsonb);
        INSERT INTO t VALUES (1, 'Mrs Private', '{}');
        CREATE TABLE secret (id int PRIMARY KEY);
        REVOKE SELECT ON secret FROM kindly
        """)
      for (condition, message) in [
        ("no_such = 1", "column \"no_such\" does not exist"), ("status = :other", "a placeholder"),
        ("extra ? 'k'", "a placeholder other than :now and :today, ?"),
        ("CAST(status AS int) = 1", "cannot be converted to the type that the query needs"),
        ("EXISTS (SELECT 1 FROM secret)", "permission denied"),
        ("status::regclass IS NOT NULL", "condition on watch t"),
        ("status = 'trial'); DELETE FROM t WHERE (TRUE", "condition on watch t"),
      ] {
        let problem = await ways.byODBC.fault(of: condition)
        #expect(problem?.kind == .condition, "\(String(describing: problem))")
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(problem?.description.contains("Private") == false)
      }
      #expect(try await ways.byODBC.sweepAll(watching()).rows.count == 1)
    }
  }
#endif
