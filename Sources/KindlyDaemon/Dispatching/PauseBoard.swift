package import KindlyCore
import Synchronization

/// What a person has paused, where every hand-over asks at its very beginning.
///
/// The ledger remembers pauses over restarts; this copy makes sure that no hand-over begins after `kindly pause` returned.
package final class PauseBoard: Sendable {
  private struct State {
    var pauses: [Pause] = []
    /// Counts what people did.
    var version = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Takes over what the ledger holds; left out where a person paused or resumed while it was read.
  package func refresh(from ledger: any DispatchingLedger, now: Instant) async throws {
    let version = state.withLock { $0.version }
    let all = try await ledger.pauses(now: now)
    state.withLock { if $0.version == version { $0.pauses = all } }
  }

  /// Holds a pause that is committed, so that a refresh which read too early to know of it cannot drop it.
  package func add(_ pause: Pause) {
    state.withLock { state in
      state.pauses.removeAll { $0.scope == pause.scope }
      state.pauses.append(pause)
      state.version += 1
    }
  }

  /// Ends a pause that is no longer in the ledger.
  package func remove(_ scope: PauseScope) {
    state.withLock { state in
      state.pauses.removeAll { $0.scope == scope }
      state.version += 1
    }
  }

  /// Until when a rule's reminders may not leave over a channel: `distantFuture` where a person must resume, nil where nothing holds.
  package func pausedUntil(rule: String, channel: String, now: Instant) -> Instant? {
    state.withLock { state in
      state.pauses.filter { $0.applies(toRule: rule, channel: channel) }
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
