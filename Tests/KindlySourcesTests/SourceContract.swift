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
  /// A condition that holds for rows of `t`, and is an error for one whose status is `bad`.
  var failing: String { get }
}

extension SourceFixture {
  /// For `bad` rows the subquery has as many rows as the table.
  var failing: String {
    "id > 0 AND coalesce((SELECT x.id FROM t AS x WHERE this.status = 'bad'), 1) = 1"
  }
}

/// SQLite takes the first of many rows.
private let failingJSON =
  "CASE WHEN status = 'bad' THEN json_extract(status, '$') ELSE 1 END = 1"

struct SQLiteFixture: SourceFixture {
  let database: TemporaryDatabase

  init(_ journal: TemporaryDatabase.Journal) throws {
    database = try TemporaryDatabase(journal: journal)
  }

  func run(_ sql: String) async throws { try database.run(sql) }
  func source(slice: Int) -> DatabaseSource { database.source(pace: SlicePace(rows: slice)) }
  var failing: String { failingJSON }
}

/// What every engine must do alike; each test is run against each fixture.
struct SourceContract<Fixture: SourceFixture> {
  let fixture: Fixture

  func key(_ number: Int64) -> RowKey { RowKey(canonical: "[\"\(number)\"]") }

  func makeTable() async throws {
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
    var head: Value?
    // On a server that tests share, another test's open transaction holds the head back until it ends.
    for _ in 1...10_000 where head != .integer(2) {
      var (keys, after): ([RowKey?], CursorPlace?) = ([], nil)
      repeat {
        let slice = try await source.follow(
          CursorRequest(
            watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
            formerColumns: nil, from: .integer(1), after: after))
        keys += slice.rows.map(\.key.rowKey)
        after = slice.next
        head = slice.head
      } while after != nil
      #expect(keys == [2, 3, 4, 5].map { key($0) })
    }
    #expect(head == .integer(2))
    await source.close()
  }

