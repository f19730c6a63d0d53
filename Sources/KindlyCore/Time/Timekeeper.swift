/// Tells the time and lets it pass; the system's clock in the daemon, a manual one in tests.
package protocol Timekeeper: Sendable {
  /// The time now.
  var now: Instant { get }

  /// The present time, with the readings that show whether it can be trusted.
  var reading: ClockReading { get }

  /// Returns at or after an instant. If the clock is set back meanwhile, it returns after the originally remaining
  /// time. Throws `CancellationError` if the task is cancelled first.
  func sleep(until instant: Instant) async throws
}

extension Timekeeper {
  /// Returns after a length of time by this clock.
  package func sleep(for duration: Duration) async throws {
    try await sleep(until: now + duration)
  }
}
