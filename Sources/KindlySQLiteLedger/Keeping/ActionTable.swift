import GRDB
import KindlyCore

/// The record of what people did.
enum ActionTable {
  /// Records an action, linked to the reminders that it changed.
  static func record(
    _ verb: String, _ subject: String, _ note: ActionNote, reminders: [Int64] = [], now: Instant,
    _ db: Database
  ) throws {
    try db.execute(
      sql: "INSERT INTO action (at, uid, user, verb, subject, because) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        now.milliseconds, note.uid.map { Int64($0) }, note.user, verb, subject, note.because,
      ])
    let action = db.lastInsertedRowID
    let link = try Prepared(db, "INSERT INTO action_reminder (reminder, action) VALUES (?, ?)")
    link.bind(action, at: 2)
    for reminder in reminders {
      link.bind(reminder, at: 1)
      try link.run()
    }
  }

  static func fetch(
    _ db: Database, _ tail: String, _ arguments: StatementArguments
  ) throws -> [ActionRecord] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, at, uid, user, verb, subject, because FROM action
        \(tail)
        """, arguments: arguments
    ).map { row in
      let uid: Int64? = row["uid"]
      return ActionRecord(
        id: row["id"], at: Instant(milliseconds: row["at"]),
        note: ActionNote(
          uid: uid.map { UInt32(truncatingIfNeeded: $0) }, user: row["user"],
          because: row["because"]),
        verb: row["verb"], subject: row["subject"])
    }
  }
}
