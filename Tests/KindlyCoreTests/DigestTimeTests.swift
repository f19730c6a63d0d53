import KindlyCore
import Testing

/// When digests are sent.
@Suite("Times of digests")
struct DigestTimeTests {
  private func instant(_ text: String, _ zone: Zone) throws -> Instant {
    guard case .wall(let wall) = try Anchor(.text(text), as: .unknown) else {
      throw Anchor.Unusable.unreadable
    }
    return zone.instant(of: wall)
  }

  @Test(
    "a reminder gets the next digest, or the latest if that has passed",
    arguments: [
      // due, now, expected
      ("daily at 08:45", "2026-03-07 03:00", "2026-03-07 03:00", "2026-03-07 08:45"),
      ("daily at 08:45", "2026-03-07 08:45", "2026-03-07 08:45", "2026-03-07 08:45"),
      ("daily at 08:45", "2026-03-07 08:46", "2026-03-07 08:46", "2026-03-08 08:45"),
      ("daily at 08:45", "2026-03-05 09:00", "2026-03-07 12:00", "2026-03-07 08:45"),
      ("daily at 08:45", "2026-03-05 09:00", "2026-03-07 08:00", "2026-03-06 08:45"),
      ("hourly", "2026-03-07 10:00", "2026-03-07 10:00", "2026-03-07 10:00"),
      ("hourly", "2026-03-07 10:01", "2026-03-07 10:01", "2026-03-07 11:00"),
      // 2 March 2026 is a Monday.
      ("weekly on Monday at 09:00", "2026-03-02 09:00", "2026-03-02 09:00", "2026-03-02 09:00"),
      ("weekly on mon at 9:00", "2026-03-02 09:01", "2026-03-03 00:00", "2026-03-09 09:00"),
      ("weekly on Monday at 09:00", "2026-02-20 09:00", "2026-03-08 00:00", "2026-03-02 09:00"),
    ])
  func time(text: String, due: String, now: String, expected: String) throws {
    let zone = try #require(Zone.named("Asia/Kolkata"))
    let digest = try #require(Digest(text))
    let time = digest.time(
      ofDue: try instant(due, zone), now: try instant(now, zone), in: zone)
    #expect(time == (try instant(expected, zone)))
  }

  @Test("the first digest after a digest time is the next one")
  func afterwards() throws {
    let zone = try #require(Zone.named("Europe/Berlin"))
    let digest = try #require(Digest("daily at 08:45"))
    let time = try instant("2026-03-28 08:45", zone)
    #expect(digest.first(notBefore: time, in: zone) == time)
    // A day of 23 hours.
    #expect(digest.first(after: time, in: zone) == time + .hours(23))
  }

  @Test(
    "refuses everything else",
    arguments: [
      "", "daily", "daily 08:45", "daily at 8", "daily at 24:00", "weekly at 09:00",
      "weekly on Funday at 09:00", "weekly on Monday", "hourly at 09:00", "monthly",
      "Daily at 08:45",
    ])
  func refused(text: String) {
    #expect(Digest(text) == nil)
  }

  @Test(
    "reads what it writes", arguments: ["hourly", "daily at 08:45", "weekly on Friday at 16:00"])
  func written(text: String) {
    #expect(Digest(text)?.description == text)
  }

  @Test("parcels differ by time, recipient, route, channel, template and class")
  func parcels() {
    func parcel(
      at: Int64 = 1, recipient: String = "a", route: [String] = ["email"],
      channel: String = "email",
      template: String = "list", messageClass: MessageClass = .care
    ) -> ParcelIdentity {
      ParcelIdentity(
        at: Instant(milliseconds: at), recipient: RowKey(canonical: "[\"\(recipient)\"]"),
        route: Route(route),
        channel: channel, template: template, messageClass: messageClass)
    }
    let all = [
      parcel(), parcel(at: 2), parcel(recipient: "b"), parcel(route: ["email", "sms"]),
      parcel(channel: "sms"), parcel(template: "other"), parcel(messageClass: .service),
      // The same text to people, but not to a computer.
      parcel(template: "caf\u{E9}"), parcel(template: "cafe\u{301}"),
    ]
    #expect(Set(all).count == all.count)
    #expect(Set(all.map(\.number)).count == all.count)
    #expect(parcel().number == parcel().number)
  }
}
