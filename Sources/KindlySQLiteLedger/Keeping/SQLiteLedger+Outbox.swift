import GRDB
package import KindlyCore

/// What people do to single reminders and selections of them; part of `ActingLedger`.
extension SQLiteLedger {
  package func retry(
    _ selection: ReminderSelection, note: ActionNote, now: Instant
  ) async throws -> Int {
    try await change(selection, by: .retry, set: "next_at = :now", note, now)
  }

  package func cancel(
    _ selection: ReminderSelection, note: ActionNote, now: Instant
  ) async throws -> Int {
    try await change(
      selection, by: .cancel,
      set: """
        state = \(state: .cancelled), reason = \(reason: .droppedByPerson),
        reason_since = :now, decided_at = :now, next_at = NULL
        """, note, now)
  }

  package func restore(
    _ selection: ReminderSelection, note: ActionNote, now: Instant
  ) async throws -> Int {
    // Its row is read again before it leaves, so what no longer applies is cancelled then.
    try await change(
      selection, by: .restore,
      set: """
        \(Assignment.isOpen), reason = NULL, reason_since = NULL, decided_at = NULL,
        next_at = max(due, :now), \(Assignment.startOfRoute), attempts_on_channel = 0
        """, note, now)
  }

  private func change(
    _ selection: ReminderSelection, by verb: BulkVerb, set: String, _ note: ActionNote,
    _ now: Instant
  ) async throws -> Int {
    try await writer.submit { db in
      let query = ReminderQuery(selection)
      let ids = try Int64.fetchAll(
        db,
        sql: """
          SELECT reminder.id FROM reminder WHERE \(query.condition) AND \(verb.condition)
          """, arguments: query.arguments + ["now": now.milliseconds])
      guard !ids.isEmpty else { return 0 }
      try db.execute(
        sql: "UPDATE reminder SET \(set) WHERE id IN (SELECT value FROM json_each(:ids))",
        arguments: ["now": now.milliseconds, "ids": JSONNumbers.array(ids)])
      try Payloads.drop(ids, db)
      try ActionTable.record(
        verb.word, ids.count == 1 ? "reminder \(ids[0])" : "\(ids.count) reminders", note,
        reminders: ids, now: now, db)
      return ids.count
    }
  }

  package func settle(
    _ reminder: Int64, as settlement: Settlement, note: ActionNote, now: Instant
  ) async throws {
    let reason: Reason? = settlement == .sent ? nil : .unresolved
    let state: ReminderState = settlement == .sent ? .sent : .failed
    try await writer.submit { db in
      let isOne = try Int.fetchOne(
        db, sql: "SELECT 1 FROM reminder WHERE id = ? AND state = \(state: .uncertain)",
        arguments: [reminder])
      guard isOne != nil else {
        throw try Resend.refusal(reminder, "settled", "uncertain", db)
      }
      // The other reminders of its message share its outcome.
      let ids =
        [reminder]
        + (try Int64.fetchAll(
          db,
          sql:
            "SELECT id FROM reminder WHERE lead = ? AND state = \(state: .uncertain) ORDER BY id",
          arguments: [reminder]))
      try db.execute(
        sql: """
          UPDATE reminder
          SET state = :state, reason = :reason, reason_since = iif(:reason IS NULL, NULL, :now),
            decided_at = :now, next_at = NULL
          WHERE id IN (SELECT value FROM json_each(:ids))
          """,
        arguments: [
          "state": state.rawValue, "reason": reason?.rawValue, "now": now.milliseconds,
          "ids": JSONNumbers.array(ids),
        ])
      try Payloads.drop(ids, db)
      try ActionTable.record(
        "settle", "reminder \(reminder) as \(settlement.rawValue)", note, reminders: ids,
        now: now, db)
    }
  }

  package func resend(
    _ reminder: Int64, useUntil: Instant, note: ActionNote, now: Instant
  ) async throws -> Int64 {
    let identity = identity
    return try await writer.submit { db in
      let id = try Resend(db, reminder, identity).perform(useUntil: useUntil, now: now)
      try ActionTable.record(
        "resend", "reminder \(reminder) as \(id)", note, reminders: [reminder, id], now: now, db)
      return id
    }
  }
}

