import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// The change log that triggers keep, on every server.
@Suite("The change log of a server") struct ServerChangeTests {
  private let watch = watching(changes: .changelog)

  private func text(_ change: LoggedChange) -> String {
    func values(_ values: RowValues?) -> String { values.map { JSONText.object($0) } ?? "-" }
    let key = change.key.rowKey?.description ?? "?"
    return "\(change.operation.word) \(key) \(values(change.old)) \(values(change.new))"
  }

  @Test("tells what was written, in order", arguments: ServerTables.writes)
  func writes(kind: ServerKind, sql: String, expected: [String]) async throws {
    let database = try await kind.database(
      "CREATE TABLE t (id int PRIMARY KEY, status varchar(9), other varchar(9)); INSERT INTO t VALUES (9, 'trial', '0')"
    )
    let source = database.source()
    try await database.installLog(of: watch, columns: ["status"])
    try database.run(sql)
    #expect(try await source.log(of: watch, after: .start).logged.map(text) == expected)
  }

  @Test(
    "keeps each value as a row gives it, whatever the application's settings",
    arguments: ServerTables.logged)
  func values(_ example: ServerTables.LoggedRow) async throws {
    let database = try await example.kind.database(example.table)
    let source = database.source()
    let columns = try await source.columns(of: watch)
    try await database.installLog(of: watch, columns: columns)
    try database.run(example.row)
    let slice = try await source.log(of: watch, after: .start, columns: columns)
    let logged = try #require(slice.logged.first)
    #expect(slice.rows.map(\.key) == [logged.key])
    #expect(slice.rows.map(\.captured) == [columns.map { logged.new?[$0] ?? .null }])
    #expect(logged.new?["at"] == .text(example.time))
  }

  @Test(
    "reads a log in slices, rows only with its end, and each entry once",
    arguments: ServerKind.allCases)
  func slices(kind: ServerKind) async throws {
    let database = try await kind.database("CREATE TABLE t (id int PRIMARY KEY)")
    let source = database.source(pace: SlicePace(rows: 10))
    try await database.installLog(of: watch)
    try database.run("INSERT INTO t SELECT n FROM \(kind.numbers(15))")
    var slices: [SweepSlice] = []
    var place = LogPlace.start
    repeat {
      let slice = try await source.log(of: watch, after: place)
      slices.append(slice)
      place = try #require(slice.logPlace)
    } while slices.last?.hasMoreLog == true
    #expect(slices.first?.logged.map(\.id) == Array(1...10))
    #expect(slices.flatMap(\.logged).map(\.id) == Array(1...15))
    #expect(slices.dropLast().map(\.rows.count).max() ?? 0 == 0)
    #expect(slices.last?.rows.count == 10)
    let none = try await source.log(of: watch, after: place, readsRows: false)
    #expect(none.logged.isEmpty)
  }

  @Test("tells that a log went back, and that it is not there", arguments: ServerKind.allCases)
  func wentBack(kind: ServerKind) async throws {
    let database = try await kind.database("CREATE TABLE t (id int PRIMARY KEY)")
    let source = database.source()
    let missing = await #expect(throws: SourceProblem.self) {
      try await source.log(of: watch, after: .start)
    }
    #expect(missing?.hint?.contains("kindly source ddl t") == true)
    #expect(try await source.examine(.watch(watch)).map(\.isError) == [true])
    try await database.installLog(of: watch)
    #expect(try await source.examine(.watch(watch)).isEmpty)
    try database.run("INSERT INTO t VALUES (1), (2); DELETE FROM kindly_changes_t")
    #expect(try await source.log(of: watch, after: LogPlace(position: 2)).logHead == 2)
    let back = try await source.log(of: watch, after: LogPlace(position: 3))
    #expect(try #require(back.logHead) == 2)
    #expect(back.logPlace == .start)
  }

  @Test(
    "is offered for a table alone, has a name for one that is long, and is removed by the lines that it prints",
    arguments: ServerKind.allCases)
  func subjects(kind: ServerKind) async throws {
    let database = try await kind.database(
      "CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t")
    let source = database.source()
    for watch in [watching("v"), watching(query: "SELECT id FROM v")] {
      let problem = await #expect(throws: SourceProblem.self) {
        try await source.changeLogDDL(for: watch, columns: [])
      }
      #expect(problem?.description.contains("a change log needs a table") == true)
    }
    let long = Watch(
      name: String(repeating: "客户", count: 30), source: "crm",
      relation: .table(kind.qualified("t", in: database)), key: ["id"], changes: .changelog)
    let ddl = try await source.changeLogDDL(for: long, columns: [])
    try database.run(ddl)
    try database.run("INSERT INTO t VALUES (5)")
    let slice = try await source.log(of: long, after: .start)
    #expect(slice.logged.map(\.key) == slice.rows.map(\.key))
    #expect(slice.logged.count == 1)
    let lines = ddl.split(separator: "\n")
    let start = try #require(lines.lastIndex { $0.contains("To remove it") })
    try database.run(lines[(start + 1)...].map { $0.dropFirst(2) }.joined(separator: "\n"))
    #expect(
      try database.rows(
        """
        SELECT count(*) FROM information_schema.tables
        WHERE table_schema NOT IN ('information_schema') AND table_name LIKE 'kindly\\_%' AND \(kind.isHere)
        """) == [["0"]])
    try database.run("INSERT INTO t VALUES (0)")
  }
}

extension ServerDatabase {
  /// Makes a watch's change log, as the administrator does with what `kindly source ddl` prints.
  func installLog(of watch: Watch, columns: [String] = []) async throws {
    let source = source()
    try run(try await source.changeLogDDL(for: watch, columns: columns))
    await source.close()
  }
}

extension DatabaseSource {
  /// A look at a watch's change log.
  func log(
    of watch: Watch, after place: LogPlace, columns: [String] = [], readsRows: Bool = true
  ) async throws -> SweepSlice {
    try await sweep(
      SweepRequest(
        watch: watch, columns: ComparedColumns(compared: columns, captured: columns),
        logAfter: place, readsRows: readsRows))
  }
}
