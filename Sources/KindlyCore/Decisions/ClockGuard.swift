/// What the machine's clocks show at one time.
package struct ClockReading: Hashable, Sendable {
  /// The wall clock, which people and time servers set.
  package let wall: Instant
  /// The time since the machine started, sleep included, which nobody can set.
  package let uptime: Duration
  /// Whether the kernel says that a time server keeps the wall clock right.
  package let isSynchronised: Bool

  package init(wall: Instant, uptime: Duration, isSynchronised: Bool) {
    self.wall = wall
    self.uptime = uptime
    self.isSynchronised = isSynchronised
  }
}

/// Why the wall clock is not to be gone by.
package enum ClockHold: Hashable, Sendable {
  /// The machine has just started, and no time server has set its clock yet.
  case unsynchronised
  /// It shows a time at which this program did not exist.
  case beforeBuild(Instant)
  /// It shows a time before one that the ledger has recorded.
  case beforeLast(Instant)
  /// It was set by so much while Kindly was at work.
  case stepped(by: Duration)
}

/// Decides whether the wall clock may be gone by: a wrong one would send what is not due, or call everything too late.
package struct ClockGuard: Hashable, Sendable {
  private struct Step: Hashable, Sendable {
    /// How far the clock is off what it would show had nobody set it.
    let by: Duration
    /// The uptime at which it was set last.
    let at: Duration
  }

  private var built: Instant
  /// The latest time by which anything was done.
  private var latest: Instant
  private var last: ClockReading?
  private var step: Step?
  /// Whether the wait for a time server is over; it is not repeated.
  package private(set) var isBegun: Bool

  /// After its start a machine may take so long to hear from a time server; one that never does is not waited for longer.
  package static let patience = Duration.minutes(5)
  /// A clock that is set by more than this may have been set wrongly; daylight saving does not set it at all.
  package static let largestStep = Duration.hours(1)
  /// A time server takes back what a clock gained; this much of it is nothing to wait for.
  package static let slack = Duration.minutes(1)
  /// A stepped clock is taken for right when it has stood so long and a time server keeps it.
  package static let settling = Duration.minutes(10)
  /// The same where no time server is heard of: long enough for a person to be told and to look.
  package static let settlingAlone = Duration.hours(1)

  /// - Parameters:
  ///   - built: a time at which this program did not exist yet.
  ///   - latest: the latest time that the ledger has recorded.
  ///   - awaitsTimeServer: whether Kindly may have been started with the machine, before its clock was set.
  package init(built: Instant, latest: Instant, awaitsTimeServer: Bool) {
    self.built = built
    self.latest = latest
    isBegun = !awaitsTimeServer
  }

  /// Takes in what the clocks show, and says why the wall clock is not to be gone by; nil where it is.
  package mutating func note(_ reading: ClockReading) -> ClockHold? {
    notice(reading)
    last = reading
    if reading.wall < built { return .beforeBuild(built) }
    if reading.wall < latest - ClockGuard.slack { return .beforeLast(latest) }
    if let step {
      guard hasSettled(step, reading) else { return .stepped(by: step.by) }
      self.step = nil
    }
    if !isBegun {
      guard reading.isSynchronised || reading.uptime >= ClockGuard.patience else {
        return .unsynchronised
      }
      isBegun = true
    }
    latest = max(latest, reading.wall)
    return nil
  }

  /// A person says that the wall clock is right.
  package mutating func accept(_ reading: ClockReading) {
    built = min(built, reading.wall)
    latest = reading.wall
    last = reading
    step = nil
    isBegun = true
  }

  /// Compares how far the two clocks went; before anything was done, setting the clock is what is waited for.
  private mutating func notice(_ reading: ClockReading) {
    guard isBegun, let last else { return }
    let drift = (reading.wall - last.wall) - (reading.uptime - last.uptime)
    guard abs(drift) > ClockGuard.largestStep else { return }
    let total = (step?.by ?? .zero) + drift
    // Set wrongly and set back: nothing was done by the wrong time, so there is nothing to wait for.
    step = abs(total) > ClockGuard.largestStep ? Step(by: total, at: reading.uptime) : nil
  }

  private func hasSettled(_ step: Step, _ reading: ClockReading) -> Bool {
    let settling = reading.isSynchronised ? ClockGuard.settling : ClockGuard.settlingAlone
    return reading.uptime - step.at >= settling
  }

  private func abs(_ duration: Duration) -> Duration { max(duration, .zero - duration) }
}
