import KindlyCore

/// How fast a lane's reminders are taken while there are some, as seen over the last second or more.
struct LanePace {
  /// From one reminder to the next on average; zero before anything was measured.
  private(set) var interval = Duration.zero
  private var began: Instant?
  private var taken = 0

  /// A shorter time says too little of a channel that takes its messages in bursts.
  private static let shortest = Duration.seconds(1)

  /// Counts a reminder that was taken.
  mutating func take() { taken += 1 }

  /// Notes that there is nothing to take, so that the time until there is does not count.
  mutating func rest() { began = nil }

  /// Measures, where it was begun long enough ago; a lane of which nothing is taken is the slower the longer that lasts.
  mutating func measure(now: Instant) {
    guard let began else {
      (self.began, taken) = (now, 0)
      return
    }
    let elapsed = now - began
    guard elapsed >= LanePace.shortest else { return }
    interval = elapsed / max(taken, 1)
    if taken > 0 { (self.began, taken) = (now, 0) }
  }
}
