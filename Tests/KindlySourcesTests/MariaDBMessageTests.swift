#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// What is told of a MariaDB server's errors and settings.
  @Suite struct MariaDBMessageTests {
    @Test(
      "shows a message only if it cannot contain a row's data",
      arguments: [
        ("(SELECT status FROM t) = 'x'", "Subquery returns more than 1 row"),
        ("stauts = 'x'", "names the column stauts"),
        ("no_such(status)", "FUNCTION"), ("GREATEST(status)", "parameter count"),
        ("raising(status)", "a function of the database raised an error (1644)"),
        ("CAST(id * 9223372036854775807 * 3 AS SIGNED) > 0", "out of range"),
        ("casting(status) = 1", "cannot be converted to the type that the query needs (1366)"),
        ("looking(status) = 1", "`perror 1339` explains"),
      ])
    func messages(condition: String, message: String) async throws {
      let database = try await MariaDBDatabase(
        """
        CREATE TABLE t (id bigint PRIMARY KEY, status varchar(20));
        INSERT INTO t VALUES (1, 'Mrs Private'), (2, 'Mr Private');
        CREATE FUNCTION raising(who text) RETURNS int
          BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = who; RETURN 1; END;
        CREATE FUNCTION casting(who text) RETURNS int RETURN who;
        CREATE FUNCTION looking(who text) RETURNS int
          BEGIN CASE who WHEN 'nobody' THEN RETURN 1; END CASE; RETURN 2; END
        """)
      let source = database.source()
      let problem = await #expect(throws: SourceProblem.self) {
        if let fault = await source.fault(of: condition) { throw fault }
        // A name that is not there is the examination's to tell.
        let step = Step(
          name: "s", when: .insert, conditions: [condition], legs: [], template: "s")
        for finding in try await source.examine(.step(watching(), step)) {
          throw SourceProblem(.condition, finding.text)
        }
      }
      let text = "\(String(describing: problem?.description))"
      #expect(text.contains(message) || text.contains("Unknown column"), "\(text)")
      #expect(!text.contains("Private"), "\(text)")
    }

    @Test("leaves a server alone that lets it in and then refuses its first statement")
    func refusedAtOnce() async throws {
      let server = try await MariaDBServer.start()
      let database = try await MariaDBDatabase("CREATE TABLE t (id int PRIMARY KEY)", on: server)
      try database.run("SET GLOBAL init_connect = 'SELECT no_such_column'")
      let source = DatabaseSource(
        mariadb: database.address, password: MariaDBServer.password, name: "crm",
        firstWait: .seconds(3600))
      let first = await #expect(throws: SourceProblem.self) { try await source.pulse() }
      #expect(first?.kind == .unreachable)
      try database.run("SET GLOBAL init_connect = ''")
      // Were it asked again, it would answer now.
      let second = await #expect(throws: SourceProblem.self) { try await source.pulse() }
      #expect(second == first)
      _ = try await database.source().pulse()
    }

    @Test("says that nothing trims a change log while the server's events are off")
    func events() async throws {
      let server = try await MariaDBServer.start()
      let database = try await MariaDBDatabase("CREATE TABLE t (id int PRIMARY KEY)", on: server)
      try database.run("GRANT PROCESS ON *.* TO kindly@localhost")
      let source = database.source()
      let watch = watching(changes: .changelog)
      try database.run(try await source.changeLogDDL(for: watch, columns: []))
      for (setting, isTold) in [("OFF", true), ("ON", false)] {
        try database.run("SET GLOBAL event_scheduler = \(setting)")
        let findings = try await source.examine(.watch(watch))
        #expect(findings.contains { $0.text.contains("event_scheduler = ON") } == isTold)
        #expect(findings.allSatisfy { !$0.isError })
      }
    }
  }
#endif
