import KindlyCore

/// Warns of rules that watch Kindly's own ledger and can trigger each other: the actions of one make the other fire.
struct LoopCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    let rules = configuration.rules.filter { view(of: $0) != nil }
    var told: Set<ExactText> = []
    for rule in rules where !told.contains(rule.name) {
      let circle = rules.filter { other in
        other.name.isExactly(rule.name)
          || reaches(other, from: rule, in: rules) && reaches(rule, from: other, in: rules)
      }
      guard circle.count > 1 else { continue }
      told.formUnion(circle.map { ExactText($0.name) })
      let names = circle.map(\.name).joined(separator: ", ")
      findings.warn(
        "the rules \(names) watch Kindly's own ledger and can trigger each other; a chain of reminders ends after "
          + "\(Lineage.deepest); to prevent the loop, exclude rules or states in `if:`",
        at: Spot(rule.place))
    }
  }

  private func view(of rule: Rule) -> LedgerView? {
    configuration.watch(named: rule.watch)?.ledgerView
  }

  /// Whether one rule can make another fire, directly or through other rules.
  private func reaches(_ goal: Rule, from start: Rule, in rules: [Rule]) -> Bool {
    var seen: Set<ExactText> = []
    var open = [start]
    while let rule = open.popLast() {
      for next in rules where feeds(rule, next) && seen.insert(ExactText(next.name)).inserted {
        open.append(next)
      }
    }
    return seen.contains(ExactText(goal.name))
  }

  private func feeds(_ rule: Rule, _ other: Rule) -> Bool {
    switch view(of: other) {
    case .reminders, .attempts, .suppressions: true
    // What colleagues answer is of a kind that rules about customers' replies leave out.
    case .replies:
      configuration.mailbox != nil && rule.steps.contains { $0.recipients.contains(.customer) }
    // Their rows come from channels whose addresses are keys.
    case .tasks, .inbox:
      rule.steps.contains { step in
        configuration.channels(of: step).contains { $0.address == .key }
      }
    case nil: false
    }
  }
}
