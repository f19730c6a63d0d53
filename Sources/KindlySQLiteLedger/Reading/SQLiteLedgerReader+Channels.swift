import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func channelRecords(since: Instant) async throws -> ChannelRecords {
    try await read { db in
      ChannelRecords(
        waiting: try ChannelQuery.waiting(db), sent: try ChannelQuery.sent(since: since, db),
        failures: try ChannelQuery.failures(db))
    }
  }
}

/// Collects the state of channels. Every query reads only an index, except for reminders that wait for a digest.
private enum ChannelQuery {
  static func waiting(_ db: Database) throws -> [ChannelRecords.Queue] {
    try Row.fetchAll(
      db,
      sql: """
        WITH queue AS (
          SELECT rule, step, leg, route_position, count(*) AS count
          FROM reminder INDEXED BY reminder_queue
          WHERE \(PartialIndex.isOpen) AND state = \(state: .waiting)
          GROUP BY rule, step, leg, route_position
          UNION ALL
          SELECT rule, step, leg, route_position, count(*)
          FROM reminder INDEXED BY reminder_digest
          WHERE \(PartialIndex.isInDigest)
          GROUP BY rule, step, leg, route_position)
        SELECT rule.name AS rule_name, step.name AS step_name, leg, route_position, count
        FROM queue JOIN rule ON rule.id = queue.rule JOIN step ON step.id = queue.step
        """
    ).map { row in
      ChannelRecords.Queue(
        rule: row["rule_name"], step: row["step_name"], leg: row["leg"],
        routePosition: row["route_position"], count: row["count"])
    }
  }

  static func sent(
    since: Instant, _ db: Database
  ) throws -> [ExactText: ChannelRecords.Sent] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        WITH sent AS (
          SELECT channel, count(*) AS count, max(decided_at) AS last FROM reminder
          WHERE decided_at IS NOT NULL AND decided_at > ? AND state = \(state: .sent)
          GROUP BY channel)
        SELECT channel.name, count, last FROM sent JOIN channel ON channel.id = sent.channel
        """, arguments: [since.milliseconds])
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        (
          ExactText(row["name"]),
          ChannelRecords.Sent(count: row["count"], last: Instant(milliseconds: row["last"]))
        )
      })
  }

  static func failures(_ db: Database) throws -> [ExactText: ChannelRecords.Failure] {
    var failures: [ExactText: ChannelRecords.Failure] = [:]
    for channel in try Row.fetchAll(db, sql: "SELECT id, name FROM channel") {
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT ended_at, outcome, text FROM attempt INDEXED BY attempt_failed
          WHERE channel = ? AND outcome <> \(outcome: .sent)
          ORDER BY ended_at DESC LIMIT 1
          """, arguments: [channel["id"] as Int64])
      guard let row, let outcome = AttemptOutcome(rawValue: row["outcome"]) else { continue }
      failures[ExactText(channel["name"])] = ChannelRecords.Failure(
        at: Instant(milliseconds: row["ended_at"]), outcome: outcome, text: row["text"])
    }
    return failures
  }
}
