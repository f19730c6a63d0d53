import Foundation
import Glibc
package import KindlyCore
import KindlySystemd

/// The machine's own clock: the one place where the time is read and where anything sleeps.
package struct SystemClock: Timekeeper {
  package init() {}

  package var now: Instant { Instant(Date()) }

  package var reading: ClockReading {
    ClockReading(wall: now, uptime: uptime, isSynchronised: TimeServer.keepsClock)
  }

  /// Sleeps on the continuous clock, in stretches of at most 30 seconds, so that a step of the wall clock is noticed.
  package func sleep(until instant: Instant) async throws {
    let end = uptime + (instant - now) + SystemClock.slew
    while true {
      let left = min(instant - now, end - uptime)
      guard left > .zero else { return }
      try await Task.sleep(for: min(left, SystemClock.longestStretch), clock: .continuous)
    }
  }

  /// CLOCK_BOOTTIME counts while the machine sleeps, as the wall clock does.
  private var uptime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private static let longestStretch = Duration.seconds(30)
  /// A wall clock that is only being slowed down by a time server is waited for.
  private static let slew = Duration.seconds(1)
}
