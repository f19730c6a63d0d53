package import KindlyCore
import Synchronization

/// The breakers of all channels.
package final class BreakerBoard: Sendable {
  private let breakers = Mutex<[ExactText: Breaker]>([:])

  package init() {}

  /// Until when a channel is down; nil while it is up.
  package func downUntil(_ channel: String, now: Instant) -> Instant? {
    breakers.withLock { $0[channel]?.downUntil(at: now) }
  }

  /// Notes what a hand-over came to; true where the channel's breaker opens by it.
  func note(
    _ outcome: Outcome, of channel: String, to recipient: String, began: Instant, now: Instant
  ) -> Bool {
    breakers.withLock {
      $0[channel, default: Breaker()].note(outcome, to: recipient, began: began, now: now)
    }
  }

  /// When the last hand-over began that a channel accepted.
  func lastAccepted(by channel: String) -> Instant? {
    breakers.withLock { $0[channel]?.lastAccepted }
  }

  /// Closes all breakers: after a reload each channel is tried afresh.
  func reset() {
    breakers.withLock { $0 = [:] }
  }
}
