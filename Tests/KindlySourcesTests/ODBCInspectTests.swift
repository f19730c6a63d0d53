#if ODBC && PostgreSQL && MariaDB
  import Foundation
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  @Suite("Inspecting over ODBC")
  struct ODBCInspectTests {
    private static func company(_ kind: TwoWays.Kind) -> String {
      switch kind {
      case .sqlite: SQLiteInspectTests.company
      case .postgres: PostgresInspectTests.company
      case .mariadb: MariaDBInspectTests.company
      }
    }

    @Test(
      "tells of server and tables what the engine of its own tells",
      arguments: TwoWays.Kind.allCases)
    func inventory(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, ODBCInspectTests.company(kind))
      let native = try await ways.native.inventory()
      let byODBC = try await ways.byODBC.inventory()
      #expect(byODBC.relations.count >= 3)
      // What the server estimates, and what other tests have open there, may be another a moment later.
      func lasting(_ inventory: SourceInventory) -> [String] {
        let server = inventory.server
        let facts = [
          server.product, server.version, server.encoding, server.timezone, server.user,
          server.excess,
        ]
        return facts.map { $0 ?? "-" } + server.remarks
          + inventory.relations.map { "\($0.name) \($0.kind) \($0.isWritable) \($0.fault ?? "")" }
      }
      #expect(lasting(byODBC) == lasting(native))
      let names = native.relations.map(\.name)
      #expect(
        try await ways.byODBC.grants(reading: names)
          == (try await ways.native.grants(reading: names)))
    }

    @Test(
      "finds in the tables what the engine of its own finds", arguments: TwoWays.Kind.allCases)
    func surveys(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, ODBCInspectTests.company(kind), pace: patience)
      // Listed once, because an estimate may be another a moment later.
      for relation in try await ways.native.inventory().relations where relation.fault == nil {
        let native = try await ways.native.survey(relation)
        let byODBC = try await ways.byODBC.survey(relation)
        #expect(byODBC.rows == native.rows && byODBC.sampled == native.sampled)
        #expect(byODBC.declaredKey == native.declaredKey && byODBC.indexes == native.indexes)
        #expect(byODBC.columns.map(\.name) == native.columns.map(\.name))
        for (first, second) in zip(native.columns, byODBC.columns)
        where !(kind == .postgres && first.name == "endsOn") {
          #expect(first == second, "\(relation.name).\(first.name)")
        }
      }
    }

    @Test("of an infinity of PostgreSQL's, which the driver does not know, makes a date far away")
    func infinity() async throws {
      let ways = try await TwoWays(.postgres, PostgresInspectTests.company, pace: patience)
      let column = try await ways.byODBC.survey("customers").column("endsOn")
      #expect(column?.type == "timestamp without time zone" && column?.sqlName == "\"endsOn\"")
      #expect(column?.tally.dates.readable == 1)
      #expect(column?.tally.dates.unusable == [.placeholder: 1])
    }

    /// What is wrong in the databases of real companies, by the name of the column that it is in.
    private static let findings: [String: String] = [
      "姓名": "张伟", "手机": "13800138000", "邮编": "0042", "电话": "+86 10 1234 5678",
      "mojibake": "MÃ¼ller", "gbk": "ÕÅÎ°", "到期日": "0000-00-00", "born": "1970-01-01",
      "at": "1770681600", "digits": "20260210", "when": "next week", "owner": "li.wei",
      "email": "zhang@example.com", "language": "zh-Hans",
    ]

    @Test(
      "reads texts as what their columns are declared to hold, in the sampled rows too",
      arguments: TemporaryDatabase.Journal.allCases)
    func declarations(journal: TemporaryDatabase.Journal) async throws {
      let names = ODBCInspectTests.findings.keys.sorted()
      let columns = names.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
      let values = names.map { "'\(ODBCInspectTests.findings[$0] ?? "")'" }.joined(separator: ", ")
      let database = try TemporaryDatabase(
        """
        CREATE TABLE "客户 资料" (id INTEGER PRIMARY KEY, \(columns), free, photo BLOB);
        INSERT INTO "客户 资料" VALUES (1, \(values), 7, x'0102');
        CREATE VIEW "现客" AS SELECT * FROM "客户 资料"
        """, journal: journal)
      for table in ["客户 资料", "现客"] {
        let native = try await database.source(pace: patience).survey(table)
        let byODBC = try await database.byODBC(pace: patience).survey(table)
        #expect(byODBC == native)
        #expect(byODBC.column("手机")?.tally.numbers == 0)
        #expect(byODBC.column("mojibake")?.tally.misencoded == [.utf8AsLatin1: 1])
        #expect(byODBC.column("到期日")?.tally.dates.unusable == [.zero: 1])
      }
    }

    @Test("sees that bytes of a text are no UTF-8, and takes none such for a key")
    func bytes() async throws {
      let long = String(repeating: "长 text ", count: 5000)
      let database = try TemporaryDatabase(
        """
        CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT, note TEXT);
        INSERT INTO t VALUES ('1', CAST(x'd5c5cea0' AS TEXT), '\(long)'),
          (CAST(x'32ff' AS TEXT), CAST(x'636166e9' AS TEXT), ''), ('3', '李伟 😀', NULL)
        """)
      let native = try await database.source(pace: patience).survey("t")
      let survey = try await database.byODBC(pace: patience).survey("t")
      #expect(survey == native)
      #expect(survey.column("name")?.tally.misencoded == [.replaced: 2])
      let rows = try await database.byODBC().sample(watching(), limit: 5)
      #expect(rows.contains { $0.values["note"] == .text(long) })
      let swept = try await database.byODBC().sweepAll(watching())
      #expect(swept.rows.compactMap(\.key.rowKey?.description) == ["1", "3"])
      #expect(swept.refused == (try await database.source().sweepAll(watching()).refused))
    }

    @Test("makes no file where there is none")
    func noFile() async throws {
      let folder = try TemporaryFolder()
      let address = ODBCAddress([
        ODBCAddress.Attribute("Driver", "SQLite3"),
        ODBCAddress.Attribute("Database", folder.path + "/crm.db"),
      ])
      let source = DatabaseSource(odbc: address, password: nil, name: "crm")
      let problem = await #expect(throws: SourceProblem.self) { try await source.inventory() }
      #expect(problem?.kind == .unreachable)
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/crm.db"))
    }

    @Test(
      "reads the first and the last of many rows", arguments: TwoWays.Kind.allCases)
    func samples(kind: TwoWays.Kind) async throws {
      let series =
        switch kind {
        case .sqlite:
          "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 3050) SELECT n, NULLIF(max(n, 3000), n) FROM s"
        case .postgres: "SELECT n, NULLIF(greatest(n, 3000), n) FROM generate_series(1, 3050) AS n"
        case .mariadb: "SELECT seq, NULLIF(GREATEST(seq, 3000), seq) FROM seq_1_to_3050"
        }
      let ways = try await TwoWays(
        kind, "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t \(series)", pace: patience)
      let survey = try await ways.byODBC.survey("t")
      #expect(survey.rows == .exact(3050) && survey.sampled == 2000 && !survey.isWhole)
      #expect(survey.column("n")?.tally.nulls == 51)
    }

    /// What lets a user see the transactions of others, as the inspection says it, and what lets it write.
    private static let grants: [TwoWays.Kind: (seeing: String, writing: String)] = [
      .postgres: ("GRANT pg_read_all_stats TO \"kindly\"", "ALTER ROLE kindly SUPERUSER"),
      .mariadb: (
        "GRANT PROCESS ON *.* TO 'kindly'@'localhost'", "GRANT ALL ON *.* TO kindly@localhost"
      ),
    ]

    @Test(
      "sees the open transactions of others where it may, and what the user may do too much",
      arguments: [TwoWays.Kind.postgres, .mariadb])
    func server(kind: TwoWays.Kind) async throws {
      let grants = try #require(ODBCInspectTests.grants[kind])
      let (source, run, session): (DatabaseSource, (String) throws -> Void, any ServerSession)
      // Each server's transactions and users are its own, so that no other test has a part in them.
      if kind == .mariadb {
        let database = try await MariaDBDatabase("CREATE TABLE t (id int)", on: .start())
        (source, run, session) = (database.byODBC(), database.run, try database.session())
        try run("REVOKE PROCESS ON *.* FROM kindly@localhost")
      } else {
        let database = try await PostgresDatabase("CREATE TABLE t (id int)", on: .start())
        (source, run, session) = (database.byODBC(), database.run, try database.session())
      }
      func server() async throws -> ServerFacts {
        // What was granted meanwhile holds for new connections.
        await source.close()
        return try await source.inventory().server
      }
      let blind = try await server()
      #expect(blind.longestTransaction == .hidden(grant: grants.seeing) && blind.excess == nil)
      try run(grants.seeing)
      try session.run("BEGIN")
      try session.run("INSERT INTO t VALUES (1)")
      try run(grants.writing)
      let facts = try await server()
      #expect(facts.excess?.contains("with SELECT only") == true)
      #expect(try await source.inventory().relations.map(\.isWritable) == [true])
      guard case .seconds(let seconds) = facts.longestTransaction else {
        Issue.record("expected the open transaction to be seen, got \(facts)")
        return
      }
      // A difference between the zones of server and session would be hours.
      #expect(seconds < 1800)
      try session.run("ROLLBACK")
    }

    @Test("tells of a table that is gone, and goes on", arguments: TwoWays.Kind.allCases)
    func gone(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(
        kind, "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE gone (id int)", pace: patience)
      let listed = try await ways.byODBC.inventory().relations
      try ways.run("DROP TABLE gone")
      let gone = try #require(listed.first { $0.name == "gone" })
      let problem = await #expect(throws: SourceProblem.self) {
        try await ways.byODBC.survey(gone)
      }
      #expect(problem?.kind == .watch && problem?.description.contains("gone") == true)
      #expect(try await ways.byODBC.survey("t").rows == .exact(0))
    }

    @Test("leaves kindly's own change log out", arguments: TwoWays.Kind.allCases)
    func ownTables(kind: TwoWays.Kind) async throws {
      let ways = try await TwoWays(kind, "CREATE TABLE t (id int PRIMARY KEY, status int)")
      try ways.run(try await ways.byODBC.changeLogDDL(for: watching(), columns: ["status"]))
      #expect(try await ways.byODBC.inventory().relations.map(\.name) == ["t"])
    }
  }
#endif
