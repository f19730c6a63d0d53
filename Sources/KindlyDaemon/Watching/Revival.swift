import KindlyCore
import Logging

/// Evaluates again the reminders of a change rule that the data cancelled and that are still useful.
///
/// So a condition that was false for a minute, or a row that a reload removed for one, loses nothing.
struct Revival {
  let generation: Generation
  let ledger: any NoticingLedger & PlanningLedger
  let fuse: FuseGuard
  let rule: Rule
  let watch: Watch
  let source: any CustomerSource
  let log: Logger
  let now: Instant

  private static let batch = 500

  func run() async throws -> Int {
    let back = try await found()
    if back.isEmpty { return 0 }
    var addition = FuseGuard.Addition()
    addition.add(back.count, on: fuse.zone.date(at: now), isOccasion: false)
    try await fuse.judge(rule, addition) { _ in back.count }
    var revived = 0
    for start in stride(from: 0, to: back.count, by: Revival.batch) {
      let part = back[start..<min(start + Revival.batch, back.count)]
      revived += try await ledger.revive(part.map(\.id), now: now)
      for reminder in part {
        log.tell(
          of: reminder.publicID, rule: rule.name, customer: reminder.customer,
          "revived, because its data is right again")
      }
    }
    return revived
  }

  /// All reminders whose data is right again. None is revived before all are found, so that a fuse judges them
  /// together.
  private func found() async throws -> [RevivableReminder] {
    var back: [RevivableReminder] = []
    var after: Int64 = 0
    while true {
      let page = try await ledger.revivable(
        rule: rule.name, now: now, after: after, limit: Revival.batch)
      guard let last = page.last else { return back }
      for step in rule.steps where step.when.isChange {
        let own = page.filter { $0.step == step.name }
        for asksRows in [true, false] {
          let part = own.filter {
            // What the condition ended needs it again, whatever `recheck` says by now.
            let hasApplied = $0.applied && $0.reason != .condition
            return step.asksRow(of: $0.trigger, hasApplied: hasApplied) == asksRows
          }
          back += try await standing(part, step, asksRows: asksRows)
        }
      }
      after = last.id
    }
  }

  /// Those whose row and condition are as they should be now.
  private func standing(
    _ reminders: [RevivableReminder], _ step: Step, asksRows: Bool
  ) async throws -> [RevivableReminder] {
    if reminders.isEmpty { return [] }
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(reminders.map(\.key))),
        conditions: asksRows ? step.conditions : [], clock: generation.databases.clock(at: now)))
    let customers = try await generation.databases.lookup(now: now, in: step.segments)
      .find(Set(rows.values.compactMap(\.customer)))
    let standing = reminders.filter { reminder in
      if reminder.trigger == .delete { return rows[reminder.key] == nil }
      guard let row = rows[reminder.key], row.holds else { return false }
      return RowSubject(row.customer, of: watch, among: customers).holds(in: step.segments)
    }
    return try await judged(standing, step)
  }

  /// Leaves out those of changes that do not satisfy the condition; it could not be evaluated when they were planned.
  private func judged(
    _ reminders: [RevivableReminder], _ step: Step
  ) async throws -> [RevivableReminder] {
    let isUnjudged = { (reminder: RevivableReminder) in
      step.asksChange(of: reminder.trigger, hasApplied: reminder.applied)
    }
    let unjudged = reminders.filter(isUnjudged)
    if unjudged.isEmpty { return reminders }
    let changes = try await ledger.changes(unjudged.compactMap(\.change))
    var satisfied: Set<Int64> = []
    if !changes.isEmpty {
      satisfied = try await source.judge(
        ChangeQuestion(
          watch: watch, changes: changes.values.sorted { $0.id < $1.id },
          conditions: step.conditions, clock: generation.databases.clock(at: now))
      ).satisfied
    }
    return reminders.filter { reminder in
      !isUnjudged(reminder) || reminder.change.map { satisfied.contains($0) } ?? false
    }
  }
}
