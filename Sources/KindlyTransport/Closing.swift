import Synchronization

/// Tells a channel's threads, which check it during their work, that the channel is closing.
package final class Closing: Sendable {
  /// Nanoseconds of the reading at which closing began; zero before.
  private let began = Atomic<UInt64>(0)
  /// How long an answer is still waited for that decides whether a message has arrived.
  ///
  /// A server takes a few seconds at most; the unit's TimeoutStopSec leaves 90 for everything.
  package static let patience = Duration.seconds(10)
  private let patience: Duration

  package init(patience: Duration = Closing.patience) {
    self.patience = patience
  }

  /// Says that it closes; the first word counts.
  package func begin() {
    let now = Uptime.reading().nanoseconds
    _ = began.compareExchange(expected: 0, desired: now, ordering: .releasing)
  }

  package var hasBegun: Bool { began.load(ordering: .acquiring) > 0 }

  /// Whether even an answer that decides is not waited for any longer.
  package func isOver(at now: Uptime) -> Bool {
    let began = began.load(ordering: .acquiring)
    return began > 0 && now > Uptime(nanoseconds: began).advanced(by: patience)
  }
}
