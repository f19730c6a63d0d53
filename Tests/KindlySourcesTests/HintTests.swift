#if PostgreSQL
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// What the triggers of a change log tell before anybody asks.
  @Suite struct HintTests {
    /// Counts what was heard, and lets a test await it.
    private actor Ear {
      private var heard = 0
      private var waiters: [CheckedContinuation<Void, Never>] = []

      func hear() {
        heard += 1
        for waiter in waiters { waiter.resume() }
        waiters = []
      }

      func hears(_ count: Int) async {
        while heard < count { await withCheckedContinuation { waiters.append($0) } }
      }
    }

    /// A server that allows no PREPARE TRANSACTION, as is PostgreSQL's default.
    private func server() async throws -> PostgresServer {
      let server = try await PostgresServer.start()
      try server.administrator().run("ALTER SYSTEM SET max_prepared_transactions = 0")
      try await server.stop()
      try await server.start()
      return server
    }

    @Test(
      "hears each commit that wrote to the log, says when it no longer hears, and can listen again")
    func hears() async throws {
      let server = try await server()
      let database = try await PostgresDatabase(
        "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE other (id int)", on: server)
      let source = database.source()
      let watch = watching(changes: .changelog)
      let ddl = try await source.changeLogDDL(for: watch, columns: [])
      #expect(ddl.contains("(NOTIFY kindly)"))
      try database.run(ddl)
      let ear = Ear()
      let listening = Task { try await source.listen { await ear.hear() } }
      // Once because it has begun, and once for the commit, whose two rows are told of together.
      await ear.hears(1)
      try database.run("INSERT INTO other VALUES (1); INSERT INTO t VALUES (1), (2)")
      await ear.hears(2)
      #expect(source.remarks.isEmpty)
      try database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
      )
      let problem = await #expect(throws: SourceProblem.self) { try await listening.value }
      #expect(problem?.kind == .unreachable)
      #expect(source.remarks.first?.hasSuffix("only polling notices changes") == true)
      try database.run("INSERT INTO t VALUES (3)")
      let again = Task { try await source.listen { await ear.hear() } }
      await ear.hears(3)
      #expect(source.remarks.isEmpty)
      try database.run("DELETE FROM t WHERE id = 1")
      await ear.hears(4)
      again.cancel()
      try await again.value
      await source.close()
    }

    @Test("leaves NOTIFY away where the application may prepare transactions, and says so")
    func prepared() async throws {
      let database = try await PostgresDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      let watch = watching(changes: .changelog)
      let ddl = try await database.source().changeLogDDL(for: watch, columns: [])
      #expect(!ddl.contains("pg_notify") && ddl.contains("max_prepared_transactions"))
      try database.run(ddl)
      try database.run(
        "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION '\(database.name)'")
      try database.run("COMMIT PREPARED '\(database.name)'")
    }

    @Test("gives no hints over one connection, nor from a file")
    func none() async throws {
      let database = try await PostgresDatabase()
      let single = DatabaseSource(
        postgres: database.address, password: nil, name: "crm",
        manners: ServerManners(connections: 1))
      // Each returns at once.
      try await single.listen { Issue.record("heard from a server that is not listened to") }
      try await TemporaryDatabase("CREATE TABLE t (id)").source().listen {
        Issue.record("heard from a file")
      }
    }
  }
#endif
