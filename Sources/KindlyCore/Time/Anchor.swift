/// The moment that a row's date column names, as exactly as the column tells it.
package enum Anchor: Hashable, Sendable {
  /// A day without a time; it begins and ends where the customer lives.
  case date(CivilDate)
  /// A date with a time but no zone: a wall time of the source.
  case wall(WallClock)
  /// A point in time: Unix seconds or milliseconds, or text with a zone.
  case instant(Instant)

  /// Why a column holds no anchor. Such a value fires nothing; it is counted and shown.
  package enum Rubbish: String, Error, Hashable, Sendable, CaseIterable {
    case null = "NULL"
    case empty = "empty"
    case zero = "0 or 0000-00-00"
    case epoch = "1970-01-01"
    case unreadable = "not a date"
    case unlikely = "outside 1800 to 2999"
  }

  /// The anchor in a column's value, whatever its type or format.
  ///
  /// Read are `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYYMMDD`, ISO 8601 with or without zone, and Unix seconds or
  /// milliseconds as numbers or digits. A number from 18000101 to 29991231 that is a date is taken for one.
  package init(_ value: Value) throws(Rubbish) {
    switch value {
    case .null: throw .null
    case .blob: throw .unreadable
    case .integer(let number): self = try Anchor.number(number)
    case .real(let number):
      guard number.isFinite, abs(number) < 1e15 else { throw .unreadable }
      if let whole = Int64(exactly: number) {
        self = try Anchor.number(whole)
      } else {
        let isSeconds = abs(number) < Double(Anchor.leastMilliseconds)
        self = .instant(
          Instant(milliseconds: Int64((isSeconds ? number * 1000 : number).rounded(.down))))
      }
    case .text(let text): self = try AnchorText.read(text)
    }
    switch self {
    case .date(let date): try Anchor.check(date)
    case .wall(let wall): try Anchor.check(wall.date)
    case .instant(let instant): try Anchor.check(instant)
    }
  }

  /// An anchor from a whole number: a compact date, seconds or milliseconds.
  static func number(_ number: Int64) throws(Rubbish) -> Anchor {
    if number == 0 { throw .zero }
    if (18_000_101...29_991_231).contains(number),
      let date = CivilDate(
        year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
    {
      return .date(date)
    }
    return .instant(
      number.magnitude < leastMilliseconds
        ? Instant(seconds: number) : Instant(milliseconds: number))
  }

  /// Seconds reach the year 2999 below 32.5 billion; what is larger counts milliseconds.
  private static let leastMilliseconds: UInt64 = 100_000_000_000

  private static func check(_ instant: Instant) throws(Rubbish) {
    guard years.contains(instant) else { throw .unlikely }
    // A day on either side of the epoch is a zero that some zone has shifted.
    if (-86_400...86_400).contains(instant.seconds) { throw .epoch }
  }

  /// From the beginning of 1800 to the end of 2999, in UTC.
  private static let years =
    Instant(seconds: -5_364_662_400)..<Instant(seconds: 32_503_680_000)

  private static func check(_ date: CivilDate) throws(Rubbish) {
    if date.year == 1970, date.month == 1, date.day == 1 { throw .epoch }
    guard (1800...2999).contains(date.year) else { throw .unlikely }
  }

  /// The anchor's day as identity writes it.
  ///
  /// An instant's day is the one in UTC, so that no time zone is part of an identity.
  package var identityDate: CivilDate {
    switch self {
    case .date(let date): date
    case .wall(let wall): wall.date
    case .instant(let instant): WallClock(instant, offset: 0).date
    }
  }
}
