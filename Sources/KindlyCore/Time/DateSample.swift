/// Counts how the values of a column are written, to decide what kind of dates it holds.
///
/// What is no date anywhere (NULL, empty, 0, placeholders) says nothing and is not counted.
package struct DateSample: Hashable, Sendable {
  private let zone: Zone
  private var numbers = 0
  private var plausible: [DateKind.Number: Int] = [:]
  /// Eight digits that are no date: Unix seconds of 1970 to 1973, or anything else.
  private var eightDigits = 0
  private var votes: [DateKind.Order: Int] = [:]
  private var times = 0
  private var wallMidnights = 0
  private var midnightsInUTC = 0
  private var midnightsInZone = 0

  /// A sample of a column; `zone` is that of the source, at whose midnight a point in time may stand for a day.
  package init(zone: Zone) {
    self.zone = zone
  }

  /// Counts a value that stands in so many rows.
  package mutating func take(_ value: Value, count: Int = 1) {
    do throws(Anchor.Unusable) {
      switch try WrittenDate(value) {
      case .number(let number): takeNumber(number, count)
      case .yearFirst(let written):
        try takeTime(written.checked(), count)
      case .yearLast(let written): try takeYearLast(written, count)
      case .shortYear(let written):
        // Which day it is does not matter here, only whether it is midnight.
        takeTime(WrittenDate.TimePart.anchor(CivilDate(dayNumber: 20_000), written.time), count)
      }
    } catch {
      // An unusable value says nothing about the others.
      return
    }
  }

  private mutating func takeNumber(_ number: Double, _ count: Int) {
    let whole = Int64(exactly: number.rounded(.down)) ?? 0
    if let date = compactDate(whole), Anchor.placeholders.contains(date) { return }
    numbers += count
    let kinds = DateKind.Number.allCases.filter { $0.isPlausible(whole) }
    if kinds.isEmpty, (10_000_000...99_999_999).contains(whole) { eightDigits += count }
    for kind in kinds {
      // A placeholder is a date of no kind.
      guard let anchor = try? kind.anchor(number) else { continue }
      plausible[kind, default: 0] += count
      takeTime(anchor, count)
    }
  }

  private mutating func takeYearLast(
    _ written: WrittenDate.YearLast, _ count: Int
  ) throws(Anchor.Unusable) {
    let readings = DateKind.Order.allCases.filter { written.isDate($0) }
    guard let first = readings.first else { return }
    if readings.count == 1 {
      votes[first, default: 0] += count
    } else if written.separator == UInt8(ascii: ".") {
      // Nobody who writes the month first separates by dots.
      votes[.dayFirst, default: 0] += count
    }
    try takeTime(written.anchor(first), count)
  }

  private mutating func takeTime(_ anchor: Anchor, _ count: Int) {
    switch anchor {
    case .date, .day, .lunar: break
    case .wall(let wall):
      times += count
      if wall.secondOfDay == 0 { wallMidnights += count }
    case .instant(let instant):
      times += count
      if Zone.utc.wallClock(at: instant).secondOfDay == 0 { midnightsInUTC += count }
      if zone.wallClock(at: instant).secondOfDay == 0 { midnightsInZone += count }
    }
  }

  // MARK: Decisions

  /// What the column holds, as far as its values tell.
  package var kind: DateKind { DateKind(number: number, order: order, days: days) }

  /// A number that is no day of the calendar is refused as YYYYMMDD, so that more than half suffices; as Unix time nearly
  /// every number is some time, so that nearly all must be of our days.
  private var number: DateKind.Number? {
    guard numbers > 0 else { return nil }
    if plausible[.compact, default: 0] * 2 > numbers { return .compact }
    guard eightDigits * 5 <= numbers else { return nil }
    return [DateKind.Number.seconds, .milliseconds].first {
      plausible[$0, default: 0] * 10 >= (numbers - eightDigits) * 9 && plausible[$0] != nil
    }
  }

  /// Decided where one order has at least twenty times the votes of the other: a slip of the pen is no vote.
  private var order: DateKind.Order? {
    let (days, months) = (votes[.dayFirst, default: 0], votes[.monthFirst, default: 0])
    if days > 0, days >= months * 20 { return .dayFirst }
    return months > 0 && months >= days * 20 ? .monthFirst : nil
  }

  /// Whether midnight stands for the day: where at least 19 of 20 times are midnights, and before there is any.
  private var days: DateKind.Days {
    let midnights = wallMidnights + max(midnightsInUTC, midnightsInZone)
    guard midnights * 20 >= times * 19 else { return .none }
    return .midnights(midnightsInUTC > 0 && midnightsInUTC >= midnightsInZone ? .utc : zone)
  }

  /// What is worth telling about how the dates are written: `in unix seconds`, `all at midnight, so they are days`.
  package var remarks: [String] {
    let isMidnight = times > 0 && kind.days != .none
    return [
      number.map { $0 == .compact ? "written YYYYMMDD" : "in \($0.rawValue)" },
      order.map { "written \($0.rawValue)" },
      isMidnight ? "at midnight, so they are days" : nil,
    ].compactMap(\.self)
  }
}

extension DateKind.Number {
  /// Whether a number would be a date of our days: 1900 to 2150 for Unix time, far enough from zero.
  package func isPlausible(_ number: Int64) -> Bool {
    switch self {
    case .compact:
      guard let date = compactDate(number) else { return false }
      return (1800...2999).contains(date.year)
    case .seconds:
      // Seven digits from zero on are the first months of 1970, eight may be a slip in YYYYMMDD.
      return (100_000_000...5_680_281_600).contains(number)
        || (-2_208_988_800 ... -1_000_000).contains(number)
    case .milliseconds:
      return (100_000_000_000...5_680_281_600_000).contains(number)
        || (-2_208_988_800_000 ... -2_208_988_801).contains(number)
    }
  }
}

/// The day that a number tells as YYYYMMDD, or nil where it tells none.
func compactDate(_ number: Int64) -> CivilDate? {
  guard (10_101...99_991_231).contains(number) else { return nil }
  return CivilDate(
    year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
}
