import GRDB
package import KindlyCore

/// The dates that messages told, and the corrections of those that moved.
enum AnnouncementTable {
  /// Keeps what a message tells, just before it is handed over.
  static func keep(_ announcement: Announcement, of reminder: Int64, _ db: Database) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO announcement (reminder, step, date, until)
      SELECT id, step, ?2, ?3 FROM reminder WHERE id = ?1
      ON CONFLICT (reminder) DO UPDATE SET date = excluded.date, until = excluded.until
      """)
    statement.bind(reminder, at: 1)
    statement.bind(announcement.date.stored, at: 2)
    statement.bind(announcement.until, at: 3)
    try statement.run()
  }

  /// Keeps the date that a correction corrects.
  static func keep(was date: AnnouncedDate, of reminder: Int64, _ db: Database) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO announcement (reminder, step, was) SELECT id, step, ?2 FROM reminder WHERE id = ?1
      """)
    statement.bind(reminder, at: 1)
    statement.bind(date.stored, at: 2)
    try statement.run()
  }

  /// The date that a correction, or a follow-up or resend of one, corrects; nil for any other reminder.
  static func was(_ reminder: Int64, _ cycle: Cycle, _ db: Database) throws -> AnnouncedDate? {
    guard cycle.original.isCorrection else { return nil }
    let statement = try Prepared(
      db,
      """
      SELECT was
      FROM reminder AS one
        CROSS JOIN reminder AS first
          ON first.rule = one.rule AND first.row_key = one.row_key AND first.cycle = ?2
          AND first.step = one.step AND first.leg = one.leg % \(FollowUp.legDistance)
        CROSS JOIN announcement ON announcement.reminder = first.id
      WHERE one.id = ?1
      """)
    statement.bind(reminder, at: 1)
    statement.bind(cycle.original.text, at: 2)
    defer { statement.reset() }
    guard try statement.step() else { return nil }
    return statement.optionalText(0).map(AnnouncedDate.init(stored:))
  }

  /// Reads the index from the place on, and only the rows that it returns.
  static let rowsSQL = """
    SELECT until, announcement.reminder, row_key, state
    FROM announcement INDEXED BY announcement_ahead
      CROSS JOIN reminder ON reminder.id = announcement.reminder
    WHERE announcement.step = ?1 AND until IS NOT NULL AND (until, announcement.reminder) > (?2, ?3)
    ORDER BY until, announcement.reminder
    LIMIT ?4
    """

  /// The rows about which a step's sent messages told a date that is still ahead: the page after `place`.
  static func rows(
    rule: String, step: String, after place: AnnouncementPlace, limit: Int, _ db: Database
  ) throws -> AnnouncementPage {
    guard let rule = try SmallTables.rule(db, rule),
      let step = try SmallTables.step(db, rule: rule, step)
    else { return AnnouncementPage(keys: [], next: nil) }
    let statement = try Prepared(db, rowsSQL)
    statement.bind(step, at: 1)
    statement.bind(place.until, at: 2)
    statement.bind(place.reminder, at: 3)
    statement.bind(limit, at: 4)
    var keys: Set<RowKey> = []
    var last: AnnouncementPlace?
    var count = 0
    while try statement.step() {
      count += 1
      last = AnnouncementPlace(until: statement.instant(0), reminder: statement.integer(1))
      if try Stored.state(statement.integer(3)) == .sent {
        keys.insert(RowKey(canonical: statement.text(2)))
      }
    }
    return AnnouncementPage(keys: keys.sorted(), next: count < limit ? nil : last)
  }
}

extension SQLiteLedger {
  package func announcedRows(
    rule: String, step: String, after place: AnnouncementPlace, limit: Int
  ) async throws -> AnnouncementPage {
    try await reader.announcedRows(rule: rule, step: step, after: place, limit: limit)
  }
}

extension SQLiteLedgerReader {
  package func announcedRows(
    rule: String, step: String, after place: AnnouncementPlace, limit: Int
  ) async throws -> AnnouncementPage {
    try await read { db in
      try AnnouncementTable.rows(rule: rule, step: step, after: place, limit: limit, db)
    }
  }
}
