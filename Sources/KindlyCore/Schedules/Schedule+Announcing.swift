/// A date of a row as a message told it.
package struct AnnouncedDate: Hashable, Sendable {
  /// What distinguishes it from other dates: its day, or its minute if the column has a time.
  private let identity: String
  /// Its day, if the column writes a day as a point in time.
  private let day: String?

  /// The date as letters read it: `2026-02-10`, `2026-02-10T15:00`, `2026-02-10T07:00Z`.
  package var text: String { day ?? identity }

  /// The form that the ledger stores, and that `init(stored:)` reads.
  package var stored: String { day.map { "\(identity) \($0)" } ?? identity }

  package init(stored text: String) {
    let words = text.split(separator: " ", maxSplits: 1)
    identity = words.first.map(String.init) ?? ""
    day = words.count > 1 ? String(words[1]) : nil
  }

  /// A date that a person writes, `2026-02-10` or `2026-02-10 15:00`; nil for anything else.
  package init?(reading text: String) {
    guard let anchor = Anchor.reading(.text(text), as: .unknown) else { return nil }
    self.init(anchor)
  }

  /// When it is over: a day at midnight where the customer lives, a time at that time; nil if it cannot be read.
  func end(in context: MomentContext) -> Instant? {
    Anchor.reading(.text(text), as: .unknown).map { Schedule.end(of: $0, in: context) }
  }

  init(_ anchor: Anchor) {
    identity = anchor.identityMinute
    if case .day(let date, _) = anchor { day = date.description } else { day = nil }
  }

  /// The date a week before a row's date, as an example of a date that was told before; nil for a lunar date.
  package static func example(before anchor: Anchor) -> AnnouncedDate? {
    switch anchor {
    case .date(let date): AnnouncedDate(.date(date.adding(days: -7)))
    case .day(let date, let instant):
      AnnouncedDate(.day(date.adding(days: -7), of: instant - .days(7)))
    case .wall(let wall):
      AnnouncedDate(
        .wall(WallClock(date: wall.date.adding(days: -7), secondOfDay: wall.secondOfDay)))
    case .instant(let instant): AnnouncedDate(.instant(instant - .days(7)))
    case .lunar: nil
    }
  }

  // The same value may be read as a day now and as a point in time later.
  package static func == (left: AnnouncedDate, right: AnnouncedDate) -> Bool {
    left.identity == right.identity
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

/// What a message tells about a row: its date, and until when this date is ahead.
package struct Announcement: Hashable, Sendable {
  package let date: AnnouncedDate
  package let until: Instant

  package init(date: AnnouncedDate, until: Instant) {
    self.date = date
    self.until = until
  }
}

extension Schedule {
  /// Whether the dates that its messages tell can be corrected: a row has one date, and no message leaves after it.
  package var isCorrectable: Bool {
    guard column != nil else { return false }
    return switch kind {
    case .on, .before, .workdaysBefore, .workingHoursBefore: true
    case .after, .every, .everyYearOn, .everyLunarYearOn, .everyLunarDate, .everyMonthOn,
      .everyDays, .byRule, .workdaysAfter, .workingHoursAfter:
      false
    }
  }

  /// Roughly how long a message that announces its date is useful: until the end of that day or, if the schedule counts
  /// hours or minutes, until that time. Nil if the schedule announces nothing.
  package var notice: Duration? {
    switch kind {
    case .before(let period):
      period.isElapsed ? period.roughly : period.roughly + .days(1)
    // Five workdays take a week, and a day has about eight working hours.
    case .workdaysBefore(let count): .days(count + count / 5 * 2 + 1)
    case .workingHoursBefore(let count): .hours(3 * count)
    case .on, .after, .every, .everyYearOn, .everyLunarYearOn, .everyLunarDate, .everyMonthOn,
      .everyDays, .byRule, .workdaysAfter, .workingHoursAfter:
      nil
    }
  }

  /// How long after a correction the new date's own reminder would tell nothing new: a day, or the time by which it
  /// comes before the date if that is shorter.
  package var nearness: Duration {
    let day = Duration.hours(24)
    return switch course {
    case .once(let period, _): min(day, period.roughly)
    case .workingHours(let count): min(day, .hours(abs(count)))
    case .workdays, .recurring, .recurringByMoon, .recurringByRule, .recurringByDays: day
    }
  }

  /// What a message tells about a row as it is; nil if the row has no date.
  package func announcement(
    of row: RowValues, as dates: DateKinds, in context: MomentContext
  ) -> Announcement? {
    // Losing the reason is right: without a date there is nothing to tell, whatever the reason.
    guard let anchor = try? of(row, as: dates).anchor else { return nil }
    return Announcement(
      date: AnnouncedDate(anchor), until: Schedule.end(of: anchor, in: context))
  }
}
