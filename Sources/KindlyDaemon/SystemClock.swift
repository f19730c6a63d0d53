import Foundation
package import KindlyCore

/// The machine's own clock: the one place where the time is read and where anything sleeps.
package struct SystemClock: Timekeeper {
  package init() {}

  package var now: Instant { Instant(Date()) }

  /// Sleeps on the continuous clock, in stretches of at most 30 seconds, so that a step of the wall clock is noticed.
  package func sleep(until instant: Instant) async throws {
    while true {
      let left = instant - now
      guard left > .zero else { return }
      try await Task.sleep(for: min(left, SystemClock.longestStretch), clock: .continuous)
    }
  }

  private static let longestStretch = Duration.seconds(30)
}
