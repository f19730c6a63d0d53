/// The hours at which people work, by the day of the week.
package struct OfficeHours: Hashable, Sendable {
  /// A stretch of a day, from a minute of it to a later one; 24:00 is minute 1,440.
  package struct Span: Hashable, Sendable {
    /// Minutes since midnight, 0 to 1,439.
    package let from: Int
    /// Minutes since midnight, 1 to 1,440.
    package let to: Int

    /// A stretch; nil where it is empty, passes midnight or is no part of a day.
    package init?(from: Int, to: Int) {
      guard from >= 0, from < to, to <= 1440 else { return nil }
      self.from = from
      self.to = to
    }
  }

  /// In the order of the day, not overlapping.
  private let spans: [Weekday: [Span]]

  /// The farthest that time is counted: this many days without reaching the end mean that hours are never enough.
  package static let mostDays = 3660

  /// Hours by the day of the week; nil where no day has any, or two stretches of a day overlap.
  package init?(_ spans: [Weekday: [Span]]) {
    let sorted = spans.mapValues { $0.sorted { $0.from < $1.from } }.filter { !$0.value.isEmpty }
    let overlaps = sorted.values.contains { day in
      zip(day, day.dropFirst()).contains { $0.to > $1.from }
    }
    guard !sorted.isEmpty, !overlaps else { return nil }
    self.spans = sorted
  }

  /// The stretches of a weekday; nil where it has none.
  package func spans(of weekday: Weekday) -> [Span]? { spans[weekday] }

  /// The stretches of a date in a calendar.
  ///
  /// A day off has none, and neither has a weekend, whatever the hours of its weekday. A make-up workday has the hours
  /// of its own weekday if there are any; else those of the first workday of the week.
  package func spans(on date: CivilDate, _ calendar: WorkCalendar) -> [Span] {
    switch calendar.standing(of: date) {
    case .workday: return spans[date.dayOfWeek] ?? []
    case .makeUpWorkday:
      if let own = spans[date.dayOfWeek] { return own }
      let first = Weekday.allCases.first { spans[$0] != nil && !calendar.isWeekend($0) }
      return first.flatMap { spans[$0] } ?? []
    case .weekend, .dayOff: return []
    }
  }

  /// Whether people are at work at an instant; the end of a stretch is not within it.
  package func isOpen(at instant: Instant, zone: Zone, calendar: WorkCalendar) -> Bool {
    stretches(on: zone.date(at: instant), zone, calendar).contains {
      $0.start <= instant && instant < $0.end
    }
  }

  /// The instant so many office hours and minutes later, or earlier where they are negative.
  ///
  /// Time is counted as it passes, so a day on which the clocks change within office hours counts an hour more or less.
  /// A count that ends with a stretch stays there: if the morning ends at 12:00, 09:00 plus three hours is 12:00, not
  /// 13:30. No hours at all are the instant itself, or the next opening where it is outside office hours.
  /// Nil where `mostDays` are not enough.
  package func adding(
    hours: Int = 0, minutes: Int = 0, to instant: Instant, zone: Zone, calendar: WorkCalendar
  ) -> Instant? {
    let most = OfficeHours.mostDays * 1440
    guard hours.magnitude <= most, minutes.magnitude <= most else { return nil }
    let time = Int64(hours * 60 + minutes) * 60_000
    return time < 0
      ? earlier(than: instant, by: -time, zone, calendar)
      : later(than: instant, by: time, zone, calendar)
  }

  // MARK: Counting

  private struct Stretch {
    let start: Instant
    let end: Instant
  }

  /// The stretches of a date as they pass; one that a spring gap swallows whole is left out.
  private func stretches(on date: CivilDate, _ zone: Zone, _ calendar: WorkCalendar) -> [Stretch] {
    spans(on: date, calendar).map { span in
      Stretch(
        start: zone.instant(of: WallClock(date: date, minuteOfDay: span.from)),
        end: zone.instant(of: WallClock(date: date, minuteOfDay: span.to)))
    }.filter { $0.start < $0.end }
  }

  private func later(
    than instant: Instant, by time: Int64, _ zone: Zone, _ calendar: WorkCalendar
  ) -> Instant? {
    var rest = time
    // In a zone that repeats midnight, an instant's own day may have begun twice; start a day early.
    let first = zone.date(at: instant).adding(days: -1)
    for offset in 0...OfficeHours.mostDays {
      for stretch in stretches(on: first.adding(days: offset), zone, calendar)
      where stretch.end > instant {
        let start = max(stretch.start, instant)
        let length = stretch.end.milliseconds - start.milliseconds
        if rest <= length { return Instant(milliseconds: start.milliseconds + rest) }
        rest -= length
      }
    }
    return nil
  }

  private func earlier(
    than instant: Instant, by time: Int64, _ zone: Zone, _ calendar: WorkCalendar
  ) -> Instant? {
    var rest = time
    let last = zone.date(at: instant).adding(days: 1)
    for offset in 0...OfficeHours.mostDays {
      for stretch in stretches(on: last.adding(days: -offset), zone, calendar).reversed()
      where stretch.start < instant {
        let end = min(stretch.end, instant)
        let length = end.milliseconds - stretch.start.milliseconds
        if rest <= length { return Instant(milliseconds: end.milliseconds - rest) }
        rest -= length
      }
    }
    return nil
  }
}
