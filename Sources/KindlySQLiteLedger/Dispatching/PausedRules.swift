import GRDB
import KindlyCore

/// The rules whose reminders may not be claimed now. Paused channels are left to the dispatcher, because a reminder's
/// channel is chosen after the claim.
struct PausedRules {
  private struct Pause {
    let rule: Int64?
    let until: Int64?
  }

  private let pauses: [Pause]

  init(_ db: Database, now: Instant) throws {
    let statement = try Prepared(
      db,
      """
      SELECT rule.id, until
      FROM pause LEFT JOIN rule ON scope = \(pause: .rule) AND rule.name = pause.name
      WHERE (scope = \(pause: .all) OR rule.id IS NOT NULL) AND (until IS NULL OR until > ?)
      """)
    statement.bind(now, at: 1)
    var pauses: [Pause] = []
    while try statement.step() {
      pauses.append(
        Pause(rule: statement.optionalInteger(0), until: statement.optionalInteger(1)))
    }
    self.pauses = pauses
  }

  var isEmpty: Bool { pauses.isEmpty }

  private var holdsAll: Bool { pauses.contains { $0.rule == nil } }

  var json: String { JSONNumbers.array(pauses.compactMap(\.rule)) }

  /// The condition that a reminder's rule is not paused, given the JSON array of rules as a parameter.
  func excluding(parameter: Int) -> String {
    holdsAll ? "?\(parameter) IS NULL" : "rule NOT IN (SELECT value FROM json_each(?\(parameter)))"
  }

  /// Defers paused reminders that are due until the pause ends, or until they are no longer useful if that comes first.
  ///
  /// They then show `paused` as their reason, and no later claim meets them again. Resuming makes them due again.
  func park(_ db: Database, now: Instant) throws {
    if pauses.isEmpty { return }
    let due = try OutboxQueues(db, now: now).all().filter { $0.due > 0 }
    for pause in pauses {
      for queue in due where pause.rule == nil || pause.rule == queue.id.rule {
        try park(queue, until: pause.until, db, now: now)
      }
    }
  }

  private func park(_ queue: OutboxQueue, until: Int64?, _ db: Database, now: Instant) throws {
    let statement = try Prepared(
      db,
      """
      UPDATE reminder
      SET next_at = min(use_until, ifnull(?2, use_until)),
        reason_since = iif(reason = ?3, reason_since, ?1), reason = ?3
      WHERE id IN (
        SELECT id FROM reminder INDEXED BY reminder_queue
        WHERE \(PartialIndex.isOpen) AND next_at <= ?1 AND use_until > ?1
          AND \(OutboxQueues.isMember(first: 5))
        ORDER BY next_at
        LIMIT ?4)
      """)
    statement.bind(now, at: 1)
    statement.bind(until, at: 2)
    statement.bind(Reason.paused.rawValue, at: 3)
    statement.bind(Claim.mostParked, at: 4)
    OutboxQueues.bind(queue.id, in: statement, from: 5)
    try statement.run()
  }
}
