import GRDB
import KindlyTestKit
import Testing

@testable import KindlySQLiteLedger

@Suite("Reading the ledger")
struct ReadingTests {
  @Test("a read whose task is cancelled ends as cancelled, not as a failure of the ledger")
  func cancelled() async throws {
    let temporary = try TemporaryLedger()
    let reader = temporary.ledger.reader
    let (begun, begin) = AsyncStream<Void>.makeStream()
    // Called by the statement, so that it is surely under way when the task is cancelled.
    let signal = DatabaseFunction("begun", argumentCount: 0) { _ in
      begin.yield()
      return 1
    }
    let read = Task {
      try await reader.read { db in
        db.add(function: signal)
        return try Int.fetchOne(
          db,
          sql: """
            WITH RECURSIVE n(i) AS (SELECT begun() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
            """)
      }
    }
    for await _ in begun { break }
    read.cancel()
    await #expect(throws: CancellationError.self) { try await read.value }
  }
}
