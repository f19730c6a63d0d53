import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct FollowTests {
  private func follow(
    _ source: DatabaseSource, from: Value, leavesOutShared: Bool = false
  ) async throws -> (keys: [String], head: Value, slices: Int) {
    var (keys, slices): ([String], Int) = ([], 0)
    var after: CursorPlace?
    while true {
      let slice = try await source.follow(
        CursorRequest(
          watch: watching(changes: .cursor(column: "at")), column: "at",
          columns: ComparedColumns(compared: ["n"], captured: ["n"]), formerColumns: nil,
          from: from, after: after, leavesOutShared: leavesOutShared))
      keys += slice.rows.compactMap(\.key.rowKey?.description)
      slices += 1
      after = slice.next
      if after == nil { return (keys, slice.head, slices) }
    }
  }

  @Test(
    "gives the rows at and past a position in the order of cursor and key, in slices of any size",
    arguments: [1, 2, 5000], ["INTEGER PRIMARY KEY", "TEXT PRIMARY KEY"])
  func inOrder(slice: Int, key: String) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id \(key), at TEXT, n);
      CREATE INDEX t_at ON t (at);
      INSERT INTO t VALUES (5, '2026-01-01', 1), (3, '2026-01-02', 2), (1, '2026-01-02', 3), (2, '2026-01-02', 4),
        (4, '2026-01-03', 5), (6, NULL, 6), (7, x'00', 7);
      """)
    let source = database.source(pace: SlicePace(rows: slice))
    let all = try await follow(source, from: .null)
    #expect(all.keys == ["5", "1", "2", "3", "4"])
    #expect(all.head == .text("2026-01-03"))
    let some = try await follow(source, from: .text("2026-01-02"))
    #expect(some.keys == ["1", "2", "3", "4"])
    #expect(
      some.slices == (slice == 1 ? 5 : slice == 2 ? 3 : 1) - (slice == 1 ? 1 : slice == 2 ? 1 : 0))
    let none = try await follow(source, from: .text("2026-02-01"))
    #expect(none.keys.isEmpty)
    #expect(none.head == .text("2026-01-03"))
  }

  @Test("leaves out rows whose keys older rows have, if the request says so", arguments: [1, 5000])
  func sharedKeys(slice: Int) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER, at TEXT, n);
      INSERT INTO t VALUES (1, '2026-01-01', 1), (1, '2026-01-02', 2), (2, '2026-01-02', 3);
      """)
    let source = database.source(pace: SlicePace(rows: slice))
    let from = Value.text("2026-01-02")
    #expect(try await follow(source, from: from).keys == ["1", "2"])
    #expect(try await follow(source, from: from, leavesOutShared: true).keys == ["2"])
  }

  @Test("has no head where nothing has a cursor")
  func empty() async throws {
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, at, n); INSERT INTO t (id) VALUES (1)")
    let answer = try await follow(database.source(), from: .null)
    #expect(answer.keys.isEmpty)
    #expect(answer.head == .null)
  }
}
