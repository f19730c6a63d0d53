import GRDB
package import KindlyCore

/// The times that the ledger has recorded, against which a clock that went back is known.
enum RecordedTime {
  /// The fact that keeps up to which recorded time a person has taken the clock for right, and when they did.
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

  /// Puts everything that was recorded by a clock ahead of `now` back to it, so that it is not waited for.
  static func accept(_ db: Database, now: Instant) throws {
    try db.execute(
      sql: """
        INSERT INTO fact (name, text, at) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET text = excluded.text, at = excluded.at
        """, arguments: [accepted, String(try latestRecorded(db)), now.milliseconds])
    try db.execute(
      sql: "UPDATE rule SET activated_at = min(activated_at, ?)", arguments: [now.milliseconds])
    try db.execute(
      sql: "UPDATE step SET scanned_through = min(scanned_through, ?)",
      arguments: [now.milliseconds])
    let waiting = Reason.allCases.filter { $0.state == .waiting && $0 != .paused }
    _ = try Waking(db, waiting, .all, now: now).perform()
  }

  /// By what is done when the clock is not doubted; a start and a person's action are recorded in any case.
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
  package func acceptClock(_ note: ActionNote, now: Instant) async throws {
    try await writer.submit { db in
      try RecordedTime.accept(db, now: now)
      try ActionTable.record("clock", "clock", note, now: now, db)
    }
  }
}
