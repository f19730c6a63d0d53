import Foundation
import GRDB
package import KindlyCore

extension SQLiteLedger: DispatchingLedger {
  /// Gives none while the ledger is disarmed: nothing may be claimed then.
  package func queues(now: Instant) async throws -> [OutboxQueue] {
    guard fence.isArmed else { return [] }
    return try await reader.read { db in try OutboxQueues(db, now: now).all() }
  }

  /// Claims nothing while the ledger is disarmed: what this copy does not know of may have been sent.
  package func claim(_ request: ClaimRequest) async throws -> [ClaimedReminder] {
    guard fence.isArmed else { return [] }
    let run = run
    let rows = request.shares.reduce(request.claimsDigests ? ParcelIdentity.most : 0) {
      $0 + $1.count
    }
    return try await writer.submit(rows: min(rows, GroupCommit.mostRows)) { db in
      try Claim(db, request, run: run).perform()
    }
  }

  package func nextDigest() async throws -> Instant? {
    guard fence.isArmed else { return nil }
    return try await reader.read { db in try DueDigests.next(db) }
  }

  package func departed(_ parcels: Set<Int64>) async throws -> Set<Int64> {
    try await reader.read { db in try DueDigests.departed(parcels, db) }
  }

  package func submit(_ transitions: [Transition], now: Instant) async throws -> [Int64] {
    if transitions.isEmpty { return [] }
    let ledger = identity.ledger
    return try await writer.submit(rows: transitions.count) { db in
      var writer = TransitionWriter(db, now: now, ledger: ledger)
      try writer.write(transitions)
      return writer.dropped
    }
  }

