import GRDB
import KindlyCore

/// The keys of a watch that passed from one row to another, as a look noticed it.
struct FormerRows {
  private let db: Database
  private let watch: Int64

  init(_ db: Database, watch: Int64) {
    self.db = db
    self.watch = watch
  }

  /// Keeps each key that passed on by the changes after a position, and ends what its former row has open.
  ///
  /// Returns the reminders that were cancelled.
  func note(after change: Int64, now: Instant) throws -> [PlanEvent] {
    var ended: [PlanEvent] = []
    let keys = try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT row_key FROM changes
          WHERE watch = ? AND id > ? AND operation = \(ChangeOperation.insert.rawValue)
            AND changed <> '[]'
          ORDER BY id
          """), arguments: [watch, change])
    for key in keys {
      let gone = try goneAt(key, now: now)
      try db.cachedStatement(
        sql: """
          INSERT INTO former_row (watch, row_key, gone_at, passed_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (watch, row_key, passed_at) DO NOTHING
          """
      ).execute(arguments: [watch, key, gone, now.milliseconds])
      ended += try end(key, madeBefore: gone, now: now)
    }
    return ended
  }

  /// When the row's delete was noticed. A delete that was purged is older than all that could be confused.
  private func goneAt(_ key: String, now: Instant) throws -> Int64 {
    let noticed = try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(noticed_at) FROM changes
          WHERE row_key = ? AND watch = ? AND operation = \(ChangeOperation.delete.rawValue)
          """), arguments: [key, watch])
    return min(noticed ?? now.milliseconds, now.milliseconds)
  }

  /// The recheck would find the new row in the place of the former one, so it cannot end these.
  ///
  /// The end of their use keeps them from being revived, restored or tried again.
  private func end(_ key: String, madeBefore gone: Int64, now: Instant) throws -> [PlanEvent] {
    let arguments: StatementArguments = [
      "watch": watch, "key": key, "gone": gone, "now": now.milliseconds,
    ]
    let cancelled = try Row.fetchAll(
      db.cachedStatement(sql: FormerRows.cancelSQL), arguments: arguments)
    try db.cachedStatement(sql: FormerRows.expireSQL).execute(arguments: arguments)
    return cancelled.map { row in
      let customer: String? = row["customer"]
      return PlanEvent(
        kind: .orphaned, publicID: row["public_id"], rule: row["rule_name"],
        customer: customer.map(RowKey.init(canonical:)), due: Instant(milliseconds: row["due"]))
    }
  }

  private static let areOfFormerRow = """
    rule IN (SELECT id FROM rule WHERE watch = (SELECT name FROM watch WHERE id = :watch))
    AND row_key = :key AND created_at < :gone
    """

  private static let cancelSQL = """
    UPDATE reminder
    SET state = \(state: .cancelled), reason_since = :now, decided_at = :now,
      next_at = NULL, use_until = min(use_until, :now),
      reason = iif(trigger_kind = \(trigger: .delete), \(reason: .rowIsBack),
        \(reason: .rowGone))
    WHERE \(areOfFormerRow) AND state = \(state: .waiting)
    RETURNING public_id, customer, due,
      (SELECT name FROM rule WHERE rule.id = reminder.rule) AS rule_name
    """

  private static let expireSQL = """
    UPDATE reminder SET use_until = :now
    WHERE \(areOfFormerRow) AND use_until > :now
    """

  /// The SQL condition that a reminder is about a row whose key another row has now.
  static func condition(of reminder: String) -> String {
    """
    EXISTS (
      SELECT 1 FROM former_row
      WHERE former_row.row_key = \(reminder).row_key AND former_row.gone_at > \(reminder).created_at
        AND former_row.watch = (
          SELECT watch.id FROM rule AS owner JOIN watch ON watch.name = owner.watch
          WHERE owner.id = \(reminder).rule))
    """
  }
}
