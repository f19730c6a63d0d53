#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// The change log of a MariaDB server, as far as it is of its own kind.
  @Suite struct MariaDBChangeTests {
    private let watch = watching(changes: .changelog)

    @Test("reads once an entry that is committed late, and never one that is rolled back")
    func late() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY)", on: try await MariaDBServer.start())
      let source = database.source()
      try await database.installLog(of: watch)
      let (late, never) = (try database.session(), try database.session())
      try late.run("BEGIN; INSERT INTO t VALUES (1)")
      try never.run("BEGIN; INSERT INTO t VALUES (2)")
      try database.run("INSERT INTO t VALUES (3)")
      var place = LogPlace.start
      func look() async throws -> [Int64] {
        let slice = try await source.log(of: watch, after: place)
        place = try #require(slice.logPlace)
        return slice.logged.map(\.id)
      }
      #expect(try await look() == [3])
      #expect(place == LogPlace(position: 0, transactions: .text("3-3")))
      try never.run("ROLLBACK")
      #expect(try await look() == [])
      try late.run("COMMIT")
      #expect(try await look() == [1])
      try database.run("INSERT INTO t VALUES (4)")
      #expect(try await look() == [4])
      #expect(try await look() == [])
      #expect(place == LogPlace(position: 4))
      // A place that was kept over a restart is enough to go on from.
      let again = database.source()
      let slice = try await again.log(
        of: watch, after: LogPlace(position: 0, transactions: .text("3-4")))
      #expect(slice.logged.map(\.id) == [1])
    }

    @Test("is only read by a user who sees open transactions, and so is a cursor")
    func rights() async throws {
      let database = try await MariaDBDatabase("CREATE TABLE t (id int PRIMARY KEY)")
      try await database.installLog(of: watch)
      let name = "u" + database.name.suffix(20)
      try database.run(
        "CREATE USER \(name)@localhost; GRANT SELECT ON \(database.name).* TO \(name)@localhost")
      let blind = database.source(
        at: database.server.address(of: database.name, user: name), password: nil)
      let refused = await #expect(throws: SourceProblem.self) {
        try await blind.log(of: watch, after: .start)
      }
      #expect(refused?.hint?.contains("GRANT PROCESS") == true)
      let cursor = watching(changes: .cursor(column: "id"))
      #expect(
        try await blind.examine(.watch(cursor)).first?.text.contains("only the sweep notices")
          == true)
      try database.run("DROP USER \(name)@localhost")
    }

    @Test("is not offered for a table of an engine without transactions")
    func engines() async throws {
      let database = try await MariaDBDatabase("CREATE TABLE m (id int) ENGINE = MyISAM")
      let problem = await #expect(throws: SourceProblem.self) {
        try await database.source().changeLogDDL(for: watching("m"), columns: [])
      }
      #expect(problem?.description.contains("a change log needs a table") == true)
    }
  }
#endif