  package func payload(of reminder: Int64, over channel: String) async throws -> Payload? {
    try await reader.read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT public_id, recipient, bytes
          FROM payload
            JOIN reminder ON reminder.id = payload.reminder
            JOIN channel ON channel.id = reminder.channel
          WHERE payload.reminder = ? AND channel.name = ?
          """, arguments: [reminder, channel])
      guard let row else { return nil }
      let bytes: Data = row["bytes"]
      return Payload(
        publicID: row["public_id"], recipient: row["recipient"], bytes: [UInt8](bytes))
    }
  }

  package func earlierSend(of reminder: Int64, over channel: String) async throws -> EarlierSend? {
    guard let payload = try await payload(of: reminder, over: channel) else { return nil }
    return try await reader.read { db in
      // What was answered before the first unanswered hand-over began later than the reminder's first attempt.
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT
            max(
              first_attempt,
              ifnull(
                (SELECT max(ended_at) FROM attempt
                 WHERE attempt.reminder = reminder.id AND number < unanswered.first), 0)) AS earliest,
            unanswered.latest AS latest
          FROM reminder
            JOIN (
              SELECT min(number) AS first, max(ended_at) AS latest FROM attempt
              WHERE reminder = :id AND outcome = \(outcome: .unknown)) AS unanswered
          WHERE reminder.id = :id AND first_attempt IS NOT NULL AND unanswered.latest IS NOT NULL
          """, arguments: ["id": reminder])
      return row.map { row in
        EarlierSend(
          payload: payload, earliest: Instant(milliseconds: row["earliest"]),
          latest: Instant(milliseconds: row["latest"]))
      }
    }
  }

  package func recover(now: Instant, repeats: [ExactText: Int]) async throws -> RecoverySummary {
    let run = run
    let repeats = JSONText.object(repeats.mapValues { .integer(Int64($0)) })
    return try await writer.submit { db in
      let claimed = try Prepared(db, TransitionSQL.recoverClaimed)
      claimed.bind(run, at: 1)
      claimed.bind(now, at: 2)
      let released = try claimed.run()
      let attempts = try Prepared(db, TransitionSQL.recoverAttempts)
      attempts.bind(run, at: 1)
      attempts.bind(now, at: 2)
      try attempts.run()
      let sending = try Prepared(db, TransitionSQL.recoverSending)
      sending.bind(run, at: 1)
      sending.bind(now, at: 2)
      sending.bind(repeats, at: 3)
      return RecoverySummary(released: released, uncertain: try sending.run())
    }
  }

  package func superseded(
    _ ids: [Int64], besides steps: [String], now: Instant
  ) async throws -> [Int64: Int64] {
    try await reader.read { db in
      let statement = try Prepared(
        db,
        """
        SELECT one.id, (
          SELECT later.id FROM reminder AS later
          WHERE later.rule = one.rule AND later.row_key = one.row_key
            AND later.leg IN (one.leg, one.leg % \(FollowUp.legDistance))
            AND later.trigger_kind IN \(triggers: .moment, .recurrence)
            -- A follow-up is as old as the message before it.
            AND later.due > iif(
              later.leg = one.leg, one.due,
              (SELECT first.due FROM reminder AS first
               WHERE \(Siblings.condition(of: "first", before: "one", by: FollowUp.legDistance))))
            AND (later.state IN \(states: .sending, .uncertain, .sent)
              OR later.state IN \(states: .waiting, .claimed) AND later.attempts > 0)
            AND NOT \(FormerRows.condition(of: "later"))
            AND later.step NOT IN (
              SELECT step.id FROM step JOIN json_each(?2) AS other ON step.name = other.value
              WHERE step.rule = one.rule)
          ORDER BY later.due DESC, later.id DESC
          LIMIT 1)
        FROM json_each(?1) AS picked
          CROSS JOIN reminder AS one ON one.id = picked.value AND one.trigger_kind IN \(triggers: .moment, .recurrence)
        """)
      statement.bind(JSONNumbers.array(ids), at: 1)
      statement.bind(JSONStrings.array(steps), at: 2)
      var superseded: [Int64: Int64] = [:]
      while try statement.step() { superseded[statement.integer(0)] = statement.optionalInteger(1) }
      return superseded
    }
  }

  package func followed(by followUps: [Int64]) async throws -> [Int64: FollowUp.Followed] {
    try await reader.followed(by: followUps)
  }

  package func carriedTasks(of carriers: [Int64]) async throws -> [Int64: CarriedTask] {
    try await reader.read { db in try CarriedTasks.of(carriers, db) }
  }

  package func pauses(now: Instant) async throws -> [Pause] {
    try await reader.pauses(now: now)
  }

  package func wake(_ reasons: [Reason], scope: PauseScope, now: Instant) async throws -> Int {
    try await writer.submit { db in try Waking(db, reasons, scope, now: now).perform() }
  }

  package func refusals(
    of reminder: Int64, customer: RowKey?, over channel: String
  ) async throws -> RefusalRecord {
    try await reader.read { db in
      // Refusals before a person lifted the suppression or asked for a retry no longer count.
      let first = try Int64.fetchOne(
        db,
        sql: """
          SELECT min(ended_at) FROM attempt
          WHERE reminder = :reminder AND outcome = \(outcome: .rejected)
            AND channel = (SELECT id FROM channel WHERE name = :channel)
            AND ended_at > ifnull(
              (SELECT max(action.at)
               FROM action_reminder JOIN action ON action.id = action_reminder.action
               WHERE action_reminder.reminder = :reminder), 0)
          """, arguments: ["reminder": reminder, "channel": channel])
      // Counting further than the breaker's limit makes no difference.
      let others = try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM (
            SELECT DISTINCT ifnull(customer, 'row ' || row_key)
            FROM reminder INDEXED BY reminder_waiting
            WHERE \(PartialIndex.isHeldBack) AND reason = \(reason: .recipientRefused)
              AND channel = (SELECT id FROM channel WHERE name = :channel)
              AND id <> :reminder AND (customer IS NULL OR customer IS NOT :customer)
            LIMIT \(Breaker.mostTurnedAway))
          """,
        arguments: ["channel": channel, "reminder": reminder, "customer": customer?.text])
      return RefusalRecord(
        first: first.map(Instant.init(milliseconds:)), others: others ?? 0)
    }
  }

  package func suppress(_ suppression: Suppression, now: Instant) async throws {
    let hash = PublicIdentity.hash(ofAddress: suppression.address, ledger: identity.ledger)
    try await writer.submit { db in
      let statement = try Prepared(
        db,
        """
        INSERT INTO suppression (address_hash, scope, because, since, channel, customer, reminder)
        VALUES (?, \(SuppressionScope.everything.rawValue), ?, ?, ?, ?, ?)
        ON CONFLICT (address_hash, scope) DO NOTHING
        """)
      statement.bind(blob: hash, at: 1)
      statement.bind(suppression.because, at: 2)
      statement.bind(now, at: 3)
      statement.bind(suppression.origin?.channel, at: 4)
      statement.bind(suppression.origin?.customer.text, at: 5)
      statement.bind(suppression.origin?.reminder, at: 6)
      try statement.run()
    }
  }

  package func suppressed(
    _ addresses: [String], for messageClass: MessageClass
  ) async throws -> Set<ExactText> {
    try await reader.suppressed(addresses, for: messageClass)
  }
}
