import Glibc

/// Measures how long something takes; it knows no date and is no part of any decision about customers.
struct Stopwatch: Sendable {
  private let start = Stopwatch.nanoseconds

  var elapsed: Duration { .nanoseconds(Stopwatch.nanoseconds - start) }

  private static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
