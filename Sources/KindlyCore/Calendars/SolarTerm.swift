/// A solar term that is also a festival: the day on which the sun reaches a longitude, by the time of 120° east.
package enum SolarTerm: Hashable, Sendable, CaseIterable {
  /// Qingming, 清明: 4 to 6 April.
  case qingming
  /// The winter solstice, 冬至: 21 to 23 December.
  case winterSolstice

  /// The years whose terms are known.
  package static let years = 1901...2100

  /// The day of the term; nil outside `years`.
  package func date(in year: Int) -> CivilDate? {
    guard SolarTerm.years.contains(year) else { return nil }
    let digit = Int(digits[digits.startIndex + year - SolarTerm.years.lowerBound] - 0x30)
    return switch self {
    case .qingming: CivilDate(year: year, month: 4, day: digit)
    case .winterSolstice: CivilDate(year: year, month: 12, day: 20 + digit)
    }
  }

  private var digits: [UInt8] {
    switch self {
    case .qingming: SolarTerm.april
    case .winterSolstice: SolarTerm.december
    }
  }

  // A digit a year, twenty years a line. `sxtwl`, `cnlunar` and `lunar-python` on PyPI agree for every year; so does
  // `LunarCalendar` but for the solstice of 1951, a second after midnight.

  /// The day of April.
  private static let april = Array(
    """
    56655665566555655565
    55655565556555655565
    55655555555555555555
    55555555555555545554
    55545554555455545554
    55545554455445544554
    45544554455445544554
    44544454445444544454
    44544454445444444444
    44444444444444444445
    """.utf8.filter { $0 != 0x0A })

  /// The day of December, less 20.
  private static let december = Array(
    """
    23322332233223322232
    22322232223222322232
    22322232223222222222
    22222222222222222222
    22222221222122212221
    22212221222122212221
    12211221122112211221
    12211221122112211121
    11211121112111211121
    11211121111111111112
    """.utf8.filter { $0 != 0x0A })
}
