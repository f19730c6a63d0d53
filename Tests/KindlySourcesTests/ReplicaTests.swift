#if PostgreSQL && MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// Servers that answer what others committed: how far behind they may be, and what a failover to one is.
  @Suite struct ReplicaTests {
    private static let table = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"

    private func problem(of source: DatabaseSource) async -> SourceProblem? {
      await #expect(throws: SourceProblem.self) { try await source.sweepAll(watching()) }
    }

    /// Waits until a server answers a question with a text.
    private func until(_ answer: String, _ ask: () throws -> [[String?]]) async throws {
      while try ask() != [[answer]] { await Task.yield() }
    }

    /// How many rows a replica has that may not lag at all.
    ///
    /// What its primary writes by itself makes it lag for a moment.
    private func rows(of source: DatabaseSource) async -> Int {
      while true {
        // Losing the error is right: it is asked until it answers.
        if let swept = try? await source.sweepAll(watching()) { return swept.rows.count }
        await Task.yield()
      }
    }

    @Test("a replica of PostgreSQL is asked while it is near its primary, and not while it lags")
    func postgresLag() async throws {
      let primary = try await PostgresServer.start()
      let database = try await PostgresDatabase(ReplicaTests.table, on: primary)
      let replica = try await primary.replica()
      let session = try replica.administrator(of: database.name)
      func source(_ limit: Duration) -> DatabaseSource {
        DatabaseSource(
          postgres: replica.address(of: database.name), password: nil, name: "crm",
          manners: ServerManners(replicaLag: limit), firstWait: .zero)
      }
      let (strict, lenient) = (source(.zero), source(.hours(24)))
      try await until("t") {
        try session.rows(
          "SELECT EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
        )
      }
      #expect(await rows(of: strict) == 1)
      // Only a commit that was replayed tells since when it is behind.
      try database.run("INSERT INTO t VALUES (2)")
      try await until("2") { try session.rows("SELECT count(*) FROM t") }
      try session.run("SELECT pg_wal_replay_pause()")
      try database.run("INSERT INTO t VALUES (3)")
      try await until("t") {
        try session.rows("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()")
      }
      let lagging = await problem(of: strict)
      #expect(lagging?.kind == .unreachable)
      #expect(
        lagging?.description.contains("is a replica that is more than 0 s behind its primary")
          == true, "\(String(describing: lagging))")
      #expect(lagging?.hint?.contains("`replica lag`") == true)
      await #expect(throws: SourceProblem.self) { try await strict.pulse() }
      #expect(try await lenient.sweepAll(watching()).rows.count == 2)
      try session.run("SELECT pg_wal_replay_resume()")
      try await until("3") { try session.rows("SELECT count(*) FROM t") }
      try await until("t") {
        try session.rows("SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()")
      }
      #expect(await rows(of: strict) == 3)
      await strict.close()
      await lenient.close()
    }

    @Test("a failover of PostgreSQL to its replica goes on by itself, and is the same database")
    func postgresFailover() async throws {
      let primary = try await PostgresServer.start()
      let database = try await PostgresDatabase(ReplicaTests.table, on: primary)
      let replica = try await primary.replica()
      let session = try replica.administrator(of: database.name)
      // Until then it does not hear from its primary.
      try await until("t") {
        try session.rows("SELECT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)")
      }
      let hosts = [primary, replica].map { ServerAddress.Host(name: $0.folder, port: $0.port) }
      func source(_ target: ServerAddress.Target) -> DatabaseSource {
        DatabaseSource(
          postgres: ServerAddress(
            hosts: hosts, database: database.name, user: PostgresServer.user, security: .none,
            target: target), password: nil, name: "crm", firstWait: .zero)
      }
      let isReplica = ["pg_is_in_recovery()"]
      let (writable, standby) = (source(.primary), source(.standby))
      let before = try await writable.pulse()
      #expect(
        try await writable.count(watching(), conditions: isReplica, clock: noon).matching == 0)
      #expect(try await standby.count(watching(), conditions: isReplica, clock: noon).matching == 1)
      #expect(try await standby.pulse().identity == before.identity)
      try await primary.stop()
      #expect(await problem(of: writable)?.kind == .unreachable)
      try session.run("SELECT pg_promote()")
      #expect(try await writable.pulse().identity == before.identity)
      try session.run("INSERT INTO t VALUES (2)")
      #expect(try await writable.sweepAll(watching()).rows.count == 2)
      await writable.close()
      await standby.close()
    }

    @Test(
      "a replica of MariaDB is asked while it hears from its primary, and is another server to fail over to"
    )
    func mariaDB() async throws {
      let primary = try await MariaDBServer.start(replicating: 1)
      let replica = try await MariaDBServer.start(replicating: 2)
      let admin = try primary.administrator()
      // What was written before is on both.
      try admin.run(
        "CREATE USER replica@'127.0.0.1' IDENTIFIED BY 'r'; GRANT REPLICATION SLAVE ON *.* TO replica@'127.0.0.1'"
      )
      try admin.run("RESET MASTER")
      let other = try replica.administrator()
      try other.run(
        """
        GRANT SLAVE MONITOR ON *.* TO kindly@localhost;
        CHANGE MASTER TO master_host = '127.0.0.1', master_port = \(primary.port), master_user = 'replica',
          master_password = 'r', master_use_gtid = slave_pos;
        SET GLOBAL read_only = 1;
        START SLAVE
        """)
      let database = try await MariaDBDatabase(ReplicaTests.table, on: primary)
      try await until("1") {
        try other.rows(
          "SELECT count(*) FROM information_schema.tables WHERE table_schema = '\(database.name)'")
      }
      try await until("1") { try other.rows("SELECT count(*) FROM \(database.name).t") }
      func source(_ servers: MariaDBServer..., target: ServerAddress.Target) -> DatabaseSource {
        let hosts = servers.map { ServerAddress.Host(name: $0.folder + "/mysqld.sock") }
        return DatabaseSource(
          mariadb: ServerAddress(
            hosts: hosts, database: database.name, user: MariaDBServer.user, security: .none,
            target: target), password: MariaDBServer.password, name: "crm", firstWait: .zero)
      }
      let standby = source(primary, replica, target: .standby)
      #expect(
        try await standby.count(watching(), conditions: ["@@server_id = 2"], clock: noon).matching
          == 1)
      try other.run("STOP SLAVE SQL_THREAD")
      let deaf = await problem(of: standby)
      #expect(deaf?.kind == .unreachable)
      #expect(deaf?.description.contains("or does not hear from it") == true)
      try other.run("START SLAVE SQL_THREAD")
      // It says NULL until its threads are both at work.
      while await (try? standby.pulse()) == nil { await Task.yield() }
      #expect(try await standby.sweepAll(watching()).rows.count == 1)
      try await failover(source(replica, primary, target: .primary), from: admin, to: other)
    }

    private func failover(
      _ writable: DatabaseSource, from primary: MariaDBSession, to replica: MariaDBSession
    ) async throws {
      func server() async throws -> Int {
        for number in [1, 2]
        where try await writable.count(
          watching(), conditions: ["@@server_id = \(number)"], clock: noon
        ).matching > 0 {
          return number
        }
        return 0
      }
      #expect(try await server() == 1)
      // Its connections stay, but nothing is written over them any more.
      try primary.run("SET GLOBAL read_only = 1")
      let problem = await problem(of: writable)
      #expect(problem?.description.contains("no server that answers and is primary") == true)
      try replica.run("STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0")
      #expect(try await server() == 2)
    }

    @Test("check asks for the right to see how far behind a server is that is read-only")
    func blind() async throws {
      let server = try await MariaDBServer.start()
      let database = try await MariaDBDatabase(ReplicaTests.table, on: server)
      let source = database.source()
      #expect(try await source.examine(.watch(watching())).isEmpty)
      try database.run("SET GLOBAL read_only = 1")
      let findings = try await source.examine(.watch(watching()))
      #expect(findings.map(\.isError) == [false])
      #expect(findings.first?.text.contains("GRANT SLAVE MONITOR ON *.* TO `kindly`") == true)
    }
  }
#endif
