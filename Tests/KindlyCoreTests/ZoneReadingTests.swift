import Foundation
import KindlyCore
import Testing

@Suite("A customer's zone")
struct ZoneReadingTests {
  @Test(
    "is read from names in any case, names of Windows, and fixed offsets",
    arguments: [
      ("Asia/Tokyo", "Asia/Tokyo"), ("asia/tokyo", "Asia/Tokyo"), (" ASIA/TOKYO ", "Asia/Tokyo"),
      ("america/port_of_spain", "America/Port_of_Spain"), ("America/New York", "America/New_York"),
      ("us/eastern", "US/Eastern"), ("asia/kolkata", "Asia/Kolkata"), ("prc", "PRC"),
      ("utc", "UTC"), ("Z", "UTC"), ("GMT", "GMT"), ("etc/gmt-8", "Etc/GMT-8"),
      ("China Standard Time", "Asia/Shanghai"), ("china standard time", "Asia/Shanghai"),
      ("W. Europe Standard Time", "Europe/Berlin"), ("W. Europe Daylight Time", "Europe/Berlin"),
      ("Tokyo Standard Time", "Asia/Tokyo"), ("UTC-11", "UTC-11:00"),
      ("GMT+8", "UTC+08:00"), ("UTC+08:00", "UTC+08:00"), ("+0800", "UTC+08:00"),
      ("+08:00", "UTC+08:00"), ("+8", "UTC+08:00"), ("utc +8", "UTC+08:00"),
      ("GMT-03:30", "UTC-03:30"), ("-0330", "UTC-03:30"), ("UTC+0", "UTC"), ("+14", "UTC+14:00"),
    ])
  func read(text: String, identifier: String) {
    #expect(Zone.reading(text)?.identifier == identifier)
  }

  @Test(
    "is unknown where nobody can say",
    arguments: [
      "", " ", "Mars/Phobos", "CST", "BST", "IST", "Beijing", "Asia/Beijing", "8", "+15", "-13",
      "+08:60", "+080", "+08000", "UTC+", "GMT8", "+-8", "８", "+８", "../etc/passwd",
      "a@example.com", "Asia/Tokyo\u{301}",
    ])
  func unknown(text: String) {
    #expect(Zone.reading(text) == nil)
  }

  @Test("of a fixed offset is ahead of UTC where the sign is a plus, other than in names of POSIX")
  func signs() throws {
    let instant = Instant(seconds: 1_780_000_000)
    for name in ["GMT+8", "UTC+08:00", "+0800", "Etc/GMT-8"] {
      #expect(try #require(Zone.reading(name)).offset(at: instant) == 8 * 3600)
    }
    for name in ["UTC-05:00", "-5", "Etc/GMT+5"] {
      #expect(try #require(Zone.reading(name)).offset(at: instant) == -5 * 3600)
    }
  }

  @Test("has every name of tzdata, in lower case too")
  func everyName() {
    let folder = FileManager.default.enumerator(atPath: "/usr/share/zoneinfo")
    let files = (folder?.compactMap { $0 as? String } ?? []).filter { $0.contains("/") }
    let old = files.filter { $0.first?.isUppercase == true && TimeZone(identifier: $0) != nil }
    let names = Set(Zone.identifiers + old)
    #expect(names.count > 400)
    #expect(names.filter { Zone.reading($0.lowercased())?.identifier != $0 }.sorted() == [])
  }

  @Test("by a name of Windows is one that the system has")
  func windowsNames() {
    // The mapping as of CLDR 46; compared with PyPI's tzlocal when it was written.
    let names = [
      "Dateline Standard Time", "FLE Standard Time", "India Standard Time", "UTC", "UTC+12",
      "Lord Howe Standard Time", "Line Islands Standard Time", "South Sudan Standard Time",
    ]
    for name in names { #expect(Zone.reading(name) != nil, "\(name)") }
  }
}
