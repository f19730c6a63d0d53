package import Foundation

/// A point in time, to the millisecond.
///
/// Everything that decides takes an `Instant` as `now`; the system clock is read in one adapter only.
package struct Instant: Hashable, Comparable, Sendable, Codable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// An instant from whole seconds since 1970-01-01T00:00:00Z.
  package init(seconds: Int64) {
    self.milliseconds = seconds &* 1000
  }

  package init(_ date: Date) {
    self.milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1000 : -((999 - milliseconds) / 1000)
  }

  package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  package static let distantPast = Instant(milliseconds: -62_135_596_800_000)
  package static let distantFuture = Instant(milliseconds: 253_402_300_799_000)

  package static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(milliseconds: instant.milliseconds + duration.wholeMilliseconds)
  }

  package static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(milliseconds: instant.milliseconds - duration.wholeMilliseconds)
  }

  package static func - (left: Instant, right: Instant) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }
}

extension Instant: CustomStringConvertible {
  /// The instant in UTC as ISO 8601, `2026-02-10T01:30:00Z`, with milliseconds only where there are some.
  package var description: String {
    let utc = WallClock(self, offset: 0)
    let fraction = milliseconds - seconds * 1000
    let base = "\(utc.date)T\(utc.timeText)"
    return fraction == 0 ? base + "Z" : base + "." + padded(Int(fraction), to: 3) + "Z"
  }
}

extension DefaultStringInterpolation {
  /// Keeps times out of texts as they are: people read them by the clocks of the configured zone, and scripts with an
  /// offset.
  @available(*, unavailable, message: "write times with `TimeText`, or with `text(of:)` of a zone")
  package mutating func appendInterpolation(_ instant: Instant) {}

  @available(*, unavailable, message: "write times with `TimeText`, or with `text(of:)` of a zone")
  package mutating func appendInterpolation(_ instant: Instant?) {}
}

extension Duration {
  package static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
  package static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
  package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

  /// The duration in milliseconds, rounded towards zero.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  /// The duration in seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// A number in decimal digits, filled with zeros on the left.
package func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return digits.count >= width
    ? digits : String(repeating: "0", count: width - digits.count) + digits
}
