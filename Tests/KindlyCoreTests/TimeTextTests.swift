import Foundation
import KindlyCore
import Testing

@Suite("A written time")
struct TimeTextTests {
  private static let winter = Instant(seconds: 1_770_687_000)  // 2026-02-10T01:30:00Z
  private static let summer = Instant(seconds: 1_783_687_000)  // 2026-07-10T12:36:40Z

  private func zone(_ name: String) throws -> Zone { try #require(Zone.reading(name)) }

  @Test(
    "has the abbreviation of tzdata, or the offset where tzdata has none, and the offset for scripts",
    arguments: [
      ("Asia/Shanghai", winter, "2026-02-10 09:30 CST", "2026-02-10T09:30:00+08:00"),
      ("Europe/Berlin", winter, "2026-02-10 02:30 CET", "2026-02-10T02:30:00+01:00"),
      ("Europe/Berlin", summer, "2026-07-10 14:36 CEST", "2026-07-10T14:36:40+02:00"),
      ("Europe/London", winter, "2026-02-10 01:30 GMT", "2026-02-10T01:30:00+00:00"),
      ("Europe/London", summer, "2026-07-10 13:36 BST", "2026-07-10T13:36:40+01:00"),
      ("America/St_Johns", winter, "2026-02-09 22:00 NST", "2026-02-09T22:00:00-03:30"),
      ("Asia/Kolkata", winter, "2026-02-10 07:00 IST", "2026-02-10T07:00:00+05:30"),
      ("Asia/Tashkent", winter, "2026-02-10 06:30 +05:00", "2026-02-10T06:30:00+05:00"),
      ("America/Sao_Paulo", winter, "2026-02-09 22:30 -03:00", "2026-02-09T22:30:00-03:00"),
      ("GMT+8", winter, "2026-02-10 09:30 +08:00", "2026-02-10T09:30:00+08:00"),
      ("UTC", winter, "2026-02-10 01:30 UTC", "2026-02-10T01:30:00+00:00"),
      (
        "UTC", winter + .milliseconds(7), "2026-02-10 01:30 UTC", "2026-02-10T01:30:00.007+00:00"
      ),
    ])
  func writes(name: String, instant: Instant, text: String, stamp: String) throws {
    let time = TimeText(zone: try zone(name), now: instant)
    #expect(time(instant) == text)
    #expect(time.stamp(instant) == stamp)
  }

  @Test("every zone of the system has an abbreviation or an offset, and none is GMT+N")
  func everyZone() {
    for identifier in Zone.identifiers {
      guard let zone = Zone.named(identifier) else { continue }
      for instant in [Self.winter, Self.summer] {
        let text = zone.abbreviation(at: instant)
        let isPlain = text.allSatisfy { $0.isASCII && $0.isLetter } || text.count == 6
        #expect(isPlain && !text.isEmpty, "\(identifier): \(text)")
      }
    }
  }

  @Test(
    "a due time is told by the customer's clock where that shows another time",
    arguments: [
      (nil, "2026-02-10 09:30 CST"),
      ("Asia/Taipei", "2026-02-10 09:30 CST"),
      ("Europe/Berlin", "2026-02-10 09:30 CST (02:30 CET for the customer)"),
      ("America/Chicago", "2026-02-10 09:30 CST (2026-02-09 19:30 CST for the customer)"),
    ] as [(String?, String)])
  func due(reader: String?, text: String) throws {
    let time = TimeText(zone: try zone("Asia/Shanghai"), now: Self.winter)
    #expect(time.about(readerIn: try reader.map(zone)).due(Self.winter) == text)
  }

  @Test(
    "a length is told in one unit",
    arguments: [
      (0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "119 min"), (7200, "2 h"),
      (172_799, "47 h"), (172_800, "2 days"), (-300, "5 min"),
    ])
  func length(seconds: Int, text: String) {
    #expect(Duration.seconds(seconds).lengthText == text)
  }
}
