import KindlyCore

/// Checks one step of a rule: prepares and explains its queries, and counts what it would match today.
struct StepCheck {
  let databases: CustomerDatabases
  let rule: Rule
  let step: Step
  let watch: Watch

  func check(_ report: inout CheckReport) async -> CheckReport.StepLine {
    var matching: Int?
    var census: AnchorCensus?
    do {
      let source = try databases.source(of: watch)
      let findings = try await source.examine(.step(watch, step))
      report.add(findings, at: step.place)
      // What does not prepare would only fail again when it is counted.
      let isSound = !findings.contains(where: \.isError)
      // A condition about `old` is one about a change, which no row can be counted by.
      if isSound, step.conditionsOfRow.count == step.conditions.count {
        let count = try await source.count(
          watch, conditions: step.conditions, clock: databases.clock)
        if count.isWhole { matching = count.matching }
        warn(of: count.faults, &report)
      }
      if isSound, let schedule = step.when.schedule {
        census = try await source.census(of: schedule.column, in: watch)
        warnOfRubbish(census, schedule, &report)
      }
    } catch let problem as SourceProblem {
      report.add(problem, at: step.place)
    } catch {
      report.error("\(error)", at: step.place)
    }
    return CheckReport.StepLine(
      rule: rule.name, step: step, watch: watch.name, matching: matching, census: census)
  }

  /// A row that the conditions fail on keeps no other row from being served, but is not served itself.
  private func warn(of faults: [RowKey: SourceProblem], _ report: inout CheckReport) {
    let groups = Dictionary(grouping: faults) { ExactText($0.value.description) }
    for (_, faults) in groups.sorted(by: { $0.key < $1.key }) {
      report.warn(
        "rule \(rule.name): \(faults[0].value.sentence(on: faults.map(\.key))); their reminders would wait, and all "
          + "others go; fix the rows, or have the condition pass over such values", at: step.place)
    }
  }

  /// NULL and empty mean that there is no date; what else is no date was probably meant as one.
  private func warnOfRubbish(
    _ census: AnchorCensus?, _ schedule: Schedule, _ report: inout CheckReport
  ) {
    let meant = (census?.rubbish ?? [:]).filter { $0.key != .null && $0.key != .empty }
    guard !meant.isEmpty else { return }
    let kinds = meant.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) × \($0.key.rawValue)" }
    report.warn(
      "rule \(rule.name): \(schedule.column) of \(watch.name) holds \(kinds.joined(separator: ", ")); such rows fire nothing",
      at: step.place)
  }
}

extension Step {
  /// The conditions that can be asked of a row as it is: those that do not name `old`.
  var conditionsOfRow: [String] {
    conditions.filter { condition in
      // A condition that cannot be read was refused when the configuration was loaded.
      guard let text = try? ConditionText(condition) else { return false }
      return text.oldColumns.isEmpty
    }
  }
}
