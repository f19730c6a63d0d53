import GRDB
package import KindlyCore

extension SQLiteLedgerReader: ForecastingLedger {
  package func prospects(of batch: PlanBatch, now: Instant) async throws -> [Prospect] {
    try await read { db in
      guard let rule = try SmallTables.rule(db, batch.rule),
        try SmallTables.step(db, rule: rule, batch.step) != nil
      else { return batch.occurrences.map { _ in .new } }
      return try PlanTable(db, batch).prospects(now: now)
    }
  }
}
