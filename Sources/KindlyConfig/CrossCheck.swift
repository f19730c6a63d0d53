import KindlyCore

/// What must hold between the parts of a configuration.
struct CrossCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    refuseEqualRules()
    if hasNeededCustomers() {
      checkCustomers()
      NobodyCheck(configuration: configuration, findings: findings).run()
    }
    checkSegments()
    checkLists()
    RecipientCheck(configuration: configuration, findings: findings).run()
    DigestCheck(configuration: configuration, findings: findings).run()
    checkRoutes()
    LoopCheck(configuration: configuration, findings: findings).run()
    checkColumns()
    QuietTimes(configuration: configuration, findings: findings).check()
    RefusedTimes(configuration: configuration, findings: findings).check()
  }

  /// A rule's name and its former names belong to it alone.
  private func refuseEqualRules() {
    var seen: [ExactText: Place] = [:]
    for rule in configuration.rules {
      for name in [rule.name] + rule.formerNames {
        if let first = seen[name] {
          findings.error(
            "expected rules to have different names, got `\(name)` as at \(first)",
            at: Spot(rule.place))
        } else {
          seen[name] = rule.place
        }
      }
    }
  }

  /// Reports that a rule needs customers, and that `customers:` is missing; nothing else is said of customers then.
  private func hasNeededCustomers() -> Bool {
    guard configuration.customers == nil,
      let rule = configuration.rules.first(where: { configuration.needsCustomers($0) })
    else { return true }
    findings.error(
      "expected kindly.yaml to have `customers:` (how to reach the customer that a row is about), got none; without it, rules send only to colleagues, teams and addresses (`to:`)",
      at: Spot(rule.place))
    return false
  }

  private func checkCustomers() {
    guard let customers = configuration.customers,
      let directory = configuration.watch(named: customers.watch), directory.key.count > 1
    else { return }
    let used = Set(texts: configuration.rules.map(\.watch))
    for watch in configuration.watches
    where watch.name != directory.name && used.contains(watch.name) && watch.customerColumn != nil {
      findings.error(
        "expected watch \(directory.name) to have one key column, as `customer:` of watch \(watch.name) names one, "
          + "got \(directory.key.count)", at: Spot(directory.place))
    }
  }

  /// A customer whose row was deleted can no longer be asked.
  private func checkSegments() {
    guard let customers = configuration.customers else { return }
    for rule in configuration.rules where rule.watch == customers.watch {
      for step in rule.steps where step.when.change == .delete {
        guard let segment = step.segments.first else { continue }
        findings.error(
          "expected no `for: \(segment.name)` with `when: \(step.when.text)` of the customers' own watch \(rule.watch), because the "
            + "row that it asks is gone; write it as `if:` on the old values, `old.COLUMN`",
          at: Spot(step.place))
      }
    }
  }

  /// Requires one key column of customers, because `:customer` stands for a single value.
  private func checkLists() {
    guard let list = configuration.lists.first, let customers = configuration.customers,
      let watch = configuration.watch(named: customers.watch), watch.key.count > 1
    else { return }
    findings.error(
      "expected watch \(watch.name) to have one key column, because `:\(CustomerList.placeholder)` of list \(list.name) is a single value, "
        + "got \(watch.key.count)", at: Spot(list.place))
  }

  /// `preferred` needs the column that names the channel, and `unread` a channel that knows what was read.
  private func checkRoutes() {
    for step in configuration.rules.flatMap(\.steps) {
      for leg in step.legs {
        let route = leg.route
        if route.asksPreference, let directory = configuration.directory(of: leg.recipient),
          directory.preferred == nil
        {
          findings.error(
            "expected `\(directory.kind.rawValue):` to have `\(Route.preferred): COLUMN` (the channel that each \(directory.kind.one) prefers) for `send: \(route)`, got none",
            at: Spot(step.place))
        }
        for index in route.unread.keys.sorted() { checkReading(of: route, before: index, step) }
      }
    }
  }

  private func checkReading(of route: Route, before index: Int, _ step: Step) {
    let name = route.channels[index - 1]
    guard let channel = configuration.channel(named: name), !channel.type.traits.knowsReading else {
      return
    }
    let others = configuration.channels.filter(\.type.traits.knowsReading).map(\.name)
    findings.error(
      "expected `unread` to follow a channel that can tell whether a message was read"
        + (others.isEmpty ? " (one of type inbox)" : ", such as \(others[0])")
        + ", got \(name)", at: Spot(step.place))
  }

  /// What is kept of each known row is bounded, and nothing is kept of a secret column.
  private func checkColumns() {
    for watch in configuration.watches {
      let columns = WatchColumns(
        watch: watch, rules: configuration.rules, directory: configuration.customers)
      for name in columns.unkept {
        findings.error(
          "expected the rules of watch \(watch.name) to name no `secret:` column in `update of` or as `old.COLUMN`, because "
            + "Kindly keeps no value of it to compare with, got `\(name)`", at: Spot(watch.place))
      }
      let kept = Set(texts: columns.updated + columns.old)
      if kept.count > ComparedColumns.mostCaptured {
        findings.error(
          "expected the rules of watch \(watch.name) to name at most \(ComparedColumns.mostCaptured) "
            + "columns in `update of` and as `old.COLUMN`, got \(kept.count)", at: Spot(watch.place)
        )
      }
    }
  }
}
