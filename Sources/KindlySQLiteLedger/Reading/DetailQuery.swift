import GRDB
import KindlyCore

/// Gathers everything about one reminder.
struct DetailQuery {
  private let db: Database
  private let id: Int64

  init(_ db: Database, _ id: Int64) {
    self.db = db
    self.id = id
  }

  func detail() throws -> ReminderDetail? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT \(ReminderQuery.columns), message_domain, trigger_kind, message_class, change, depth, cause,
          created_at, reason_since, uncertainties, revivals, configuration, file,
          line, template.hash AS template_hash, evidence, passed_over, successor, resend_of,
          lead, (SELECT count(*) FROM reminder AS other WHERE other.lead = reminder.id) AS others
        FROM \(ReminderQuery.tables)
          JOIN origin ON origin.id = reminder.origin
          LEFT JOIN template ON template.id = reminder.template
        WHERE reminder.id = ?
        """, arguments: [id])
    guard let row else { return nil }
    let since: Int64? = row["reason_since"]
    let publicID: String = row["public_id"]
    let domain: String = row["message_domain"]
    let summary = try ReminderQuery.summary(row)
    var detail = ReminderDetail(
      summary: summary, messageID: publicID + "@" + domain,
      trigger: try Stored.trigger(row["trigger_kind"]),
      messageClass: try Stored.messageClass(row["message_class"]), change: row["change"],
      depth: row["depth"], created: Instant(milliseconds: row["created_at"]),
      reasonSince: since.map(Instant.init(milliseconds:)), routePosition: row["route_position"],
      uncertainties: row["uncertainties"], revivals: row["revivals"],
      configuration: row["configuration"], place: Place(file: row["file"], line: row["line"]),
      templateHash: row["template_hash"], evidence: row["evidence"],
      passedOver: try PassedOverText.channels(in: row["passed_over"]), successor: row["successor"],
      predecessors: try ids("SELECT id FROM reminder WHERE successor = ? ORDER BY id"),
      was: try AnnouncementTable.was(id, summary.cycle, db), resendOf: row["resend_of"],
      resends: try ids("SELECT id FROM reminder WHERE resend_of = ? ORDER BY id"),
      lead: row["lead"], others: row["others"],
      attempts: try attempts(), actions: try actions(),
      answers: try AnswerQuery.answers(of: id, db))
    detail.cause = row["cause"]
    return detail
  }

  private func ids(_ sql: String) throws -> [Int64] {
    try Int64.fetchAll(db, sql: sql, arguments: [id])
  }

  private func attempts() throws -> [AttemptEntry] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT channel.name, began_at, ended_at, outcome, text, recipient
        FROM attempt JOIN channel ON channel.id = attempt.channel
        WHERE reminder = ?
        ORDER BY number
        """, arguments: [id]
    ).map { row in
      AttemptEntry(
        channel: row["name"], began: Instant(milliseconds: row["began_at"]),
        ended: Instant(milliseconds: row["ended_at"]), outcome: try Stored.outcome(row["outcome"]),
        text: row["text"],
        recipient: row["recipient"])
    }
  }

  private func actions() throws -> [ActionRecord] {
    try ActionTable.fetch(
      db,
      """
      WHERE id IN (SELECT action FROM action_reminder WHERE reminder = ?) ORDER BY id
      """, [id])
  }
}
