import Foundation
import Synchronization

/// A time zone of the system's database, made ready for fast conversion both ways.
///
/// The transitions from 1970 to 2100 are read once and kept, so that a conversion is a binary search
/// instead of a call into ICU; before and after those years Foundation is asked.
package final class Zone: Sendable, Hashable {
  /// The zone's name in the database, such as `Asia/Shanghai`.
  package let identifier: String
  /// Where each stretch of constant offset begins, in seconds since 1970, in rising order.
  private let starts: [Int64]
  /// The offset from UTC in seconds that holds from the start of the same index.
  private let offsets: [Int]
  /// The abbreviation that goes with each offset; offsets without one are left out.
  let abbreviations: [Int: String]
  private let timeZone: TimeZone

  private static let first: Int64 = 0
  private static let last: Int64 = 4_102_444_800
  private static let known = Mutex<[ExactText: Zone]>([:])

  package static let utc = Zone(identifier: "UTC", timeZone: .gmt)

  /// The zone of that name, or nil where the system's database has none such ("Asia/Beijing").
  package static func named(_ identifier: String) -> Zone? {
    if identifier == "UTC" { return utc }
    if let zone = known.withLock({ $0[identifier] }) { return zone }
    guard identifier.first?.isLetter == true, let timeZone = TimeZone(identifier: identifier)
    else { return nil }
    let zone = Zone(identifier: identifier, timeZone: timeZone)
    return known.withLock { zones in
      if let already = zones[identifier] { return already }
      zones[identifier] = zone
      return zone
    }
  }

  /// The zone whose clocks always differ from UTC by an offset.
  static func fixed(_ offset: FixedOffset) -> Zone? {
    if offset.seconds == 0 { return utc }
    return TimeZone(secondsFromGMT: offset.seconds).map { timeZone in
      Zone(identifier: offset.identifier, timeZone: timeZone)
    }
  }

  /// The names that the system's database has.
  package static var identifiers: [String] { TimeZone.knownTimeZoneIdentifiers }

  private init(identifier: String, timeZone: TimeZone) {
    self.identifier = identifier
    self.timeZone = timeZone
    abbreviations = ZoneAbbreviations.byOffset(of: identifier)
    var starts = [Int64.min]
    var date = Date(timeIntervalSince1970: TimeInterval(Zone.first))
    var offsets = [timeZone.secondsFromGMT(for: date)]
    while let next = timeZone.nextDaylightSavingTimeTransition(after: date), next > date,
      Int64(next.timeIntervalSince1970) < Zone.last
    {
      starts.append(Int64(next.timeIntervalSince1970))
      offsets.append(timeZone.secondsFromGMT(for: next))
      date = next
    }
    self.starts = starts
    self.offsets = offsets
  }

  /// The offset from UTC in seconds at an instant.
  package func offset(at instant: Instant) -> Int {
    let second = instant.seconds
    if second < Zone.first || second >= Zone.last {
      return timeZone.secondsFromGMT(for: instant.date)
    }
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle } else { high = middle }
    }
    return offsets[low]
  }

  /// What the clocks of this zone show at an instant.
  package func wallClock(at instant: Instant) -> WallClock {
    WallClock(instant, offset: offset(at: instant))
  }

  /// The day it is in this zone at an instant.
  package func date(at instant: Instant) -> CivilDate { wallClock(at: instant).date }

  /// The instant at which the clocks of this zone show a wall time.
  ///
  /// A time that a spring gap skips is the first valid instant after the gap; a time that an autumn fold
  /// repeats is its first occurrence.
  package func instant(of wall: WallClock) -> Instant {
    let local = wall.secondsOnClock
    let before = offset(at: Instant(seconds: local - 86_400))
    let after = offset(at: Instant(seconds: local + 86_400))
    // The larger offset gives the earlier instant, which is the first occurrence in a fold.
    for candidate in before >= after ? [before, after] : [after, before] {
      let instant = Instant(seconds: local - Int64(candidate))
      if offset(at: instant) == candidate { return instant }
    }
    return firstInstantAfterGap(near: local, before: before, after: after)
  }

  /// The transition itself: the first instant at which the larger offset holds.
  private func firstInstantAfterGap(near local: Int64, before: Int, after: Int) -> Instant {
    var low = local - Int64(max(before, after))
    var high = local - Int64(min(before, after))
    let offsetBefore = offset(at: Instant(seconds: low))
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offset(at: Instant(seconds: middle)) == offsetBefore {
        low = middle
      } else {
        high = middle
      }
    }
    return Instant(seconds: high)
  }

  package static func == (left: Zone, right: Zone) -> Bool { left.identifier == right.identifier }

  package func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}
