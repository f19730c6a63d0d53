#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct PostgresFaultTests {
    private static let table =
      "CREATE TABLE t (id int PRIMARY KEY, status text); INSERT INTO t VALUES (1, 'trial')"

    private func problem(
      _ source: DatabaseSource, _ watch: Watch = watching(), reading columns: [String] = []
    ) async -> SourceProblem? {
      await #expect(throws: SourceProblem.self) {
        try await source.sweepAll(watch, columns: columns)
      }
    }

    private func overTCP(
      _ database: PostgresDatabase, host: String = "127.0.0.1", port: Int? = nil,
      user: String = PostgresServer.role, name: String? = nil,
      security: ServerAddress.Security = .none, certificates: String? = nil
    ) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: host, port: port ?? database.server.port)],
        database: name ?? database.name, user: user, security: security, certificates: certificates)
    }

    private func source(_ address: ServerAddress, password: Secret? = PostgresServer.password)
      -> DatabaseSource
    {
      DatabaseSource(postgres: address, password: password, name: "crm", firstWait: .zero)
    }

    @Test("says why it cannot connect, and what to do, without the password")
    func unreachable() async throws {
      let database = try await PostgresDatabase(PostgresFaultTests.table)
      let wrong = Secret("hush")
      let cases: [(DatabaseSource, String, String)] = [
        (
          source(overTCP(database), password: wrong), "password authentication failed",
          "pg_hba.conf"
        ),
        (source(overTCP(database), password: nil), "no password supplied", "`password: {"),
        (source(overTCP(database, user: "nobody")), "authentication failed", "user, password"),
        (source(overTCP(database, name: "gone")), "\"gone\" does not exist", "database are right"),
        (
          source(overTCP(database, host: "no-such-host.invalid")), "no-such-host.invalid",
          "host, port"
        ),
        (source(overTCP(database, port: 1)), "Connection refused", "firewall"),
        (
          source(overTCP(database, host: "localhost", security: .checked)), "certificate",
          "sslrootcert"
        ),
      ]
      for (source, message, hint) in cases {
        let problem = await problem(source)
        #expect(problem?.kind == .unreachable)
        #expect(problem?.description.hasPrefix("source crm: ") == true)
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(
          problem?.description.hasSuffix("; it is asked again at the next poll") == true,
          "\(String(describing: problem))")
        #expect(problem?.hint?.contains(hint) == true, "\(String(describing: problem))")
        #expect("\(String(describing: problem))".contains("hush") == false)
      }
    }

    @Test("reads over TLS from a server whose certificate is trusted and bears its name")
    func encrypted() async throws {
      let database = try await PostgresDatabase(PostgresFaultTests.table)
      let trusted = database.server.folder + "/server.crt"
      let checked = overTCP(
        database, host: "localhost", security: .checked, certificates: trusted)
      #expect(try await source(checked).sweepAll(watching()).rows.count == 1)
      let otherName = overTCP(database, security: .checked, certificates: trusted)
      #expect(await problem(source(otherName))?.description.contains("certificate") == true)
      let hasTLS = "EXISTS (SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)"
      for (security, holds) in [(ServerAddress.Security.encrypted, 1), (.none, 0)] {
        let source = source(overTCP(database, security: security))
        #expect(
          try await source.count(watching(), conditions: [hasTLS], clock: noon) == holds)
      }
    }

    @Test("leaves a server alone for a while after it did not answer")
    func backsOff() async throws {
      let database = try await PostgresDatabase(PostgresFaultTests.table)
      let name = database.name + "_later"
      let patient = DatabaseSource(
        postgres: database.server.address(of: name), password: nil, name: "crm",
        firstWait: .seconds(3600))
      let eager = DatabaseSource(
        postgres: database.server.address(of: name), password: nil, name: "crm", firstWait: .zero)
      let first = await problem(patient)
      _ = await problem(eager)
      try database.run("CREATE DATABASE \(name)")
      _ = try await eager.pulse()
      // Were it asked again, it would answer now.
      #expect(await problem(patient) == first)
      await eager.close()
      try database.run("DROP DATABASE \(name) WITH (FORCE)")
    }

    @Test("goes on after its connection was ended, between two questions and in the middle of one")
    func terminated() async throws {
      let database = try await PostgresDatabase(PostgresFaultTests.table)
      let source = database.source()
      let end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kindly' AND datname = current_database()"
      let before = try await source.pulse()
      #expect(try database.writer.rows(end) == [["t"]])
      #expect(try await source.pulse().identity == before.identity)
      // The view sleeps, so that the connection is ended in the middle of the look.
      try database.run(
        "CREATE VIEW slow AS SELECT id, pg_sleep(id * 3600) IS NULL AS waited FROM t")
      let patient = database.source(deadline: .seconds(3600))
      let look = Task {
        await self.problem(patient, watching("slow"), reading: ["waited"])
      }
      let asleep =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
      while try database.writer.rows(asleep) != [["1"]] { await Task.yield() }
      try database.run(end)
      let problem = await look.value
      #expect(problem?.kind == .unreachable)
      #expect(problem?.description.contains("terminating connection") == true)
      try database.run("UPDATE t SET id = 0")
      #expect(
        try await patient.sweepAll(watching("slow"), columns: ["waited"]).rows.count == 1)
    }

    @Test("recovers by itself when the server was restarted")
    func restarted() async throws {
      let server = try await PostgresServer.start()
      let database = try await PostgresDatabase(PostgresFaultTests.table, on: server)
      let source = database.source()
      let before = try await source.pulse()
      await server.stop()
      let problem = await problem(source)
      #expect(problem?.kind == .unreachable)
      #expect(problem?.description.contains("cannot be connected to") == true)
      await server.start()
      #expect(try await source.sweepAll(watching()).rows.count == 1)
      #expect(try await source.pulse().identity == before.identity)
      await source.close()
    }

    @Test("sees commits in the pulse and nothing else, and another database by its identity")
    func pulse() async throws {
      let server = try await PostgresServer.start()
      let database = try await PostgresDatabase(PostgresFaultTests.table, on: server)
      let source = database.source()
      let first = try await source.pulse()
      #expect(try await source.pulse() == first)
      let other = try database.session()
      try other.run("BEGIN; UPDATE t SET status = 'paid'")
      let begun = try await source.pulse()
      try database.run("UPDATE t SET status = 'paid' WHERE id = 2; INSERT INTO t VALUES (2, 'new')")
      let written = try await source.pulse()
      #expect(written.version != begun.version)
      try other.run("COMMIT")
      #expect(try await source.pulse().version != written.version)
      #expect(try await source.pulse().identity == first.identity)
      #expect(first.identity.hasPrefix("?") == false)
      let another = try await PostgresDatabase(on: server)
      #expect(try await another.source().pulse().identity != first.identity)
      await source.close()
    }

    @Test("blames one watch for what is wrong with it, and reads the others")
    func watches() async throws {
      let database = try await PostgresDatabase(
        """
        \(PostgresFaultTests.table);
        CREATE TABLE secret (id int PRIMARY KEY);
        REVOKE ALL ON secret FROM kindly;
        CREATE VIEW failing AS SELECT id, 1 / (id - 1) AS n FROM t;
        CREATE TABLE shut (id int PRIMARY KEY)
        """)
      let source = database.source(deadline: .milliseconds(300))
      let cases: [(Watch, String)] = [
        (watching("secret"), "permission denied for table secret"),
        (watching("failing"), "division by zero"),
        (watching("gone"), "relation \"gone\" does not exist"),
        (watching(query: "SELECT id FROM t;"), "ends with a semicolon"),
        (watching(query: "SELECT id FROM t) UNION SELECT id FROM (t"), "syntax error"),
        (watching(query: "DELETE FROM t"), "not a SELECT"),
        (watching(query: "DELETE FROM t RETURNING id"), "syntax error"),
        (watching(query: "SELECT id FROM t; DELETE FROM t"), "multiple commands"),
        (watching(query: "SELECT status FROM t"), "key column id is not there"),
        (watching(query: "SELECT id FROM t WHERE id = $1"), "a placeholder"),
        (watching(query: "SELECT id FROM t, pg_sleep(60)"), "was ended after"),
      ]
      for (watch, message) in cases {
        let problem = await problem(source, watch, reading: watch.name == "failing" ? ["n"] : [])
        #expect(problem?.kind == .watch, "\(message)")
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(try await source.sweepAll(watching()).rows.count == 1)
      }
      #expect(await problem(source, watching("secret"))?.hint?.contains("GRANT SELECT") == true)
    }

    @Test(
      "blames a condition for what it does, without the data it did it to",
      arguments: [
        ("no_such = 1", "no_such"), ("status = \"trial\"", "trial"),
        ("pg_sleep(60) IS NULL", "was ended after"), ("id / 0 = 1", "division by zero"),
        ("status = :other", "a placeholder other than :now and :today"),
        ("status = 'trial'; DELETE FROM t", "syntax error"), ("status", "boolean"),
        ("CAST(status AS date) > :today", "cannot be read as what it is asked as (22007)"),
        ("nextval('s') > 0", "permission denied"), ("nextval('open') > 0", "read-only transaction"),
        ("raising(status)", "a function of the database raised an error (P0001)"),
      ])
    func conditions(condition: String, message: String) async throws {
      let database = try await PostgresDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status text);
        INSERT INTO t VALUES (1, 'Mrs Private');
        CREATE SEQUENCE s;
        CREATE SEQUENCE open;
        GRANT USAGE ON SEQUENCE open TO kindly;
        CREATE FUNCTION raising(who text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''no %'', who; END'
        """)
      let source = database.source(deadline: .milliseconds(300))
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.rows(
          RowQuestion(
            watch: watching(), keys: [RowKey(canonical: #"["1"]"#)], conditions: [condition],
            clock: noon))
      }
      #expect(problem?.kind == .condition)
      #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
      #expect(problem?.description.contains("Private") == false)
      #expect(try await source.sweepAll(watching()).rows.count == 1)
    }

    @Test("says that a table is locked, and goes on when it is released")
    func locked() async throws {
      let database = try await PostgresDatabase(PostgresFaultTests.table)
      let source = database.source()
      try database.run("BEGIN; LOCK TABLE t")
      let problem = await problem(source)
      #expect(problem?.kind == .unreachable)
      #expect(problem?.description.contains("watch t was locked by another session") == true)
      try database.run("COMMIT")
      #expect(try await source.sweepAll(watching()).rows.count == 1)
    }
  }
#endif
