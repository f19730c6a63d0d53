import Foundation
import KindlyCore
import Testing

@Suite("A zone")
struct ZoneTests {
  @Test("serves every wall time around every transition of 2025 to 2030, once, in every zone")
  func transitions() throws {
    var gaps = 0
    var folds = 0
    for name in ZoneTransition.zoneNames() {
      let foundation = try #require(TimeZone(identifier: name))
      let zone = try #require(Zone.named(name), "\(name)")
      for transition in ZoneTransition.all(of: foundation) {
        if transition.after > transition.before {
          gaps += 1
          ZoneTests.checkGap(zone, transition)
        } else {
          folds += 1
          ZoneTests.checkFold(zone, transition)
        }
      }
    }
    // As many as tzdata has from 2025 to 2030; a walk that saw none would prove nothing.
    #expect(gaps > 1000)
    #expect(folds > 1000)
  }

  /// Each skipped wall time is the first instant after the gap, and its neighbours are themselves.
  private static func checkGap(_ zone: Zone, _ transition: ZoneTransition) {
    let first = transition.second + Int64(transition.before)
    let last = transition.second + Int64(transition.after)
    for local in stride(from: first, to: last, by: 300) {
      #expect(
        zone.instant(of: wall(local)).seconds == transition.second, "\(zone.identifier) \(local)")
    }
    #expect(zone.instant(of: wall(last - 1)).seconds == transition.second)
    #expect(zone.instant(of: wall(first - 1)).seconds == transition.second - 1)
    #expect(zone.instant(of: wall(last)).seconds == transition.second)
    #expect(zone.instant(of: wall(last + 1)).seconds == transition.second + 1)
    #expect(zone.wallClock(at: Instant(seconds: transition.second)) == wall(last))
  }

  /// Each repeated wall time is its first occurrence, and its neighbours are themselves.
  private static func checkFold(_ zone: Zone, _ transition: ZoneTransition) {
    let first = transition.second + Int64(transition.after)
    let last = transition.second + Int64(transition.before)
    for local in stride(from: first, to: last, by: 300) {
      let instant = zone.instant(of: wall(local))
      #expect(instant.seconds == local - Int64(transition.before), "\(zone.identifier) \(local)")
      #expect(zone.wallClock(at: instant) == wall(local))
    }
    #expect(zone.instant(of: wall(first - 1)).seconds == first - 1 - Int64(transition.before))
    #expect(zone.instant(of: wall(last)).seconds == last - Int64(transition.after))
    #expect(zone.instant(of: wall(last - 1)).seconds == transition.second - 1)
  }

  private static func wall(_ local: Int64) -> WallClock {
    WallClock(Instant(seconds: local), offset: 0)
  }

  @Test("has Foundation's offset in every week from 1965 to 2110, in every zone")
  func offsets() throws {
    for name in TimeZone.knownTimeZoneIdentifiers {
      let foundation = try #require(TimeZone(identifier: name))
      let zone = try #require(Zone.named(name))
      var second: Int64 = -157_766_400
      while second < 4_417_977_600 {
        let instant = Instant(seconds: second)
        if zone.offset(at: instant) != foundation.secondsFromGMT(for: instant.date) {
          Issue.record("\(name) at \(instant): \(zone.offset(at: instant))")
          break
        }
        second += 604_801 * 5
      }
    }
  }

  @Test("is known by the names of tzdata alone")
  func names() {
    #expect(Zone.named("Asia/Beijing") == nil)
    #expect(Zone.named("") == nil)
    #expect(Zone.named("+08:00") == nil)
    #expect(Zone.named("../../etc/passwd") == nil)
    #expect(Zone.named("asia/shanghai") == nil)
    #expect(Zone.named("Asia/Shanghai")?.identifier == "Asia/Shanghai")
    #expect(Zone.named("UTC") == Zone.utc)
    #expect(Zone.named("Asia/Shanghai") === Zone.named("Asia/Shanghai"))
  }

  @Test("skips a whole day where its clocks did")
  func dayLine() throws {
    // Samoa went from 2011-12-29 straight to 2011-12-31.
    let zone = try #require(Zone.named("Pacific/Apia"))
    let skipped = WallClock(date: try day("2011-12-30"), secondOfDay: 12 * 3600)
    #expect(zone.instant(of: skipped).description == "2011-12-30T10:00:00Z")
    #expect(zone.date(at: zone.instant(of: skipped)) == (try day("2011-12-31")))
  }

  @Test(
    "ends a daily window at the right instant",
    arguments: [
      // Quiet from 21:00 to 08:30 in Shanghai, which is 8 hours ahead.
      ("Asia/Shanghai", "21:00", "08:30", "2026-02-10T12:59:59Z", nil),
      ("Asia/Shanghai", "21:00", "08:30", "2026-02-10T13:00:00Z", "2026-02-11T00:30:00Z"),
      ("Asia/Shanghai", "21:00", "08:30", "2026-02-10T16:30:00Z", "2026-02-11T00:30:00Z"),
      ("Asia/Shanghai", "21:00", "08:30", "2026-02-11T00:29:59Z", "2026-02-11T00:30:00Z"),
      ("Asia/Shanghai", "21:00", "08:30", "2026-02-11T00:30:00Z", nil),
      ("UTC", "12:00", "14:00", "2026-02-10T13:00:00Z", "2026-02-10T14:00:00Z"),
      ("UTC", "12:00", "14:00", "2026-02-10T14:00:00Z", nil),
      // Berlin, spring: 02:30 does not exist on 29 March 2026, so the window ends at 03:00.
      ("Europe/Berlin", "22:00", "02:30", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
      // Berlin, autumn: 02:30 comes twice on 25 October 2026; the first ends the window.
      ("Europe/Berlin", "22:00", "02:30", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z"),
      ("Europe/Berlin", "22:00", "02:30", "2026-10-25T01:15:00Z", nil),
    ])
  func window(zone: String, from: String, to: String, now: String, end: String?) throws {
    let hours = try WeekHours.parse("\(from)-\(to)")
    let zone = try #require(Zone.named(zone))
    #expect(hours.end(at: try instant(now), in: zone, WorkCalendar())?.description == end)
  }
}

/// An instant from ISO 8601 with a zone.
func instant(_ text: String) throws -> Instant {
  guard case .instant(let instant) = try Anchor(.text(text), as: .unknown) else {
    throw Anchor.Unusable.unreadable
  }
  return instant
}
