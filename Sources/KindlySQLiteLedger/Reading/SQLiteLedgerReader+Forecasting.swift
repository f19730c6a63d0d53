import GRDB
package import KindlyCore

extension SQLiteLedgerReader: ForecastingLedger {
  package func prospects(of batch: PlanBatch, now: Instant) async throws -> [Prospect] {
    try await read { db in
      guard let rule = try SmallTables.rule(db, batch.rule),
        try SmallTables.step(db, rule: rule, batch.step) != nil
      else { return batch.occurrences.map { _ in .new } }
      guard let view = batch.view else { return try PlanTable(db, batch).prospects(now: now) }
      // A reminder that the rule must not make has no prospects.
      let table = try LineageTable(db, view)
      let prospects = try PlanTable(db, batch).prospects(now: now)
      return try zip(batch.occurrences, prospects).map { occurrence, prospect in
        switch try table.lineage(of: occurrence.key).verdict(for: batch.rule) {
        case .made: prospect
        case .ownDoing, .tooDeep: .planned([])
        }
      }
    }
  }

  package func followed(by followUps: [Int64]) async throws -> [Int64: FollowUp.Followed] {
    try await read { db in try FollowUpInsertion.followed(by: followUps, db) }
  }
}
