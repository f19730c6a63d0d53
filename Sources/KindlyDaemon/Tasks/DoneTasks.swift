import KindlyCore

/// Finds the tasks that are done according to the customer database: those whose `done if` holds.
struct DoneTasks {
  let generation: Generation
  let ledger: any ReadingLedger
  let now: Instant

  /// Tasks that one query can check: those of one step that were created in the same second.
  private struct Group: Hashable {
    let rule: ExactText
    let step: ExactText
    let second: Int64
  }

  struct Findings: Sendable {
    /// The ids of the tasks that are done.
    var done: Set<Int64> = []
    /// Why some tasks could not be checked.
    var faults: [Fault] = []
  }

  /// How the `done if` of a rule fails.
  struct Fault: Sendable {
    let rule: ExactText
    let problem: SourceProblem
    /// The row that it fails on; nil if it fails on all.
    let key: RowKey?
  }

  /// The problems that people read: one for all rows on which a rule's `done if` fails in the same way.
  static func problems(of faults: [Fault]) -> [Problem] {
    Dictionary(grouping: faults) { [$0.rule, ExactText($0.problem.description)] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { _, faults in
        let keys = faults.contains { $0.key == nil } ? [] : Set(faults.compactMap(\.key))
        return Problem(
          .rule(faults[0].rule.string), .doneIf(DoneTrouble(faults[0].problem, on: keys)))
      }
  }

  func find(in tasks: [TaskRecord]) async throws -> Findings {
    let rules = generation.rules.values.filter { $0.steps.contains { $0.doneIf != nil } }
    let names = Set(texts: rules.flatMap { [$0.name] + $0.formerNames })
    var groups: [Group: [(task: TaskRecord, key: RowKey)]] = [:]
    for task in tasks where names.contains(task.rule) {
      // Once the reminder is purged, its condition is unknown, and only a person can finish the task.
      guard let reminder = try await ledger.reminder(.publicID(task.publicID))?.summary else {
        continue
      }
      let group = Group(
        rule: ExactText(task.rule), step: ExactText(reminder.step),
        second: task.created.milliseconds / 1000)
      groups[group, default: []].append((task, reminder.key))
    }
    var findings = Findings()
    for (group, members) in groups {
      try LongTurn.goOn()
      do {
        try await find(in: members, group, &findings)
      } catch let problem as SourceProblem where problem.kind == .condition {
        findings.faults.append(Fault(rule: ruleName(of: group), problem: problem, key: nil))
      }
    }
    return findings
  }

  private func find(
    in members: [(task: TaskRecord, key: RowKey)], _ group: Group, _ findings: inout Findings
  ) async throws {
    guard let rule = rule(of: group), let step = rule.step(named: group.step.string),
      let condition = step.doneIf,
      let watch = generation.watches[rule.watch], let source = generation.source(of: watch)
    else { return }
    let databases = generation.databases
    let asked = condition.asked(
      ofTaskMadeAt: Instant(milliseconds: group.second * 1000), about: watch,
      in: databases.sourceZone(of: watch))
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(members.map(\.key))), conditions: [asked],
        clock: databases.clock(at: now)))
    for (task, key) in members {
      // A missing row proves nothing; the review closes the task if its customer is gone, too.
      guard let row = rows[key] else { continue }
      if row.holds { findings.done.insert(task.id) }
      if let fault = row.fault {
        findings.faults.append(Fault(rule: ruleName(of: group), problem: fault, key: key))
      }
    }
  }

  /// The rule that has the group's name, or had it once.
  private func rule(of group: Group) -> Rule? {
    generation.rules.values.first {
      $0.name.isExactly(group.rule.string) || $0.formerNames.containsExactly(group.rule.string)
    }
  }

  /// The name that the group's rule has now.
  private func ruleName(of group: Group) -> ExactText {
    rule(of: group).map { ExactText($0.name) } ?? group.rule
  }
}
