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

  /// The machine's start time by the wall clock. It is the same at every reading unless somebody sets the clock.
  var origin: Instant { wall - uptime }
}

/// Why the wall clock is not trusted.
package enum ClockHold: Hashable, Sendable, Codable {
  /// The machine has just started, and no time server has set its clock yet.
  case unsynchronised
  /// It shows a time at which this program did not exist.
  case beforeBuild(Instant)
  /// It shows a time before one that the ledger has recorded.
  case beforeLast(Instant)
  /// At the start it shows a time long after the last one that the ledger has recorded, and no time server confirms it.
  case farAhead(of: Instant)
  /// The clock was set while Kindly was running; `by` is the total of all steps.
  case stepped(by: Duration)
}

/// Decides whether the wall clock is trusted: a wrong one would send what is not due, or call everything too late.
package struct ClockGuard: Hashable, Sendable {
  private struct Step: Hashable, Sendable {
    /// How far the clock differs from what it would show if nobody had set it.
    let by: Duration
    /// The machine's start time by the clock after it was set.
    let origin: Instant
    /// The uptime at which it was set last.
    let at: Duration
  }

  private var built: Instant
  /// The latest time by which anything was done.
  private var latest: Instant
  /// The ledger's last time, while the start is not judged by it yet; nil for a ledger that has recorded nothing.
  private var before: Instant?
  /// The machine's start time by the trusted clock; nil until the clock is trusted for the first time.
  private var trusted: Instant?
  /// The machine's start time by the clock last confirmed by a time server or a person; initially by the clock at
  /// startup.
  private var confirmed: Instant?
  private var step: Step?
  /// Whether the wait for a time server is over; it is not repeated.
  package private(set) var isBegun: Bool

  /// How long after boot Kindly waits for a time server. A machine that never reaches one is not held up longer.
  package static let patience = Duration.minutes(5)
  /// A clock that is set by more than this may have been set wrongly; daylight saving does not set it at all.
  package static let largestStep = Duration.hours(1)
  /// How far the clock may go back without a hold: a time server often corrects a clock that runs fast.
  package static let slack = Duration.minutes(1)
  /// A stepped clock is trusted again after it has run this long without another step, if a time server keeps it.
  package static let settling = Duration.minutes(10)
  /// The same without a time server: long enough for a person to be told and to look.
  package static let settlingAlone = Duration.hours(1)
  /// A clock further ahead than this is trusted only if a time server or a person confirms it. A machine that was off
  /// overnight stays below it; a reminder sent this much too early would be wrong.
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

  /// Records a clock reading. Returns why the wall clock is not trusted; nil if it is.
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

  /// Trusts the clock as it is now. A clock that is trusted only because it has run long enough does not count as
  /// confirmed.
  private mutating func trust(_ reading: ClockReading) {
    step = nil
    trusted = reading.origin
    if confirmed == nil || reading.isSynchronised { confirmed = reading.origin }
  }

  /// Tracks how far the clock has been set since it was trusted. Before that it tracks nothing, because Kindly is
  /// waiting for the clock to be set.
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
