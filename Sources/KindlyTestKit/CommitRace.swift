import KindlyCore
import KindlySources
import Synchronization

/// Applications that write concurrently in transactions of 0 to 40 ms, so that rows are committed in another order than
/// they were written, while a reader looks for changes.
package final class CommitRace: Sendable {
  /// How the changes are noticed.
  package enum Mode: String, Sendable, CaseIterable {
    case cursor
    case changeLog = "change log"
  }

  /// The result of a race.
  package struct Report: Sendable {
    /// How many changes the applications committed.
    package var committed = 0
    package var looks = 0
    package var missed = 0
    package var repeated = 0
    /// Rows whose changes were reported in the wrong order.
    package var disordered = 0
    /// Changes with a lower cursor or entry than an earlier look had seen. A reader that continues from the highest one
    /// loses them.
    package var late = 0
  }

  package static let writers = 8
  /// In seconds.
  private static let longestTransaction = 0.04
  /// In one string of statements, which the server parses as a whole.
  private static let batch = 40

  private let kind: ServerKind
  private let mode: Mode
  private let transactions: Int
  private let database: any ServerDatabase
  private let source: DatabaseSource
  private let unfinished = Atomic(CommitRace.writers)

  /// Creates the table, and a change log if the mode needs one. Each writer commits `transactions` transactions.
  package init(_ kind: ServerKind, _ mode: Mode, transactions: Int) async throws {
    self.kind = kind
    self.mode = mode
    self.transactions = transactions
    database = try await kind.quietDatabase(
      "CREATE TABLE t (id int PRIMARY KEY, status varchar(9), at \(kind.time.type)); CREATE INDEX i ON t (at)"
    )
    // Small slices, so that a look has several while writers go on.
    source = database.source(pace: SlicePace(rows: 50))
    if mode == .changeLog {
      try database.run(try await source.changeLogDDL(for: watch, columns: ["status"]))
    }
  }

  private var watch: Watch {
    Watch(
      name: "t", source: "crm", relation: .table("t"), key: ["id"],
      changes: mode == .cursor ? .cursor(column: "at") : .changelog)
  }

  /// Looks once, runs the writers and looks again and again until all have ended, then once more.
  ///
  /// `pause` comes after each look but the first and the last.
  package func run(pause: () async throws -> Void = {}) async throws -> Report {
    var lookout = Lookout()
    // The reader may get no turn before the writers have ended.
    try await look(&lookout)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<CommitRace.writers {
        let session = try database.session()
        // Each blocks, so it has a thread of its own.
        group.addTask { try await BlockingWork.run { try self.write(as: writer, on: session) } }
      }
      while unfinished.load(ordering: .acquiring) > 0 {
        try await look(&lookout)
        try await pause()
      }
      try await group.waitForAll()
    }
    try await look(&lookout)
    await source.close()
    let rows = CommitRace.writers * transactions
    return mode == .cursor ? lookout.ofRows(rows) : lookout.ofEntries(rows)
  }

  private func write(as writer: Int, on session: any ServerSession) throws {
    defer { unfinished.subtract(1, ordering: .releasing) }
    for first in stride(from: 0, to: transactions, by: CommitRace.batch) {
      let numbers = first..<min(first + CommitRace.batch, transactions)
      try session.run(numbers.map { script(of: writer * transactions + $0) }.joined())
    }
  }

  /// A transaction that writes a row, waits, writes it again, and waits until it is committed.
  private func script(of id: Int) -> String {
    let pause = kind.pause(upTo: CommitRace.longestTransaction / 2)
    return """
      BEGIN;
      INSERT INTO t VALUES (\(id), 'new', \(kind.time.now));
      \(pause);
      UPDATE t SET status = 'paid', at = \(kind.time.now) WHERE id = \(id);
      \(pause);
      COMMIT;

      """
  }

  private func look(_ lookout: inout Lookout) async throws {
    lookout.report.looks += 1
    switch mode {
    case .cursor: try await follow(&lookout)
    case .changeLog: try await readLog(&lookout)
    }
  }

  private func follow(_ lookout: inout Lookout) async throws {
    var after: CursorPlace?
    repeat {
      let slice = try await source.follow(
        CursorRequest(
          watch: watch, column: "at",
          columns: ComparedColumns(compared: ["status"], captured: ["at"]), from: lookout.from,
          after: after))
      for row in slice.rows { lookout.take(row) }
      after = slice.next
      if after == nil { lookout.from = slice.head }
    } while after != nil
    lookout.endLook()
  }

  private func readLog(_ lookout: inout Lookout) async throws {
    var hasMore = true
    while hasMore {
      let slice = try await source.sweep(
        SweepRequest(
          watch: watch, columns: ComparedColumns(compared: [], captured: []),
          logAfter: lookout.place, readsRows: false))
      for change in slice.logged { lookout.take(change) }
      lookout.place = slice.logPlace ?? lookout.place
      hasMore = slice.hasMoreLog
    }
    lookout.endLook()
  }
}

/// What the reader remembers.
private struct Lookout {
  var report = CommitRace.Report()
  var from = Value.null
  var place = LogPlace.start
  private var known: [SortKey: RowHash] = [:]
  private var entries: Set<Int64> = []
  private var words: [SortKey: [String]] = [:]
  /// The highest time and entry of earlier looks, and of this one.
  private var before = (time: "", entry: Int64(0))
  private var highest = (time: "", entry: Int64(0))

  /// Takes a row that the cursor returned; it counts as a change if it differs from the known row.
  mutating func take(_ row: SourceRow) {
    guard known[row.key] != row.hash else { return }
    if known.updateValue(row.hash, forKey: row.key) != nil { report.repeated += 1 }
    guard case .text(let time)? = row.captured.first else { return }
    if time < before.time { report.late += 1 }
    highest.time = max(highest.time, time)
  }

  mutating func take(_ change: LoggedChange) {
    if !entries.insert(change.id).inserted { report.repeated += 1 }
    if change.id < before.entry { report.late += 1 }
    highest.entry = max(highest.entry, change.id)
    words[change.key, default: []].append(change.operation.word)
  }

  mutating func endLook() { before = highest }

  /// A row is first seen as its transaction left it, so that each is one change.
  func ofRows(_ count: Int) -> CommitRace.Report {
    var report = report
    report.committed = count
    report.missed = count - known.count
    return report
  }

  /// A transaction inserts and updates its row.
  func ofEntries(_ count: Int) -> CommitRace.Report {
    var report = report
    report.committed = 2 * count
    report.missed = 2 * count - entries.count
    report.disordered = words.values.count { $0 != ["insert", "update"] }
    return report
  }
}
