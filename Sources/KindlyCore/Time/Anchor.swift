/// The moment that a row's date column names, as exactly as the column tells it.
package enum Anchor: Hashable, Sendable {
  /// A day without a time; it begins and ends where the customer lives.
  case date(CivilDate)
  /// A day that the column writes as a point in time; its identity is that of the point in time.
  case day(CivilDate, of: Instant)
  /// A date with a time but no zone: a wall time of the source.
  case wall(WallClock)
  /// A point in time: Unix seconds or milliseconds, or text with a zone.
  case instant(Instant)
  /// A day by the Chinese calendar, in a column that is written by it.
  case lunar(LunarAnchor)

  /// Why a column holds no anchor. Such a value fires nothing; it is counted and shown.
  package enum Unusable: String, Error, Hashable, Sendable, Codable, CodingKeyRepresentable,
    CaseIterable
  {
    case null = "NULL"
    case empty = "empty"
    case zero = "0 or 0000-00-00"
    case epoch = "1970-01-01"
    case placeholder = "a placeholder such as 1900-01-01 or 9999-12-31"
    /// The year comes last, and nothing tells whether the day or the month comes first.
    case undecided = "day or month first"
    case number = "a number"
    case unreadable = "not a date"
    case unlikely = "outside 1800 to 2999"
    case shortYear = "a year of two digits"
    /// A day of the Chinese calendar without its year, where a number of times is counted from it.
    case yearless = "without a year"
    /// A column that tells how many days lie between recurrences.
    case noPeriod = "no number of days from 1 to 36600"

    /// Whether the value says that there is no date, rather than being a date that cannot be read.
    package var meansNothing: Bool {
      switch self {
      case .null, .empty, .zero, .epoch, .placeholder: true
      case .undecided, .number, .unreadable, .unlikely, .shortYear, .yearless, .noPeriod: false
      }
    }
  }

  /// The anchor in a value of a column of that kind, whatever its type or format.
  ///
  /// Read are `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY年MM月DD日` and ISO 8601 with or without zone in every column; numbers, and
  /// dates whose year comes last, only as the kind says.
  package init(_ value: Value, as kind: DateKind) throws(Unusable) {
    if let needsYear = kind.needsLunarYear {
      self = .lunar(try LunarAnchor(value, needsYear: needsYear))
      return
    }
    let read: Anchor
    switch try WrittenDate(value) {
    case .number(let number):
      if number == 0 { throw .zero }
      guard let notation = kind.number else { throw .number }
      read = try notation.anchor(number)
    case .yearFirst(let written): read = try written.checked()
    case .yearLast(let written):
      guard let order = kind.order else {
        throw DateKind.Order.allCases.contains(where: written.isDate) ? .undecided : .unreadable
      }
      read = try written.anchor(order)
    case .shortYear(let written):
      guard let years = kind.shortYears else { throw .shortYear }
      read = try written.anchor(years)
    }
    self = kind.days.applied(to: read)
  }

  /// The same where it is a date that somebody may have meant; nobody means a filler.
  func checked() throws(Unusable) -> Anchor {
    switch self {
    case .date(let date), .day(let date, _): try Anchor.check(date)
    case .wall(let wall): try Anchor.check(wall.date)
    case .instant(let instant): try Anchor.check(instant)
    case .lunar: break
    }
    return self
  }

  private static func check(_ instant: Instant) throws(Unusable) {
    // A day on either side of a filler is one that some zone has shifted; the last day of all has a last second.
    let seconds = instant.seconds
    if (-86_400...86_400).contains(seconds) { throw .epoch }
    let isFiller = placeholders.contains { date in
      let start = Int64(date.dayNumber) * 86_400
      return (start - 86_400...start + 2 * 86_400 - 1).contains(seconds)
    }
    if isFiller { throw .placeholder }
    guard years.contains(instant) else { throw .unlikely }
  }

  /// From the beginning of 1800 to the end of 2999, in UTC.
  private static let years =
    Instant(seconds: -5_364_662_400)..<Instant(seconds: 32_503_680_000)

  private static func check(_ date: CivilDate) throws(Unusable) {
    if date.year == 1970, date.month == 1, date.day == 1 { throw .epoch }
    if placeholders.contains(date) { throw .placeholder }
    guard (1800...2999).contains(date.year) else { throw .unlikely }
  }

  /// What databases, spreadsheets and programmers write where there is no date: their first day, or the last of all.
  package static let placeholders: [CivilDate] = [
    (1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1753, 1, 1), (1, 1, 1), (9999, 12, 31),
  ].compactMap { CivilDate(year: $0.0, month: $0.1, day: $0.2) }

  /// The anchor's day as identity writes it.
  ///
  /// An instant's day is the one in UTC, so that no time zone is part of an identity.
  package var identityDay: String {
    switch self {
    case .date(let date): date.description
    case .wall(let wall): wall.date.description
    case .instant(let instant), .day(_, let instant): WallClock(instant, offset: 0).date.description
    case .lunar(let lunar): lunar.description
    }
  }

  /// The anchor's minute as an identity writes it; its day if it has no time.
  var identityMinute: String {
    switch self {
    case .date, .lunar: identityDay
    case .wall(let wall):
      wall.secondOfDay == 0 ? wall.date.description : Anchor.minuteText(wall)
    case .instant(let instant), .day(_, let instant):
      Anchor.minuteText(WallClock(instant, offset: 0)) + "Z"
    }
  }

  private static func minuteText(_ wall: WallClock) -> String {
    "\(wall.date)T\(wall.timeText.prefix(5))"
  }

  /// The anchor's day where it is written: by the column's own clock, for a point in time by UTC's. Nil by the Chinese
  /// calendar.
  package var writtenDate: CivilDate? {
    switch self {
    case .date(let date), .day(let date, _): date
    case .wall(let wall): wall.date
    case .instant(let instant): WallClock(instant, offset: 0).date
    case .lunar: nil
    }
  }

  /// The anchor in seconds since 1970, a date or wall time as if it were in UTC, and a day of the Chinese calendar as if
  /// its year were the days from 1970-01-01 on.
  package var roughSecond: Int64 {
    switch self {
    case .date(let date): Int64(date.dayNumber) * 86_400
    case .wall(let wall): wall.secondsOnClock
    case .instant(let instant), .day(_, let instant): instant.seconds
    case .lunar(let lunar): Int64(lunar.place) * 86_400
    }
  }
}

