import Foundation
import Glibc

/// Time by the clock, and the processor time of all threads of this process in it.
struct Effort: Sendable {
  var time = Duration.zero
  var cpu = Duration.zero

  static func + (left: Effort, right: Effort) -> Effort {
    Effort(time: left.time + right.time, cpu: left.cpu + right.cpu)
  }

  static func += (left: inout Effort, right: Effort) {
    left = left + right
  }
}

/// Tells the effort since it was made or last asked.
struct EffortMeter {
  private var time = ContinuousClock.now
  private var cpu = EffortMeter.processorTime

  /// The effort since the last lap.
  mutating func lap() -> Effort {
    let (time, cpu) = (ContinuousClock.now, EffortMeter.processorTime)
    defer { (self.time, self.cpu) = (time, cpu) }
    return Effort(time: time - self.time, cpu: cpu - self.cpu)
  }

  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
