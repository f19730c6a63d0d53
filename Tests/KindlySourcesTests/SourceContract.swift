import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// What the contract needs of an engine: an empty database, a way to write to it, and a source that reads it.
protocol SourceFixture: Sendable {
  associatedtype Source: LookingSource & AskingSource & ExplainingSource

  /// Runs statements that every engine understands, as the customer's application would.
  func run(_ sql: String) async throws
  /// A source whose slices have at most this many rows.
  func source(slice: Int) -> Source
}

struct SQLiteFixture: SourceFixture {
  let database: TemporaryDatabase

  init(_ journal: TemporaryDatabase.Journal) throws {
    database = try TemporaryDatabase(journal: journal)
  }

  func run(_ sql: String) async throws { try database.run(sql) }
  func source(slice: Int) -> DatabaseSource { database.source(pace: SlicePace(rows: slice)) }
}

/// What every engine must do alike; each test is run against each fixture.
struct SourceContract<Fixture: SourceFixture> {
  let fixture: Fixture

  private func key(_ number: Int64) -> RowKey { RowKey(canonical: "[\"\(number)\"]") }

  private func makeTable() async throws {
    try await fixture.run(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, status VARCHAR(20), due VARCHAR(20), at INTEGER)")
    for id in [4, 1, 3, 2, 5] {
      try await fixture.run("INSERT INTO t VALUES (\(id), 'trial', '2026-02-0\(id)', \(id / 2))")
    }
  }

  func sweeps() async throws {
    try await makeTable()
    let source = fixture.source(slice: 2)
    let before = try await source.sweepAll(watching(), columns: ["status"], captured: ["status"])
    #expect(before.rows.map(\.key.rowKey) == (1...5).map { key($0) })
    #expect(before.rows.map(\.captured) == Array(repeating: [.text("trial")], count: 5))
    let pulse = try await source.pulse()
    try await fixture.run("UPDATE t SET status = 'paid' WHERE id = 3")
    try await fixture.run("DELETE FROM t WHERE id = 4")
    let after = try await source.sweepAll(watching(), columns: ["status"], captured: ["status"])
    #expect(Set(after.rows.map(\.hash)).count == 2)
    #expect(after.rows.compactMap(\.key.rowKey) == [1, 2, 3, 5].map { key($0) })
    #expect(try await source.pulse() != pulse)
    await source.close()
  }

  func follows() async throws {
    try await makeTable()
    let source = fixture.source(slice: 2)
    var (keys, after): ([RowKey?], CursorPlace?) = ([], nil)
    repeat {
      let slice = try await source.follow(
        CursorRequest(
          watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
          formerColumns: nil, from: .integer(1), after: after))
      keys += slice.rows.map(\.key.rowKey)
      after = slice.next
      #expect(slice.head == .integer(2))
    } while after != nil
    #expect(keys == [2, 3, 4, 5].map { key($0) })
    await source.close()
  }

  func asks() async throws {
    try await makeTable()
    let source = fixture.source(slice: 2)
    let candidates = try await source.allCandidates(
      CandidateQuery(
        watch: watching(), schedule: Schedule(.on, column: "due"), lower: date("2026-02-03"),
        upper: date("2026-02-04"), conditions: ["id < 5 -- not the last"], clock: noon))
    #expect(Set(candidates.map(\.key)).isSuperset(of: [key(3), key(4)]))
    #expect(!candidates.map(\.key).contains(key(5)))
    let answers = try await source.rows(
      RowQuestion(
        watch: watching(), keys: [key(1), key(2), key(9)],
        conditions: ["id = 2", "status = 'trial'"], clock: noon))
    #expect(answers.mapValues(\.holds) == [key(1): false, key(2): true])
    #expect(try await source.count(watching(), conditions: ["due < :today"], clock: noon) == 5)
    try await fixture.run("UPDATE t SET status = ' ' WHERE id = 5")
    try await fixture.run("UPDATE t SET status = NULL WHERE id = 4")
    let tally = try await source.tally(
      watching(), column: "status", conditions: ["id <> 1"], clock: noon)
    #expect(tally.rows.map(\.text) == ["trial"] && tally.rows.map(\.count) == [2])
    try await fixture.run("UPDATE t SET status = 'trial'")
    let change = NoticedChange(
      id: 7, operation: .update, key: key(2), old: ["status": .text("new")], new: nil,
      changed: ["status"], noticed: noon.now)
    for (condition, expected) in [
      ("status = 'trial' AND old.status = 'new'", Set([7])), ("old.status = status", []),
    ] {
      let judged = try await source.judge(
        ChangeQuestion(watch: watching(), changes: [change], conditions: [condition], clock: noon))
      #expect(judged == Set(expected.map(Int64.init)))
    }
    await source.close()
  }

  func blames() async throws {
    try await makeTable()
    let source = fixture.source(slice: 2)
    let watchProblem = await #expect(throws: SourceProblem.self) {
      try await source.columns(of: watching("gone"))
    }
    #expect(watchProblem?.kind == .watch)
    let conditionProblem = await #expect(throws: SourceProblem.self) {
      try await source.count(watching(), conditions: ["no_such = 1"], clock: noon)
    }
    #expect(conditionProblem?.kind == .condition)
    #expect(try await source.columns(of: watching()) == ["id", "status", "due", "at"])
    await source.close()
  }
}

