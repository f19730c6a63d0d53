import GRDB
package import KindlyCore

extension SQLiteLedger: PlanningLedger {
  package func archive(configuration hash: String, text: String, now: Instant) async throws -> Int64
  {
    try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO configuration (hash, text, archived_at) VALUES (?, ?, ?)
          ON CONFLICT (hash) DO NOTHING
          """, arguments: [hash, text, now.milliseconds])
      let id = try Int64.fetchOne(
        db, sql: "SELECT id FROM configuration WHERE hash = ?", arguments: [hash])
      guard let id else { throw LedgerProblem(.failed, "a configuration could not be archived") }
      try Facts.keep(SQLiteLedger.configurationFact, "\(id)", now: now, db)
      return id
    }
  }

  /// The fact that holds the number of the configuration that was loaded last.
  static let configurationFact = "configuration"

  package func activate(
    _ rules: [RuleActivation], now: Instant
  ) async throws -> [ExactText: RuleStanding] {
    try await writer.submit { db in try Activation(db, rules, now: now).perform() }
  }

  /// Finds the differences on a reader first: a plan of what is known already writes nothing but its positions.
  package func plan(
    _ batches: [PlanBatch], advancing: [PlanAdvance], tells: Bool, now: Instant
  ) async throws -> PlanSummary {
    let (differing, tooDeep) = try await reader.read { db in
      var differing: [PlanBatch] = []
      var tooDeep: [TooDeep] = []
      for batch in batches {
        let traced = try batch.traced(db)
        tooDeep += traced.tooDeep
        let occurrences = try PlanTable(db, traced.batch).differences(now: now)
        if !occurrences.isEmpty { differing.append(batch.replacing(occurrences)) }
      }
      return (differing, tooDeep)
    }
    var refused = PlanSummary()
    refused.tooDeep = tooDeep
    if differing.isEmpty, advancing.isEmpty { return refused }
    let rows = differing.reduce(1) { $0 + $1.occurrences.count * $1.legs.count }
    let identity = identity
    return try await writer.submit(rows: rows) { [refused] db in
      var summary = refused
      for batch in differing {
        var writer = try PlanWriter(db, batch, identity, tells: tells, now: now)
        try writer.write()
        summary += writer.summary
      }
      for advance in advancing { try SQLiteLedger.perform(advance, db) }
      return summary
    }
  }

  package func preview(_ batch: PlanBatch, now: Instant) async throws -> PlanPreview {
    try await reader.read { db in
      let traced = try batch.traced(db)
      var preview = try PlanTable(db, traced.batch).preview(now: now)
      preview.tooDeep = traced.tooDeep
      return preview
    }
  }

  package func momentStandings() async throws -> [ExactText: MomentStanding] {
    try await reader.read { db in try WatchTable.momentStandings(db) }
  }

  package func holdMoments(
    ofWatch watch: String, because text: String, now: Instant
  ) async throws {
    try await writer.submit { db in
      let number = try WatchTable.number(db, watch)
      // A decision made in the meantime is kept, and the next scan acts on it.
      try db.execute(
        sql: """
          UPDATE watch
          SET moments_held_since = ifnull(moments_held_since, :now), moments_held_text = :text
          WHERE id = :watch AND moments_decision IS NULL
          """, arguments: ["now": now.milliseconds, "text": text, "watch": number])
    }
  }

  package func releaseMoments(ofWatch watch: String) async throws {
    try await writer.submit { db in
      try db.execute(
        sql: """
          UPDATE watch
          SET moments_held_since = NULL, moments_held_text = NULL, moments_decision = NULL
          WHERE name = ?
          """, arguments: [watch])
    }
  }

  package func revivable(
    rule: String, now: Instant, after id: Int64, limit: Int
  ) async throws -> [RevivableReminder] {
    try await reader.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT reminder.id, public_id, customer, step.name, trigger_kind, row_key, reason, change,
            applied
          FROM reminder JOIN step ON step.id = reminder.step
          WHERE reminder.rule = (SELECT id FROM rule WHERE name = :rule)
            AND \(PartialIndex.isRevivable) AND trigger_kind IN \(triggers: .insert, .update, .delete)
            AND use_until > :now AND revivals < :most AND reminder.id > :after
            AND leg < \(FollowUp.legDistance)
          ORDER BY reminder.id
          LIMIT :limit
          """,
        arguments: [
          "rule": rule, "now": now.milliseconds, "most": PlanDecision.mostRevivals, "after": id,
          "limit": limit,
        ]
      ).compactMap { row in
        guard let reason = try Stored.reason(row["reason"]) else { return nil }
        let customer: String? = row["customer"]
        return RevivableReminder(
          id: row["id"], publicID: row["public_id"],
          customer: customer.map(RowKey.init(canonical:)),
          step: row["name"], trigger: try Stored.trigger(row["trigger_kind"]),
          key: RowKey(canonical: row["row_key"]), reason: reason, change: row["change"],
          applied: row["applied"])
      }
    }
  }

  package func revive(_ ids: [Int64], now: Instant) async throws -> Int {
    try await writer.submit(rows: ids.count) { db in
      let statement = try Prepared(
        db,
        """
        UPDATE reminder
        SET \(Assignment.isOpen), reason = NULL, reason_since = NULL, decided_at = NULL, successor = NULL,
          next_at = max(due, ?2), revivals = revivals + 1, route_position = 0,
          attempts_on_channel = 0, applied = 1, \(Assignment.isNotHeld)
        WHERE id = ?1 AND \(PartialIndex.isRevivable) AND use_until > ?2
          AND revivals < ?3
        """)
      statement.bind(now, at: 2)
      statement.bind(PlanDecision.mostRevivals, at: 3)
      return try ids.reduce(0) { count, id in
        statement.bind(id, at: 1)
        return count + (try statement.run())
      }
    }
  }

  private static func perform(_ advance: PlanAdvance, _ db: Database) throws {
    switch advance {
    case .scanned(let rule, let step, let through):
      try db.cachedStatement(
        sql: """
          UPDATE step SET scanned_through = max(scanned_through, ?), is_scanned = 1
          WHERE rule = (SELECT id FROM rule WHERE name = ?) AND name = ?
          """
      ).execute(arguments: [through.milliseconds, rule, step])
    case .changes(let rule, let through):
      try db.cachedStatement(
        sql: """
          UPDATE rule SET change_position = max(change_position, ?), reads_changes = 1
          WHERE name = ?
          """
      ).execute(arguments: [through, rule])
    }
  }
}

extension PlanBatch {
  /// Whether the condition has held for an occurrence, at its moment or later. An update or a delete is asked when it
  /// is noticed, even if its moment is still to come.
  func hasApplied(_ occurrence: PlannedOccurrence, now: Instant) -> Bool {
    guard occurrence.holds else { return false }
    switch trigger {
    case .insert, .moment, .recurrence: return occurrence.due <= now
    case .update, .delete, .person: return true
    }
  }

  func replacing(_ occurrences: [PlannedOccurrence]) -> PlanBatch {
    PlanBatch(
      rule: rule, step: step, trigger: trigger, legs: legs, messageClass: messageClass,
      configuration: configuration, place: place, minimumGap: minimumGap,
      isByCalendar: isByCalendar, numbering: numbering, corrections: corrections,
      isCorrection: isCorrection,
      isDropped: isDropped, view: view, occurrences: occurrences)
  }
}
