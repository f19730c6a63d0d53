import KindlyCore

/// What the recipients of rules need: colleagues, owners and leads, and an address for each channel.
struct RecipientCheck {
  let configuration: Configuration
  let findings: Findings

  func run() {
    checkColleagues()
    for step in configuration.rules.flatMap(\.steps) {
      checkRoles(of: step)
      warnOfDoneCondition(of: step)
    }
    for channel in configuration.channels {
      checkAddresses(for: channel)
      checkAudience(of: channel)
      checkCarrier(of: channel)
    }
  }

  private func checkColleagues() {
    if configuration.customers?.links[.owner] != nil, configuration.colleagues == nil,
      let watch = configuration.customers.flatMap({ configuration.watch(named: $0.watch) })
    {
      findings.error(
        "expected kindly.yaml to have `colleagues:` (who works here), because `customers:` names an owner; got none",
        at: Spot(watch.place))
    }
    checkBranches()
    guard let colleagues = configuration.colleagues, colleagues.listed == nil,
      let watch = configuration.watch(named: colleagues.people.watch), watch.key.count > 1
    else { return }
    findings.error(
      "expected watch \(watch.name) to have one key column, because other rows name colleagues by it; got \(watch.key.count)",
      at: Spot(watch.place))
  }

  /// A secret column is never compared.
  private func checkBranches() {
    guard let colleagues = configuration.colleagues?.people, let column = colleagues.links[.sees],
      let watch = configuration.watch(named: colleagues.watch)
    else { return }
    for directory in configuration.directories
    where directory.secret.contains(where: { $0.folded == column.folded }) {
      findings.error(
        "expected `sees:` under `colleagues:` to name a column that `secret:` under `\(directory.kind.rawValue):` does not list, got `\(column)`",
        at: Spot(watch.place))
    }
  }

  private func checkRoles(of step: Step) {
    for role in step.recipients {
      if role.isColleague, configuration.colleagues == nil {
        expect("kindly.yaml to have `colleagues:` (who works here)", for: role, in: step)
      } else if role.needsOwner, let customers = configuration.customers,
        customers.links[.owner] == nil
      {
        expect(
          "`customers:` to have `owner: COLUMN` (the colleague who looks after each customer)",
          for: role, in: step)
      } else if case .lead = role, configuration.colleagues?.people.links[.lead] == nil {
        expect(
          "`colleagues:` to have `lead: COLUMN` (whom each colleague reports to)", for: role,
          in: step)
      }
    }
  }

  /// Only tasks can be done.
  private func warnOfDoneCondition(of step: Step) {
    guard step.doneIf != nil,
      !configuration.channels(of: step).contains(where: \.type.traits.isForColleagues)
    else { return }
    findings.warn(
      "`done if` has no effect, because the step sends over no channel of type task",
      at: Spot(step.place))
  }

  private func expect(_ what: String, for role: RecipientRole, in step: Step) {
    findings.error("expected \(what) for `to: \(role.text)`, got none", at: Spot(step.place))
  }

  /// A channel for colleagues carries nothing to customers.
  private func checkAudience(of channel: ChannelSettings) {
    guard channel.type.traits.isForColleagues else { return }
    for step in configuration.rules.flatMap(\.steps)
    where step.legs.contains(where: {
      $0.recipient == .customer && $0.route.channels.containsExactly(channel.name)
    }) {
      findings.error(
        "expected `to:` (owner, lead, `colleague COLUMN` or `team NAME`) with `send: \(channel.name)`, because only colleagues get tasks; got customer",
        at: Spot(step.place))
    }
  }

  /// Checks `via:`: it must name a channel that sends messages, and its own channel must stand alone in a route.
  private func checkCarrier(of channel: ChannelSettings) {
    guard let name = channel.type.carrier else { return }
    for step in configuration.rules.flatMap(\.steps) {
      for route in step.legs.map(\.route)
      where route.channels.count > 1 && route.channels.containsExactly(channel.name) {
        findings.error(
          "expected channel \(channel.name) to stand alone in a member of `send`, because its `via: \(name)` always sends a message; got `\(route)`",
          at: Spot(step.place))
        break
      }
    }
    let others = configuration.channels.filter { !$0.type.traits.isForColleagues }.map(\.name)
    guard let carrier = configuration.channel(named: name) else {
      let known =
        others.isEmpty ? "; none is configured" : Suggestion.text(for: name, among: others)
      findings.error(
        "expected `via` of channel \(channel.name) to name a channel, got `\(name)`\(known)",
        at: Spot(channel.place))
      return
    }
    if carrier.type.traits.isForColleagues {
      findings.error(
        "expected `via` of channel \(channel.name) to name a channel that is not of type \(carrier.typeWord), because it carries tasks to people who do not look at their tasks; got `\(name)`",
        at: Spot(channel.place))
    }
  }

  /// A channel that needs an address needs a place where each of its recipients has one.
  private func checkAddresses(for channel: ChannelSettings) {
    guard channel.address != .key else { return }
    var told: Set<ExactText> = []
    for step in configuration.rules.flatMap(\.steps) {
      for leg in step.legs where leg.route.channels.containsExactly(channel.name) {
        guard let lack = lack(of: channel.address, leg.recipient),
          told.insert(ExactText(lack)).inserted
        else { continue }
        findings.error(
          "expected \(lack) for channel \(channel.name), got none", at: Spot(channel.place))
      }
    }
  }

  /// What is missing where a recipient can have no address of a kind; nil if nothing is.
  private func lack(of kind: AddressKind, _ role: RecipientRole) -> String? {
    switch role {
    case .customer, .owner, .colleague, .lead:
      guard let directory = configuration.directory(of: role), directory.column(of: kind) == nil
      else { return nil }
      return "`\(directory.kind.rawValue):` to have `\(kind.word): COLUMN`"
    case .team(let name):
      guard let team = configuration.teams.first(where: { $0.name.isExactly(name) }),
        team.person.address(of: kind) == nil
      else { return nil }
      return "team \(name) to have `\(kind.word):`"
    case .address(let own, let address):
      return own == kind ? nil : "`to: \(address)` to be an address of the kind \(kind.word)"
    }
  }
}
