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
    /// The days that a recurrence rule gives, counted from the anchor.
    case byRule(RecurrenceRule)
    case workdaysBefore(Int)
    case workdaysAfter(Int)
  }

  /// What a schedule counts from.
  package enum Basis: Hashable, Sendable {
    /// The date in a column of each row.
    case column(String)
    /// Days that are the same for every row.
    case days(CalendarDays)
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
    /// One moment: so many workdays after the anchor, or before it where negative.
    case workdays(Int)
  }

  let kind: Kind
  package let basis: Basis
  /// The time of day; nil means the default time for a date, and an instant's own time.
  package let at: TimeOfDay?
  package private(set) var offDays = OffDays.keep
  package private(set) var workdays = Workdays.weekends

  package init(_ kind: Kind, column: String, at: TimeOfDay? = nil) {
    self.init(kind, .column(column), at: at)
  }

  package init(_ kind: Kind, _ basis: Basis, at: TimeOfDay? = nil) {
    self.kind = kind
    self.basis = basis
    self.at = at
  }

  /// The same schedule by a calendar.
  package func by(_ workdays: Workdays, offDays: OffDays) -> Schedule {
    var schedule = self
    schedule.workdays = workdays
    schedule.offDays = offDays
    return schedule
  }

  /// Whether days off change its moments.
  package var asksCalendar: Bool {
    if case .workdays = course { return true }
    if case .days(let days) = basis, days.asksCalendar { return true }
    return offDays != .keep && !isElapsed
  }

  /// The column whose dates it counts from; nil where these are days of the calendar.
  package var column: String? {
    switch basis {
    case .column(let column): column
    case .days: nil
    }
  }

  /// The days of the calendar that it counts from; nil where a column has them.
  var days: CalendarDays? {
    switch basis {
    case .column: nil
    case .days(let days): days
    }
  }

  /// Whether its moments are the same for every row, so that a rule needs no watch of its own.
  package var goesByCalendar: Bool { days != nil }

  var course: Course {
    switch kind {
    case .on: .once(Period(1, .day), times: 0)
    case .before(let period): .once(period, times: -1)
    case .after(let period): .once(period, times: 1)
    case .every(let period): .recurring(period, from: 1)
    case .everyYearOn: .recurring(Period(1, .year), from: 0)
    case .everyLunarYearOn: .recurringByMoon
    case .byRule(let rule): .recurringByRule(rule)
    case .workdaysBefore(let count): .workdays(-count)
    case .workdaysAfter(let count): .workdays(count)
    }
  }

  package var recurs: Bool {
    switch course {
    case .once, .workdays: false
    case .recurring, .recurringByMoon, .recurringByRule: true
    }
  }

  /// Whether it announces its anchor, so that a reminder is useless once the anchor is over.
  package var announces: Bool {
    switch kind {
    case .before, .workdaysBefore: true
    case .on, .after, .every, .everyYearOn, .everyLunarYearOn, .byRule, .workdaysAfter: false
    }
  }

  /// Whether it comes every year on its date, as birthdays do.
  package var isAnniversary: Bool {
    switch kind {
    case .everyYearOn, .everyLunarYearOn: true
    case .on, .before, .after, .every, .byRule, .workdaysBefore, .workdaysAfter: false
    }
  }

  /// The period of a recurrence; nil where there is none, or where a rule's days may follow each other at any distance.
  private var recurrence: Period? {
    switch course {
    case .once, .recurringByRule, .workdays: nil
    case .recurring(let period, _): period
    case .recurringByMoon: Period(1, .year)
    }
  }

  /// Half a period: a recurrence never comes sooner after the last one sent, even if its anchor has changed.
  package var minimumGap: Duration? {
    // The days of a rule are at least a day apart.
    if case .recurringByRule = course { return .hours(12) }
    return recurrence.map { $0.roughly / 2 }
  }

  /// Whether identity counts the anchor's minute rather than its day.
  var isElapsed: Bool { period.isElapsed }

  var period: Period {
    switch course {
    case .once(let period, _), .recurring(let period, _): period
    case .recurringByMoon: Period(1, .year)
    case .recurringByRule: Period(1, .day)
    case .workdays(let count): Period(Schedule.mostDays(of: count), .day)
    }
  }

  /// More days than a number of workdays takes, weekends and holidays included. What takes longer gives no moment.
  static func mostDays(of workdays: Int) -> Int { 2 * abs(workdays) + 120 }

  /// The longest time for which a moment can be useful.
  package func longestUse(_ late: Lateness) -> Duration {
    switch late {
    case .after(let period): period.roughly + .days(2)
    // Until the end of the anchor's day: the offset itself, a day, and the differences between months and zones.
    case .standard: announces ? period.roughly + .days(5) : Lateness.afterMoment
    }
  }

  /// The end of a range after `instant` that holds the next moment, yet not so many that `moments` cuts off the first.
  func reach(from instant: Instant) -> Instant {
    recurrence.map { instant + $0.roughly * 2 } ?? .distantFuture
  }
}
