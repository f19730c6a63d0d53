import GRDB

/// One migration: a number, a purpose, and the SQL that brings the schema to that number.
///
/// A migration is never edited once released. Each runs in its own transaction, which also sets `user_version`, so a
/// crash leaves the previous version intact.
struct Migration: Sendable {
  let number: Int
  let purpose: String
  let sql: String

  /// What `PRAGMA application_id` says of a ledger: "KNDL" in ASCII.
  static let applicationID = 0x4B4E_444C

  static let all: [Migration] = [
    .reminders, .noticing, .people, .reasons, .massChanges, .stepStart, .suppressionOrigin, .queues,
    .applied, .commits, .formerRows, .uncertain, .problems,
    .leases, .tokens, .failedAttempts, .passedOver, .activity, .stepChanges, .fuse, .announcements,
    .recipients, .tasks, .answers, .digests, .cards, .lineage, .nobody,
    .watchStanding, .acknowledgements, .stepUnits, .messageRecipients, .mailboxAccount,
  ]

  /// The newest schema that this program knows.
  static var newest: Int { all.map(\.number).max() ?? 0 }

  /// Brings a ledger from its version to `target`; does nothing where it is there already.
  static func migrate(_ db: Database, to target: Int = newest) throws {
    let present = try version(db)
    for migration in all where migration.number > present && migration.number <= target {
      try db.inTransaction(.immediate) {
        try db.execute(sql: migration.sql)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(migration.number)")
        return .commit
      }
    }
  }

  static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }
}
