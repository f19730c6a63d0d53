/// When a reminder leaves and over which channel of its route, if nothing changes until then.
package enum Departure: Hashable, Sendable {
  /// It leaves at a time over the way of this index.
  case leaves(Instant, way: Int)
  /// It waits for this reason until it is no longer of use.
  case stays(Reason)

  /// A channel of the route for which the recipient has a usable address.
  package struct Way: Hashable, Sendable {
    package let hours: OpenHours
    /// When the pause ends that holds the rule or the channel now: `distantFuture` where a person must resume it.
    package let pausedUntil: Instant?

    package init(hours: OpenHours, pausedUntil: Instant?) {
      self.hours = hours
      self.pausedUntil = pausedUntil
    }
  }

  /// The gate opens after a few waits at most; what still waits after so many waits for ever.
  private static let mostWaits = 100

  /// Asks the gate at each time at which a wait ends.
  ///
  /// - Parameters:
  ///   - earliest: the first time at which it may leave, such as now for one that is overdue.
  ///   - ways: in the order of the route; at least one.
  package static func of(
    due: Instant, useUntil: Instant, notBefore earliest: Instant, zone: Zone, ways: [Way]
  ) -> Departure {
    let turn = RouteTurn(due: due, useUntil: useUntil)
    var now = max(due, earliest)
    var reason = Reason.tooLate
    for _ in 0..<mostWaits {
      guard now < useUntil else { return .stays(reason) }
      let decisions = ways.map { decision(on: $0, at: now, useUntil, zone) }
      let way = turn.choose(among: decisions)
      switch decisions[way] {
      case .pass: return .leaves(now, way: way)
      case .never(let reason, _): return .stays(reason)
      case .wait(let why, let until):
        reason = why
        now = max(until, now + .seconds(1))
      }
    }
    return .stays(reason)
  }

  private static func decision(
    on way: Way, at now: Instant, _ useUntil: Instant, _ zone: Zone
  ) -> GateDecision {
    // The gate looks at a pause every few minutes, because a person may end it.
    if let paused = way.pausedUntil, paused > now {
      return .wait(.paused, until: min(paused, useUntil))
    }
    return Gate(now: now, hours: way.hours, zone: zone).decide(useUntil: useUntil)
  }
}
