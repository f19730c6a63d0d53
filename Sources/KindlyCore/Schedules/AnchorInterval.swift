/// A stretch of time in which a row's anchor may lie, both ends included, in seconds since 1970.
///
/// A date or wall time is counted as if it were in UTC.
package struct AnchorInterval: Hashable, Sendable {
  package private(set) var lower: Int64
  package private(set) var upper: Int64

  package var firstDate: CivilDate { WallClock(Instant(seconds: lower), offset: 0).date }
  package var lastDate: CivilDate { WallClock(Instant(seconds: upper), offset: 0).date }
}

extension AnchorInterval {
  /// A whole day.
  fileprivate init(_ date: CivilDate) {
    let start = Int64(date.dayNumber) * 86_400
    self.init(lower: start, upper: start + 86_399)
  }

  /// One day for the zone in a text or of the source, one for `at`, which moves an instant within its day, and one for
  /// a zone that skipped a day.
  fileprivate static let zonePadding: Int64 = 3 * 86_400
  /// A day of the month that does not exist is moved back by up to three days.
  private static let monthPadding = 3
  /// A day of the Chinese calendar comes up to a month earlier or later than a year before.
  private static let moonPadding = 32
  /// A month more, because a missing leap month may become the month after it.
  private static let laterMoonPadding = 64
  /// A recurrence has an interval for each period back from now, enough for the birthdays of the living; what is older than
  /// these is read as one.
  package static let most = 130
  /// What `Anchor` takes for an instant: 1,030 years on either side of 1970; dates are narrower.
  private static let readable =
    Int64(-32_503_680_000) - zonePadding...Int64(32_503_680_000) + zonePadding

  /// What lies so many workdays before this interval, or after it where negative: wide enough for any calendar.
  fileprivate func before(workdays: Int) -> AnchorInterval {
    let (least, most) = (abs(workdays), Schedule.mostDays(of: workdays))
    return workdays < 0
      ? AnchorInterval(
        lower: lower + Int64(least) * 86_400, upper: upper + Int64(most) * 86_400)
      : AnchorInterval(
        lower: lower - Int64(most) * 86_400, upper: upper - Int64(least) * 86_400)
  }

  /// Everything that is readable, up to the end of this interval.
  fileprivate var fromTheBeginning: AnchorInterval {
    AnchorInterval(lower: AnchorInterval.readable.lowerBound, upper: upper)
  }

  /// The intervals that contain the anchors whose day of the Chinese calendar falls into this interval, in this year or a
  /// later one.
  fileprivate func lunarRecurrences(_ missing: Skip) -> [AnchorInterval] {
    let days = missing == .forward ? AnchorInterval.laterMoonPadding : AnchorInterval.moonPadding
    let padding = Int64(days) * 86_400
    return AnchorInterval(lower: lower - padding, upper: upper + padding)
      .recurrences(of: Period(1, .year), from: 0)
  }

  /// The places in the Chinese year of the days that are kept in this interval, see `LunarAnchor.place`.
  fileprivate func lunarPlaces() -> [AnchorInterval] {
    guard upper - lower < 300 * 86_400 else {
      return [AnchorInterval(lower: 0, upper: 360 * 86_400 - 1)]
    }
    let days = firstDate.dayNumber...lastDate.dayNumber
    return days.compactMap { LunarDate(CivilDate(dayNumber: $0)) }.flatMap { lunar in
      // A missing day becomes the day before or after, and a missing leap month the month after.
      [-32, -31, -30, -29, -28, -2, -1, 0, 1, 2].map { shift in
        let place = 30 * (lunar.month - 1) + lunar.day - 1 + shift
        let second = Int64((place + 360) % 360) * 86_400
        return AnchorInterval(lower: second, upper: second + 86_399)
      }
    }
  }

