import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func pauses(now: Instant) async throws -> [Pause] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT scope, name, since, until, because, paused_by FROM pause
          WHERE until IS NULL OR until > ?
          ORDER BY scope, name
          """, arguments: [now.milliseconds]
      ).map { row in
        let until: Int64? = row["until"]
        return Pause(
          scope: StoredScope.scope(row["scope"], row["name"]),
          since: Instant(milliseconds: row["since"]),
          until: until.map(Instant.init(milliseconds:)), because: row["because"],
          by: row["paused_by"])
      }
    }
  }
}

/// The stored forms of a pause's scope.
enum StoredScope {
  static func scope(_ number: Int, _ name: String) -> PauseScope {
    switch number {
    case 1: .rule(name)
    case 2: .channel(name)
    default: .all  // 0; the schema's CHECK admits no other
    }
  }

  static func columns(_ scope: PauseScope) -> (number: Int, name: String) {
    switch scope {
    case .all: (0, "")
    case .rule(let name): (1, name)
    case .channel(let name): (2, name)
    }
  }
}
