import Foundation
import GRDB
import KindlyCore

/// Where watches stand, as it is stored.
enum WatchTable {
  /// The watch of that name, made known where it is new.
  static func number(_ db: Database, _ name: String) throws -> Int64 {
    let known = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM watch WHERE name = ?"), arguments: [name])
    if let known { return known }
    try db.execute(sql: "INSERT INTO watch (name) VALUES (?)", arguments: [name])
    return db.lastInsertedRowID
  }

  /// Stores a standing as a look left it.
  ///
  /// If a person decided about a hold while the look was in progress, the look did not know of it. The decision is
  /// kept, and the next look acts on it.
  static func store(_ standing: WatchStanding, _ watch: Int64, _ db: Database) throws {
    var standing = standing
    let decided = try Row.fetchOne(
      db, sql: "SELECT accepts_next, ignores_next FROM watch WHERE id = ?", arguments: [watch])
    if let decided, standing.hold != nil, !standing.acceptsNext, !standing.ignoresNext {
      standing.acceptsNext = decided["accepts_next"]
      standing.ignoresNext = decided["ignores_next"]
      if standing.acceptsNext || standing.ignoresNext { standing.hold = nil }
    }
    try db.cachedStatement(sql: storeSQL).execute(
      arguments: [
        "id": watch, "identity": standing.identity, "has_baseline": standing.hasBaseline,
        "columns": JSONStrings.array(standing.columns), "column_set": standing.columnSet,
        "former_columns": standing.formerColumns.map(JSONStrings.array),
        "cursor": databaseValue(standing.cursor), "log_position": standing.logPosition,
        "last_sweep": standing.lastSweep?.milliseconds,
        "hold_cause": standing.hold?.cause.rawValue,
        "hold_since": standing.hold?.since.milliseconds, "hold_text": standing.hold?.text,
        "accepts_next": standing.acceptsNext, "ignores_next": standing.ignoresNext,
        "refused_missing": standing.refused.missing,
        "refused_duplicate": standing.refused.duplicate, "reads_log": standing.readsLog,
        "definition": standing.definition?.stored,
        "unwatched_since": standing.unwatchedSince?.milliseconds,
      ])
  }

  static func standing(_ row: Row) -> WatchStanding {
    var standing = WatchStanding(
      identity: row["identity"], hasBaseline: row["has_baseline"],
      columns: JSONText.strings(inArray: row["columns"]) ?? [], columnSet: row["column_set"],
      cursor: value(row["cursor"]), logPosition: row["log_position"], readsLog: row["reads_log"],
      acceptsNext: row["accepts_next"], ignoresNext: row["ignores_next"],
      refused: RefusedKeys(missing: row["refused_missing"], duplicate: row["refused_duplicate"]))
    let former: String? = row["former_columns"]
    standing.formerColumns = former.flatMap(JSONText.strings(inArray:))
    let swept: Int64? = row["last_sweep"]
    standing.lastSweep = swept.map(Instant.init(milliseconds:))
    let cause: Int? = row["hold_cause"]
    if let cause = cause.flatMap(WatchStanding.Hold.Cause.init(rawValue:)) {
      standing.hold = WatchStanding.Hold(
        cause: cause, since: Instant(milliseconds: row["hold_since"]), text: row["hold_text"])
    }
    let definition: Int64? = row["definition"]
    standing.definition = definition.map(RowHash.init(stored:))
    let unwatched: Int64? = row["unwatched_since"]
    standing.unwatchedSince = unwatched.map(Instant.init(milliseconds:))
    standing.momentHold = momentHold(row)
    return standing
  }

  private static func momentHold(_ row: Row) -> WatchStanding.Hold? {
    let since: Int64? = row["moments_held_since"]
    return since.map {
      WatchStanding.Hold(
        cause: .massChange, since: Instant(milliseconds: $0), text: row["moments_held_text"])
    }
  }

  /// The watches whose moments are held or whose hold a person has decided.
  static func momentStandings(_ db: Database) throws -> [ExactText: MomentStanding] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT name, moments_held_since, moments_held_text, moments_decision FROM watch
        WHERE moments_held_since IS NOT NULL OR moments_decision IS NOT NULL
        """)
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let decision: Int? = row["moments_decision"]
        return (
          ExactText(row["name"]),
          MomentStanding(
            hold: momentHold(row),
            decision: decision.flatMap { number in
              SourceAcceptance.allCases.first { $0.number == number }
            })
        )
      })
  }

  private static let storeSQL = """
    UPDATE watch
    SET identity = :identity, has_baseline = :has_baseline, columns = :columns,
      column_set = :column_set, former_columns = :former_columns, cursor = :cursor,
      log_position = :log_position, last_sweep = :last_sweep, hold_cause = :hold_cause,
      hold_since = :hold_since, hold_text = :hold_text, accepts_next = :accepts_next,
      ignores_next = :ignores_next, refused_missing = :refused_missing,
      refused_duplicate = :refused_duplicate, reads_log = :reads_log, definition = :definition,
      unwatched_since = :unwatched_since
    WHERE id = :id
    """

  /// The watches whose `unwatched_since` is to be noted or cleared.
  private static let isWatchedAnew = """
    CASE WHEN name IN (SELECT value FROM json_each(:watched)) THEN unwatched_since >= :recent
      ELSE unwatched_since IS NULL AND has_baseline = 1 END
    """

  /// Whether `noteWatched` has anything to write.
  static func isNews(_ db: Database, watched: [String], now: Instant) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM watch WHERE \(isWatchedAnew))",
      arguments: [
        "watched": JSONStrings.array(watched),
        "recent": (now - Lateness.afterChange).milliseconds,
      ]) ?? false
  }

  /// Notes since when the watches are unwatched that are not among these, and forgets it where it was not for long.
  static func noteWatched(_ db: Database, _ watched: [String], now: Instant) throws {
    try db.execute(
      sql: """
        UPDATE watch
        SET unwatched_since = iif(name IN (SELECT value FROM json_each(:watched)), NULL, :now)
        WHERE \(isWatchedAnew)
        """,
      arguments: [
        "watched": JSONStrings.array(watched), "now": now.milliseconds,
        "recent": (now - Lateness.afterChange).milliseconds,
      ])
  }

  private static func databaseValue(_ value: Value) -> DatabaseValue {
    switch value {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .blob(let bytes): Data(bytes).databaseValue
    }
  }

  private static func value(_ stored: DatabaseValue) -> Value {
    switch stored.storage {
    case .null: .null
    case .int64(let number): .integer(number)
    case .double(let number): .real(number)
    case .string(let text): .text(text)
    case .blob(let data): .blob([UInt8](data))
    }
  }
}

extension SourceAcceptance {
  /// The number that the ledger keeps.
  var number: Int {
    switch self {
    case .accept: 1
    case .ignore: 2
    }
  }
}
