import Foundation
import GRDB
import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct FaultTests {
  private func problem(_ source: DatabaseSource) async -> SourceProblem? {
    await #expect(throws: SourceProblem.self) { try await source.sweepAll(watching()) }
  }

  private static let table =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT); INSERT INTO t VALUES (1, 'trial')"

  @Test(
    "sees another connection's commits in the pulse", arguments: TemporaryDatabase.Journal.allCases)
  func pulse(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(FaultTests.table, journal: journal)
    let source = database.source()
    let first = try await source.pulse()
    #expect(try await source.pulse() == first)
    try database.run("UPDATE t SET status = 'paid'")
    let second = try await source.pulse()
    #expect(second.identity == first.identity)
    #expect(second.version != first.version)
    await source.close()
    #expect(try await source.pulse().version != second.version)
  }

  @Test(
    "a new source does not mistake another connection's commit count for its own",
    arguments: TemporaryDatabase.Journal.allCases)
  func madeAnew(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(FaultTests.table, journal: journal)
    let old = database.source()
    let before = try await old.pulse()
    try database.run("UPDATE t SET status = 'paid'")
    let new = database.source()
    let after = try await new.pulse()
    #expect(after.identity == before.identity)
    #expect(after.version != before.version)
    await old.close()
    await new.close()
  }

  @Test("says that the file is missing, and goes on when it is there")
  func missing() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source()
    let before = try await source.pulse()
    let aside = database.path + ".aside"
    try FileManager.default.moveItem(atPath: database.path, toPath: aside)
    let problem = await problem(source)
    #expect(problem?.kind == .unreachable)
    #expect(
      problem?.description
        == "source crm: \(database.path) is not there; Kindly tries again at the next poll")
    try FileManager.default.moveItem(atPath: aside, toPath: database.path)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    #expect(try await source.pulse().identity == before.identity)
  }

  @Test("reads the file that took the place of the one it had open")
  func replaced() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let other = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7), (8)")
    let source = database.source()
    let before = try await source.pulse()
    try FileManager.default.removeItem(atPath: database.path)
    #expect(await problem(source)?.kind == .unreachable)
    try FileManager.default.copyItem(atPath: other.path, toPath: database.path)
    #expect(try await source.sweepAll(watching()).rows.count == 2)
    let after = try await source.pulse()
    #expect(after.identity != before.identity)
    #expect(after.version != before.version)
  }

  @Test("tells what is wrong with what is no database", arguments: ["text", "folder", "damaged"])
  func notADatabase(kind: String) async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    try database.writer.close()
    switch kind {
    case "folder":
      try FileManager.default.removeItem(atPath: database.path)
      try FileManager.default.createDirectory(
        atPath: database.path, withIntermediateDirectories: false)
    case "text":
      try String(repeating: "not a database ", count: 100).write(
        toFile: database.path, atomically: true, encoding: .utf8)
    default:
      var bytes = try Data(contentsOf: URL(filePath: database.path))
      bytes.replaceSubrange(100..<2000, with: Data(repeating: 0xFF, count: 1900))
      try bytes.write(to: URL(filePath: database.path))
    }
    let problem = await problem(database.source())
    #expect(problem?.kind == .unreachable)
    let expected = [
      "text": "not a SQLite database", "folder": "it is not a file", "damaged": "is damaged",
    ][kind]
    #expect(problem?.description.contains(expected ?? "?") == true)
    #expect(problem?.hint != nil)
  }

  @Test("says that the application holds its lock, and goes on when it is released")
  func locked() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source()
    _ = try await source.pulse()
    try database.run("BEGIN EXCLUSIVE")
    let problem = await problem(source)
    #expect(problem?.kind == .unreachable)
    #expect(problem?.description.contains("is locked by the application") == true)
    try database.run("COMMIT")
    #expect(try await source.sweepAll(watching()).rows.count == 1)
  }

  @Test("ends a slice as soon as the application begins to write")
  func makesWay() async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT);
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO t SELECT i, 'trial' FROM n
      """)
    let source = database.source(pace: SlicePace(time: .hours(1)))
    let request = SweepRequest(
      watch: watching(), columns: ComparedColumns(compared: [], captured: []), after: nil)
    #expect(try await source.sweep(request).rows.count == 1000)
    try database.run("BEGIN IMMEDIATE")
    let slice = try await source.sweep(request)
    #expect(slice.rows.count == 64 && slice.through != nil)
    try database.run("COMMIT")
    #expect(try await source.sweep(request).rows.count == 1000)
  }

  @Test("keeps no lock after any question", arguments: TemporaryDatabase.Journal.allCases)
  func noLock(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(FaultTests.table, journal: journal)
    let source = database.source(pace: SlicePace(rows: 1))
    var writes = 1
    func write() throws {
      writes += 1
      try database.run("INSERT INTO t VALUES (\(writes), 'now'); PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let key = RowKey(canonical: #"["1"]"#)
    let due = Schedule(.on, column: "status")
    try write()
    _ = try await source.sweep(
      SweepRequest(watch: watching(), columns: ComparedColumns(compared: ["status"], captured: [])))
    try write()
    _ = try await source.follow(
      CursorRequest(
        watch: watching(), column: "id", columns: ComparedColumns(compared: [], captured: []),
        formerColumns: nil, from: .null))
    try write()
    _ = try await source.candidates(
      CandidateQuery(
        watch: watching(), schedule: due, kind: .unknown, lower: date("2026-01-01"),
        upper: date("2026-01-02"), clock: noon))
    try write()
    _ = try await source.rows(RowQuestion(watch: watching(), keys: [key], clock: noon))
    try write()
    #expect(await source.fault(of: "abs(-9223372036854775807 - 1)") != nil)
    try write()
    _ = try await source.census(of: "status", in: watching(), as: .date(.unknown))
    try write()
    _ = try await source.sample(watching(), limit: 1)
    try write()
    _ = try await source.pulse()
    try write()
    #expect(writes == 10)
  }

  @Test("loses a column while open, says so, and goes on when it is back")
  func column() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source()
    #expect(try await source.sweepAll(watching(), columns: ["status"]).rows.count == 1)
    try database.run("ALTER TABLE t RENAME COLUMN status TO state")
    let problem = await #expect(throws: SourceProblem.self) {
      try await source.sweepAll(watching(), columns: ["status"])
    }
    #expect(problem?.kind == .watch)
    #expect(problem?.description == "watch t: the column status is not there")
    #expect(problem?.hint?.hasPrefix("did you mean state?") == true)
    #expect(try await source.sweepAll(watching(), columns: ["state"]).rows.count == 1)
    try database.run("ALTER TABLE t RENAME COLUMN state TO status")
    #expect(try await source.sweepAll(watching(), columns: ["status"]).rows.count == 1)
    try database.run("DROP TABLE t")
    #expect(await self.problem(source)?.kind == .watch)
  }

  @Test("makes no text that is longer than a value may be")
  func longText() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source()
    let key = RowKey(canonical: #"["1"]"#)
    let answers = try await source.rows(
      RowQuestion(
        watch: watching(), keys: [key], conditions: ["printf('%.900000000c', 'x') IS NULL"],
        clock: noon))
    #expect(answers[key]?.holds == true)
  }

  @Test("limits the memory of all questions together")
  func memoryOfProcess() async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    _ = try await database.source().pulse()
    // The limit is the process's, so every connection sees it.
    let limit = try await database.writer.read {
      try Int.fetchOne($0, sql: "PRAGMA hard_heap_limit")
    }
    #expect(limit == 768 << 20)
  }

  @Test(
    "blames a condition for its own faults",
    arguments: [
      ("no_such = 1", "no such column: no_such"), ("status = \"trial\"", "no such column: trial"),
      (
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)",
        "was stopped after"
      ),
      ("abs(-9223372036854775807 - id)", "integer overflow"),
      ("length(hex(zeroblob(900000000))) > id", "string or blob too big"),
      ("status = :other", "a placeholder other than :now and :today"),
      ("status = 'trial'; DELETE FROM t", "near \";\": syntax error"),
      ("load_extension('x')", "not authorized"),
      ("json_extract('{}', status)", "JSON path error"),
    ])
  func condition(condition: String, message: String) async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source(deadline: .seconds(2))
    let problem = await source.fault(of: condition)
    #expect(problem?.kind == .condition)
    #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
    #expect(problem?.description.contains("'trial'") == false)
    #expect(try await source.sweepAll(watching()).rows.count == 1)
    try database.run("DELETE FROM t")
  }

  @Test(
    "tells of a failing row without what a full-text search is asked for",
    arguments: ["\"Private", "Private: x", "a \"Mrs\" (Private"])
  func search(text: String) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT);
      INSERT INTO t VALUES (1, '\(text)');
      CREATE VIRTUAL TABLE words USING fts5 (word);
      INSERT INTO words VALUES ('word');
      """)
    let condition = "EXISTS (SELECT 1 FROM words WHERE words MATCH this.note)"
    let problem = await database.source().fault(of: condition)
    #expect(problem?.kind == .condition)
    #expect(problem?.description.contains("Private") == false, "\(String(describing: problem))")
    #expect(problem?.description.contains("Mrs") == false)
  }

  @Test(
    "blames a query for its own faults",
    arguments: [
      ("SELECT id FROM gone", "no such table: gone"),
      ("SELECT id FROM t;", "ends with a semicolon"),
      ("SELECT id FROM t) UNION SELECT id FROM (t", "syntax error"),
      ("DELETE FROM t", "not a SELECT"),
      ("SELECT id FROM t; DELETE FROM t", "statements"),
      ("SELECT status FROM t", "key column id is not there"),
      ("SELECT id FROM t WHERE id = ?", "a placeholder"),
      (
        "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n",
        "was stopped after"
      ),
    ])
  func query(sql: String, message: String) async throws {
    let database = try TemporaryDatabase(FaultTests.table)
    let source = database.source(deadline: .seconds(2))
    let problem = await #expect(throws: SourceProblem.self) {
      try await source.sweepAll(watching(query: sql))
    }
    #expect(problem?.kind == .watch)
    #expect(problem?.description.contains(message) == true, "\(String(describing: problem))")
  }

  @Test("refuses keys whose order it cannot follow")
  func order() async throws {
    let database = try TemporaryDatabase(
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (id TEXT PRIMARY KEY); INSERT INTO t VALUES ('张'), ('Ā'), ('z')"
    )
    #expect(
      await problem(database.source())?.description.contains("in byte order") == true)
  }

  @Test(
    "loses no row that another process writes meanwhile",
    arguments: TemporaryDatabase.Journal.allCases)
  func otherProcess(journal: TemporaryDatabase.Journal) async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY)", journal: journal)
    try database.writer.close()
    let source = database.source(pace: SlicePace(rows: 50))
    let writer = Process()
    writer.executableURL = URL(filePath: "/usr/bin/env")
    writer.arguments = [
      "python3", "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
      for i in range(1, 401): db.execute("INSERT INTO t VALUES (?)", (i,))
      """, database.path,
    ]
    try writer.run()
    var seen = 0
    // The process ends, and every sweep sees a prefix of what it wrote.
    while writer.isRunning {
      // A sweep that meets the writer's lock is simply tried again.
      if let rows = try? await source.sweepAll(watching()).rows {
        #expect(rows.map(\.key.columns) == rows.indices.map { [.integer(Int64($0) + 1)] })
        #expect(rows.count >= seen)
        seen = rows.count
      }
    }
    #expect(writer.terminationStatus == 0)
    #expect(try await source.sweepAll(watching()).rows.count == 400)
  }
}
