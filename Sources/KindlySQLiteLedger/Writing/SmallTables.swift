import GRDB
import KindlyCore

/// The numbers that stand for names in the large tables.
enum SmallTables {
  /// A rule that was activated, by name.
  static func rule(_ db: Database, _ name: String) throws -> Int64? {
    try number(db, "SELECT id FROM rule WHERE name = ?", [name])
  }

  /// A step of a rule, by name.
  static func step(_ db: Database, rule: Int64, _ name: String) throws -> Int64? {
    try number(db, "SELECT id FROM step WHERE rule = ? AND name = ?", [rule, name])
  }

  /// The channel of that name, made known where it is new.
  static func channel(_ db: Database, _ name: String) throws -> Int64 {
    try number(db, "SELECT id FROM channel WHERE name = ?", of: name)
      ?? inserted(db, "INSERT INTO channel (name) VALUES (?)", [name])
  }

  /// The template of that hash, made known where it is new.
  static func template(_ db: Database, _ hash: String) throws -> Int64 {
    try number(db, "SELECT id FROM template WHERE hash = ?", of: hash)
      ?? inserted(db, "INSERT INTO template (hash) VALUES (?)", [hash])
  }

  /// What a batch of reminders has in common, made known where it is new.
  static func origin(
    _ db: Database, configuration: Int64, place: Place, domain: String
  ) throws -> Int64 {
    let arguments: StatementArguments = [configuration, place.file, place.line, domain]
    return try number(
      db,
      """
      SELECT id FROM origin
      WHERE configuration = ? AND file = ? AND line = ? AND message_domain = ?
      """, arguments)
      ?? inserted(
        db, "INSERT INTO origin (configuration, file, line, message_domain) VALUES (?, ?, ?, ?)",
        arguments)
  }

  /// Looks up names that every hand-over uses. They are not cached, because a failed commit may undo the row that a
  /// cached number refers to.
  private static func number(_ db: Database, _ sql: String, of name: String) throws -> Int64? {
    let statement = try Prepared(db, sql)
    statement.bind(name, at: 1)
    return try statement.integers().first
  }

  private static func number(
    _ db: Database, _ sql: String, _ arguments: StatementArguments
  ) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  private static func inserted(
    _ db: Database, _ sql: String, _ arguments: StatementArguments
  ) throws -> Int64 {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
    return db.lastInsertedRowID
  }
}