extension Anchor {
  /// The anchor in a value, or nil where it is unusable; for callers that do not count unusable values.
  package static func reading(_ value: Value, as kind: DateKind) -> Anchor? {
    // Losing the reason is right: without an anchor there is no moment, whatever the reason.
    try? Anchor(value, as: kind)
  }
}

extension Anchor.Unusable {
  /// What to do where such values were meant as dates; nil where the row has to be corrected.
  package func advice(for column: String) -> String? {
    let spelling = WhenWords.spelling(column)
    return switch self {
    case .undecided:
      "declare in the watch how they are written: `dates: { \(spelling): DMY }` or `MDY`"
    case .number:
      "if they are dates, declare in the watch how they are written: `dates: { \(spelling): YYYYMMDD }`, `unix seconds` or `unix milliseconds`"
    case .shortYear:
      "if they are dates, declare in the watch how they are written and which hundred years they mean: `dates: { \(spelling): [DMY, years 1930-2029] }`, or with `MDY` or `YMD`"
    case .null, .empty, .zero, .epoch, .placeholder, .unreadable, .unlikely, .yearless, .noPeriod:
      nil
    }
  }
}

extension DateKind.Days {
  /// The anchor as the column means it: a midnight may stand for its day.
  fileprivate func applied(to anchor: Anchor) -> Anchor {
    switch (anchor, self) {
    case (.date, _), (.day, _), (.lunar, _), (_, .none): return anchor
    case (.wall(let wall), .all): return .date(wall.date)
    case (.wall(let wall), .midnights):
      return wall.secondOfDay == 0 ? .date(wall.date) : anchor
    case (.instant(let instant), .all(let zone)):
      return .day(zone.date(at: instant), of: instant)
    case (.instant(let instant), .midnights(let zone)):
      let wall = zone.wallClock(at: instant)
      return wall.secondOfDay == 0 ? .day(wall.date, of: instant) : anchor
    }
  }
}

extension DateKind.Number {
  /// The date that a number other than 0 tells.
  func anchor(_ number: Double) throws(Anchor.Unusable) -> Anchor {
    switch self {
    case .compact:
      guard let whole = Int64(exactly: number), let date = compactDate(whole) else {
        throw .unreadable
      }
      return try Anchor.date(date).checked()
    case .seconds: return try instant(number * 1000)
    case .milliseconds: return try instant(number)
    }
  }

  private func instant(_ milliseconds: Double) throws(Anchor.Unusable) -> Anchor {
    guard milliseconds.magnitude < 1e18 else { throw .unlikely }
    return try Anchor.instant(Instant(milliseconds: Int64(milliseconds.rounded(.down)))).checked()
  }
}
