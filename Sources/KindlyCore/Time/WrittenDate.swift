/// A date as a value tells it, before the column's kind says what a number or the order of day and month means.
enum WrittenDate: Hashable, Sendable {
  /// A number, or a text of digits.
  case number(Double)
  /// A date whose year comes first, which can mean one thing only.
  case yearFirst(Anchor)
  case yearLast(YearLast)
  case shortYear(ShortYear)

  /// `28.12.2026`, `12/28/2026 09:30`: the day first or the month.
  struct YearLast: Hashable, Sendable {
    let first: Int
    let second: Int
    let year: Int
    let separator: UInt8
    let time: TimePart?

    func date(_ order: DateKind.Order) -> CivilDate? {
      switch order {
      case .dayFirst: CivilDate(year: year, month: second, day: first)
      case .monthFirst: CivilDate(year: year, month: first, day: second)
      }
    }

    func isDate(_ order: DateKind.Order) -> Bool { date(order) != nil }

    func anchor(_ order: DateKind.Order) throws(Anchor.Unusable) -> Anchor {
      guard let date = date(order) else { throw .unreadable }
      return try TimePart.anchor(date, time).checked()
    }
  }

  /// `28.12.26`, `12/28/26`, `26-12-28`: a year of two digits, first or last.
  struct ShortYear: Hashable, Sendable {
    let first: Int
    let second: Int
    let third: Int
    /// Whether the first part may be a year, which has two digits.
    let mayBeginWithYear: Bool
    let mayEndWithYear: Bool
    let time: TimePart?

    func anchor(_ years: DateKind.ShortYears) throws(Anchor.Unusable) -> Anchor {
      let (year, month, day, isYear) =
        switch years.order {
        case .dayFirst: (third, second, first, mayEndWithYear)
        case .monthFirst: (third, first, second, mayEndWithYear)
        case .yearFirst: (first, second, third, mayBeginWithYear)
        }
      guard isYear, let date = CivilDate(year: years.year(year), month: month, day: day) else {
        throw .unreadable
      }
      return try TimePart.anchor(date, time).checked()
    }
  }

  /// The time behind a date, and its offset from UTC where one is written.
  struct TimePart: Hashable, Sendable {
    let secondOfDay: Int
    let offset: Int?

    static func anchor(_ date: CivilDate, _ time: TimePart?) -> Anchor {
      guard let time else { return .date(date) }
      let wall = WallClock(date: date, secondOfDay: time.secondOfDay)
      guard let offset = time.offset else { return .wall(wall) }
      return .instant(Instant(seconds: wall.secondsOnClock - Int64(offset)))
    }
  }

  /// What a value tells; throws where it can be no date of any kind.
  init(_ value: Value) throws(Anchor.Unusable) {
    switch value {
    case .null: throw .null
    case .blob: throw .unreadable
    case .integer(let number):
      if number == 0 { throw .zero }
      self = .number(Double(number))
    case .real(let number):
      guard number.isFinite, abs(number) < 1e15 else { throw .unreadable }
      if number == 0 { throw .zero }
      self = .number(number)
    case .text(let text): self = try WrittenDate(text: text)
    }
  }

  /// A hand-written scanner, because it runs for every candidate row and the formats are few.
  private init(text: String) throws(Anchor.Unusable) {
    let bytes = Array(text.utf8)
    var scanner = DigitScanner(bytes: WrittenDate.trimmed(bytes))
    if scanner.isAtEnd { throw .empty }
    if scanner.isAllDigits {
      guard scanner.remaining <= 15, let number = scanner.wholeNumber else { throw .unreadable }
      if number == 0 { throw .zero }
      self = .number(Double(number))
      return
    }
    if let year = scanner.number(digits: 4...4) {
      self = .yearFirst(try WrittenDate.yearFirst(year, &scanner))
    } else {
      self = try WrittenDate.shortOrLast(&scanner)
    }
  }

