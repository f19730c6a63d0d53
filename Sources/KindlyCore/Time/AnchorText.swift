/// Reads the dates and times that customer tables hold as text.
///
/// A hand-written scanner, because it runs for every candidate row and the formats are few.
enum AnchorText {
  static func read(_ text: String) throws(Anchor.Rubbish) -> Anchor {
    let bytes = Array(text.utf8)
    var scanner = DigitScanner(bytes: trimmed(bytes))
    if scanner.isAtEnd { throw .empty }
    if scanner.isAllDigits { return try compact(scanner) }
    guard let year = scanner.number(digits: 4...4), let separator = scanner.take(oneOf: "-/."),
      let month = scanner.number(digits: 1...2), scanner.take(separator),
      let day = scanner.number(digits: 1...2)
    else { throw .unreadable }
    if year == 0 && month == 0 && day == 0 { throw .zero }
    guard let date = CivilDate(year: year, month: month, day: day) else { throw .unreadable }
    if scanner.isAtEnd { return .date(date) }
    return try time(of: date, &scanner)
  }

  /// `20260210`, or Unix time in digits.
  private static func compact(_ scanner: DigitScanner) throws(Anchor.Rubbish) -> Anchor {
    guard scanner.remaining <= 15, let number = scanner.wholeNumber else { throw .unreadable }
    return try Anchor.number(number)
  }

  /// ` 09:30`, `T09:30:15.250`, with `Z`, `+08`, `+0800` or `+08:00` behind it.
  private static func time(
    of date: CivilDate, _ scanner: inout DigitScanner
  ) throws(Anchor.Rubbish) -> Anchor {
    guard scanner.take(oneOf: "T t") != nil, let hour = scanner.number(digits: 1...2),
      scanner.take(UInt8(ascii: ":")), let minute = scanner.number(digits: 2...2)
    else { throw .unreadable }
    var second = 0
    if scanner.take(UInt8(ascii: ":")) {
      guard let value = scanner.number(digits: 2...2) else { throw .unreadable }
      second = min(value, 59)  // a leap second is the last one of its minute
      if scanner.take(oneOf: ".,") != nil, scanner.number(digits: 1...9) == nil {
        throw .unreadable
      }
    }
    guard hour < 24, minute < 60 else { throw .unreadable }
    let wall = WallClock(date: date, secondOfDay: hour * 3600 + minute * 60 + second)
    if scanner.isAtEnd { return .wall(wall) }
    _ = scanner.take(UInt8(ascii: " "))
    guard let offset = zoneOffset(&scanner), scanner.isAtEnd else { throw .unreadable }
    return .instant(Instant(seconds: wall.secondsOnClock - Int64(offset)))
  }

  private static func zoneOffset(_ scanner: inout DigitScanner) -> Int? {
    if scanner.take(oneOf: "Zz") != nil { return 0 }
    guard let sign = scanner.take(oneOf: "+-"), let hours = scanner.number(digits: 2...2)
    else { return nil }
    _ = scanner.take(UInt8(ascii: ":"))
    let minutes = scanner.isAtEnd ? 0 : scanner.number(digits: 2...2)
    guard let minutes, hours < 24, minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var slice = bytes[...]
    while let first = slice.first, first <= 0x20 { slice = slice.dropFirst() }
    while let last = slice.last, last <= 0x20 { slice = slice.dropLast() }
    return slice
  }
}

/// A cursor over ASCII text that reads numbers of a given width.
private struct DigitScanner {
  var bytes: ArraySlice<UInt8>

  var isAtEnd: Bool { bytes.isEmpty }
  var remaining: Int { bytes.count }
  var isAllDigits: Bool { bytes.allSatisfy { (0x30...0x39).contains($0) } }

  /// The whole text as a number; only for at most 18 digits.
  var wholeNumber: Int64? {
    bytes.count > 18 ? nil : bytes.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
  }

  mutating func number(digits: ClosedRange<Int>) -> Int? {
    let run = bytes.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
    guard digits.contains(run.count) else { return nil }
    bytes = bytes.dropFirst(run.count)
    return run.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes = bytes.dropFirst()
    return true
  }

  mutating func take(oneOf characters: StaticString) -> UInt8? {
    guard let first = bytes.first, characters.description.utf8.contains(first) else { return nil }
    bytes = bytes.dropFirst()
    return first
  }
}
