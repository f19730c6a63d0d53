import Foundation
import GRDB
import KindlyCore

/// The staged part of a look at one watch.
///
/// Each statement touches only a portion of the rows, because everything that it might have to roll back is held in
/// memory.
struct StagedLook {
  private let db: Database
  private let watch: Int64

  static let portion = 5_000

  init(_ db: Database, _ watch: Int64) {
    self.db = db
    self.watch = watch
  }

  /// The number of a watch of which something is staged, or nil.
  static func watch(named name: String, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT id FROM watch
          WHERE name = ?
            AND (EXISTS (SELECT 1 FROM staged_row WHERE watch = watch.id)
              OR EXISTS (SELECT 1 FROM staged_change WHERE watch = watch.id))
          """), arguments: [name])
  }

  /// Turns staged rows into known rows and changes, in the order in which they were noticed.
  func take(isAccepted: Bool, now: Instant) throws {
    try eachPortionOfRows { range in
      try db.execute(
        sql: """
          INSERT INTO known_row (watch, \(KnownRows.columns))
          SELECT watch, \(KnownRows.columns) FROM staged_row WHERE \(range.condition)
          \(KnownRows.replacing)
          """, arguments: range.arguments)
    }
    try eachPortionOfChanges { range in
      try db.execute(
        sql: """
          INSERT INTO changes (watch, operation, row_key, old, new, changed, noticed_at, is_accepted)
          SELECT watch, operation, row_key, old, new, changed, :now, :accepted FROM staged_change
          WHERE \(range.condition)
          ORDER BY id
          """, arguments: range.arguments + ["now": now.milliseconds, "accepted": isAccepted])
    }
    try drop()
  }

  func drop() throws {
    try eachPortionOfRows { range in
      try db.execute(
        sql: "DELETE FROM staged_row WHERE \(range.condition)", arguments: range.arguments)
    }
    try eachPortionOfChanges { range in
      try db.execute(
        sql: "DELETE FROM staged_change WHERE \(range.condition)", arguments: range.arguments)
    }
  }

  private typealias Range = (condition: String, arguments: StatementArguments)

  private func eachPortionOfRows(_ body: (Range) throws -> Void) throws {
    try eachPortion(of: "staged_row", by: "key", after: Data().databaseValue, body)
  }

  private func eachPortionOfChanges(_ body: (Range) throws -> Void) throws {
    try eachPortion(of: "staged_change", by: "id", after: 0.databaseValue, body)
  }

  private func eachPortion(
    of table: String, by key: String, after first: DatabaseValue, _ body: (Range) throws -> Void
  ) throws {
    var after = first
    while let last = try DatabaseValue.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(\(key)) FROM (
            SELECT \(key) FROM \(table) WHERE watch = ? AND \(key) > ? ORDER BY \(key) LIMIT ?)
          """), arguments: [watch, after, StagedLook.portion]), !last.isNull
    {
      try body(
        (
          "watch = :watch AND \(key) > :after AND \(key) <= :last",
          ["watch": watch, "after": after, "last": last]
        ))
      after = last
    }
  }
}

/// How many letters rules send together on a usual day.
enum UsualLetters {
  /// Four whole weeks, so that each day of the week counts alike.
  private static let span = Duration.days(28)
  private static let dayLength = Duration.days(1)

  /// The mean over the days on which these rules sent anything; 0 if there were none.
  ///
  /// The last 24 hours do not count: the first part of a mass change must not make the rest of it usual.
  static func letters(of rules: [String], now: Instant, _ db: Database) throws -> Int {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*) AS letters, count(DISTINCT decided_at / :day) AS days FROM reminder
        WHERE decided_at > :from AND decided_at <= :until AND state = :sent
          AND rule IN (
            SELECT rule.id FROM rule JOIN json_each(:rules) AS named ON named.value = rule.name)
        """,
      arguments: [
        "day": dayLength.wholeMilliseconds, "from": (now - dayLength - span).milliseconds,
        "until": (now - dayLength).milliseconds,
        "sent": ReminderState.sent.rawValue, "rules": JSONStrings.array(rules),
      ])
    guard let row else { return 0 }
    let (letters, days): (Int, Int) = (row["letters"], row["days"])
    return days == 0 ? 0 : letters / days
  }
}
