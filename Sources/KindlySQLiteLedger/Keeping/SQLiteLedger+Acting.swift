import GRDB
package import KindlyCore

extension SQLiteLedger: ActingLedger {
  package func pause(
    _ scope: PauseScope, until: Instant?, note: ActionNote, now: Instant
  ) async throws {
    let (number, name) = StoredScope.columns(scope)
    try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO pause (scope, name, since, until, because, paused_by)
          VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (scope, name) DO UPDATE
          SET until = excluded.until, because = excluded.because, paused_by = excluded.paused_by
          """,
        arguments: [
          number, name, now.milliseconds, until?.milliseconds, note.because ?? "", note.user,
        ])
      try ActionTable.record("pause", scope.subject, note, now: now, db)
    }
  }

  package func resume(_ scope: PauseScope, note: ActionNote, now: Instant) async throws -> Bool {
    let (number, name) = StoredScope.columns(scope)
    return try await writer.submit { db in
      try db.execute(
        sql: "DELETE FROM pause WHERE scope = ? AND name = ?", arguments: [number, name])
      guard db.changesCount > 0 else { return false }
      _ = try Waking(db, [.paused], scope, now: now).perform()
      try ActionTable.record("resume", scope.subject, note, now: now, db)
      return true
    }
  }

  package func accept(
    _ acceptance: SourceAcceptance, ofWatch watch: String, note: ActionNote, now: Instant
  ) async throws {
    try await writer.submit { db in
      try db.execute(
        sql: """
          UPDATE watch
          SET accepts_next = iif(moments_held_since IS NULL OR hold_cause IS NOT NULL, :accept, 0),
            ignores_next = iif(moments_held_since IS NULL OR hold_cause IS NOT NULL, :ignore, 0),
            hold_cause = NULL, hold_since = NULL, hold_text = NULL,
            moments_held_since = NULL, moments_held_text = NULL, moments_decision = :decision
          WHERE name = :watch
          """,
        arguments: [
          "accept": acceptance == .accept, "ignore": acceptance == .ignore,
          "decision": acceptance.number, "watch": watch,
        ])
      guard db.changesCount > 0 else {
        throw LedgerProblem(
          .refused, "watch \(watch) has never been looked at",
          hint: "`kindly rules` lists the watches")
      }
      _ = try Waking(db, [.massChange], .all, now: now).perform()
      try ActionTable.record(acceptance.rawValue, "watch \(watch)", note, now: now, db)
    }
  }

  package func markRead(_ entries: [Int64], note: ActionNote, now: Instant) async throws -> Int {
    try await writer.submit(rows: entries.count) { db in
      try db.execute(
        sql: """
          UPDATE inbox SET read_at = ?, read_by = ?
          WHERE id IN (SELECT value FROM json_each(?)) AND read_at IS NULL
          """, arguments: [now.milliseconds, note.user, JSONNumbers.array(entries)])
      let count = db.changesCount
      if count > 0 { try ActionTable.record("read", "\(count) inbox entries", note, now: now, db) }
      return count
    }
  }
}

extension SQLiteLedger: InboxLedger {
  package func deliver(_ entry: InboxDelivery, now: Instant) async throws {
    try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO inbox (public_id, rule, customer, recipient, subject, body, delivered_at, reminder)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \(HandedOver.reminder))
          ON CONFLICT (public_id) DO NOTHING
          """,
        arguments: [
          entry.publicID, entry.rule, entry.customer, entry.recipient, entry.subject, entry.body,
          now.milliseconds,
        ])
    }
  }
}

extension SQLiteLedger: TokenLedger {
  package func token(of account: String) async throws -> AccessToken? {
    try await writer.submit { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT value, until FROM token WHERE account = ?", arguments: [account])
      return row.map {
        AccessToken(Secret($0["value"]), until: Instant(milliseconds: $0["until"]))
      }
    }
  }

  package func keep(_ token: AccessToken, of account: String) async throws {
    try await writer.submit { db in
      try db.execute(
        sql: """
          INSERT INTO token (account, value, until) VALUES (?, ?, ?)
          ON CONFLICT (account) DO UPDATE SET value = excluded.value, until = excluded.until
          """, arguments: [account, token.secret.exposed, token.until.milliseconds])
    }
  }
}

extension PauseScope {
  /// The scope as the record of actions names it.
  var subject: String {
    switch self {
    case .all: "all"
    case .rule(let name): "rule \(name)"
    case .channel(let name): "channel \(name)"
    }
  }
}
