import Foundation
import KindlyCore

/// One change of a zone's offset; there is no other within days of it.
struct ZoneTransition: Hashable {
  let second: Int64
  let before: Int
  let after: Int

  private static let start = Date(timeIntervalSince1970: 1_735_689_600)  // 2025-01-01
  private static let end = Date(timeIntervalSince1970: 1_924_992_000)  // 2031-01-01

  /// A zone's transitions from 2025 to 2030, as Foundation tells them.
  static func all(of zone: TimeZone) -> [ZoneTransition] {
    var found: [ZoneTransition] = []
    var date = start
    while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
      let before = zone.secondsFromGMT(for: next.addingTimeInterval(-1))
      let after = zone.secondsFromGMT(for: next)
      if before != after {
        found.append(
          ZoneTransition(second: Int64(next.timeIntervalSince1970), before: before, after: after))
      }
      date = next
    }
    return found
  }

  /// The zones that Foundation lists, and the older names that tzdata keeps for them.
  static func zoneNames() -> [String] {
    let folder = FileManager.default.enumerator(atPath: "/usr/share/zoneinfo")
    let files = folder?.compactMap { $0 as? String } ?? []
    let old = files.filter { $0.first?.isUppercase == true && TimeZone(identifier: $0) != nil }
    return Set(TimeZone.knownTimeZoneIdentifiers + old).sorted()
  }
}

extension ZoneTransition {
  /// The instant at which the clocks show a local second: the first valid one in a gap, the first of two in a fold.
  func instant(ofLocal local: Int64) -> Instant {
    let early = local - Int64(before)
    let late = local - Int64(after)
    if early < second { return Instant(seconds: early) }
    return Instant(seconds: max(late, second))
  }

  /// The local times around both edges of the gap or fold and within it, in order.
  var ruleTimes: [Int64] {
    let edges = [second + Int64(before), second + Int64(after)]
    let around = [-61, -60, -59, -31, -30, -29, -1, 0, 1, 29, 30, 31, 59, 60, 61]
    return Set(edges.flatMap { edge in around.map { edge + Int64($0) * 60 } }).sorted()
  }
}