/// A database on a server.
struct ServerFixture: SourceFixture {
  let database: any ServerDatabase

  func run(_ sql: String) async throws { try database.run(sql) }
  func source(slice: Int) -> DatabaseSource { database.source(pace: SlicePace(rows: slice)) }
}

@Suite struct ServerContractTests {
  private func contract(_ kind: ServerKind) async throws -> SourceContract<ServerFixture> {
    SourceContract(fixture: ServerFixture(database: try await kind.database()))
  }

  @Test("sweeps in key order and sees what changed", arguments: ServerKind.allCases)
  func sweeps(kind: ServerKind) async throws { try await contract(kind).sweeps() }

  @Test("follows a cursor", arguments: ServerKind.allCases)
  func follows(kind: ServerKind) async throws {
    let fixture = ServerFixture(database: try await kind.quietDatabase())
    try await SourceContract(fixture: fixture).follows()
  }

  @Test("answers questions about rows and changes", arguments: ServerKind.allCases)
  func asks(kind: ServerKind) async throws { try await contract(kind).asks() }

  @Test("tells a watch's fault from a condition's", arguments: ServerKind.allCases)
  func blames(kind: ServerKind) async throws { try await contract(kind).blames() }
}

#if ODBC && PostgreSQL
  struct PostgresByODBCFixture: SourceFixture {
    let database: PostgresDatabase

    init() async throws { database = try await PostgresDatabase() }

    func run(_ sql: String) async throws { try database.run(sql) }
    func source(slice: Int) -> DatabaseSource { database.byODBC(pace: SlicePace(rows: slice)) }
  }

  @Suite struct PostgresByODBCContractTests {
    private func contract() async throws -> SourceContract<PostgresByODBCFixture> {
      SourceContract(fixture: try await PostgresByODBCFixture())
    }

    @Test("sweeps in key order and sees what changed")
    func sweeps() async throws { try await contract().sweeps() }

    @Test("follows a cursor")
    func follows() async throws { try await contract().follows() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("tells a watch's fault from a condition's")
    func blames() async throws { try await contract().blames() }
  }
#endif

#if ODBC && MariaDB
  struct MariaDBByODBCFixture: SourceFixture {
    let database: MariaDBDatabase

    init(on server: MariaDBServer? = nil) async throws {
      database = try await MariaDBDatabase(on: server)
    }

    func run(_ sql: String) async throws { try database.run(sql) }
    func source(slice: Int) -> DatabaseSource { database.byODBC(pace: SlicePace(rows: slice)) }
  }

  @Suite struct MariaDBByODBCContractTests {
    private func contract(
      on server: MariaDBServer? = nil
    ) async throws -> SourceContract<MariaDBByODBCFixture> {
      SourceContract(fixture: try await MariaDBByODBCFixture(on: server))
    }

    @Test("sweeps in key order and sees what changed")
    func sweeps() async throws { try await contract().sweeps() }

    // The server's transactions are those of all its databases, and other tests have some open.
    @Test("follows a cursor")
    func follows() async throws { try await contract(on: .start()).follows() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("tells a watch's fault from a condition's")
    func blames() async throws { try await contract().blames() }
  }
#endif

#if ODBC
  struct SQLiteByODBCFixture: SourceFixture {
    let database: TemporaryDatabase

    func run(_ sql: String) async throws { try database.run(sql) }
    func source(slice: Int) -> DatabaseSource { database.byODBC(pace: SlicePace(rows: slice)) }
  }

  @Suite struct SQLiteByODBCContractTests {
    private func contract() throws -> SourceContract<SQLiteByODBCFixture> {
      SourceContract(fixture: SQLiteByODBCFixture(database: try TemporaryDatabase()))
    }

    @Test("sweeps in key order and sees what changed")
    func sweeps() async throws { try await contract().sweeps() }

    @Test("follows a cursor")
    func follows() async throws { try await contract().follows() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("tells a watch's fault from a condition's")
    func blames() async throws { try await contract().blames() }
  }
#endif

@Suite struct SQLiteContractTests {
  private func contract(_ journal: TemporaryDatabase.Journal) throws -> SourceContract<
    SQLiteFixture
  > {
    SourceContract(fixture: try SQLiteFixture(journal))
  }

  @Test("sweeps in key order and sees what changed", arguments: TemporaryDatabase.Journal.allCases)
  func sweeps(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).sweeps()
  }

  @Test("follows a cursor", arguments: TemporaryDatabase.Journal.allCases)
  func follows(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).follows()
  }

  @Test("answers questions about rows and changes", arguments: TemporaryDatabase.Journal.allCases)
  func asks(journal: TemporaryDatabase.Journal) async throws { try await contract(journal).asks() }

  @Test("tells a watch's fault from a condition's", arguments: TemporaryDatabase.Journal.allCases)
  func blames(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).blames()
  }
}
