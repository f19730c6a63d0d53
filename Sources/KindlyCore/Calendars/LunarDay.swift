/// A day of the Chinese calendar that comes every year, such as a birthday or a festival.
package enum LunarDay: Hashable, Sendable {
  /// A day of a month, 1 to 30. In most years some months have no day 30, and there is no leap month of that number.
  case day(month: Int, isLeapMonth: Bool, day: Int)
  /// The last day of the year, 除夕: day 29 or 30 of the twelfth month.
  case lastOfYear

  /// The month in which people keep a day of a leap month, in the years that have that leap month.
  ///
  /// Without a leap month of that number there is no choice: `Skip` decides.
  package enum LeapMonthCustom: Hashable, Sendable {
    /// The leap month itself.
    case leapMonth
    /// The regular month of that number, as in all other years.
    case regularMonth
  }

  /// A day of a month, or nil where no year has such a day.
  package init?(month: Int, isLeapMonth: Bool = false, dayOfMonth: Int) {
    guard (1...12).contains(month), (1...30).contains(dayOfMonth) else { return nil }
    self = .day(month: month, isLeapMonth: isLeapMonth, day: dayOfMonth)
  }

  /// The day of the year that a date is.
  package init(_ date: LunarDate) {
    self = .day(month: date.month, isLeapMonth: date.isLeapMonth, day: date.day)
  }

  /// The date of this day in a year of the Chinese calendar.
  ///
  /// The default is the custom: a day of a leap month is kept in the regular month in years without that leap month, and
  /// day 30 of a month of 29 days is its last day. Nil where the policy leaves the day out, and outside `LunarDate.years`.
  package func date(
    inLunarYear year: Int, skip: Skip = .backward, custom: LeapMonthCustom = .leapMonth
  ) -> CivilDate? {
    guard let shape = LunarYear(year) else { return nil }
    guard case .day(let month, let isLeapMonth, let day) = self else {
      return CivilDate(dayNumber: shape.firstDay + shape.length - 1)
    }
    let isLeap = isLeapMonth && custom == .leapMonth
    guard let index = shape.index(ofMonth: month, isLeap: isLeap, skip: skip) else { return nil }
    var days = 0
    for earlier in 0..<index { days += shape.length(ofMonthAt: earlier) }
    // After the last month of the year comes the first of the next, which has at least 29 days.
    let length =
      index < shape.monthCount
      ? shape.length(ofMonthAt: index) : LunarYear(year + 1)?.length(ofMonthAt: 0) ?? 29
    if day <= length { return CivilDate(dayNumber: shape.firstDay + days + day - 1) }
    return switch skip {
    case .omit: nil
    case .backward: CivilDate(dayNumber: shape.firstDay + days + length - 1)
    case .forward: CivilDate(dayNumber: shape.firstDay + days + length)
    }
  }

  /// The dates of this day in a range, in order; a Gregorian year may have none, one or two.
  package func dates(
    in range: ClosedRange<CivilDate>, skip: Skip = .backward, custom: LeapMonthCustom = .leapMonth
  ) -> [CivilDate] {
    let years = (range.lowerBound.year - 1...range.upperBound.year).clamped(to: LunarDate.years)
    return years.compactMap { date(inLunarYear: $0, skip: skip, custom: custom) }
      .filter(range.contains)
  }
}

extension LunarYear {
  /// Where a month stands, or the month that stands for it where the year has no such leap month.
  fileprivate func index(ofMonth month: Int, isLeap: Bool, skip: Skip) -> Int? {
    if let index = index(ofMonth: month, isLeap: isLeap) { return index }
    guard let regular = index(ofMonth: month, isLeap: false) else { return nil }
    return switch skip {
    case .omit: nil
    case .backward: regular
    case .forward: regular + 1
    }
  }
}

extension LunarDay: CustomStringConvertible {
  /// The day as configuration writes it: `08-15`, `06L-15`, `除夕`.
  package var description: String {
    switch self {
    case .lastOfYear: "除夕"
    case .day(let month, let isLeapMonth, let day):
      "\(padded(month, to: 2))\(isLeapMonth ? "L" : "")-\(padded(day, to: 2))"
    }
  }
}
