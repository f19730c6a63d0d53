import GRDB
import KindlyCore

/// Plans the reminders that follow messages which may stay unread.
struct FollowUpInsertion {
  private let db: Database
  private let now: Instant

  init(_ db: Database, now: Instant) {
    self.db = db
    self.now = now
  }

  /// Inserts the follow-up of a reminder that was sent, if it is of use then; one that exists is left as it is.
  func insert(_ followUp: FollowUp, after reminder: Int64) throws {
    let parent = try Prepared(db, FollowUpInsertion.parentSQL)
    parent.bind(reminder, at: 1)
    guard try parent.step() else { return }
    let leg = Int(parent.integer(5)) + FollowUp.legDistance
    let identity = PublicIdentity(ledger: parent.blob(0), domain: "")
    let publicID = identity.publicID(
      prefix: identity.prefix(rule: parent.text(1), step: parent.text(2)),
      key: RowKey(canonical: parent.text(3)), cycle: Cycle(stored: parent.text(4)), leg: leg)
    parent.reset()
    let statement = try Prepared(db, FollowUpInsertion.insertSQL)
    statement.bind(reminder, at: 1)
    statement.bind(leg, at: 2)
    statement.bind(publicID, at: 3)
    statement.bind(followUp.due, at: 4)
    statement.bind(followUp.routePosition, at: 5)
    statement.bind(now, at: 6)
    try statement.run()
  }

  /// What is known of the messages that follow-ups follow.
  static func followed(
    by followUps: [Int64], _ db: Database
  ) throws -> [Int64: FollowUp.Followed] {
    let statement = try Prepared(
      db,
      """
      SELECT follow.id, inbox.read_at IS NOT NULL, channel.name, sent.due
      FROM json_each(?1) AS asked
        CROSS JOIN reminder AS follow ON follow.id = asked.value
        CROSS JOIN reminder AS sent
          ON \(Siblings.condition(of: "sent", before: "follow", by: FollowUp.legDistance))
        -- A message of several is in the inbox under the name of the first.
        LEFT JOIN reminder AS first ON first.id = ifnull(sent.lead, sent.id)
        LEFT JOIN inbox ON inbox.public_id = first.public_id
        LEFT JOIN channel ON channel.id = sent.channel
      """)
    statement.bind(JSONNumbers.array(followUps), at: 1)
    var followed: [Int64: FollowUp.Followed] = [:]
    while try statement.step() {
      followed[statement.integer(0)] = FollowUp.Followed(
        isRead: statement.integer(1) != 0, channel: statement.optionalText(2),
        due: statement.instant(3))
    }
    return followed
  }

  private static let parentSQL = """
    SELECT ledger.ledger_id, rule.name, step.name, row_key, cycle, leg
    FROM reminder
      JOIN rule ON rule.id = reminder.rule
      JOIN step ON step.id = reminder.step
      CROSS JOIN ledger
    WHERE reminder.id = ?1
    """

  private static let insertSQL = """
    INSERT INTO reminder (
      rule, step, trigger_kind, message_class, origin, created_at, state, row_key, cycle, leg,
      public_id, customer, change, depth, cause, due, use_until, applied, next_at, route_position, reason,
      reason_since, fuse)
    SELECT rule, step, trigger_kind, message_class, origin, ?6, \(state: .waiting), row_key, cycle,
      ?2, ?3, customer, change, depth, cause, ?4, use_until, 1, ?4, ?5, \(reason: .unread), ?6, \(fuse: .released)
    FROM reminder
    WHERE id = ?1 AND use_until > ?4
    ON CONFLICT (rule, row_key, cycle, step, leg) DO NOTHING
    """
}
