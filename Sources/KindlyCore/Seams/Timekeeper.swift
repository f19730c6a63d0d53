/// Tells the time and lets it pass; the system's clock in the daemon, a manual one in tests.
package protocol Timekeeper: Sendable {
  /// The time now.
  var now: Instant { get }

  /// The time now beside what tells whether it can be right.
  var reading: ClockReading { get }

  /// Returns at or after an instant, or when as much time has passed as it was away, should the clock be set back
  /// meanwhile; throws `CancellationError` when the task is cancelled first.
  func sleep(until instant: Instant) async throws
}

extension Timekeeper {
  /// Returns after a length of time by this clock.
  package func sleep(for duration: Duration) async throws {
    try await sleep(until: now + duration)
  }
}
