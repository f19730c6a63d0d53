import KindlyCore

/// Decodes `task outcomes:`, a list of `reached` or `complaint: [delivery, price]`.
struct TaskOutcomeReader {
  let findings: Findings

  private static let key = "task outcomes"

  func outcomes(_ item: Item) -> [TaskOutcome] {
    guard case .list(let members) = item.kind, !members.isEmpty else {
      findings.error(
        "expected `\(TaskOutcomeReader.key)` to be a list such as `[reached, complaint: [delivery, price]]`, got \(item.shape)",
        at: item.spot)
      return []
    }
    var outcomes: [TaskOutcome] = []
    for member in members {
      guard let outcome = outcome(member) else { continue }
      if outcomes.contains(where: { $0.name.isExactly(outcome.name) }) {
        findings.error(
          "expected the members of `\(TaskOutcomeReader.key)` to be different, got `\(outcome.name)` twice",
          at: member.spot)
      }
      outcomes.append(outcome)
    }
    return outcomes
  }

  private func outcome(_ item: Item) -> TaskOutcome? {
    guard case .map(let entries) = item.kind else {
      return Text(item, key: TaskOutcomeReader.key, findings: findings).map {
        TaskOutcome($0.string)
      }
    }
    guard entries.count == 1, let entry = entries.first,
      let name = Text(entry.key, key: TaskOutcomeReader.key, findings: findings)
    else {
      findings.error(
        "expected a member of `\(TaskOutcomeReader.key)` to be an outcome or `OUTCOME: [KIND, …]`, got \(item.shape)",
        at: item.spot)
      return nil
    }
    guard case .list(let members) = entry.value.kind, !members.isEmpty else {
      findings.error(
        "expected the kinds of `\(name.string)` to be a list such as `[delivery, price]`, got \(entry.value.shape)",
        at: entry.value.spot)
      return nil
    }
    let kinds = members.compactMap { Text($0, key: name.string, findings: findings)?.string }
    return TaskOutcome(name.string, kinds: kinds)
  }
}
