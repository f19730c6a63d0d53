import GRDB
package import KindlyCore

extension SQLiteLedgerReader: ReadingLedger {
  package func status(now: Instant) async throws -> LedgerStatus {
    try await read { db in try StatusQuery(db, now: now).status() }
  }

  package func problems() async throws -> [Problem] {
    try await read { db in try ProblemTable.all(db) }
  }
}

/// Collects what `status` shows. Every count reads an index that contains only the rows to count.
struct StatusQuery {
  private let db: Database
  private let now: Instant

  /// What "lately" means in a status.
  private static let span = Duration.hours(24)

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  func status() throws -> LedgerStatus {
    var status = LedgerStatus()
    try countOpen(&status)
    try countDecided(&status)
    let queued = try OutboxQueues(db, now: now).all().map(\.next)
    status.nextDue = (queued + [try DueDigests.next(db)].compactMap(\.self)).min()
    status.oldestOverdue = status.nextDue.flatMap { $0 < now ? $0 : nil }
    status.unreadInbox =
      try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox WHERE read_at IS NULL") ?? 0
    status.openTasks =
      try Int.fetchOne(db, sql: "SELECT count(*) FROM task WHERE \(PartialIndex.isOpenTask)") ?? 0
    status.overdueTasks =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM task WHERE \(PartialIndex.isOpenTask) AND due_at < ?",
        arguments: [now.milliseconds]) ?? 0
    status.suppressed = try Int.fetchOne(db, sql: "SELECT count(*) FROM suppression") ?? 0
    status.newlySuppressed =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM suppression WHERE since > ?",
        arguments: [(now - StatusQuery.span).milliseconds]) ?? 0
    status.problems = try ProblemTable.all(db)
    status.run = try run()
    return status
  }

  private func countOpen(_ status: inout LedgerStatus) throws {
    var open: [ReminderState: Int] = [.waiting: 0, .claimed: 0, .sending: 0, .uncertain: 0]
    let waiting = try Row.fetchAll(
      db,
      sql: """
        SELECT rule, count(*) AS count FROM reminder INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen) AND state = \(state: .waiting)
        GROUP BY rule
        """)
    let rules = try names("rule")
    for row in waiting {
      let count: Int = row["count"]
      open[.waiting, default: 0] += count
      status.waitingByRule[rules[row["rule"]] ?? "?", default: 0] += count
    }
    let inDigest = try Row.fetchAll(
      db,
      sql: """
        SELECT rule, count(*) AS count FROM reminder INDEXED BY reminder_waiting
        WHERE \(PartialIndex.isHeldBack) AND reason = \(reason: .digest) GROUP BY rule
        """)
    for row in inDigest {
      let count: Int = row["count"]
      open[.waiting, default: 0] += count
      status.waitingByRule[rules[row["rule"]] ?? "?", default: 0] += count
    }
    open[.uncertain] = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM reminder WHERE state = \(state: .uncertain)")
    let held = try Row.fetchAll(
      db,
      sql: """
        SELECT state, count(*) AS count FROM reminder WHERE owner IS NOT NULL GROUP BY state
        """)
    for row in held { open[try Stored.state(row["state"])] = row["count"] }
    status.open = open
    let reasons = try Row.fetchAll(
      db,
      sql: """
        SELECT reason, count(*) AS count FROM reminder
        WHERE \(PartialIndex.isHeldBack) AND state = \(state: .waiting)
        GROUP BY reason
        """)
    for row in reasons {
      guard let reason = try Stored.reason(row["reason"]) else { continue }
      status.waitingByReason[reason] = row["count"]
    }
  }

  private func countDecided(_ status: inout LedgerStatus) throws {
    let rules = try names("rule")
    let channels = try names("channel")
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT state, rule, channel, reason, count(*) AS count FROM reminder
        WHERE decided_at IS NOT NULL AND decided_at > ?
        GROUP BY state, rule, channel, reason
        """, arguments: [(now - StatusQuery.span).milliseconds])
    for row in rows {
      let state = try Stored.state(row["state"])
      let count: Int = row["count"]
      status.decided[state, default: 0] += count
      if let reason = try Stored.reason(row["reason"]) {
        status.decidedByReason[reason, default: 0] += count
      }
      let channel = (row["channel"] as Int64?).flatMap { channels[$0] } ?? "?"
      if state == .failed { status.failedByChannel[channel, default: 0] += count }
      guard state == .sent else { continue }
      status.sentByRule[rules[row["rule"]] ?? "?", default: 0] += count
      status.sentByChannel[channel, default: 0] += count
    }
    try takeOutNeverApplied(&status)
  }

  private func takeOutNeverApplied(_ status: inout LedgerStatus) throws {
    status.neverApplied =
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM reminder
          WHERE decided_at IS NOT NULL AND decided_at > ? AND state = \(state: .cancelled)
            AND reason = \(reason: .condition) AND applied = 0
          """,
        arguments: [(now - StatusQuery.span).milliseconds]) ?? 0
    if status.neverApplied > 0 {
      status.decided[.cancelled, default: 0] -= status.neverApplied
      status.decidedByReason[.condition, default: 0] -= status.neverApplied
    }
  }

  private func names(_ table: String) throws -> [Int64: String] {
    let rows = try Row.fetchAll(db, sql: "SELECT id, name FROM \(table)")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["id"], $0["name"]) })
  }

  private func run() throws -> RunRecord? {
    try Row.fetchOne(
      db,
      sql: "SELECT id, pid, host, version, started_at, ended_at FROM run ORDER BY id DESC LIMIT 1"
    ).map { row in
      let ended: Int64? = row["ended_at"]
      return RunRecord(
        id: row["id"], pid: row["pid"], host: row["host"], version: row["version"],
        started: Instant(milliseconds: row["started_at"]),
        ended: ended.map(Instant.init(milliseconds:)))
    }
  }
}
