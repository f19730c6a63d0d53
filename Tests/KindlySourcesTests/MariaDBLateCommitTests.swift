#if MariaDB
  import KindlyCore
  import KindlySources
  import KindlyTestKit
  import Testing

  /// Rows that are committed after others with higher cursors and log entries.
  @Suite struct MariaDBLateCommitTests {
    private static let writers = 8
    private static let transactions = 40

    @Test("a cursor stays behind what is still open, and passes it when it has ended")
    func horizon() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, 10)",
        on: try await MariaDBServer.start())
      let source = database.source()
      func look(from: Value) async throws -> (keys: [String], head: Value) {
        let slice = try await source.follow(
          CursorRequest(
            watch: watching(), column: "at", columns: ComparedColumns(compared: [], captured: []),
            from: from))
        return (slice.rows.compactMap(\.key.rowKey?.description), slice.head)
      }
      #expect(try await look(from: .null) == (["1"], .integer(10)))
      let late = try database.session()
      try late.run("BEGIN; INSERT INTO t VALUES (2, 11)")
      try database.run("INSERT INTO t VALUES (3, 12)")
      #expect(try await look(from: .integer(10)) == (["1", "3"], .integer(10)))
      // One that begins now can only write higher values.
      let later = try database.session()
      try later.run("BEGIN; INSERT INTO t VALUES (4, 13)")
      try late.run("COMMIT")
      #expect(try await look(from: .integer(10)) == (["1", "2", "3"], .integer(12)))
      try later.run("COMMIT")
      #expect(try await look(from: .integer(12)) == (["3", "4"], .integer(13)))
      // What is kept from a column of another type means the beginning.
      #expect(try await look(from: .text("742:745:")).keys == ["1", "2", "3", "4"])
    }

    /// One statement string: transactions that write a row, wait 0 to 40 ms, and commit.
    private static func script(of writer: Int) -> String {
      (0..<transactions).map { number in
        let id = writer * 1000 + number
        return """
          BEGIN;
          INSERT INTO t VALUES (\(id), 'new', NOW(6));
          DO SLEEP(RAND() * 0.04);
          UPDATE t SET status = 'paid', at = NOW(6) WHERE id = \(id);
          COMMIT;
          """
      }.joined()
    }

    /// Runs the writers, and a look again and again until all have ended; then once more.
    private func race(
      _ database: MariaDBDatabase, look: () async throws -> Void
    ) async throws {
      let sessions = try (0..<MariaDBLateCommitTests.writers).map { _ in try database.session() }
      let ended = "SELECT count(*) FROM t WHERE status = 'paid'"
      let total = "\(MariaDBLateCommitTests.writers * MariaDBLateCommitTests.transactions)"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (writer, session) in sessions.enumerated() {
          let script = MariaDBLateCommitTests.script(of: writer)
          // Each blocks, so it has a thread of its own.
          group.addTask { try await BlockingWork.run { try session.run(script) } }
        }
        while try database.writer.rows(ended) != [[total]] { try await look() }
        try await group.waitForAll()
      }
      try await look()
    }

    @Test(
      "8 writers with transactions of 0 to 40 ms: the log tells each change once, in its row's order"
    )
    func logged() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, status varchar(9), at datetime(6))",
        on: try await MariaDBServer.start())
      let source = database.source(pace: SlicePace(rows: 50))
      let watch = watching(changes: .changelog)
      try database.run(try await source.changeLogDDL(for: watch, columns: ["status"]))
      var place = LogPlace.start
      var ids: Set<Int64> = []
      var words: [SortKey: [String]] = [:]
      try await race(database) {
        var hasMore = true
        while hasMore {
          let slice = try await source.sweep(
            SweepRequest(
              watch: watch, columns: ComparedColumns(compared: [], captured: []), logAfter: place,
              readsRows: false))
          for change in slice.logged {
            #expect(ids.insert(change.id).inserted, "entry \(change.id) came twice")
            words[change.key, default: []].append(change.operation.word)
          }
          place = try #require(slice.logPlace)
          hasMore = slice.hasMoreLog
        }
      }
      #expect(words.count == MariaDBLateCommitTests.writers * MariaDBLateCommitTests.transactions)
      #expect(words.values.allSatisfy { $0 == ["insert", "update"] })
    }

    @Test("8 writers with transactions of 0 to 40 ms: the cursor alone misses no row")
    func followed() async throws {
      let database = try await MariaDBDatabase(
        "CREATE TABLE t (id int PRIMARY KEY, status varchar(9), at datetime(6)); CREATE INDEX i ON t (at)",
        on: try await MariaDBServer.start())
      let source = database.source(pace: SlicePace(rows: 50))
      var from = Value.null
      var known: [SortKey: RowHash] = [:]
      var reported = 0
      try await race(database) {
        var after: CursorPlace?
        repeat {
          let slice = try await source.follow(
            CursorRequest(
              watch: watching(), column: "at",
              columns: ComparedColumns(compared: ["status"], captured: []), from: from,
              after: after))
          for row in slice.rows where known[row.key] != row.hash {
            known[row.key] = row.hash
            reported += 1
          }
          after = slice.next
          if after == nil { from = slice.head }
        } while after != nil
      }
      let total = MariaDBLateCommitTests.writers * MariaDBLateCommitTests.transactions
      // A row is first seen as its transaction left it, so each is reported once.
      #expect(known.count == total)
      #expect(reported == total)
    }
  }
#endif
