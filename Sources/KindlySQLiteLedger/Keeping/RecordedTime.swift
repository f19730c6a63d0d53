import GRDB
package import KindlyCore

/// The times recorded in the ledger, by which a clock that went back is detected.
enum RecordedTime {
  /// The fact that stores the recorded time up to which a person accepted the clock, and when they did.
  private static let accepted = "clock accepted"

  /// The latest recorded time, or when a person said that it was recorded by a wrong clock.
  static func latest(_ db: Database) throws -> Instant {
    let recorded = try latestRecorded(db)
    let row = try Row.fetchOne(
      db, sql: "SELECT text, at FROM fact WHERE name = ?", arguments: [accepted])
    guard let row, let through = Int64(row["text"] as String), recorded <= through else {
      return Instant(milliseconds: recorded)
    }
    return Instant(milliseconds: row["at"])
  }

  /// Moves all times recorded by a clock ahead of `now` back to `now`, so that nothing waits for them.
  ///
  /// - Returns: how many reminders wait again that the fast clock had ended.
  static func accept(_ db: Database, now: Instant) throws -> Int {
    try Facts.keep(accepted, String(try latestRecorded(db)), now: now, db)
    try db.execute(
      sql: "UPDATE rule SET activated_at = min(activated_at, ?)", arguments: [now.milliseconds])
    try db.execute(
      sql: """
        UPDATE step SET scanned_through = min(scanned_through, :now), begun_at = min(begun_at, :now)
        """, arguments: ["now": now.milliseconds])
    let waiting = Reason.allCases.filter { $0.state == .waiting && $0 != .paused }
    _ = try Waking(db, waiting, .all, now: now).perform()
    return try revive(db, now: now)
  }

  /// Requeues reminders that a clock ahead of `now` ended for reasons that depend only on time.
  ///
  /// Sent reminders stay sent. Each requeued reminder is judged again when it is claimed; if it really is too late, it
  /// is skipped again.
  private static func revive(_ db: Database, now: Instant) throws -> Int {
    let reasons = [
      Reason.tooLate, .superseded, .noAddress, .noCustomer, .noRecipient, .uselessByNow,
    ]
    .map { Int64($0.rawValue) }
    try db.execute(
      sql: """
        UPDATE reminder
        SET \(Assignment.isOpen), reason = NULL, reason_since = NULL, decided_at = NULL, successor = NULL,
          next_at = max(due, :now), channel = NULL, \(Assignment.startOfRoute),
          attempts_on_channel = 0
        WHERE decided_at > :now AND state IN \(states: .skipped, .failed)
          AND reason IN (SELECT value FROM json_each(:reasons)) AND use_until > :now
        """, arguments: ["now": now.milliseconds, "reasons": JSONNumbers.array(reasons)])
    return db.changesCount
  }

  /// The latest time recorded by actions that require a trusted clock. Starts and people's actions are left out,
  /// because they are recorded in any case.
  private static func latestRecorded(_ db: Database) throws -> Int64 {
    let latest = try Int64.fetchOne(
      db,
      sql: """
        SELECT max(
          (SELECT last_time FROM ledger),
          ifnull((SELECT max(activated_at) FROM rule), 0),
          ifnull((SELECT max(scanned_through) FROM step), 0),
          ifnull((SELECT max(decided_at) FROM reminder WHERE decided_at IS NOT NULL), 0),
          ifnull((SELECT created_at FROM reminder ORDER BY id DESC LIMIT 1), 0),
          ifnull((SELECT noticed_at FROM changes ORDER BY id DESC LIMIT 1), 0))
        """)
    return latest ?? 0
  }
}

extension SQLiteLedger {
  package func acceptClock(_ note: ActionNote, now: Instant) async throws -> Int {
    try await writer.submit { db in
      let revived = try RecordedTime.accept(db, now: now)
      try ActionTable.record("clock", "clock", note, now: now, db)
      return revived
    }
  }
}
