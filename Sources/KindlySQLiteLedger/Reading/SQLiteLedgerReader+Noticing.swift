import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func standings() async throws -> [ExactText: WatchStanding] {
    try await standings(named: nil)
  }

  /// The standings of all watches, or of one.
  func standings(named name: String?) async throws -> [ExactText: WatchStanding] {
    try await read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM watch WHERE :name IS NULL OR name = :name",
        arguments: ["name": name])
      return Dictionary(
        uniqueKeysWithValues: rows.map { (ExactText($0["name"]), WatchTable.standing($0)) })
    }
  }

  package func ruleStandings() async throws -> [ExactText: RuleStanding] {
    try await read { db in try RuleTable.standings(db) }
  }

  package func formerRows(ofKey key: RowKey, watch: String) async throws -> [FormerRow] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT gone_at, passed_at FROM former_row
          WHERE row_key = ? AND watch = (SELECT id FROM watch WHERE name = ?)
          ORDER BY passed_at DESC
          """, arguments: [key.text, watch]
      ).map { row in
        FormerRow(
          gone: Instant(milliseconds: row["gone_at"]),
          passed: Instant(milliseconds: row["passed_at"])
        )
      }
    }
  }

  package func changes(ofRow key: RowKey, watch: String, limit: Int) async throws -> [NoticedChange]
  {
    try await read { db in
      try Changes.fetch(
        db,
        """
        WHERE row_key = ? AND watch = (SELECT id FROM watch WHERE name = ?)
        ORDER BY id DESC
        LIMIT ?
        """, [key.text, watch, limit])
    }
  }
}
