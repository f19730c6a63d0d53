import GRDB
package import KindlyCore

extension SQLiteLedger: NoticingLedger {
  package func standing(ofWatch watch: String) async throws -> WatchStanding {
    try await reader.standings(named: watch)[watch] ?? WatchStanding()
  }

  package func noteWatched(_ watches: [String], now: Instant) async throws {
    // Mostly there is nothing to note, and to know that costs no commit.
    let isNews = try await reader.read { db in
      try WatchTable.isNews(db, watched: watches, now: now)
    }
    guard isNews else { return }
    try await writer.submit { db in try WatchTable.noteWatched(db, watches, now: now) }
  }

  package func knownRows(
    ofWatch watch: String, after: SortKey?, through: SortKey?, limit: Int
  ) async throws -> [KnownRow] {
    try await reader.read { db in
      let lower = after == nil ? "" : "AND key > ?2"
      let upper = through == nil ? "" : "AND key <= ?3"
      let statement = try Prepared(
        db,
        """
        SELECT \(KnownRows.columns) FROM known_row
        WHERE watch = (SELECT id FROM watch WHERE name = ?1) \(lower) \(upper)
        ORDER BY key
        LIMIT ?4
        """)
      statement.bind(watch, at: 1)
      if let after { statement.bind(blob: after.bytes, at: 2) }
      if let through { statement.bind(blob: through.bytes, at: 3) }
      statement.bind(limit, at: 4)
      var rows: [KnownRow] = []
      while try statement.step() { rows.append(KnownRows.row(statement)) }
      return rows
    }
  }

  package func knownRows(
    ofWatch watch: String, keys: [SortKey]
  ) async throws -> [SortKey: KnownRow] {
    try await reader.read { db in
      let statement = try Prepared(
        db,
        """
        SELECT \(KnownRows.columns) FROM (
          SELECT \(KnownRows.columns) FROM staged_row
          WHERE watch = (SELECT id FROM watch WHERE name = ?1) AND key = ?2
          UNION ALL
          SELECT \(KnownRows.columns) FROM known_row
          WHERE watch = (SELECT id FROM watch WHERE name = ?1) AND key = ?2)
        LIMIT 1
        """)
      statement.bind(watch, at: 1)
      var rows: [SortKey: KnownRow] = [:]
      for key in keys {
        statement.bind(blob: key.bytes, at: 2)
        if try statement.step() { rows[key] = KnownRows.row(statement) }
        statement.reset()
      }
      return rows
    }
  }

  package func knownCount(ofWatch watch: String) async throws -> Int {
    try await reader.read { db in
      try Int.fetchOne(db, sql: "SELECT known FROM watch WHERE name = ?", arguments: [watch]) ?? 0
    }
  }

  @discardableResult
  package func record(_ look: LookRecord, now: Instant) async throws -> [PlanEvent] {
    let rows = look.upserts.count + look.changes.count + 1
    return try await writer.submit(rows: rows) { db in try LookWriter(db, look, now: now).write() }
  }

  package func stage(
    _ upserts: [KnownRow], _ changes: [ChangeDraft], ofWatch watch: String
  ) async throws {
    try await writer.submit(rows: upserts.count + changes.count) { db in
      let number = try WatchTable.number(db, watch)
      try KnownRows.write(upserts, to: .staged, number, db)
      try Changes.stage(changes, of: number, db)
    }
  }

  package func dropStaged(ofWatch watch: String) async throws {
    // Mostly there is nothing, and to know that costs no commit.
    let number = try await reader.read { db in try StagedLook.watch(named: watch, db) }
    guard let number else { return }
    try await writer.submit(rows: StagedLook.portion) { db in try StagedLook(db, number).drop() }
  }

  package func usualDay(ofRules rules: [String], now: Instant) async throws -> Int {
    try await reader.read { db in try UsualLetters.letters(of: rules, now: now, db) }
  }

  package func changes(
    ofWatch watch: String, after id: Int64, limit: Int
  ) async throws -> [NoticedChange] {
    try await reader.read { db in
      try Changes.fetch(
        db, "WHERE watch = (SELECT id FROM watch WHERE name = ?) AND id > ? ORDER BY id LIMIT ?",
        [watch, id, limit])
    }
  }

  package func changes(_ ids: [Int64]) async throws -> [Int64: NoticedChange] {
    try await reader.read { db in
      let found = try Changes.fetch(
        db, "WHERE id IN (SELECT value FROM json_each(?))", [JSONNumbers.array(ids)])
      return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }
  }

  package func lastChange() async throws -> Int64 {
    try await reader.read { db in try LastChange.id(db) }
  }
}

/// Known rows as they are stored.
enum KnownRows {
  static let columns = "key, hash, column_set, old, missing_since, is_gone"

  static func row(_ statement: Prepared) -> KnownRow {
    KnownRow(
      key: SortKey(stored: statement.blob(0)), hash: RowHash(stored: statement.integer(1)),
      columnSet: Int(statement.integer(2)), kept: KeptValues(stored: statement.text(3)),
      missingSince: statement.optionalInstant(4), isGone: statement.integer(5) != 0)
  }
}

/// Noticed changes as they are stored.
enum Changes {
  static func fetch(
    _ db: Database, _ tail: String, _ arguments: StatementArguments
  ) throws -> [NoticedChange] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id, operation, row_key, old, new, changed, noticed_at, is_accepted FROM changes
          \(tail)
          """), arguments: arguments
    ).map { row in
      let old: String? = row["old"]
      let new: String? = row["new"]
      return NoticedChange(
        id: row["id"], operation: try Stored.operation(row["operation"]),
        key: RowKey(canonical: row["row_key"]), old: old.flatMap(StoredValues.read),
        new: new.flatMap(StoredValues.read),
        changed: JSONText.strings(inArray: row["changed"]) ?? [],
        noticed: Instant(milliseconds: row["noticed_at"]), isAccepted: row["is_accepted"])
    }
  }
}
