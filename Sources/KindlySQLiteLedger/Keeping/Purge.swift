import GRDB
package import KindlyCore

extension SQLiteLedger {
  package func purge(
    now: Instant, goOn: @Sendable () throws -> Void
  ) async throws -> PurgeSummary {
    var summary = PurgeSummary()
    summary.changes = try await repeated(goOn) { db in try Purge.changes(db, now) }
    summary.bodies = try await repeated(goOn) { db in try Purge.bodies(db, now) }
    summary.bodies += try await repeated(goOn) { db in try Purge.replies(db, now) }
    try await writer.submit { db in try Payloads.dropDecided(db) }
    var place: PurgePlace? = PurgePlace(decided: 0, id: 0)
    while let from = place {
      try goOn()
      let page = try await reader.read { db in try Purge.candidates(db, from, now) }
      place = page.next
      guard !page.ids.isEmpty else { continue }
      summary.reminders += try await writer.submit(rows: page.ids.count) { db in
        try Purge.remove(page.ids, db)
      }
    }
    return summary
  }

  /// Runs a portion again until it finds nothing; each is a transaction of its own, so that sending goes on in between.
  private func repeated(
    _ goOn: @Sendable () throws -> Void, _ portion: @escaping @Sendable (Database) throws -> Int
  ) async throws -> Int {
    var total = 0
    while true {
      try goOn()
      let count = try await writer.submit(rows: Purge.portion, portion)
      total += count
      if count < Purge.portion { return total }
    }
  }
}

/// A page of the reminders that were decided long ago, in the order of their deciding.
struct PurgePlace: Sendable {
  let decided: Int64
  let id: Int64
}

/// What is no longer needed.
enum Purge {
  /// The same as the limit of a group commit, so that a purge delays other submissions no longer than they delay each
  /// other.
  static let portion = GroupCommit.mostRows

  /// A dated occurrence may be planned again until its step has been scanned this far beyond it; longer than any lateness that makes sense.
  private static let scanMargin = Duration.days(30)

  /// The condition that a reminder is open, or may be again: what did not leave can be revived or restored while it is
  /// of use.
  static let needsChange =
    "(decided_at IS NULL OR state <> \(state: .sent) AND use_until > :now)"

  static func changes(_ db: Database, _ now: Instant) throws -> Int {
    try db.execute(
      sql: """
        DELETE FROM changes
        WHERE id IN (
          SELECT changes.id
          FROM changes
            -- How far all rules about each watch have read.
            LEFT JOIN (
              SELECT watch.id AS watch, min(change_position) AS through
              FROM rule JOIN watch ON watch.name = rule.watch
              WHERE reads_changes
              GROUP BY watch.id
            ) AS reading ON reading.watch = changes.watch
          WHERE noticed_at < :read
            AND (noticed_at < :unread OR changes.id <= ifnull(reading.through, changes.id))
            AND NOT EXISTS (
              SELECT 1 FROM reminder
              WHERE change = changes.id AND \(needsChange)
                AND (decided_at IS NULL OR noticed_at >= :unread))
          ORDER BY changes.id
          LIMIT :limit)
        """,
      arguments: [
        "read": (now - Retention.changes).milliseconds,
        "unread": (now - Retention.unreadChanges).milliseconds, "now": now.milliseconds,
        "limit": portion,
      ])
    return db.changesCount
  }

  /// Texts that were sent or noted. `LedgerView` marks the published columns that a purge empties, because emptying
  /// them is no update.
  static func bodies(_ db: Database, _ now: Instant) throws -> Int {
    try db.execute(
      sql: """
        UPDATE inbox SET body = NULL
        WHERE id IN (
          SELECT id FROM inbox WHERE body IS NOT NULL AND delivered_at < ? LIMIT ?)
        """, arguments: [(now - Retention.bodies).milliseconds, portion])
    let bodies = db.changesCount
    try db.execute(
      sql: """
        UPDATE task SET card = NULL, lists = NULL, note = NULL
        WHERE id IN (
          SELECT id FROM task
          WHERE decided_at < ? AND (card IS NOT NULL OR lists IS NOT NULL OR note IS NOT NULL)
          LIMIT ?)
        """, arguments: [(now - Retention.bodies).milliseconds, portion])
    let cards = db.changesCount
    try db.execute(
      sql: """
        DELETE FROM task WHERE id IN (SELECT id FROM task WHERE decided_at < ? LIMIT ?)
        """, arguments: [(now - Retention.reminders).milliseconds, portion])
    return bodies + cards + db.changesCount
  }

  /// The texts of replies, which are personal data; that there was a reply stays.
  static func replies(_ db: Database, _ now: Instant) throws -> Int {
    try db.execute(
      sql: """
        UPDATE reply SET text = NULL
        WHERE id IN (
          SELECT id FROM reply WHERE text IS NOT NULL AND at < ? LIMIT ?)
        """, arguments: [(now - Retention.bodies).milliseconds, portion])
    return db.changesCount
  }

  /// The reminders of one page that may be deleted, and where the next page begins.
  ///
  /// An insert's identity is never deleted: its row may appear as new again, and nobody should be welcomed twice. The
  /// identity of an update or a delete is its change, which never comes again. A dated one is deleted once its step has
  /// been scanned well beyond it. All legs of an occurrence are deleted together, and none while one of them would still
  /// be of use, because the step looks back as far, or while a date that one of them told is ahead, because it may have
  /// to be corrected.
  static func candidates(
    _ db: Database, _ place: PurgePlace, _ now: Instant
  ) throws -> (ids: [Int64], next: PurgePlace?) {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, decided_at,
          trigger_kind <> \(trigger: .insert)
          AND (trigger_kind IN \(triggers: .update, .delete)
            OR due < (SELECT scanned_through FROM step WHERE step.id = reminder.step) - :margin)
          AND NOT EXISTS (
            SELECT 1
            FROM reminder AS leg LEFT JOIN announcement ON announcement.reminder = leg.id
            WHERE leg.rule = reminder.rule AND leg.row_key = reminder.row_key
              AND leg.cycle = reminder.cycle AND leg.step = reminder.step
              AND (leg.decided_at IS NULL OR leg.decided_at >= :bound
                OR leg.use_until > :now OR announcement.until > :now)) AS may_go
        FROM reminder
        WHERE decided_at IS NOT NULL AND decided_at < :bound
          AND (decided_at, id) > (:decided, :id)
        ORDER BY decided_at, id
        LIMIT :limit
        """,
      arguments: [
        "margin": scanMargin.wholeMilliseconds,
        "bound": (now - Retention.reminders).milliseconds, "now": now.milliseconds,
        "decided": place.decided, "id": place.id, "limit": portion,
      ])
    let ids: [Int64] = rows.filter { $0["may_go"] }.map { $0["id"] }
    guard rows.count == portion, let last = rows.last else { return (ids, nil) }
    return (ids, PurgePlace(decided: last["decided_at"], id: last["id"]))
  }

  static func remove(_ ids: [Int64], _ db: Database) throws -> Int {
    try db.execute(
      sql: "DELETE FROM reminder WHERE id IN (SELECT value FROM json_each(?))",
      arguments: [JSONNumbers.array(ids)])
    return db.changesCount
  }
}