  func asks() async throws {
    try await makeTable()
    let source = fixture.source(slice: 2)
    let candidates = try await source.allCandidates(
      CandidateQuery(
        watch: watching(), schedule: Schedule(.on, column: "due"), kind: .unknown,
        lower: date("2026-02-03"), upper: date("2026-02-04"),
        conditions: ["id < 5 -- not the last"], clock: noon))
    #expect(Set(candidates.map(\.key)).isSuperset(of: [key(3), key(4)]))
    #expect(!candidates.map(\.key).contains(key(5)))
    // Days of the calendar concern every row, a page at a time, and none where no day is due.
    for (days, expected) in [("02-04", 4), ("02-09", 0)] {
      let everyone = try await source.allCandidates(
        CandidateQuery(
          watch: watching(), schedule: try #require(try When.parse("on \(days)").schedule),
          kind: .unknown, lower: date("2026-02-03"), upper: date("2026-02-04"),
          conditions: ["id < 5"], clock: noon))
      #expect(everyone.count == expected && Set(everyone.map(\.key)).count == expected)
    }
    let answers = try await source.rows(
      RowQuestion(
        watch: watching(), keys: [key(1), key(2), key(9)],
        conditions: ["id = 2", "status = 'trial'"], clock: noon))
    #expect(answers.mapValues(\.holds) == [key(1): false, key(2): true])
    #expect(
      try await source.count(watching(), conditions: ["due < :today"], clock: noon).matching == 5)
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
      #expect(judged.faults.isEmpty && judged.satisfied == Set(expected.map(Int64.init)))
    }
    await source.close()
  }

  /// Of 40 rows two fail; 17 and more have some rows tried first.
  func divides() async throws {
    try await fixture.run(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, status VARCHAR(20), due VARCHAR(20))")
    for id in 1...40 {
      let status = [7, 23].contains(id) ? "bad" : "good"
      try await fixture.run("INSERT INTO t VALUES (\(id), '\(status)', '2026-02-04')")
    }
    let source = fixture.source(slice: 25)
    let keys = (1...40).map { key($0) }
    let bad = [key(7), key(23)]
    let rows = try await source.rows(
      RowQuestion(watch: watching(), keys: keys, conditions: [fixture.failing], clock: noon))
    #expect(Set(rows.keys) == Set(keys))
    #expect(rows.filter { $0.value.fault?.kind == .condition }.keys.sorted() == bad.sorted())
    #expect(rows.values.allSatisfy { $0.holds == ($0.fault == nil) })
    #expect(rows[key(7)]?.values["status"] == .text("bad"))
    let changes = (1...40).map { id in
      NoticedChange(
        id: id, operation: .update, key: key(id), old: [:], new: nil, changed: [], noticed: noon.now
      )
    }
    let judged = try await source.judge(
      ChangeQuestion(
        watch: watching(), changes: changes, conditions: [fixture.failing], clock: noon))
    #expect(judged.satisfied == Set(1...40).subtracting([7, 23]))
    #expect(judged.faults.keys.sorted() == [7, 23])
    let candidates = try await source.allCandidates(
      CandidateQuery(
        watch: watching(), schedule: Schedule(.on, column: "due"), kind: .unknown,
        lower: date("2026-02-03"), upper: date("2026-02-05"), conditions: [fixture.failing],
        clock: noon))
    #expect(candidates.count == 40)
    #expect(candidates.filter { $0.fault != nil }.map(\.key).sorted() == bad.sorted())
    let count = try await source.count(watching(), conditions: [fixture.failing], clock: noon)
    #expect(count.matching == 38 && count.isWhole)
    #expect(count.faults.keys.sorted() == bad.sorted())
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

  @Test("runs the query of a list for one customer", arguments: ServerKind.allCases)
  func lists(kind: ServerKind) async throws { try await contract(kind).lists() }

  @Test("answers questions about rows and changes", arguments: ServerKind.allCases)
  func asks(kind: ServerKind) async throws { try await contract(kind).asks() }

  @Test(
    "answers for the other rows where a condition fails on some", arguments: ServerKind.allCases)
  func divides(kind: ServerKind) async throws { try await contract(kind).divides() }

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

    @Test("runs the query of a list for one customer")
    func lists() async throws { try await contract().lists() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("answers for the other rows where a condition fails on some")
    func divides() async throws { try await contract().divides() }

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

    @Test("runs the query of a list for one customer")
    func lists() async throws { try await contract().lists() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("answers for the other rows where a condition fails on some")
    func divides() async throws { try await contract().divides() }

    @Test("tells a watch's fault from a condition's")
    func blames() async throws { try await contract().blames() }
  }
#endif

#if ODBC
  struct SQLiteByODBCFixture: SourceFixture {
    let database: TemporaryDatabase

    func run(_ sql: String) async throws { try database.run(sql) }
    func source(slice: Int) -> DatabaseSource { database.byODBC(pace: SlicePace(rows: slice)) }
    var failing: String { failingJSON }
  }

  @Suite struct SQLiteByODBCContractTests {
    private func contract() throws -> SourceContract<SQLiteByODBCFixture> {
      SourceContract(fixture: SQLiteByODBCFixture(database: try TemporaryDatabase()))
    }

    @Test("sweeps in key order and sees what changed")
    func sweeps() async throws { try await contract().sweeps() }

    @Test("follows a cursor")
    func follows() async throws { try await contract().follows() }

    @Test("runs the query of a list for one customer")
    func lists() async throws { try await contract().lists() }

    @Test("answers questions about rows and changes")
    func asks() async throws { try await contract().asks() }

    @Test("answers for the other rows where a condition fails on some")
    func divides() async throws { try await contract().divides() }

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

  @Test("runs the query of a list for one customer", arguments: TemporaryDatabase.Journal.allCases)
  func lists(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).lists()
  }

  @Test("answers questions about rows and changes", arguments: TemporaryDatabase.Journal.allCases)
  func asks(journal: TemporaryDatabase.Journal) async throws { try await contract(journal).asks() }

  @Test(
    "answers for the other rows where a condition fails on some",
    arguments: TemporaryDatabase.Journal.allCases)
  func divides(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).divides()
  }

  @Test("tells a watch's fault from a condition's", arguments: TemporaryDatabase.Journal.allCases)
  func blames(journal: TemporaryDatabase.Journal) async throws {
    try await contract(journal).blames()
  }
}
