/// A day of the Chinese calendar.
///
/// Its years are those that begin in 1900 to 2100, which is from 1900-01-31 to 2101-01-28. Their shape is a table, because
/// the calendar follows the new moons as seen from 120° east and no short formula gives them. Outside these years there
/// is no `LunarDate`; `OutsideLunarYears` says so to a person.
package struct LunarDate: Hashable, Comparable, Sendable {
  /// The Gregorian year in which the Chinese year begins: 2025 for the one from 2025-01-29 to 2026-02-16.
  package let year: Int
  /// 1 to 12; a leap month has the number of the month before it.
  package let month: Int
  package let isLeapMonth: Bool
  /// 1 to 30.
  package let day: Int

  /// The years whose calendar is known.
  package static let years = LunarYear.known

  /// The days whose Chinese date is known.
  package static let dates = CivilDate(dayNumber: -25_537)...CivilDate(dayNumber: 47_874)

  /// A Chinese date; nil if the year has no such day, or is not known.
  package init?(year: Int, month: Int, isLeapMonth: Bool = false, day: Int) {
    guard let shape = LunarYear(year), let index = shape.index(ofMonth: month, isLeap: isLeapMonth),
      (1...shape.length(ofMonthAt: index)).contains(day)
    else { return nil }
    self.init(unchecked: year, month, isLeapMonth, day)
  }

  /// The Chinese date of a day; nil outside `dates`.
  package init?(_ date: CivilDate) {
    self.init(dayNumber: date.dayNumber, year: date.year)
  }

  private init?(dayNumber: Int, year: Int) {
    // The Chinese year begins between 21 January and 21 February.
    guard let shape = LunarYear(year), shape.firstDay <= dayNumber else {
      guard let before = LunarYear(year - 1), before.firstDay + before.length > dayNumber else {
        return nil
      }
      self.init(daysFromStart: dayNumber - before.firstDay, of: before)
      return
    }
    self.init(daysFromStart: dayNumber - shape.firstDay, of: shape)
  }

  private init(daysFromStart days: Int, of shape: LunarYear) {
    var rest = days
    var index = 0
    while rest >= shape.length(ofMonthAt: index) {
      rest -= shape.length(ofMonthAt: index)
      index += 1
    }
    let (month, isLeap) = shape.month(at: index)
    self.init(unchecked: shape.number, month, isLeap, rest + 1)
  }

  private init(unchecked year: Int, _ month: Int, _ isLeapMonth: Bool, _ day: Int) {
    self.year = year
    self.month = month
    self.isLeapMonth = isLeapMonth
    self.day = day
  }

  /// The same day in the Gregorian calendar.
  package var civil: CivilDate {
    guard let shape = LunarYear(year), let index = shape.index(ofMonth: month, isLeap: isLeapMonth)
    else { preconditionFailure("a LunarDate is only made of a day that its year has") }
    var days = day - 1
    for earlier in 0..<index { days += shape.length(ofMonthAt: earlier) }
    return CivilDate(dayNumber: shape.firstDay + days)
  }

  package static func < (left: LunarDate, right: LunarDate) -> Bool {
    // A leap month follows the month whose number it has.
    (left.year, left.month, left.isLeapMonth ? 1 : 0, left.day)
      < (right.year, right.month, right.isLeapMonth ? 1 : 0, right.day)
  }
}

extension LunarDate: CustomStringConvertible {
  /// The date as `2025-06L-15`; the L of RFC 7529 marks a leap month.
  package var description: String {
    "\(padded(year, to: 4))-\(padded(month, to: 2))\(isLeapMonth ? "L" : "")-\(padded(day, to: 2))"
  }
}

/// Why a day has no Chinese date.
package struct OutsideLunarYears: Error, Hashable, Sendable, CustomStringConvertible {
  package let date: CivilDate

  /// What a person is told about the day.
  package var description: String {
    "\(date) has no date of the Chinese calendar here; Kindly knows that calendar from \(LunarDate.dates.lowerBound) to \(LunarDate.dates.upperBound)"
  }
}

extension LunarDate {
  /// The Chinese date of a day, or an error for the person who named the day.
  package static func of(_ date: CivilDate) throws(OutsideLunarYears) -> LunarDate {
    guard let lunar = LunarDate(date) else { throw OutsideLunarYears(date: date) }
    return lunar
  }
}
