import GRDB
package import KindlyCore

extension SQLiteLedgerReader {
  package func fuses(now: Instant) async throws -> FuseStandings {
    try await read { db in
      FuseStandings(
        try FuseTable.standings(db, now: now), resumed: try FuseTable.resumed(db))
    }
  }

  package func usualDay(
    ofRule rule: String, in zone: Zone, now: Instant
  ) async throws -> UsualDay? {
    try await read { db in
      guard let number = try SmallTables.rule(db, rule) else { return nil }
      return try ActivityQuery(db, zone: zone, now: now).usual(ofRule: number)
    }
  }

  package func load(
    ofRule rule: String, on day: CompanyDay, limit: Int, now: Instant
  ) async throws -> FuseLoad {
    let sentToday = sentToday
    return try await read { db in
      guard let number = try SmallTables.rule(db, rule) else { return FuseLoad() }
      return try FuseCount(db, rule: number, day, sentToday, now: now).load(limit: limit)
    }
  }
}
