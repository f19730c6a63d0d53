import Glibc

/// Nanoseconds on a clock that nobody can set; only differences are meaningful.
///
/// Deadlines of blocking work use it, because libcurl checks them inside a C callback, to which no clock can be passed.
package struct Uptime: Comparable {
  package let nanoseconds: UInt64

  /// Reads the machine's monotonic clock.
  package static func reading() -> Uptime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Uptime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// The reading a duration later; a negative duration is taken as none.
  package func advanced(by duration: Duration) -> Uptime {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return self }
    let limit = Swift.min(UInt64(seconds), Uptime.longest)
    return Uptime(
      nanoseconds: nanoseconds + limit * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000)
  }

  /// Milliseconds from now until this reading; zero when it has passed.
  func milliseconds(since now: Uptime) -> Int {
    now < self ? Int((nanoseconds - now.nanoseconds) / 1_000_000) : 0
  }

  /// The time from this reading until another one; zero when that has passed.
  package func duration(to end: Uptime) -> Duration {
    .milliseconds(end.milliseconds(since: self))
  }

  package static func < (left: Uptime, right: Uptime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Ten years in seconds: longer deadlines mean the same, and the sum cannot overflow.
  private static let longest: UInt64 = 315_360_000
}
