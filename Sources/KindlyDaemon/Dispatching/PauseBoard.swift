package import KindlyCore
import Synchronization

/// What a person has paused, where every hand-over asks at its very beginning.
///
/// The ledger remembers pauses over restarts; this copy makes sure that no hand-over begins after `kindly pause` returned.
package final class PauseBoard: Sendable {
  private let pauses = Mutex<[Pause]>([])

  package init() {}

  package func replace(with all: [Pause]) {
    pauses.withLock { $0 = all }
  }

  package func add(_ pause: Pause) {
    pauses.withLock { $0.append(pause) }
  }

  /// Until when a rule's reminders may not leave over a channel: `distantFuture` where a person must resume, nil where nothing holds.
  package func pausedUntil(rule: String, channel: String, now: Instant) -> Instant? {
    pauses.withLock { pauses in
      pauses.filter { $0.applies(toRule: rule, channel: channel) }
        .map { $0.until ?? .distantFuture }
        .filter { $0 > now }
        .max()
    }
  }
}

extension Pause {
  fileprivate func applies(toRule rule: String, channel: String) -> Bool {
    switch scope {
    case .all: true
    case .rule(let name): name == rule
    case .channel(let name): name == channel
    }
  }
}
