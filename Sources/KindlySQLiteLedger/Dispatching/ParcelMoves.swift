import GRDB
import KindlyCore

/// Moves the other reminders of a message together with the one that leads it.
///
/// All are held under the same lease. After a crash only the lead is claimed again; the others stay uncertain and share
/// its outcome.
struct ParcelMoves {
  private let db: Database
  private let now: Instant

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  /// Whether the others that a hand-over names are held under its lease; true if it names none.
  func areHeld(_ transition: Transition) throws -> Bool {
    if transition.others.isEmpty { return true }
    let statement = try Prepared(db, TransitionSQL.countHeld)
    statement.bind(JSONNumbers.array(transition.others), at: 1)
    statement.bind(transition.lease.owner, at: 2)
    statement.bind(transition.lease.epoch, at: 3)
    statement.bind(ReminderState.claimed.rawValue, at: 4)
    return try statement.integers() == [Int64(transition.others.count)]
  }

  /// Moves the others after the lead's transition, and returns their ids.
  func follow(_ transition: Transition) throws -> [Int64] {
    if !transition.others.isEmpty { try bind(transition.others, to: transition.reminder) }
    let ids = try others(of: transition.reminder)
    if ids.isEmpty { return [] }
    guard let sql = ParcelMoves.sql(of: transition.move) else { return [] }
    let statement = try Prepared(db, sql)
    statement.bind(JSONNumbers.array(ids), at: 1)
    statement.bind(transition.reminder, at: 2)
    statement.bind(now, at: 4)
    switch transition.move {
    case .wait(let reason, let until, let routePosition, _):
      statement.bind(reason.rawValue, at: 5)
      statement.bind(until, at: 6)
      statement.bind(routePosition, at: 7)
    case .end(let reason, _):
      statement.bind(reason.rawValue, at: 5)
      statement.bind(reason.state.rawValue, at: 6)
    case .sending, .sent, .found, .uncertain, .release: break
    }
    try statement.run()
    return ids
  }

  private func bind(_ others: [Int64], to lead: Int64) throws {
    let statement = try Prepared(
      db, "UPDATE reminder SET lead = ?2 WHERE id IN (SELECT value FROM json_each(?1))")
    statement.bind(JSONNumbers.array(others), at: 1)
    statement.bind(lead, at: 2)
    try statement.run()
  }

  private func others(of lead: Int64) throws -> [Int64] {
    let statement = try Prepared(
      db,
      """
      SELECT id FROM reminder
      WHERE lead = ?1 AND state IN \(states: .claimed, .sending, .uncertain)
      ORDER BY id
      """)
    statement.bind(lead, at: 1)
    return try statement.integers()
  }

  // Parameters 1 and 2 are the others and the one that leads them; from 4 on they are those of TransitionSQL.
  private static let areThey = "WHERE id IN (SELECT value FROM json_each(?1))"

  /// The statement that moves the others; nil if they stay as they are.
  private static func sql(of move: Transition.Move) -> String? {
    switch move {
    case .sending: sending
    case .sent, .found: sent
    case .wait(_, _, _, let record): record == nil ? nil : wait
    case .uncertain(let record, _): record == nil ? nil : uncertain
    // If the lead ends without an answer to its message, that says nothing about the others.
    case .end(_, let record): record == nil ? nil : end
    case .release: release
    }
  }

  // They are handed over with the lead. A reminder that was uncertain stays so until there is an answer.
  private static let sending = """
    UPDATE reminder
    SET (state, channel, route_position) = (
        SELECT \(state: .sending), first.channel, first.route_position
        FROM reminder AS first WHERE first.id = ?2),
      attempts = attempts + 1, attempts_on_channel = attempts_on_channel + 1,
      first_attempt = ifnull(first_attempt, ?4),
      template = ifnull((SELECT first.template FROM reminder AS first WHERE first.id = ?2), template),
      applied = 1
    \(areThey) AND state = \(state: .claimed)
    """

  private static let sent = "\(TransitionSQL.setSent) \(areThey)"

  // A reminder that may have arrived waits for the lead's answer until its use ends. It has no reason, so neither a
  // person nor a reload can wake it earlier. All others are claimed again with the lead.
  private static let wait = """
    UPDATE reminder
    SET next_at = iif(uncertainties = 0, ?6, use_until), \(Assignment.isOpen),
      reason_since = CASE
        WHEN uncertainties > 0 THEN NULL WHEN reason = ?5 THEN reason_since ELSE ?4 END,
      reason = iif(uncertainties = 0, ?5, NULL),
      attempts = attempts - (state = \(state: .sending) AND ?5 = \(reason: .channelMisconfigured)),
      route_position = ?7, applied = 1, parcel = NULL, lead = iif(uncertainties = 0, NULL, lead),
      \(TransitionSQL.letGo)
    \(areThey)
    """

  private static let uncertain = """
    UPDATE reminder
    SET state = \(state: .uncertain), next_at = use_until,
      uncertainties = uncertainties + (state = \(state: .sending)), reason = NULL, reason_since = NULL,
      applied = 1, \(TransitionSQL.letGo)
    \(areThey)
    """

  private static let end = "\(TransitionSQL.setEnded) \(areThey)"
  private static let release =
    "\(TransitionSQL.setReleased), lead = NULL \(areThey) AND owner IS NOT NULL"
}
