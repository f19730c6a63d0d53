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

  /// When the machine started, by the wall clock: the same at every reading until somebody sets the clock.
  var origin: Instant { wall - uptime }
}

/// Why the wall clock is not trusted.
package enum ClockHold: Hashable, Sendable {
  /// The machine has just started, and no time server has set its clock yet.
  case unsynchronised
  /// It shows a time at which this program did not exist.
  case beforeBuild(Instant)
  /// It shows a time before one that the ledger has recorded.
  case beforeLast(Instant)
  /// At the start it shows a time long after the last one that the ledger has recorded, and no time server confirms it.
  case farAhead(of: Instant)
  /// It was set by so much in all while Kindly was at work.
  case stepped(by: Duration)
}

/// Decides whether the wall clock is trusted: a wrong one would send what is not due, or call everything too late.
package struct ClockGuard: Hashable, Sendable {
  private struct Step: Hashable, Sendable {
    /// How far the clock is off what it would show had nobody set it.
    let by: Duration
    /// When the machine started, by the clock as it was set.
    let origin: Instant
    /// The uptime at which it was set last.
    let at: Duration
  }

  private var built: Instant
  /// The latest time by which anything was done.
  private var latest: Instant
  /// The ledger's last time, while the start is not judged by it yet; nil for a ledger that has recorded nothing.
  private var before: Instant?
  /// When the machine started, by the clock that is trusted; nil until the first time that it is.
  private var trusted: Instant?
  /// The same by the clock that a time server or a person confirmed last; at first the one of the start.
  private var confirmed: Instant?
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
  /// Further than this nothing but a time server or a person is believed. A night in which the machine was off is shorter;
  /// a letter that is early by more is a wrong letter.
  package static let farthestAlone = Duration.hours(12)

  /// - Parameters:
  ///   - built: a time at which this program did not exist yet.
  ///   - latest: the latest time that the ledger has recorded.
  ///   - awaitsTimeServer: whether Kindly may have been started with the machine, before its clock was set.
  package init(built: Instant, latest: Instant, awaitsTimeServer: Bool) {
    self.built = built
    self.latest = latest
    before = latest.milliseconds > 0 ? latest : nil
    isBegun = !awaitsTimeServer
  }

  /// Takes in what the clocks show, and says why the wall clock is not trusted; nil where it is.
  package mutating func note(_ reading: ClockReading) -> ClockHold? {
    notice(reading)
    if reading.wall < built { return .beforeBuild(built) }
    if reading.wall < latest - ClockGuard.slack { return .beforeLast(latest) }
    if let before, !reading.isSynchronised, ClockGuard.isFarAhead(reading.wall, of: before) {
      return isBegun || reading.uptime >= ClockGuard.patience
        ? .farAhead(of: before) : .unsynchronised
    }
    if let step {
      guard hasSettled(step, reading) else { return .stepped(by: step.by) }
      trust(reading)
    }
    if !isBegun {
      guard reading.isSynchronised || reading.uptime >= ClockGuard.patience else {
        return .unsynchronised
      }
      isBegun = true
    }
    if trusted == nil || reading.isSynchronised { trust(reading) }
    before = nil
    latest = max(latest, reading.wall)
    return nil
  }

  /// A person says that the wall clock is right.
  package mutating func accept(_ reading: ClockReading) {
    built = min(built, reading.wall)
    latest = reading.wall
    before = nil
    (trusted, confirmed) = (reading.origin, reading.origin)
    step = nil
    isBegun = true
  }

  /// Whether a start at `now` is doubted unless a time server confirms it.
  package static func isFarAhead(_ now: Instant, of last: Instant) -> Bool {
    last.milliseconds > 0 && now - last > farthestAlone
  }

  /// Goes by the clock as it is now; what only stood long enough is not thereby confirmed.
  private mutating func trust(_ reading: ClockReading) {
    step = nil
    trusted = reading.origin
    if confirmed == nil || reading.isSynchronised { confirmed = reading.origin }
  }

  /// Adds up how far the clock was set since it was trusted; before that, setting the clock is what is waited for.
  private mutating func notice(_ reading: ClockReading) {
    guard let trusted else { return }
    let total = reading.origin - trusted
    guard abs(total) > ClockGuard.largestStep else {
      // Set wrongly and set back: nothing was done by the wrong time, so there is nothing to wait for.
      step = nil
      return
    }
    if let step, abs(reading.origin - step.origin) <= ClockGuard.slack { return }
    step = Step(by: total, origin: reading.origin, at: reading.uptime)
  }

  private func hasSettled(_ step: Step, _ reading: ClockReading) -> Bool {
    let stood = reading.uptime - step.at
    if reading.isSynchronised { return stood >= ClockGuard.settling }
    let distance = reading.origin - (confirmed ?? reading.origin)
    return abs(distance) <= ClockGuard.farthestAlone && stood >= ClockGuard.settlingAlone
  }

  private func abs(_ duration: Duration) -> Duration { max(duration, .zero - duration) }
}
