import Dispatch
import Glibc
import KindlyCore

/// Decides when a slice must end: its time is up, or a writer waits for the reader.
struct SliceEnd {
  let time: Duration
  let stopwatch: Stopwatch
  let isWaitedFor: () -> Bool

  init(_ reader: some EngineReader, at pace: SlicePace) throws {
    time = try reader.time(at: pace)
    stopwatch = reader.stopwatch
    isWaitedFor = try reader.waiting()
  }

  var hasCome: Bool { stopwatch.elapsed > time || isWaitedFor() }
}

/// Measures how long something takes; it knows no date and is no part of any decision about customers.
struct Stopwatch: Sendable {
  private let start = Stopwatch.nanoseconds

  var elapsed: Duration { .nanoseconds(Stopwatch.nanoseconds - start) }

  /// How long ago something was stamped with the system's time, as files are; negative for what lies ahead.
  static func age(of stamp: timespec) -> Duration {
    .nanoseconds(nanoseconds(of: CLOCK_REALTIME) - nanoseconds(stamp))
  }

  /// What lies so far ahead on the clock of dispatch queues, which is the same.
  static func ahead(_ duration: Duration) -> DispatchTime {
    let end = nanoseconds + Int64(duration.inSeconds * 1_000_000_000)
    return DispatchTime(uptimeNanoseconds: UInt64(max(end, 0)))
  }

  private static var nanoseconds: Int64 { nanoseconds(of: CLOCK_MONOTONIC) }

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