/// Makes a new reminder of a decided one.
struct Resend {
  private let db: Database
  private let original: Int64
  private let identity: PublicIdentity

  init(_ db: Database, _ original: Int64, _ identity: PublicIdentity) {
    self.db = db
    self.original = original
    self.identity = identity
  }

  func perform(useUntil: Instant, now: Instant) throws -> Int64 {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT rule.name AS rule_name, step.name AS step_name, row_key, cycle, leg,
          EXISTS (SELECT 1 FROM changes WHERE id = reminder.change) AS has_change
        FROM reminder
          JOIN rule ON rule.id = reminder.rule
          JOIN step ON step.id = reminder.step
        WHERE reminder.id = ? AND decided_at IS NOT NULL
        """, arguments: [original])
    guard let row else { throw try Resend.refusal(original, "sent again", "decided", db) }
    let former = Cycle(stored: row["cycle"])
    let hasChange: Bool = row["has_change"]
    if case .change = former.original, !hasChange {
      throw LedgerProblem(
        .refused,
        "reminder \(original) cannot be sent again: the ledger has deleted the change that it is about, with the row's old values",
        hint:
          "a change is kept for \(Retention.changes.lengthText), and longer only for unsent reminders that are still useful"
      )
    }
    let cycle = try nextCycle(after: former)
    let publicID = identity.publicID(
      prefix: identity.prefix(rule: row["rule_name"], step: row["step_name"]),
      key: RowKey(canonical: row["row_key"]), cycle: cycle, leg: row["leg"])
    try db.execute(
      sql: """
        INSERT INTO reminder (
          rule, row_key, cycle, step, leg, public_id, trigger_kind, message_class, customer, change,
          depth, cause, origin, resend_of, created_at, state, due, use_until, next_at, route_position, fuse)
        SELECT rule, row_key, :cycle, step, leg, :public_id, \(trigger: .person),
          message_class, customer, change, depth, cause, origin, id, :now, \(state: .waiting), :now,
          :use_until, :now,
          iif(leg < \(FollowUp.legDistance), 0, route_position), \(fuse: .released)
        FROM reminder WHERE id = :id
        """,
      arguments: [
        "cycle": cycle.text, "public_id": publicID, "now": now.milliseconds,
        "use_until": useUntil.milliseconds, "id": original,
      ])
    return db.lastInsertedRowID
  }

  /// `2026-02-10 resend 2`: numbered per occurrence and written leg, whichever of its reminders is sent again, so that the
  /// follow-up of one never has the identity of another.
  private func nextCycle(after cycle: Cycle) throws -> Cycle {
    let stored = try String.fetchAll(
      db,
      sql: """
        SELECT other.cycle
        FROM reminder AS one JOIN reminder AS other
          ON other.rule = one.rule AND other.row_key = one.row_key AND other.step = one.step
            AND other.leg % \(FollowUp.legDistance) = one.leg % \(FollowUp.legDistance)
        WHERE one.id = ? AND other.trigger_kind = \(trigger: .person)
        """, arguments: [original])
    let last = stored.compactMap { text -> Int? in
      guard case .resend(cycle.original, let number) = Cycle(stored: text) else { return nil }
      return number
    }.max()
    return .resend(of: cycle.original, number: (last ?? 0) + 1)
  }

  /// Why nothing can be done to a reminder: there is none, or it is in another state.
  static func refusal(
    _ id: Int64, _ done: String, _ wanted: String, _ db: Database
  ) throws -> LedgerProblem {
    let state = try Int64.fetchOne(
      db, sql: "SELECT state FROM reminder WHERE id = ?", arguments: [id])
    guard let state else {
      return LedgerProblem(
        .refused, "there is no reminder \(id)", hint: "`kindly outbox list` shows the reminders")
    }
    let word = try Stored.state(state).word
    return LedgerProblem(
      .refused, "reminder \(id) cannot be \(done): it is \(word), and only \(wanted) ones can",
      hint: "`kindly outbox show \(id)` tells how it got there")
  }
}
