import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

/// Rows that are committed after others with higher cursors and log entries.
@Suite("Late commits") struct ServerLateCommitTests {
  /// About a minute, far more than any transaction of a server's own takes.
  private static let mostLooks = 600

  @Test(
    "a cursor stays behind what is still open, and passes it when it has ended",
    arguments: ServerKind.allCases)
  func horizon(kind: ServerKind) async throws {
    let database = try await kind.quietDatabase(
      "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 10)")
    let source = database.source()
    func look(from: Value) async throws -> (keys: [String], head: Value) {
      let slice = try await source.follow(
        CursorRequest(
          watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
          from: from))
      return (slice.rows.compactMap(\.key.rowKey?.description), slice.head)
    }
    // MariaDB's own transactions, such as the one for a table's statistics, hold a cursor back for a moment too.
    func look(from: Value, upTo head: Value) async throws -> [String] {
      var found = try await look(from: from)
      for _ in 0..<Self.mostLooks where found.head != head {
        try database.run(kind.pause(upTo: 0.2))
        found = try await look(from: from)
      }
      #expect(found.head == head)
      return found.keys
    }
    #expect(try await look(from: .null, upTo: .integer(10)) == ["1"])
    let late = try database.session()
    try late.run("BEGIN; INSERT INTO t VALUES (2, 11)")
    try database.run("INSERT INTO t VALUES (3, 12)")
    #expect(try await look(from: .integer(10)) == (["1", "3"], .integer(10)))
    // One that begins now can only write higher values.
    let later = try database.session()
    try later.run("BEGIN; INSERT INTO t VALUES (4, 13)")
    try late.run("COMMIT")
    #expect(try await look(from: .integer(10), upTo: .integer(12)) == ["1", "2", "3"])
    try later.run("COMMIT")
    #expect(try await look(from: .integer(12), upTo: .integer(13)) == ["3", "4"])
    // What is kept from a column of another type means the beginning.
    #expect(try await look(from: .text("742:745:")).keys == ["1", "2", "3", "4"])
  }

  /// As many as show what is wrong; `make race` runs them for a minute.
  private static let transactions = 40

  @Test(
    "8 writers with transactions of 0 to 40 ms: no change is missed, none comes twice, a row's come in their order",
    arguments: ServerKind.allCases, CommitRace.Mode.allCases)
  func race(kind: ServerKind, mode: CommitRace.Mode) async throws {
    let race = try await CommitRace(kind, mode, transactions: Self.transactions)
    let report = try await race.run()
    #expect(report.committed >= CommitRace.writers * Self.transactions)
    #expect(report.looks > 1)
    #expect(report.missed == 0)
    #expect(report.repeated == 0)
    #expect(report.disordered == 0)
  }
}
