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

  /// Returns the reminders that were cancelled because another row has the key of theirs.
  func write() throws -> [PlanEvent] {
    let watch = try WatchTable.number(db, look.watch)
    let last = try LastChange.id(db)
    if look.takesStaged { try StagedLook(db, watch).take(isAccepted: look.isAccepted, now: now) }
    try KnownRows.write(look.upserts, to: .known, watch, db)
    try Changes.write(
      look.changes, of: watch, isAccepted: look.isAccepted, now: now, db)
    let ended = try FormerRows(db, watch: watch).note(after: last, now: now)
    try WatchTable.store(look.standing, watch, db)
    return ended
  }
}

extension KnownRows {
  /// Where rows are written: to what is known, or beside it until their look is judged.
  enum Table: String {
    case known = "known_row"
    case staged = "staged_row"
  }

  static func write(_ rows: [KnownRow], to table: Table, _ watch: Int64, _ db: Database) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO \(table.rawValue) (watch, key, hash, column_set, old, missing_since, is_gone)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      \(replacing)
      """)
    statement.bind(watch, at: 1)
    for row in rows {
      statement.bind(blob: row.key.bytes, at: 2)
      statement.bind(row.hash.stored, at: 3)
      statement.bind(row.columnSet, at: 4)
      statement.bind(StoredValues.write(row.old), at: 5)
      statement.bind(row.missingSince, at: 6)
      statement.bind(row.isGone ? 1 : 0, at: 7)
      try statement.run()
    }
  }

  /// What an insertion does with a row that is there.
  static let replacing = """
    ON CONFLICT (watch, key) DO UPDATE
    SET hash = excluded.hash, column_set = excluded.column_set, old = excluded.old,
      missing_since = excluded.missing_since, is_gone = excluded.is_gone
    """
}

extension Changes {
  static func write(
    _ changes: [ChangeDraft], of watch: Int64, isAccepted: Bool, now: Instant, _ db: Database
  ) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO changes (watch, operation, row_key, old, new, changed, noticed_at, is_accepted)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """)
    statement.bind(now, at: 7)
    statement.bind(isAccepted ? 1 : 0, at: 8)
    for change in changes { try write(change, of: watch, statement) }
  }

  static func stage(_ changes: [ChangeDraft], of watch: Int64, _ db: Database) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO staged_change (watch, operation, row_key, old, new, changed)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """)
    for change in changes { try write(change, of: watch, statement) }
  }

  private static func write(
    _ change: ChangeDraft, of watch: Int64, _ statement: Prepared
  ) throws {
    statement.bind(watch, at: 1)
    statement.bind(change.operation.rawValue, at: 2)
    statement.bind(change.key.text, at: 3)
    statement.bind(change.old.map { StoredValues.write($0) }, at: 4)
    // A column that is left out is read from the row when the change is judged.
    statement.bind(change.new.map { StoredValues.write($0, substitute: nil) }, at: 5)
    statement.bind(JSONStrings.array(change.changed), at: 6)
    try statement.run()
  }
}

enum JSONStrings {
  static func array(_ texts: [String]) -> String {
    "[" + texts.map(JSONText.quoted).joined(separator: ",") + "]"
  }
}
