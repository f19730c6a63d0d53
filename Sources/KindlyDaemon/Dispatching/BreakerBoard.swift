package import KindlyCore
import Synchronization

/// The breakers of all channels.
package final class BreakerBoard: Sendable {
  private struct State {
    var breakers: [ExactText: Breaker] = [:]
    /// Why each channel went down and since when; kept over the tries that fail until one succeeds.
    var causes: [ExactText: Cause] = [:]
  }

  /// Why a channel is down.
  package struct Cause: Hashable, Sendable {
    package let since: Instant
    /// The other side's words, masked.
    package let text: String
  }

  private let state = Mutex(State())

  package init() {}

  /// The end of a channel's downtime; nil while it is up.
  package func downUntil(_ channel: String, now: Instant) -> Instant? {
    state.withLock { $0.breakers[channel]?.downUntil(at: now) }
  }

  /// Records an outcome; returns true if the channel's breaker opens because of it.
  func record(
    _ outcome: Outcome, of channel: String, to recipient: String, began: Instant, now: Instant
  ) -> Bool {
    state.withLock { state in
      let opens = state.breakers[channel, default: Breaker()].note(
        outcome, to: recipient, began: began, now: now)
      if case .sent = outcome { state.causes[channel] = nil }
      if opens {
        state.causes[channel] = Cause(
          since: state.causes[channel]?.since ?? now, text: outcome.text)
      }
      return opens
    }
  }

  /// When the last hand-over began that a channel accepted.
  func lastAccepted(by channel: String) -> Instant? {
    state.withLock { $0.breakers[channel]?.lastAccepted }
  }

  /// The channels that went down and have sent nothing since, with the end of each one's last downtime.
  var down: [(channel: String, cause: Cause, until: Instant)] {
    state.withLock { state in
      state.causes.map { channel, cause in
        (channel.string, cause, state.breakers[channel]?.openUntil ?? cause.since)
      }
    }
  }

  /// Closes all breakers: after a reload each channel is tried afresh.
  func reset() {
    state.withLock { $0 = State() }
  }
}
