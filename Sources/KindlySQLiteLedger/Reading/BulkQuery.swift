import GRDB
package import KindlyCore

extension BulkVerb {
  /// The verb as the record of actions names it.
  var word: String {
    switch self {
    case .retry: "retry"
    case .cancel: "cancel"
    case .restore: "restore"
    case .release: "release"
    case .drop: "drop"
    }
  }

  /// The condition under which the verb changes a reminder; `:now` is bound.
  var condition: String {
    switch self {
    // Reminders not yet due are left alone: `retry` speeds up waiting reminders but sends nothing early. Those that a
    // fuse holds have a verb of their own. An uncertain one without a reason waits for a person to settle it, or for
    // the time of its one repeat.
    case .retry:
      """
      reminder.due <= :now AND (reminder.state = \(state: .waiting) AND reminder.fuse <> \(fuse: .held)
        OR reminder.state = \(state: .uncertain) AND reminder.reason IS NOT NULL)
      """
    case .cancel: "reminder.state = \(state: .waiting) AND :now IS NOT NULL"
    case .restore:
      """
      reminder.state = \(state: .cancelled)
      AND reminder.reason = \(reason: .droppedByPerson) AND reminder.use_until > :now
      """
    case .release, .drop: "\(Fused.condition(.held)) AND :now IS NOT NULL"
    }
  }
}

extension SQLiteLedgerReader {
  package func summary(
    of verb: BulkVerb, on selection: ReminderSelection, now: Instant
  ) async throws -> BulkSummary {
    let query = ReminderQuery(selection)
    return try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT rule.name AS rule_name, count(*) AS count, min(due) AS first, max(due) AS last,
            max(reminder.id) AS newest
          FROM reminder JOIN rule ON rule.id = reminder.rule
          WHERE \(query.condition) AND \(verb.condition)
          GROUP BY rule.id
          """, arguments: query.arguments + ["now": now.milliseconds])
      return rows.reduce(into: BulkSummary()) { summary, row in
        let count: Int = row["count"]
        let first = Instant(milliseconds: row["first"])
        let last = Instant(milliseconds: row["last"])
        let newest: Int64 = row["newest"]
        summary.count += count
        summary.byRule[row["rule_name"] as String] = count
        summary.firstDue = min(summary.firstDue ?? first, first)
        summary.lastDue = max(summary.lastDue ?? last, last)
        summary.newest = max(summary.newest ?? newest, newest)
      }
    }
  }

  package func channelWaits() async throws -> [ChannelWait] {
    return try await read { db in
      // There are few such reasons, so the index on waiting reminders finds them without reading those that wait for
      // quiet hours.
      try Row.fetchAll(
        db,
        sql: """
          WITH wait AS (
            SELECT rule, step, leg, route_position, channel, reason, count(*) AS count,
              count(DISTINCT customer) AS customers, min(reason_since) AS since,
              min(CASE WHEN first_attempt IS NOT NULL THEN id END) AS tried
            FROM reminder
            WHERE \(PartialIndex.isHeldBack) AND reason IN \(reasons: .channelDown, .channelMisconfigured, .retry)
            GROUP BY rule, step, leg, route_position, channel, reason)
          SELECT rule.name AS rule_name, step.name AS step_name, leg, route_position,
            channel.name AS channel_name, reason, count, customers, since,
            (SELECT text FROM attempt WHERE reminder = wait.tried ORDER BY number DESC LIMIT 1)
              AS because,
            EXISTS (SELECT 1 FROM reminder AS sent
              WHERE sent.decided_at IS NOT NULL AND sent.decided_at > wait.since
                AND sent.state = \(state: .sent) AND sent.channel = wait.channel)
              AS has_accepted
          FROM wait
            JOIN rule ON rule.id = wait.rule
            JOIN step ON step.id = wait.step
            LEFT JOIN channel ON channel.id = wait.channel
          """
      ).compactMap { row in
        guard let reason = try Stored.reason(row["reason"]) else { return nil }
        return ChannelWait(
          rule: row["rule_name"], step: row["step_name"], leg: row["leg"],
          routePosition: row["route_position"], lastChannel: row["channel_name"],
          reason: reason, count: row["count"], customers: row["customers"],
          since: Instant(milliseconds: row["since"]), hasAccepted: row["has_accepted"],
          because: row["because"])
      }
    }
  }

  package func names() async throws -> LedgerNames {
    try await read { db in
      LedgerNames(
        rules: try String.fetchAll(db, sql: "SELECT name FROM rule ORDER BY name"),
        channels: try String.fetchAll(db, sql: "SELECT name FROM channel ORDER BY name"))
    }
  }
}