  /// `2026-02-10`, `2026/2/10`, `2026年2月10日`, and what may stand behind them.
  private static func yearFirst(
    _ year: Int, _ scanner: inout DigitScanner
  ) throws(Anchor.Unusable) -> Anchor {
    let (month, day): (Int, Int)
    let isChinese = scanner.take("年")
    if isChinese {
      guard let first = scanner.number(digits: 1...2), scanner.take("月"),
        let second = scanner.number(digits: 1...2), scanner.take("日")
      else { throw .unreadable }
      (month, day) = (first, second)
    } else {
      guard let separator = scanner.take(oneOf: "-/."),
        let first = scanner.number(digits: 1...2), scanner.take(separator),
        let second = scanner.number(digits: 1...2)
      else { throw .unreadable }
      (month, day) = (first, second)
    }
    if year == 0 && month == 0 && day == 0 { throw .zero }
    guard let date = CivilDate(year: year, month: month, day: day) else { throw .unreadable }
    return TimePart.anchor(date, try time(&scanner, isSeparated: !isChinese))
  }

  private static func shortOrLast(
    _ scanner: inout DigitScanner
  ) throws(Anchor.Unusable) -> WrittenDate {
    let length = scanner.remaining
    guard let first = scanner.number(digits: 1...2), let separator = scanner.take(oneOf: "-/.")
    else { throw .unreadable }
    let mayBeginWithYear = length - scanner.remaining == 3
    guard let second = scanner.number(digits: 1...2), scanner.take(separator) else {
      throw .unreadable
    }
    if let year = scanner.number(digits: 4...4) {
      if first == 0 && second == 0 && year == 0 { throw .zero }
      return .yearLast(
        YearLast(
          first: first, second: second, year: year, separator: separator, time: try time(&scanner)))
    }
    let rest = scanner.remaining
    guard let third = scanner.number(digits: 1...2) else { throw .unreadable }
    let mayEndWithYear = rest - scanner.remaining == 2
    guard mayBeginWithYear || mayEndWithYear else { throw .unreadable }
    if first == 0 && second == 0 && third == 0 { throw .zero }
    return .shortYear(
      ShortYear(
        first: first, second: second, third: third, mayBeginWithYear: mayBeginWithYear,
        mayEndWithYear: mayEndWithYear, time: try time(&scanner)))
  }

  /// ` 09:30`, `T09:30:15.250`, ` 9:30 PM`, with `Z`, `+08`, `+0800` or `+08:00` behind it; nil at the end of the text.
  private static func time(
    _ scanner: inout DigitScanner, isSeparated: Bool = true
  ) throws(Anchor.Unusable) -> TimePart? {
    if scanner.isAtEnd { return nil }
    // 日 ends a date by itself.
    guard scanner.take(oneOf: "T t") != nil || !isSeparated,
      var hour = scanner.number(digits: 1...2),
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
    _ = scanner.take(UInt8(ascii: " "))
    if let half = scanner.take(oneOf: "AaPp") {
      guard scanner.take(oneOf: "Mm") != nil, (1...12).contains(hour) else { throw .unreadable }
      hour = hour % 12 + (half | 0x20 == UInt8(ascii: "p") ? 12 : 0)
    }
    guard hour < 24, minute < 60 else { throw .unreadable }
    let secondOfDay = hour * 3600 + minute * 60 + second
    if scanner.isAtEnd { return TimePart(secondOfDay: secondOfDay, offset: nil) }
    guard let offset = zoneOffset(&scanner), scanner.isAtEnd else { throw .unreadable }
    return TimePart(secondOfDay: secondOfDay, offset: offset)
  }

  private static func zoneOffset(_ scanner: inout DigitScanner) -> Int? {
    if scanner.take(oneOf: "Zz") != nil { return 0 }
    guard let sign = scanner.take(oneOf: "+-"), let hours = scanner.number(digits: 2...2)
    else { return nil }
    let hasColon = scanner.take(UInt8(ascii: ":"))
    let minutes = scanner.isAtEnd && !hasColon ? 0 : scanner.number(digits: 2...2)
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

/// A cursor over text that reads numbers of a given width.
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

  mutating func take(_ word: StaticString) -> Bool {
    let word = word.description.utf8
    guard bytes.starts(with: word) else { return false }
    bytes = bytes.dropFirst(word.count)
    return true
  }

  mutating func take(oneOf characters: StaticString) -> UInt8? {
    guard let first = bytes.first, characters.description.utf8.contains(first) else { return nil }
    bytes = bytes.dropFirst()
    return first
  }
}
