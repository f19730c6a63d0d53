import Foundation
import GRDB
import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct ChangeLogTests {
  private let watch = watching(changes: .changelog)

  private func logged(_ schema: String, columns: [String], _ writes: String) async throws
    -> [String]
  {
    let database = try TemporaryDatabase(schema)
    let source = database.source()
    try database.run(try await source.changeLogDDL(for: watch, columns: columns))
    try database.run(writes)
    return try await source.sweep(request(after: 0)).logged.map(text)
  }

  private func request(after: Int64, readsRows: Bool = true) -> SweepRequest {
    SweepRequest(
      watch: watch, columns: ComparedColumns(compared: [], captured: []),
      logAfter: LogPlace(position: after),
      readsRows: readsRows)
  }

  private func text(_ change: LoggedChange) -> String {
    func values(_ values: RowValues?) -> String { values.map { JSONText.object($0) } ?? "-" }
    let key = change.key.rowKey?.description ?? "?"
    return "\(change.operation.word) \(key) \(values(change.old)) \(values(change.new))"
  }

  @Test(
    "tells what was written, in order",
    arguments: [
      ("INSERT INTO t VALUES (1, 'trial', NULL)", [#"insert 1 - {"status":"trial"}"#]),
      (
        "UPDATE t SET status = 'paid' WHERE id = 9; DELETE FROM t",
        [
          #"update 9 {"status":"trial"} {"status":"paid"}"#, #"delete 9 {"status":"paid"} -"#,
        ]
      ),
      ("UPDATE t SET other = 'x'; UPDATE t SET status = status", []),
      (
        "UPDATE t SET id = 10",
        [#"delete 9 {"status":"trial"} -"#, #"insert 10 - {"status":"trial"}"#]
      ),
      (
        "INSERT INTO t VALUES (9, 'paid', 1) ON CONFLICT (id) DO UPDATE SET status = excluded.status",
        [#"update 9 {"status":"trial"} {"status":"paid"}"#]
      ),
      ("INSERT OR REPLACE INTO t VALUES (9, 'paid', 1)", [#"insert 9 - {"status":"paid"}"#]),
      (
        "PRAGMA recursive_triggers = ON; REPLACE INTO t VALUES (9, 'paid', 1)",
        [#"delete 9 {"status":"trial"} -"#, #"insert 9 - {"status":"paid"}"#]
      ),
      (
        "UPDATE t SET status = 1.5; UPDATE t SET status = x'01'; UPDATE t SET status = 9223372036854775807",
        [
          #"update 9 {"status":"trial"} {"status":1.5}"#,
          #"update 9 {"status":1.5} {"status":null}"#,
          #"update 9 {"status":null} {"status":9223372036854775807}"#,
        ]
      ),
      ("BEGIN; DELETE FROM t; ROLLBACK", []),
    ])
  func writes(sql: String, expected: [String]) async throws {
    let schema =
      "CREATE TABLE t (id INTEGER PRIMARY KEY, status, other); INSERT INTO t VALUES (9, 'trial', 0)"
    #expect(try await logged(schema, columns: ["status"], sql) == expected)
  }

  @Test("logs every update where no column is captured, and composite keys")
  func compositeKeys() async throws {
    let watch = watching(key: "a", "b c", changes: .changelog)
    let database = try TemporaryDatabase(
      #"CREATE TABLE t (a TEXT, "b c", n, PRIMARY KEY (a, "b c")) WITHOUT ROWID; INSERT INTO t VALUES ('x''"', 1, 1)"#
    )
    let source = database.source()
    try database.run(try await source.changeLogDDL(for: watch, columns: []))
    try database.run("UPDATE t SET n = 2")
    let slice = try await source.sweep(
      SweepRequest(
        watch: watch, columns: ComparedColumns(compared: ["n"], captured: []), logAfter: .start))
    #expect(slice.logged.map(\.key) == slice.rows.map(\.key))
    #expect(slice.logged.map(\.operation) == [.update])
  }

  @Test("gives the log in slices, and rows only with its end")
  func slices() async throws {
    let database = try TemporaryDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    let source = database.source(pace: SlicePace(rows: 10))
    try database.run(try await source.changeLogDDL(for: watch, columns: []))
    try database.run(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 15) INSERT INTO t SELECT i FROM n"
    )
    let first = try await source.sweep(request(after: 0))
    #expect(first.logged.map(\.id) == Array(1...10))
    #expect(first.hasMoreLog)
    #expect(first.rows.isEmpty)
    #expect(first.logHead == 15)
    let second = try await source.sweep(request(after: 10))
    #expect(second.logged.map(\.id) == Array(11...15))
    #expect(!second.hasMoreLog)
    #expect(second.rows.count == 10)
    #expect(try await source.sweep(request(after: 15, readsRows: false)).rows.isEmpty)
  }

  @Test("keeps its head when its entries are gone, and says when it is not there")
  func head() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", journal: .wal)
    let source = database.source()
    let problem = await #expect(throws: SourceProblem.self) {
      try await source.sweep(request(after: 0))
    }
    #expect(problem?.kind == .watch)
    #expect(problem?.hint?.contains("kindly source ddl t") == true)
    #expect(try await source.examine(.watch(watch)).map(\.isError) == [true])
    let ddl = try await source.changeLogDDL(for: watch, columns: [])
    try database.run(ddl)
    try database.run("INSERT INTO t VALUES (1), (2); DELETE FROM kindly_changes_t")
    #expect(try await source.sweep(request(after: 2)).logHead == 2)
    #expect(try await source.examine(.watch(watch)).isEmpty)
  }

  @Test("trims itself by number and age")
  func trims() async throws {
    let database = try TemporaryDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    let ddl = try await database.source().changeLogDDL(for: watch, columns: [])
    try database.run(ddl.replacing("200000", with: "300"))
    try database.run(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT i FROM n"
    )
    #expect(try count(database) == 300)
    try database.run("UPDATE kindly_changes_t SET at = 0 WHERE id <= 850")
    try database.run(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO t SELECT i + 1000 FROM n"
    )
    #expect(try count(database) == 250)
  }

  private func count(_ database: TemporaryDatabase) throws -> Int? {
    try database.writer.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM kindly_changes_t") }
  }

  @Test("is removed by the lines that it prints")
  func removal() async throws {
    let database = try TemporaryDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    let ddl = try await database.source().changeLogDDL(for: watch, columns: [])
    try database.run(ddl)
    let lines = ddl.split(separator: "\n")
    let start = try #require(lines.lastIndex { $0.contains("To remove it") })
    try database.run(lines[(start + 1)...].map { $0.dropFirst(2) }.joined(separator: "\n"))
    let left = try await database.writer.read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE name LIKE 'kindly%'")
    }
    #expect(left.isEmpty)
    try database.run("INSERT INTO t VALUES (1)")
  }
}
