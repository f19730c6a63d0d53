#if PostgreSQL
  import KindlyCore
  import KindlyDaemon
  import KindlyTestKit
  import Testing

  @Suite("Hints from a source") struct HintServiceTests {
    private static let schema = """
      CREATE TABLE customers (
        id bigint PRIMARY KEY, name text, email varchar(80), status text, ends_on date, phone text,
        updated_at timestamptz)
      """
    private static let rules = """
      rules:
        - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      """

    @Test(
      "wake the watcher at once, also after the connection was ended, when polling has noticed what came between"
    )
    func wakes() async throws {
      let server = try await PostgresServer.start()
      try server.administrator().run("ALTER SYSTEM SET max_prepared_transactions = 0")
      try await server.stop()
      try await server.start()
      let database = try await PostgresDatabase(HintServiceTests.schema, on: server)
      let configuration = Simple.configuration(mode: .changelog)
        .replacing("sqlite://FOLDER/crm.db", with: database.url)
      let company = try await Company(
        at: "2026-03-01 12:00", schema: "", configuration: configuration,
        rules: HintServiceTests.rules)
      try database.run(try await company.changeLogDDL(of: "customers"))
      try await company.turn()
      let bell = Bell()
      let service = company.daemon.hints(rest: .zero) { _ in await bell.ring() }
      let run = Task { try await service.run() }
      func rung() async {
        await bell.wait(until: .distantFuture, by: company.clock)
        _ = await bell.takeRing()
      }
      // The first ring is for what came before it listened.
      await rung()
      try database.run("INSERT INTO customers VALUES (1, 'Wang', 'wang@example.com')")
      await rung()
      // No time has passed, so no poll was due.
      try await company.turn()
      #expect(company.mail == ["2026-03-01 1 welcome"])
      try database.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
      )
      try database.run("INSERT INTO customers VALUES (2, 'Li', 'li@example.com')")
      try await company.turn()
      #expect(company.mail.last == "2026-03-01 2 welcome")
      // It is asleep sooner or later, and tries again when its time has come.
      while await !bell.takeRing() {
        company.clock.advance(by: HintService.pause)
        await Task.yield()
      }
      try database.run("INSERT INTO customers VALUES (3, 'Zhao', 'zhao@example.com')")
      await rung()
      try await company.turn()
      #expect(company.letters.last?.customer == "3")
      run.cancel()
      try await run.value
      await company.close()
    }
  }
#endif
