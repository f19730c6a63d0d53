/// Decides which channel of its route a reminder takes, and when a channel that stays closed is passed over.
///
/// A reminder waits for its present channel until the last quarter of the time in which it is of use, at most the last
/// half hour. That time belongs to the channels after it.
package struct RouteTurn: Hashable, Sendable {
  private let due: Instant
  private let useUntil: Instant

  /// The most time that is kept for the next channels; as long as a breaker stays open at most.
  package static let longestReserve = Circuit.longestOpening

  package init(of reminder: ClaimedReminder) {
    self.init(due: reminder.due, useUntil: reminder.useUntil)
  }

  package init(due: Instant, useUntil: Instant) {
    self.due = due
    self.useUntil = useUntil
  }

  /// The time from which a closed channel that is not the last one is passed over.
  package var end: Instant {
    let use = max(useUntil - due, .zero)
    return useUntil - min(RouteTurn.longestReserve, use / 4)
  }

  /// Whether a wait until an instant would use up a channel's turn.
  package func isOver(at instant: Instant) -> Bool { instant >= end }

  /// The index of the channel to take among those that are left, by what the gate says of each.
  ///
  /// It is the first that is open or opens again within its turn. If none is, the reminder waits for the one that opens
  /// first. It waits for none only if hours close all of them for as long as it is of use. A channel that a reminder may
  /// not leave, because the message may have arrived over it, stands alone here.
  ///
  /// - Parameter decisions: in the order of the route; at least one.
  package func choose(among decisions: [GateDecision]) -> Int {
    for (index, decision) in decisions.enumerated() {
      switch decision {
      case .pass: return index
      case .wait(_, let until): if !isOver(at: until) { return index }
      case .never: continue
      }
    }
    let waits = decisions.enumerated().compactMap { index, decision -> (Int, Instant)? in
      if case .wait(_, let until) = decision { (index, until) } else { nil }
    }
    return waits.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0 ?? 0
  }
}