  /// The intervals that contain the anchors whose first, second … recurrence falls into this interval.
  fileprivate func recurrences(of period: Period, from first: Int) -> [AnchorInterval] {
    var intervals: [AnchorInterval] = []
    for number in first..<(first + AnchorInterval.most) {
      var interval = moved(by: period, times: -number)
      if interval.upper < AnchorInterval.readable.lowerBound { break }
      // Periods that overlap, or one period too many: everything older, as one.
      let next = moved(by: period, times: -number - 1)
      let isLast = next.upper >= interval.lower || number == first + AnchorInterval.most - 1
      if isLast { interval.lower = AnchorInterval.readable.lowerBound }
      intervals.append(interval)
      if isLast { break }
    }
    return intervals
  }

  fileprivate func moved(by period: Period, times: Int) -> AnchorInterval {
    // Larger than all readable time in any unit, and small enough for 64 bits.
    let count = min(period.count, 2_000_000_000) * times
    switch period.unit {
    case .minute: return moved(bySeconds: 60 * count)
    case .hour: return moved(bySeconds: 3600 * count)
    case .day: return moved(bySeconds: 86_400 * count)
    case .week: return moved(bySeconds: 7 * 86_400 * count)
    case .month: return moved(byMonths: count)
    case .year: return moved(byMonths: 12 * count)
    }
  }

  private func moved(bySeconds seconds: Int) -> AnchorInterval {
    AnchorInterval(lower: lower + Int64(seconds), upper: upper + Int64(seconds))
  }

  private func moved(byMonths months: Int) -> AnchorInterval {
    let padding = AnchorInterval.monthPadding
    let first = firstDate.adding(months: months).adding(days: -padding)
    let last = lastDate.adding(months: months).adding(days: padding)
    return AnchorInterval(
      lower: Int64(first.dayNumber) * 86_400, upper: Int64(last.dayNumber) * 86_400 + 86_399)
  }

  /// Sorted, cut to what is readable, and joined where they touch.
  fileprivate static func merged(_ intervals: [AnchorInterval]) -> [AnchorInterval] {
    var merged: [AnchorInterval] = []
    for interval in intervals.sorted(by: { $0.lower < $1.lower }) {
      let cut = AnchorInterval(
        lower: max(interval.lower, readable.lowerBound),
        upper: min(interval.upper, readable.upperBound))
      guard cut.lower <= cut.upper else { continue }
      if let last = merged.last, cut.lower <= last.upper + 1 {
        merged[merged.count - 1].upper = max(last.upper, cut.upper)
      } else {
        merged.append(cut)
      }
    }
    return merged
  }
}

extension Schedule {
  /// The intervals that contain the anchors of all moments with `lower < due <= upper`: a superset, ascending, without
  /// overlaps; the inverse of `moments`. It covers every calendar that customers may have.
  package func anchors(after lower: Instant, through upper: Instant) -> [AnchorInterval] {
    guard lower < upper else { return [] }
    let schedules = byEachCalendar
    return schedules.count == 1
      ? ownAnchors(after: lower, through: upper)
      : AnchorInterval.merged(
        schedules.flatMap { $0.ownAnchors(after: lower, through: upper) })
  }

  /// The same for the schedule's own calendar alone.
  private func ownAnchors(after lower: Instant, through upper: Instant) -> [AnchorInterval] {
    let due = due(after: lower, through: upper)
    if case .days(let days) = basis {
      return AnchorInterval.merged(dates(of: days, dueIn: due).map(AnchorInterval.init))
    }
    return switch course {
    case .once(let period, let times): AnchorInterval.merged([due.moved(by: period, times: -times)])
    case .recurringByMoon:
      AnchorInterval.merged(
        isWrittenByMoon ? due.lunarPlaces() : due.lunarRecurrences(policy.missingDates))
    // Any date before may be the first of a row's days, because other rows have other numbers of them.
    case .recurringByDays: AnchorInterval.merged([due.fromTheBeginning])
    // Any date before may be the first of a rule's days.
    case .recurringByRule: AnchorInterval.merged([due.fromTheBeginning])
    case .workdays(let count): AnchorInterval.merged([due.before(workdays: count)])
    case .workingHours(let count):
      AnchorInterval.merged([before(workingHours: count, due)].compactMap(\.self))
    case .recurring(let period, let first):
      AnchorInterval.merged(due.recurrences(of: period, from: first))
    }
  }

