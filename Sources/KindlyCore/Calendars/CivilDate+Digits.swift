extension CivilDate {
  /// The date in eight digits, as iCalendar writes it: `20260101`; nil for anything else.
  init?(digits text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 8, let year = Int(digits: bytes[0..<4]),
      let month = Int(digits: bytes[4..<6]), let day = Int(digits: bytes[6..<8])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The date as ISO 8601 writes it with hyphens: `2026-01-01`; nil for anything else.
  init?(hyphenated text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = Int(digits: bytes[0..<4]), let month = Int(digits: bytes[5..<7]),
      let day = Int(digits: bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension Int {
  /// A number of one to nine ASCII digits and nothing else.
  init?(digits bytes: some Collection<UInt8>) {
    guard (1...9).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    self = value
  }
}
