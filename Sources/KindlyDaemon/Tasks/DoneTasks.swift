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
    /// Why some tasks could not be checked, one sentence each.
    var faults: [String] = []
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
        findings.faults.append(
          "`done if` of rule \(group.rule): \(problem.description); its tasks stay open")
      }
    }
    return findings
  }

  private func find(
    in members: [(task: TaskRecord, key: RowKey)], _ group: Group, _ findings: inout Findings
  ) async throws {
    let rule = generation.rules.values.first {
      $0.name.isExactly(group.rule.string) || $0.formerNames.containsExactly(group.rule.string)
    }
    guard let rule, let step = rule.step(named: group.step.string), let condition = step.doneIf,
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
        findings.faults.append(
          "`done if` of rule \(group.rule): \(fault.sentence(on: [key])); its task stays open")
      }
    }
  }
}
