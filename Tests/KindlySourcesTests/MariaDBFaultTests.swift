#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite struct MariaDBFaultTests {
    private static let table =
      "CREATE TABLE t (id int PRIMARY KEY, status varchar(20)); INSERT INTO t VALUES (1, 'trial')"

    private func problem(
      _ source: DatabaseSource, _ watch: Watch = watching(), reading columns: [String] = []
    ) async -> SourceProblem? {
      await #expect(throws: SourceProblem.self) {
        try await source.sweepAll(watch, columns: columns)
      }
    }

    private func overTCP(
      _ database: MariaDBDatabase, host: String = "127.0.0.1", port: Int? = nil,
      user: String = MariaDBServer.user, name: String? = nil,
      security: ServerAddress.Security = .none, certificates: String? = nil
    ) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: host, port: port ?? database.server.port)],
        database: name ?? database.name, user: user, security: security, certificates: certificates)
    }

    private func source(_ address: ServerAddress, password: Secret? = MariaDBServer.password)
      -> DatabaseSource
    {
      DatabaseSource(mariadb: address, password: password, name: "crm", firstWait: .zero)
    }

    @Test("says why it cannot connect, and what to do, without the password")
    func unreachable() async throws {
      let database = try await MariaDBDatabase(MariaDBFaultTests.table)
      let wrong = Secret("hush")
      let cases: [(DatabaseSource, String, String)] = [
        (
          source(overTCP(database), password: wrong), "Access denied for user", "password are right"
        ),
        (source(overTCP(database), password: nil), "Access denied for user", "`password: {"),
        (source(overTCP(database, user: "nobody")), "Access denied for user", "user and password"),
        (source(overTCP(database, name: "gone")), "'gone'", "the database in `url:`"),
        (
          source(overTCP(database, host: "no-such-host.invalid")), "no-such-host.invalid",
          "host and port"
        ),
        (source(overTCP(database, port: 1)), "127.0.0.1", "firewall"),
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
      let database = try await MariaDBDatabase(MariaDBFaultTests.table)
      let trusted = database.server.folder + "/server.crt"
      let checked = overTCP(database, host: "localhost", security: .checked, certificates: trusted)
      #expect(try await source(checked).sweepAll(watching()).rows.count == 1)
      let otherName = overTCP(database, security: .checked, certificates: trusted)
      #expect(await problem(source(otherName))?.kind == .unreachable)
      let hasTLS =
        "EXISTS (SELECT 1 FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> '')"
      for (security, holds) in [(ServerAddress.Security.encrypted, 1), (.none, 0)] {
        let source = source(overTCP(database, security: security))
        #expect(try await source.count(watching(), conditions: [hasTLS], clock: noon) == holds)
      }
    }

    @Test("goes on after its connection was ended, between two questions and in the middle of one")
    func killed() async throws {
      let database = try await MariaDBDatabase(MariaDBFaultTests.table)
      func connections(_ state: String) throws -> [String] {
        try database.writer.rows(
          "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND user = 'kindly' AND \(state)"
        ).compactMap { $0[0] }
      }
      let source = database.source()
      let before = try await source.pulse()
      for id in try connections("TRUE") { try database.run("KILL \(id)") }
      #expect(try await source.pulse().identity == before.identity)
      for end in ["KILL", "KILL QUERY"] {
        let patient = database.source(deadline: .seconds(3600))
        let look = Task {
          await self.problem(
            patient,
            watching(
              query: "SELECT id, SLEEP(IF(COUNT(*) > 0, 3600, 0)) AS waited FROM t GROUP BY id"),
            reading: ["waited"])
        }
        while try connections("state = 'User sleep'").isEmpty { await Task.yield() }
        for id in try connections("state = 'User sleep'") { try database.run("\(end) \(id)") }
        let problem = await look.value
        #expect(problem?.kind == .unreachable, "\(end): \(String(describing: problem))")
        #expect(try await patient.sweepAll(watching()).rows.count == 1)
      }
    }

    @Test("recovers by itself when the server was restarted, and knows it again")
    func restarted() async throws {
      let server = try await MariaDBServer.start()
      let database = try await MariaDBDatabase(MariaDBFaultTests.table, on: server)
      let source = database.source()
      let before = try await source.pulse()
      #expect(try await source.pulse() == before)
      #expect(before.identity.hasPrefix("?") == false)
      await server.stop()
      let problem = await problem(source)
      #expect(problem?.kind == .unreachable)
      #expect(problem?.description.contains("cannot be connected to") == true)
      await server.start()
      #expect(try await source.sweepAll(watching()).rows.count == 1)
      #expect(try await source.pulse().identity == before.identity)
      let another = try await MariaDBDatabase(on: server)
      #expect(try await another.source().pulse().identity != before.identity)
      await source.close()
    }

    @Test("blames one watch for what is wrong with it, and reads the others")
    func watches() async throws {
      let database = try await MariaDBDatabase(MariaDBFaultTests.table)
      let other = try await MariaDBDatabase("CREATE TABLE secret (id int PRIMARY KEY)")
      try database.run(
        """
        REVOKE SELECT ON \(other.name).* FROM kindly@localhost;
        CREATE FUNCTION failing(id int) RETURNS int
          BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Mrs Private'; RETURN 1; END;
        CREATE VIEW failing AS SELECT id, failing(id) AS n FROM t;
        CREATE VIEW broken AS SELECT id FROM t;
        CREATE TABLE shut (id int PRIMARY KEY);
        DROP VIEW broken; CREATE VIEW broken AS SELECT id FROM shut; DROP TABLE shut
        """)
      let source = database.source(deadline: .milliseconds(300))
      let cases: [(Watch, String)] = [
        (watching(other.name + ".secret"), "command denied to user"),
        (watching("failing"), "a function of the database raised an error (1644)"),
        (watching("broken"), "references invalid table"),
        (watching("gone"), "doesn't exist"),
        (watching(query: "SELECT id FROM t;"), "ends with a semicolon"),
        (watching(query: "SELECT id FROM t) UNION SELECT id FROM (t"), "error in your SQL syntax"),
        (watching(query: "DO 1"), "not a SELECT"),
        (watching(query: "DELETE FROM t RETURNING id"), "command denied"),
        (watching(query: "SELECT id FROM t; DELETE FROM t"), "error in your SQL syntax"),
        (watching(query: "SELECT status FROM t"), "key column id is not there"),
        (watching(query: "SELECT id FROM t WHERE id = ?"), "a placeholder"),
        (watching(query: "SELECT id, BENCHMARK(1e15, SHA1(id)) AS n FROM t"), "was ended after"),
      ]
      for (watch, message) in cases {
        let reads = message.contains("ended after") || watch.name == "failing"
        let problem = await problem(source, watch, reading: reads ? ["n"] : [])
        #expect(problem?.kind == .watch, "\(message): \(String(describing: problem))")
        #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
        #expect(try await source.sweepAll(watching()).rows.count == 1)
      }
      let denied = await problem(source, watching(other.name + ".secret"))
      #expect(denied?.hint?.contains("GRANT SELECT") == true)
    }

    @Test(
      "blames a condition for what it does, without the data it did it to",
      arguments: [
        ("no_such = 1", "no_such"), ("status = \"trial\"", "trial"),
        ("BENCHMARK(1e15, SHA1(id)) = 0", "was ended after"),
        ("status = :other", "a placeholder other than :now and :today"),
        ("status = 'trial'; DELETE FROM t", "error in your SQL syntax"),
        ("NEXTVAL(s) > 0", "READ ONLY transaction"), ("raising(status)", "raised an error (1644)"),
        ("EXP(id * 1000) > 0", "out of range"), ("writing()", "READ ONLY transaction"),
      ])
    func conditions(condition: String, message: String) async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id int PRIMARY KEY, status varchar(20));
        INSERT INTO t VALUES (1, 'Mrs Private');
        CREATE SEQUENCE s;
        CREATE FUNCTION raising(who text) RETURNS int
          BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = who; RETURN 1; END;
        CREATE FUNCTION writing() RETURNS int BEGIN DELETE FROM t WHERE id = 7; RETURN 1; END
        """)
      let source = database.source(deadline: .milliseconds(300))
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.rows(
          RowQuestion(
            watch: watching(), keys: [RowKey(canonical: #"["1"]"#)], conditions: [condition],
            clock: noon))
      }
      #expect(problem?.kind == .condition, "\(String(describing: problem))")
      #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
      #expect(problem?.description.contains("Private") == false)
      #expect(try await source.sweepAll(watching()).rows.count == 1)
    }

    @Test("says that a table is locked, and goes on when it is released")
    func locked() async throws {
      let database = try await MariaDBDatabase(MariaDBFaultTests.table)
      let source = database.source()
      try database.run("LOCK TABLES t WRITE")
      let problem = await problem(source)
      #expect(problem?.kind == .unreachable)
      #expect(problem?.description.contains("watch t was locked by another session") == true)
      try database.run("UNLOCK TABLES")
      #expect(try await source.sweepAll(watching()).rows.count == 1)
    }
  }
#endif
