import GRDB
import KindlyCore

/// Keeps what a look found, inside the commit that holds it.
struct LookWriter {
  private let db: Database
  private let look: LookRecord
  private let now: Instant

  init(_ db: Database, _ look: LookRecord, now: Instant) {
    self.db = db
    self.look = look
    self.now = now
  }

  func write() throws {
    let watch = try WatchTable.number(db, look.watch)
    try writeKnown(watch)
    try writeChanges(watch)
    try WatchTable.store(look.standing, watch, db)
  }

  private func writeKnown(_ watch: Int64) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO known_row (watch, key, hash, column_set, old, missing_since, is_gone)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (watch, key) DO UPDATE
      SET hash = excluded.hash, column_set = excluded.column_set, old = excluded.old,
        missing_since = excluded.missing_since, is_gone = excluded.is_gone
      """)
    statement.bind(watch, at: 1)
    for row in look.upserts {
      statement.bind(blob: row.key.bytes, at: 2)
      statement.bind(row.hash.stored, at: 3)
      statement.bind(row.columnSet, at: 4)
      statement.bind(StoredValues.write(row.old), at: 5)
      statement.bind(row.missingSince, at: 6)
      statement.bind(row.isGone ? 1 : 0, at: 7)
      try statement.run()
    }
  }

  private func writeChanges(_ watch: Int64) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO changes (watch, operation, row_key, old, new, changed, noticed_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    statement.bind(watch, at: 1)
    statement.bind(now, at: 7)
    for change in look.changes {
      statement.bind(change.operation.rawValue, at: 2)
      statement.bind(change.key.text, at: 3)
      statement.bind(change.old.map { StoredValues.write($0) }, at: 4)
      statement.bind(change.new.map { StoredValues.write($0) }, at: 5)
      statement.bind(JSONStrings.array(change.changed), at: 6)
      try statement.run()
    }
  }
}

enum JSONStrings {
  static func array(_ texts: [String]) -> String {
    "[" + texts.map(JSONText.quoted).joined(separator: ",") + "]"
  }
}
