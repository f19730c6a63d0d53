import Foundation
import GRDB
import KindlyCore
import KindlyTestKit
import Synchronization
import Testing

@testable import KindlySQLiteLedger

@Suite("Group commit")
struct GroupCommitTests {
  private struct Refused: Error {}

  @Test("32 submitters at once each keep what is theirs, in fewer commits than submissions")
  func groups() async throws {
    let fixture = try await Fixture()
    let reminders = 320
    try await fixture.plan((1...reminders).map { occurrence($0) })
    let claimed = try await fixture.claim()
    #expect(claimed.count == reminders)
    let ledger = fixture.ledger
    try await withThrowingTaskGroup(of: Void.self) { group in
      for share in 0..<32 {
        group.addTask {
          for reminder in claimed[(share * 10)..<(share * 10 + 10)] {
            for move in [
              Transition.Move.sending(channel: "email", routePosition: 0), .end(.rejected, nil),
            ] {
              let transition = Transition(reminder: reminder.id, lease: reminder.lease, move: move)
              let dropped = try await ledger.submit([transition], now: Fixture.start)
              #expect(dropped.isEmpty)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let states = try await ledger.status(now: Fixture.start).decided
    #expect(states == [.failed: reminders])
  }

  @Test("a submission that fails is undone alone, and says why")
  func undoesOne() async throws {
    let fixture = try await Fixture()
    let writer = fixture.temporary.ledger.writer
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          do {
            try await writer.submit { db in
              try db.execute(
                sql: "INSERT INTO fact (name, text, at) VALUES (?, '', 0)",
                arguments: ["fact \(number)"])
              if number % 8 == 3 { throw LedgerProblem(.refused, "number \(number)") }
            }
            return true
          } catch let problem as LedgerProblem {
            #expect(problem.description == "number \(number)")
            return false
          }
        }
      }
      var kept = 0
      for try await isKept in group where isKept { kept += 1 }
      #expect(kept == 56)
    }
    #expect(try fixture.value("SELECT count(*) FROM fact WHERE name LIKE 'fact %'") == 56)
  }

  @Test("what breaks a constraint of the schema fails without naming values")
  func namesNoValues() async throws {
    let fixture = try await Fixture()
    do {
      try await fixture.temporary.ledger.writer.submit { db in
        try db.execute(
          sql: "INSERT INTO fact (name, text, at) VALUES ('a', ?, 'now')",
          arguments: ["secret@example.com"])
      }
      Issue.record("a text where a number belongs was kept")
    } catch let problem as LedgerProblem {
      #expect(problem.kind == .failed)
      #expect(!problem.description.contains("secret"))
    }
  }

  @Test("closing commits what was submitted before, and refuses what comes after")
  func closes() async throws {
    let fixture = try await Fixture()
    let writer = fixture.temporary.ledger.writer
    async let kept: Void = writer.submit { db in
      try db.execute(sql: "INSERT INTO fact (name, text, at) VALUES ('kept', '', 0)")
    }
    try await kept
    await fixture.ledger.close(now: Fixture.start)
    await fixture.ledger.close(now: Fixture.start)
    await #expect(throws: LedgerProblem.self) {
      try await writer.submit { _ in }
    }
    #expect(try fixture.value("SELECT count(*) FROM fact WHERE name = 'kept'") == 1)
  }

  @Test("a failing disk ends the process: the handler is called, and nothing more is written")
  func endsOnFatal() async throws {
    let temporary = try TemporaryLedger()
    let path = temporary.folder.appending(path: "other.db").path
    let problems = Mutex<[LedgerProblem]>([])
    let called = Mutex(false)
    let ledger = try SQLiteLedger(
      opening: LedgerOptions(path: path, create: true), now: Fixture.start,
      fatal: { _ in called.withLock { $0 = true } })
    for _ in 0..<2 {
      do {
        try await ledger.writer.submit { _ in
          throw DatabaseError(resultCode: .SQLITE_IOERR, message: "disk I/O error")
        }
      } catch let problem as LedgerProblem {
        problems.withLock { $0.append(problem) }
      }
    }
    #expect(problems.withLock { $0.map(\.kind) } == [.fatal, .fatal])
    #expect(called.withLock { $0 })
    await ledger.close(now: Fixture.start)
  }

  @Test("reads go on while the writer writes")
  func readsWhileWriting() async throws {
    let fixture = try await Fixture()
    let ledger = fixture.ledger
    async let written: Void = {
      for number in 0..<40 {
        _ = try await ledger.plan(
          [fixture.batch((0..<50).map { occurrence(number * 50 + $0) })], advancing: [],
          now: Fixture.start)
      }
    }()
    var seen = 0
    while seen < 2_000 {
      let count: Int = try await ledger.status(now: Fixture.start).open[.waiting] ?? 0
      // A batch is seen whole or not at all.
      #expect(count >= seen && count % 50 == 0)
      seen = count
    }
    try await written
  }
}
