import KindlyConfig
import KindlyCore

/// Says what another configuration would send differently, rule by rule.
package struct ForecastComparison {
  /// What is different about one reminder.
  package enum Change {
    case added(ForecastEntry)
    case dropped(ForecastEntry)
    /// It leaves at another time, and perhaps over another channel.
    case moved(ForecastEntry, from: ForecastEntry)
    case rerouted(ForecastEntry, from: ForecastEntry)
  }

  /// How many reminders of a rule leave before and after, and what is different about them.
  package struct Tally: Hashable, Sendable {
    package var before = 0
    package var after = 0
    package var added = 0
    package var dropped = 0
    package var moved = 0
    package var rerouted = 0
    /// How many of those in `after` are on days that the fuse will hold.
    package var held = 0

    package init() {}

    package var isSame: Bool { added + dropped + moved + rerouted == 0 }

    package static func += (left: inout Tally, right: Tally) {
      left.before += right.before
      left.after += right.after
      left.added += right.added
      left.dropped += right.dropped
      left.moved += right.moved
      left.rerouted += right.rerouted
      left.held += right.held
    }
  }

  private let before: Forecast
  private let after: Forecast
  private let most: Int
  private let change: ConfigurationChange

  /// - Parameter most: how many reminders are found before `Forecast.TooMuch` is thrown.
  package init(from before: Forecast, to after: Forecast, most: Int = .max) {
    self.before = before
    self.after = after
    self.most = most
    change = ConfigurationChange(from: before.configuration, to: after.configuration)
  }

  /// The tally of each rule of either configuration, with the rules of the new one first.
  ///
  /// - Parameter onlyChanged: whether rules are left out that say the same in both.
  package func tallies(
    onlyChanged: Bool = false, _ report: (Change) throws -> Void = { _ in }
  ) async throws -> [(rule: String, tally: Tally)] {
    var tallies: [(rule: String, tally: Tally)] = []
    var compared = 0
    var matched: Set<ExactText> = []
    for rule in after.configuration.rules {
      let old = ConfigurationChange.predecessor(of: rule, in: before.configuration)
      if let old { matched.insert(old.name) }
      if onlyChanged, let old, change.leaves(old, as: rule) { continue }
      let tally = try await tally(from: old, to: rule, &compared, report)
      tallies.append((rule.name, tally))
    }
    for rule in before.configuration.rules where !matched.contains(rule.name) {
      tallies.append((rule.name, try await tally(from: rule, to: nil, &compared, report)))
    }
    return tallies
  }

  private func tally(
    from old: Rule?, to new: Rule?, _ compared: inout Int, _ report: (Change) throws -> Void
  ) async throws -> Tally {
    var tally = Tally()
    var known: [RowHash: ForecastEntry] = [:]
    if let old {
      _ = try await before.entries(of: old, most: most - compared) { entries in
        for entry in entries where entry.leaves {
          known[ForecastComparison.identity(of: entry, step: entry.step)] = entry
        }
        compared += entries.count
      }
    }
    tally.before = known.count
    if let new {
      var fuse = FuseForecast(of: new, in: after)
      _ = try await after.entries(of: new, most: most - compared) { entries in
        for entry in entries where entry.leaves {
          tally.after += 1
          fuse.add(entry)
          let step = ForecastComparison.formerName(of: entry.step, in: new, old)
          let former = known.removeValue(
            forKey: ForecastComparison.identity(of: entry, step: step))
          try compare(entry, with: former, &tally, report)
        }
        compared += entries.count
      }
      tally.held = try await after.floods(of: new, fuse).reduce(0) { $0 + $1.letters }
    }
    tally.dropped = known.count
    for entry in known.values { try report(.dropped(entry)) }
    return tally
  }

  private func compare(
    _ entry: ForecastEntry, with former: ForecastEntry?, _ tally: inout Tally,
    _ report: (Change) throws -> Void
  ) throws {
    guard let former else {
      tally.added += 1
      return try report(.added(entry))
    }
    guard entry.fate != former.fate else { return }
    if entry.time != former.time {
      tally.moved += 1
      try report(.moved(entry, from: former))
    } else {
      tally.rerouted += 1
      try report(.rerouted(entry, from: former))
    }
  }

  /// What tells a reminder from the others of its rule.
  private static func identity(of entry: ForecastEntry, step: String) -> RowHash {
    var hash = RowHash()
    for text in [step, entry.key.text, entry.cycle.text, "\(entry.leg)"] {
      hash.combine(.text(text))
    }
    return hash
  }

  /// The name that a step had in the rule before.
  private static func formerName(of name: String, in rule: Rule, _ old: Rule?) -> String {
    let former = rule.step(named: name)?.formerNames ?? []
    return ([name] + former).first { old?.step(named: $0) != nil } ?? name
  }
}

extension ForecastEntry {
  fileprivate var leaves: Bool {
    if case .leaves = fate { true } else { false }
  }
}
