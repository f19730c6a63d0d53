package import KindlyCore
import Synchronization

/// The pauses that every hand-over checks just before it starts.
///
/// The ledger keeps pauses across restarts; this copy ensures that no hand-over starts after `kindly pause` has
/// returned.
package final class PauseBoard: Sendable {
  private struct State {
    var pauses: [Pause] = []
    /// Counts what people did.
    var version = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Loads the pauses from the ledger. The result is discarded if a person paused or resumed in the meantime.
  package func refresh(from ledger: any DispatchingLedger, now: Instant) async throws {
    let version = state.withLock { $0.version }
    let all = try await ledger.pauses(now: now)
    state.withLock { if $0.version == version { $0.pauses = all } }
  }

  /// Adds a committed pause, so that a refresh that was read too early cannot drop it.
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

  /// When a rule's reminders may be sent over a channel again: `distantFuture` if a person must resume, nil if nothing
  /// holds them.
  package func pausedUntil(rule: String, channel: String, now: Instant) -> Instant? {
    state.withLock { state in
      state.pauses.end(rule: rule, channel: channel, now: now)
    }
  }
}

extension Sequence<Pause> {
  /// When the last of the pauses ends that hold a rule's reminders over a channel; nil where none does.
  package func end(rule: String, channel: String, now: Instant) -> Instant? {
    filter { $0.applies(toRule: rule, channel: channel) }
      .map { $0.until ?? .distantFuture }
      .filter { $0 > now }
      .max()
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
