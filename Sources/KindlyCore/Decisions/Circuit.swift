/// Keeps track of how long a breaker stays open; each opening lasts longer than the one before.
///
/// Each opening lasts twice as long as the one before, from one minute up to half an hour. If the other side says how
/// long it wants to be left alone, the opening lasts exactly so long.
package struct Circuit: Hashable, Sendable {
  package private(set) var openUntil: Instant?
  private var openings = 0

  package static let firstOpening = Duration.minutes(1)
  /// Some services ask for a wait of zero but need a short one.
  package static let shortestOpening = Duration.seconds(1)
  package static let longestOpening = Duration.minutes(30)

  package init() {}

  /// Whether it has opened at least once.
  package var hasOpened: Bool { openUntil != nil }

  /// The end of the opening as of `now`; nil while the circuit is closed.
  package func downUntil(at now: Instant) -> Instant? {
    openUntil.flatMap { $0 > now ? $0 : nil }
  }

  /// Opens the circuit; returns false if it is open already, because several connections report the same failure.
  mutating func open(
    atLeast least: Duration = .zero, asked: Duration? = nil, now: Instant
  ) -> Bool {
    guard downUntil(at: now) == nil else { return false }
    if let asked {
      openUntil = now + max(asked, Circuit.shortestOpening)
      return true
    }
    let doubled = Circuit.firstOpening * (1 << min(openings, 5))
    openUntil = now + max(least, min(doubled, Circuit.longestOpening))
    openings += 1
    return true
  }
}
