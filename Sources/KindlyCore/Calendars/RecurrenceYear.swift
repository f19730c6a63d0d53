/// The shape of one year in the calendar of a recurrence rule. Days are counted as `CivilDate.dayNumber`.
struct RecurrenceYear {
  /// A stretch of days: a month, or the year itself.
  struct Stretch {
    let first: Int
    let length: Int

    var next: Int { first + length }

    func contains(_ day: Int) -> Bool { first <= day && day < next }

    /// The n-th day, counted from the end where n is negative, or what becomes of it where there is none.
    func day(_ nth: Int, _ skip: Skip) -> Int? {
      if nth.magnitude <= UInt(length) { return nth > 0 ? first + nth - 1 : next + nth }
      return switch skip {
      case .omit: nil
      case .backward: nth > 0 ? next - 1 : first - 1
      case .forward: nth > 0 ? next : first
      }
    }
  }

  let number: Int
  let whole: Stretch
  /// In order, leap months included.
  let months: [Stretch]
  private let leapMonth: Int?

  /// A year of a calendar; nil where the calendar does not know it.
  init?(_ number: Int, _ scale: RecurrenceRule.Scale) {
    self.number = number
    switch scale {
    case .gregorian:
      guard let january = CivilDate(year: number, month: 1, day: 1) else { return nil }
      var first = january.dayNumber
      months = (1...12).map { month in
        let length = CivilDate.length(ofMonth: month, year: number)
        defer { first += length }
        return Stretch(first: first, length: length)
      }
      whole = Stretch(first: january.dayNumber, length: CivilDate.isLeap(number) ? 366 : 365)
      leapMonth = nil
    case .chinese:
      guard let shape = LunarYear(number) else { return nil }
      var first = shape.firstDay
      months = (0..<shape.monthCount).map { index in
        let length = shape.length(ofMonthAt: index)
        defer { first += length }
        return Stretch(first: first, length: length)
      }
      whole = Stretch(first: shape.firstDay, length: shape.length)
      leapMonth = shape.leapMonth
    }
  }

  /// Where a month stands among `months`, or what becomes of it where the year has none such.
  func index(of month: RecurrenceRule.Month, _ skip: Skip) -> Int? {
    let isAfterLeap = leapMonth.map { month.number > $0 } ?? false
    let regular = isAfterLeap ? month.number : month.number - 1
    guard month.isLeap else { return regular }
    if month.number == leapMonth { return month.number }
    return switch skip {
    case .omit: nil
    case .backward: regular
    // The thirteenth month of a year of twelve would be in the next one.
    case .forward: regular + 1 < months.count ? regular + 1 : nil
    }
  }

  /// Where the month of a day stands among `months`; nil where the day is in another year.
  func indexOfMonth(containing day: Int) -> Int? {
    months.firstIndex { $0.contains(day) }
  }
}

/// A day as the calendar of a rule writes it.
struct RecurrenceDay {
  let year: Int
  let month: RecurrenceRule.Month
  let day: Int

  /// The day in a calendar; nil where the calendar does not know it.
  init?(_ date: CivilDate, _ scale: RecurrenceRule.Scale) {
    switch scale {
    case .gregorian:
      year = date.year
      month = RecurrenceRule.Month(number: date.month, isLeap: false)
      day = date.day
    case .chinese:
      guard let lunar = LunarDate(date) else { return nil }
      year = lunar.year
      month = RecurrenceRule.Month(number: lunar.month, isLeap: lunar.isLeapMonth)
      day = lunar.day
    }
  }
}