  /// Whether its column is written by the Chinese calendar.
  var isWrittenByMoon: Bool {
    switch kind {
    case .everyLunarDate: true
    case .on, .before, .after, .every, .everyYearOn, .everyLunarYearOn, .everyMonthOn, .everyDays,
      .byRule,
      .workdaysBefore, .workdaysAfter, .workingHoursBefore, .workingHoursAfter:
      false
    }
  }

  /// What lies so many working hours before an interval, or after it where negative; nil without office hours.
  private func before(workingHours count: Int, _ due: AnchorInterval) -> AnchorInterval? {
    guard let office = policy.officeHours else { return nil }
    func moved(_ second: Int64, minutes: Int) -> Int64 {
      let instant = Instant(seconds: second)
      let most = Duration.days(office.mostDays(of: abs(count)))
      let found = office.hours.adding(
        hours: -count, minutes: minutes, to: instant, zone: office.zone, calendar: workdays.calendar
      )
      return (found ?? (count < 0 ? instant + most : instant - most)).seconds
    }
    // A minute more on the far side, because an anchor outside office hours counts from their next stretch. The padding
    // again, because what `due` has is swallowed by a holiday.
    let (before, after) = count < 0 ? (0, 1) : (-1, 0)
    return AnchorInterval(
      lower: moved(due.lower, minutes: before) - AnchorInterval.zonePadding,
      upper: moved(due.upper, minutes: after) + AnchorInterval.zonePadding)
  }

  /// What is due between two instants before zones and days off move it.
  private func due(after lower: Instant, through upper: Instant) -> AnchorInterval {
    let shift = offDays == .keep ? 0 : Int64(OffDays.longestShift) * 86_400
    return AnchorInterval(
      lower: lower.seconds - AnchorInterval.zonePadding - shift,
      upper: upper.seconds + AnchorInterval.zonePadding + shift)
  }

  /// The days of the calendar whose moments may fall into an interval.
  private func dates(of days: CalendarDays, dueIn interval: AnchorInterval) -> [CivilDate] {
    let anchors: AnchorInterval?
    switch course {
    case .once(let period, let times): anchors = interval.moved(by: period, times: -times)
    case .workdays(let count): anchors = interval.before(workdays: count)
    case .workingHours(let count): anchors = before(workingHours: count, interval)
    // These count from a column.
    case .recurring, .recurringByMoon, .recurringByDays, .recurringByRule: anchors = nil
    }
    guard let anchors else { return [] }
    return days.dates(in: anchors.firstDate...anchors.lastDate, by: policy)
  }

  /// The moments with `lower < due <= upper` that the calendar gives every row, oldest first; none where a column does.
  package func calendarMoments(
    after lower: Instant, through upper: Instant, late: Lateness, in context: MomentContext
  ) -> [Moment] {
    if let own = by(calendarOf: context) {
      return own.calendarMoments(after: lower, through: upper, late: late, in: context)
    }
    guard case .days(let days) = basis, lower < upper else { return [] }
    return dates(of: days, dueIn: due(after: lower, through: upper))
      .map { moment(of: .date($0), number: nil, late: late, in: context) }
      .filter { $0.isDue(after: lower, through: upper) }
  }

  /// The first moment after an instant that the calendar gives every row; nil where it gives none.
  package func nextCalendarMoment(
    after instant: Instant, late: Lateness, in context: MomentContext
  ) -> Moment? {
    if let own = by(calendarOf: context) {
      return own.nextCalendarMoment(after: instant, late: late, in: context)
    }
    guard case .days(let days) = basis else { return nil }
    // Early enough for what is sent after a day, and for a day off that moves it.
    var start = context.zone.date(
      at: instant - period.roughly - .days(3 + OffDays.longestShift))
    while let date = days.next(onOrAfter: start, by: policy) {
      let found = moment(of: .date(date), number: nil, late: late, in: context)
      if found.isDue(after: instant, through: .distantFuture) { return found }
      start = date.adding(days: 1)
    }
    return nil
  }
}
