/// When a dated step fires, relative to the date in a column or to days of the calendar.
///
/// Nothing outside of this folder knows which kinds there are: a new kind is a case, its course and its words.
package struct Schedule: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case on
    case before(Period)
    case after(Period)
    /// The n-th recurrence, n = 1, 2, 3 …, each computed from the anchor and never from the one before.
    case every(Period)
    /// The day itself and each of its anniversaries.
    case everyYearOn
    /// The same by the Chinese calendar; the column holds a Gregorian date.
    case everyLunarYearOn
    /// Each year on a day of the Chinese calendar, by which the column is written.
    case everyLunarDate
    /// The day itself, and the same day of each month after it.
    case everyMonthOn
    /// The n-th recurrence after so many days each, as a column of the row says; nil before a row is read.
    case everyDays(in: String, count: Int?)
    /// The days that a recurrence rule gives, counted from the anchor.
    case byRule(RecurrenceRule)
    case workdaysBefore(Int)
    case workdaysAfter(Int)
    case workingHoursBefore(Int)
    case workingHoursAfter(Int)
  }

  /// What a schedule counts from.
  package enum Basis: Hashable, Sendable {
    /// The date in a column of each row.
    case column(String)
    /// Days that are the same for every row.
    case days(CalendarDays)
    /// The time at which a change was noticed.
    case change(RowChange)
  }

  /// How the moments follow from the anchor; all that is computed about a kind.
  enum Course: Hashable, Sendable {
    /// One moment: the anchor moved forwards (1), backwards (-1) or not at all (0).
    case once(Period, times: Int)
    /// A moment for each number from the first on: the anchor moved by so many periods.
    case recurring(Period, from: Int)
    /// A moment for each lunar year from that of the anchor on: its day of the Chinese calendar.
    case recurringByMoon
    /// A moment for each day of the rule; its number is that of days since the anchor.
    case recurringByRule(RecurrenceRule)
    /// A moment for each number from 1 on: so many days further each. Nil before a row tells how many.
    case recurringByDays(Int?)
    /// One moment: so many workdays after the anchor, or before it where negative.
    case workdays(Int)
    /// One moment: so many working hours after the anchor, or before it where negative.
    case workingHours(Int)
  }

  private(set) var kind: Kind
  package let basis: Basis
  /// The time of day; nil means the default time for a date, and an instant's own time.
  package let at: TimeOfDay?
  /// Where a recurrence ends; no other kind has an end.
  package let end: RecurrenceEnd
  package private(set) var policy = DayPolicy.standard
  /// The date of the row at which its recurrences end; nil before a row is read, and where none has to.
  private(set) var last: Anchor?

  package init(
    _ kind: Kind, column: String, at: TimeOfDay? = nil, end: RecurrenceEnd = RecurrenceEnd()
  ) {
    self.init(kind, .column(column), at: at, end: end)
  }

  package init(
    _ kind: Kind, _ basis: Basis, at: TimeOfDay? = nil, end: RecurrenceEnd = RecurrenceEnd()
  ) {
    self.kind = kind
    self.basis = basis
    self.at = at
    self.end = end
  }

  /// The same schedule by what the rule says about days.
  package func by(_ policy: DayPolicy) -> Schedule {
    var schedule = self
    schedule.policy = policy
    return schedule
  }

  /// The schedule with a customer's calendar; nil if it uses that already, or if the customer chose none.
  func by(calendarOf context: MomentContext) -> Schedule? {
    policy.customerCalendars[context.calendar].map(by)
  }

  private func by(_ workdays: Workdays) -> Schedule {
    var schedule = self
    schedule.policy.workdays = workdays
    schedule.policy.customerCalendars = .none
    return schedule
  }

  /// The schedule with each calendar that a customer may have.
  var byEachCalendar: [Schedule] {
    policy.customerCalendars.isEmpty || !asksCalendar
      ? [self] : ([workdays] + policy.customerCalendars.all).map(by)
  }

  /// The schedule of a row that tells how many days and until when.
  func of(days: Int?, last: Anchor?) -> Schedule {
    var schedule = self
    if case .everyDays(let column, _) = kind { schedule.kind = .everyDays(in: column, count: days) }
    schedule.last = last
    return schedule
  }

  /// The time of day at which a date without a time falls due.
  package func timeOfDay(orElse standard: TimeOfDay) -> TimeOfDay {
    at ?? policy.defaultTime ?? standard
  }

  var offDays: OffDays { policy.offDays }
  var workdays: Workdays { policy.workdays }

  /// Whether days off change its moments.
  package var asksCalendar: Bool {
    switch course {
    case .workdays, .workingHours: return true
    case .once, .recurring, .recurringByMoon, .recurringByDays, .recurringByRule: break
    }
    if case .days(let days) = basis, days.asksCalendar { return true }
    return mayMerge
  }

  /// Whether days off may move several of its moments to the same day.
  package var mayMerge: Bool { offDays != .keep && !isElapsed }

  /// The column whose dates it counts from; nil where these are days of the calendar.
  package var column: String? {
    switch basis {
    case .column(let column): column
    case .days, .change: nil
    }
  }

  /// The days of the calendar that it counts from; nil where a column has them.
  var days: CalendarDays? {
    switch basis {
    case .column, .change: nil
    case .days(let days): days
    }
  }

  /// Whether its moments are the same for every row, so that a rule needs no watch of its own.
  package var goesByCalendar: Bool { days != nil }

  /// Whether it fires on single days of the calendar, for which the days before tell no usual number.
  package var isOccasion: Bool {
    switch days {
    case .date, .everyYear, .festival: true
    case .regular, nil: false
    }
  }

  var course: Course {
    switch kind {
    case .on: .once(Period(1, .day), times: 0)
    case .before(let period): .once(period, times: -1)
    case .after(let period): .once(period, times: 1)
    case .every(let period): .recurring(period, from: 1)
    case .everyYearOn: .recurring(Period(1, .year), from: 0)
    case .everyMonthOn: .recurring(Period(1, .month), from: 0)
    case .everyLunarYearOn, .everyLunarDate: .recurringByMoon
    case .everyDays(_, let count): .recurringByDays(count)
    case .byRule(let rule): .recurringByRule(rule)
    case .workdaysBefore(let count): .workdays(-count)
    case .workdaysAfter(let count): .workdays(count)
    case .workingHoursBefore(let count): .workingHours(-count)
    case .workingHoursAfter(let count): .workingHours(count)
    }
  }

  package var recurs: Bool {
    switch course {
    case .once, .workdays, .workingHours: false
    case .recurring, .recurringByMoon, .recurringByDays, .recurringByRule: true
    }
  }

  /// Whether it is a form of `every`, which may have an end. A recurrence rule has its own.
  var isEvery: Bool {
    switch course {
    case .once, .workdays, .workingHours, .recurringByRule: false
    case .recurring, .recurringByMoon, .recurringByDays: true
    }
  }

  /// Whether it needs office hours.
  package var countsWorkingHours: Bool {
    if case .workingHours = course { true } else { false }
  }

  /// Whether it announces its anchor, so that a reminder is useless once the anchor is over.
  package var announces: Bool {
    switch kind {
    case .before, .workdaysBefore, .workingHoursBefore: true
    case .on, .after, .every, .everyYearOn, .everyLunarYearOn, .everyLunarDate, .everyMonthOn,
      .everyDays, .byRule,
      .workdaysAfter, .workingHoursAfter:
      false
    }
  }

  /// Whether it comes every year on its date, as birthdays do.
  package var isAnniversary: Bool {
    switch kind {
    case .everyYearOn, .everyLunarYearOn, .everyLunarDate: true
    case .on, .before, .after, .every, .everyMonthOn, .everyDays, .byRule, .workdaysBefore,
      .workdaysAfter,
      .workingHoursBefore, .workingHoursAfter:
      false
    }
  }

  /// The period of a recurrence; nil where there is none, or where a rule's days may follow each other at any distance.
  private var recurrence: Period? {
    switch course {
    case .once, .recurringByRule, .workdays, .workingHours: nil
    case .recurring(let period, _): period
    case .recurringByMoon: Period(1, .year)
    case .recurringByDays(let count): count.map { Period($0, .day) }
    }
  }

  /// Half a period: a recurrence never comes sooner after the last one sent, even if its anchor has changed.
  package var minimumGap: Duration? {
    switch course {
    // The days of a rule are at least a day apart, and so are those of a row that is not read.
    case .recurringByRule, .recurringByDays(nil): .hours(12)
    case .once, .recurring, .recurringByMoon, .recurringByDays, .workdays, .workingHours:
      recurrence.map { $0.roughly / 2 }
    }
  }

  /// What tells its recurrences from those that have the same numbers by another period; nil if it counts none.
  package var numbering: Numbering? {
    switch course {
    case .once, .recurringByDays, .recurringByRule, .workdays, .workingHours: nil
    case .recurring, .recurringByMoon:
      Numbering(
        period: period,
        distance: max(
          period.roughly * 2 / 5, Numbering.mostShift + min(longestShift, period.roughly / 4)))
    }
  }

  /// Whether identity counts the anchor's minute rather than its day.
  var isElapsed: Bool {
    switch course {
    case .workingHours: true
    case .once(let period, _), .recurring(let period, _): period.isElapsed
    case .recurringByMoon, .recurringByDays, .recurringByRule, .workdays: false
    }
  }

  var period: Period {
    switch course {
    case .once(let period, _), .recurring(let period, _): period
    case .recurringByMoon: Period(1, .year)
    case .recurringByDays(let count): Period(count ?? 1, .day)
    case .recurringByRule: Period(1, .day)
    case .workdays(let count): Period(Schedule.mostDays(of: count), .day)
    case .workingHours(let count):
      Period(policy.officeHours?.mostDays(of: abs(count)) ?? OfficeHours.mostDays, .day)
    }
  }

  /// More days than a number of workdays takes, weekends and holidays included. What takes longer gives no moment.
  static func mostDays(of workdays: Int) -> Int { 2 * abs(workdays) + 120 }

  /// The longest time for which a moment can be useful.
  package func longestUse(_ late: Lateness) -> Duration {
    let usual: Duration =
      switch late {
      case .after(let period): period.atMost + .days(2)
      // Until the end of the anchor's day: the offset, days off before it, a day, and the differences between zones.
      case .standard: announces ? period.atMost + longestShift + .days(5) : Lateness.afterMoment
      // By row; where a column holds no date, the standard lateness holds.
      case .afterColumn, .until, .never: max(Lateness.longest, longestUse(.standard))
      }
    // What comes every week or month is of no use once it comes again. Two days more for gaps of the clocks.
    guard case .regular(let regular)? = days else { return usual }
    return min(usual, .days(regular.mostDaysBetween + 2) + longestShift)
  }

  /// The longest time by which a day off moves a moment.
  var longestShift: Duration {
    offDays == .keep || isElapsed ? .zero : .days(OffDays.longestShift)
  }

  /// The ends of ranges after an instant, one of which holds the next moment, yet not so many that `moments` cuts off the
  /// first.
  func reaches(from instant: Instant) -> [Instant] {
    if case .recurringByRule = course {
      return [Duration.days(40), .days(400), .days(4_000)].map { instant + $0 }
    }
    guard let period = recurrence?.roughly else { return [.distantFuture] }
    let near = instant + period * 2
    var reaches = [near]
    // Days off may move all of these away.
    if longestShift > .zero { reaches.append(near + longestShift) }
    // Where missing dates are skipped, 29 February may be eight years away, and a leap month of the Chinese calendar much farther.
    if policy.missingDates == .omit { reaches += [instant + period * 18, instant + period * 150] }
    return reaches
  }
}
