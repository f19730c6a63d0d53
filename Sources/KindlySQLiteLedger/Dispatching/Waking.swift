import GRDB
import KindlyCore

/// Wakes the reminders that wait for given reasons: now, or at their due time if that is later.
struct Waking {
  private let db: Database
  private let reasons: [Reason]
  private let scope: PauseScope
  private let now: Instant

  init(_ db: Database, _ reasons: [Reason], _ scope: PauseScope, now: Instant) {
    self.db = db
    self.reasons = reasons
    self.scope = scope
    self.now = now
  }

  func perform() throws -> Int {
    let condition: String
    let name: String?
    switch scope {
    case .all: (condition, name) = ("?4 IS NULL", nil)
    case .rule(let rule):
      (condition, name) = ("rule = (SELECT id FROM rule WHERE name = ?4)", rule)
    case .channel(let channel):
      // One that has not been tried yet may be for this channel too; awakened in vain it waits again.
      (condition, name) = (
        "(channel IS NULL OR channel = (SELECT id FROM channel WHERE name = ?4))", channel
      )
    }
    let statement = try Prepared(
      db,
      """
      UPDATE reminder SET next_at = max(due, ?1)
      WHERE id IN (
        SELECT id FROM reminder
        WHERE \(PartialIndex.isHeldBack) AND reason IN (SELECT value FROM json_each(?2))
          AND next_at > ?3 AND \(condition))
      """)
    statement.bind(now, at: 1)
    statement.bind(JSONNumbers.array(reasons.map { Int64($0.rawValue) }), at: 2)
    statement.bind(now, at: 3)
    statement.bind(name, at: 4)
    return try statement.run()
  }
}
