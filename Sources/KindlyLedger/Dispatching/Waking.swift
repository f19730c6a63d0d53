import GRDB
import KindlyCore

/// Makes reminders that wait for a reason due now, or at their due time where that is still to come.
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
        WHERE state = \(state: .waiting) AND reason IN (SELECT value FROM json_each(?2))
          AND reason IS NOT NULL AND next_at > ?3 AND \(condition)
        UNION ALL
        SELECT id FROM reminder INDEXED BY reminder_uncertain
        WHERE state = \(state: .uncertain) AND reason IN (SELECT value FROM json_each(?2))
          AND next_at > ?3 AND \(condition))
      """)
    statement.bind(now, at: 1)
    statement.bind(JSONNumbers.array(reasons.map { Int64($0.rawValue) }), at: 2)
    statement.bind(now, at: 3)
    statement.bind(name, at: 4)
    return try statement.run()
  }
}
