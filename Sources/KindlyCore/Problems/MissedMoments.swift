/// Moments that came and lost their use while nothing was planned, counted: nobody reads a million rows about them.
package struct MissedMoments: Hashable, Sendable, Codable {
  package private(set) var count = 0
  /// When the first and the last of them were due.
  package private(set) var first = Instant.distantFuture
  package private(set) var last = Instant.distantPast

  /// How long they are told of.
  package static let memory = Duration.days(7)

  package init() {}

  /// Counts one that was due at an instant.
  package mutating func add(_ due: Instant) {
    count += 1
    first = min(first, due)
    last = max(last, due)
  }

  /// `1,200 reminders were too late …`, with times in a zone.
  package func words(in zone: Zone) -> String {
    let span =
      first == last
      ? "due \(zone.text(of: first))" : "due from \(zone.text(of: first)) to \(zone.text(of: last))"
    let verb = count == 1 ? "was" : "were"
    return
      "\(counted(count, "reminder")) \(verb) too late when Kindly planned again, \(span); they are not sent and have no entry of their own; `kindly why CUSTOMER` tells each"
  }
}
