import KindlyCore
import Logging

/// Evaluates again the reminders of a change rule that the data cancelled and that are still useful.
///
/// So a condition that was false for a minute, or a row that a reload removed for one, loses nothing.
struct Revival {
  let generation: Generation
  let ledger: any PlanningLedger
  let rule: Rule
  let watch: Watch
  let source: any CustomerSource
  let log: Logger
  let now: Instant

  private static let batch = 500

  func run() async throws -> Int {
    var revived = 0
    var after: Int64 = 0
    while true {
      let page = try await ledger.revivable(
        rule: rule.name, now: now, after: after, limit: Revival.batch)
      guard let last = page.last else { return revived }
      for step in rule.steps where step.when.isChange {
        let own = page.filter { $0.step == step.name }
        var back: [RevivableReminder] = []
        for group in Dictionary(grouping: own, by: \.trigger).values {
          back += try await standing(group, step)
        }
        if back.isEmpty { continue }
        revived += try await ledger.revive(back.map(\.id), now: now)
        for reminder in back {
          log.tell(
            of: reminder.publicID, rule: rule.name, customer: reminder.customer,
            "revived, because its data is right again")
        }
      }
      after = last.id
    }
  }

  /// Those whose row and condition are as they should be now; all have one trigger.
  private func standing(_ reminders: [RevivableReminder], _ step: Step) async throws
    -> [RevivableReminder]
  {
    guard let trigger = reminders.first?.trigger else { return [] }
    let asksCondition = trigger == .insert && step.recheck == .condition
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(reminders.map(\.key))),
        conditions: asksCondition ? step.conditions : [], clock: generation.databases.clock(at: now)
      ))
    let customers = try await generation.databases.lookup(now: now)
      .find(Set(rows.values.compactMap(\.customer)))
    return reminders.filter { reminder in
      if reminder.trigger == .delete { return rows[reminder.key] == nil }
      guard let row = rows[reminder.key], row.holds else { return false }
      return row.customer.flatMap { customers[$0] }?.holds == true
    }
  }
}
