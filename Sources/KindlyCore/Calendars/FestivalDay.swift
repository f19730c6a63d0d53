/// What decides on which day a festival falls.
package enum FestivalDay: Hashable, Sendable {
  /// A day of the Gregorian calendar; 29 February is 28 February in common years.
  case fixed(month: Int, day: Int)
  /// A day of the Chinese calendar, kept on the last day of a month that is too short for it.
  case lunar(LunarDay)
  /// The n-th such weekday of a month, counted from its end where n is negative.
  case weekday(nth: Int, Weekday, month: Int)
  case solarTerm(SolarTerm)
  /// So many days after Easter Sunday of the western churches, or before it where negative.
  case easter(days: Int)
  /// So many days after another day.
  indirect case after(FestivalDay, days: Int)

  /// The dates in a Gregorian year, in order.
  ///
  /// Most have exactly one. A day of the Chinese calendar in its eleventh or twelfth month may have none or two, and
  /// none outside `LunarDate.years`; a solar term has none outside `SolarTerm.years`.
  package func dates(in year: Int) -> [CivilDate] {
    switch self {
    case .fixed(let month, let day):
      return [FestivalDay.date(year, month, day)].compactMap(\.self)
    case .lunar(let lunar):
      guard let first = CivilDate(year: year, month: 1, day: 1),
        let last = CivilDate(year: year, month: 12, day: 31)
      else { return [] }
      return lunar.dates(in: first...last)
    case .weekday(let nth, let weekday, let month):
      return [CivilDate(nth: nth, weekday, ofMonth: month, year: year)].compactMap(\.self)
    case .solarTerm(let term): return [term.date(in: year)].compactMap(\.self)
    case .easter(let days):
      return [CivilDate(easterOf: year)?.adding(days: days)].compactMap(\.self)
    case .after(let other, let days):
      // A few days later may be in the next year.
      return (year - 1...year + 1).flatMap { other.dates(in: $0) }.map { $0.adding(days: days) }
        .filter { $0.year == year }
    }
  }

  /// The dates in a range, in order.
  package func dates(in range: ClosedRange<CivilDate>) -> [CivilDate] {
    (range.lowerBound.year...range.upperBound.year).flatMap { dates(in: $0) }
      .filter(range.contains)
  }

  /// The first date on or after a day; nil where none is known within 40 years.
  package func next(onOrAfter date: CivilDate) -> CivilDate? {
    for year in date.year...date.year + FestivalDay.longestWait {
      if let found = dates(in: year).first(where: { $0 >= date }) { return found }
    }
    return nil
  }

  /// Every festival comes within two years; the fifth Monday of February can take 28.
  private static let longestWait = 40

  private static func date(_ year: Int, _ month: Int, _ day: Int) -> CivilDate? {
    let isMissing = month == 2 && day == 29 && !CivilDate.isLeap(year)
    return CivilDate(year: year, month: month, day: isMissing ? 28 : day)
  }
}

extension CivilDate {
  /// Easter Sunday of the western churches, by the Gregorian computus of J. Meeus, "Astronomical Algorithms", chapter 8.
  ///
  /// Nil before 1583, the first year in which the Gregorian calendar held.
  package init?(easterOf year: Int) {
    guard (1583...9999).contains(year) else { return nil }
    let golden = year % 19
    let century = year / 100
    let yearOfCentury = year % 100
    let correction = (century - (century + 8) / 25 + 1) / 3
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30
    let weekday = (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
    let late = (golden + 11 * epact + 22 * weekday) / 451
    let days = epact + weekday - 7 * late + 114
    self.init(year: year, month: days / 31, day: days % 31 + 1)
  }
}
