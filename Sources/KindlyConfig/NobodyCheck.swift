import KindlyCore

/// Refuses rules that ask something of a customer although the rows of their watch are about nobody.
struct NobodyCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    for rule in configuration.rules {
      guard let watch = configuration.watch(named: rule.watch), watch.about == .nobody else {
        continue
      }
      warnOfCustomers(watch, rule)
      for step in rule.steps {
        guard let demand = demand(of: step) else { continue }
        findings.error(
          "expected watch \(watch.name) to have `customer: COLUMN` (the column that holds the customer's key) for "
            + "\(demand), got none; without it the rows are about nobody: send to a colleague, a team or an address with `to:`, or over a channel that needs no address",
          at: Spot(step.place))
      }
    }
  }

  /// Warns if another watch reads the customers' own table, because its rows are probably customers.
  private func warnOfCustomers(_ watch: Watch, _ rule: Rule) {
    guard let customers = configuration.customers,
      let directory = configuration.watch(named: customers.watch),
      watch.source.isExactly(directory.source), watch.relation == directory.relation
    else { return }
    findings.warn(
      "watch \(watch.name) reads the same table as watch \(directory.name) and has no `customer:`, so the rows of rule "
        + "\(rule.name) are about nobody; if each row is a customer, write `customer: \(watch.key.first ?? "COLUMN")`",
      at: Spot(watch.place))
  }

  /// What a step asks of the customer whom a row is about; nil if nothing.
  private func demand(of step: Step) -> String? {
    if let segment = step.segments.first { return "`for: \(segment.name)`" }
    if let list = step.lists.first { return "`show: \(list.name)`" }
    return step.legs.lazy.compactMap(configuration.demand).first
  }
}
