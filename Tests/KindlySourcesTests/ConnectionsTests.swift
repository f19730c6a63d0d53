#if PostgreSQL && MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// One connection for looks and one for questions, on both kinds of server.
  @Suite struct ConnectionsTests {
    private static let table = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
    private let question = RowQuestion(
      watch: watching(), keys: [RowKey(canonical: #"["1"]"#)], clock: noon)

    @Test("answers about a row while a look of PostgreSQL goes on")
    func postgresLook() async throws {
      let database = try await PostgresDatabase(
        "\(ConnectionsTests.table); CREATE VIEW slow AS SELECT id, pg_sleep(3600) IS NULL AS n FROM t"
      )
      let source = database.source(deadline: .seconds(3600))
      let asleep =
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
      let look = Task { try await source.sweepAll(watching("slow"), columns: ["n"]) }
      while try database.writer.rows(asleep).isEmpty { await Task.yield() }
      #expect(try await source.rows(question).count == 1)
      // The look was not done before: it can still be ended.
      try database.run("SELECT pg_terminate_backend(pid) FROM (\(asleep)) AS looking")
      await #expect(throws: SourceProblem.self) { try await look.value }
      await source.close()
    }

    @Test("answers about a row while a look of MariaDB goes on")
    func mariaDBLook() async throws {
      let database = try await MariaDBDatabase(
        "\(ConnectionsTests.table); CREATE VIEW slow AS SELECT id, SLEEP(3600) AS n FROM t")
      let source = database.source(deadline: .seconds(3600))
      let asleep =
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'"
      let look = Task { try await source.sweepAll(watching("slow"), columns: ["n"]) }
      while try database.writer.rows(asleep).isEmpty { await Task.yield() }
      #expect(try await source.rows(question).count == 1)
      let thread = try #require(try database.writer.rows(asleep).first?.first)
      try database.run("KILL \(thread ?? "")")
      await #expect(throws: SourceProblem.self) { try await look.value }
      await source.close()
    }

    @Test(
      "works over the one connection that PostgreSQL gives, reports it, and uses the second when it can"
    )
    func postgresFull() async throws {
      let database = try await PostgresDatabase(ConnectionsTests.table)
      let source = database.source()
      try database.run("ALTER DATABASE \(database.name) CONNECTION LIMIT 2")
      try await sharesOne(source, "too many connections for database") {
        try database.run("ALTER DATABASE \(database.name) CONNECTION LIMIT 3")
      }
    }

    @Test(
      "works over the one connection that MariaDB gives, reports it, and uses the second when it can"
    )
    func mariaDBFull() async throws {
      let database = try await MariaDBDatabase(ConnectionsTests.table)
      let user = "limited_\(database.name.suffix(8))"
      try database.run(
        """
        CREATE USER \(user)@localhost WITH MAX_USER_CONNECTIONS 1;
        GRANT SELECT ON \(database.name).* TO \(user)@localhost
        """)
      let source = DatabaseSource(
        mariadb: database.server.address(of: database.name, user: user), password: nil,
        name: "crm", firstWait: .zero)
      try await sharesOne(source, "max_user_connections") {
        try database.run("ALTER USER \(user)@localhost WITH MAX_USER_CONNECTIONS 2")
      }
      try database.run("DROP USER \(user)@localhost")
    }

    /// Looks, asks with no second connection to be had, and asks again when there is one.
    private func sharesOne(
      _ source: DatabaseSource, _ cause: String, raise: () throws -> Void
    ) async throws {
      let identity = try await source.pulse().identity
      #expect(source.remarks.isEmpty)
      #expect(try await source.rows(question).count == 1)
      #expect(source.remarks.count == 1)
      let remark = try #require(source.remarks.first)
      #expect(remark.contains(cause), "\(remark)")
      #expect(remark.hasPrefix("source crm: "))
      #expect(remark.hasSuffix("; until then looks and rechecks share one connection"))
      #expect(try await source.pulse().identity == identity)
      #expect(source.remarks == [remark])
      try raise()
      #expect(try await source.rows(question).count == 1)
      #expect(source.remarks.isEmpty)
      await source.close()
    }

    @Test("says nothing of a second connection where the server gives none at all")
    func none() async throws {
      let database = try await PostgresDatabase(ConnectionsTests.table)
      let source = database.source()
      try database.run("ALTER DATABASE \(database.name) CONNECTION LIMIT 0")
      for _ in 1...2 {
        let problem = await #expect(throws: SourceProblem.self) {
          try await source.rows(question)
        }
        #expect(problem?.kind == .unreachable)
        await #expect(throws: SourceProblem.self) { try await source.pulse() }
      }
      #expect(source.remarks.isEmpty)
      try database.run("ALTER DATABASE \(database.name) CONNECTION LIMIT -1")
      #expect(try await source.rows(question).count == 1)
      await source.close()
    }

    @Test("holds one connection where the settings say so")
    func one() async throws {
      let database = try await PostgresDatabase(ConnectionsTests.table)
      let count =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'kindly' AND datname = current_database()"
      for connections in ServerManners.connectionCounts {
        let source = DatabaseSource(
          postgres: database.address, password: nil, name: "crm",
          manners: ServerManners(connections: connections))
        _ = try await source.pulse()
        _ = try await source.rows(question)
        #expect(try database.writer.rows(count) == [["\(connections)"]])
        try database.run(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'kindly' AND datname = current_database()"
        )
      }
    }
  }
#endif
