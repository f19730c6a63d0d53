/// Windows of the week, such as `weekdays 09:00-18:00` or `21:00-08:30`, by the clocks of whoever they are about.
package struct WeekHours: Hashable, Sendable {
  /// The days on which a window begins.
  package enum Days: Hashable, Sendable {
    case every
    case named(Set<Weekday>)
    /// The workdays of a calendar.
    case workdays
  }

  /// A stretch of some days; it may pass midnight, and then ends on the day after.
  package struct Window: Hashable, Sendable {
    package let days: Days
    /// Minutes since midnight, 0 to 1,439.
    package let from: Int
    /// Minutes, 1 to 1,440.
    package let length: Int

    /// A window, or nil where it would be empty or no part of a day.
    ///
    /// - Parameter to: minutes since midnight, up to 1,440 for its end; a time before `from` is on the next day.
    package init?(_ days: Days = .every, from: Int, to: Int) {
      guard (0..<1440).contains(from), (0...1440).contains(to), from != to else { return nil }
      if case .named(let names) = days, names.isEmpty { return nil }
      self.days = days
      self.from = from
      length = to > from ? to - from : to + 1440 - from
    }

    /// Minutes since midnight of the day on which the window begins; above 1,440 it ends on the next day.
    var to: Int { from + length }
  }

  /// At least one.
  package let windows: [Window]

  /// Hours of at least one window; nil where there is none.
  package init?(_ windows: [Window]) {
    guard !windows.isEmpty else { return nil }
    self.windows = windows
  }

  /// The hours of one window on every day.
  package init(_ window: DailyWindow) {
    // A window of a day is never empty, so these are its bounds.
    windows = Window(from: window.from.minutes, to: window.to.minutes).map { [$0] } ?? []
  }

  /// Whether a calendar decides on which days they are.
  package var asksCalendar: Bool { windows.contains { $0.days == .workdays } }

  /// The end of the windows that contain an instant; nil if none does.
  ///
  /// An edge that a change of clocks skips or repeats is one moment: the first instant after the gap, or the first time
  /// that clocks show it.
  package func end(at instant: Instant, in zone: Zone, _ calendar: WorkCalendar) -> Instant? {
    // In a zone that repeats midnight, an instant's own day may have begun twice; start a day early.
    let today = zone.date(at: instant)
    var end: Instant?
    for offset in -2...1 {
      for stretch in stretches(on: today.adding(days: offset), zone, calendar)
      where stretch.start <= instant && instant < stretch.end {
        end = max(end ?? stretch.end, stretch.end)
      }
    }
    return end
  }

  /// The first start of a window after an instant; nil if none begins in the longest time off that a calendar may have.
  package func start(
    after instant: Instant, in zone: Zone, _ calendar: WorkCalendar
  ) -> Instant? {
    let today = zone.date(at: instant)
    for offset in -1...WorkCalendar.longestTimeOff {
      let starts = stretches(on: today.adding(days: offset), zone, calendar).map(\.start)
      if let first = starts.filter({ $0 > instant }).min() { return first }
    }
    return nil
  }

  private struct Stretch {
    let start: Instant
    let end: Instant
  }

  /// The windows that begin on a date, as they pass; one that a spring gap swallows whole is left out.
  private func stretches(on date: CivilDate, _ zone: Zone, _ calendar: WorkCalendar) -> [Stretch] {
    windows.filter { $0.days.contain(date, calendar) }.map { window in
      Stretch(
        start: zone.instant(of: WallClock(date: date, minuteOfDay: window.from)),
        end: zone.instant(of: WallClock(date: date, minuteOfDay: window.to)))
    }.filter { $0.start < $0.end }
  }

  /// Whether a minute of an ordinary week, counted from Monday's midnight, is inside a window.
  func contain(minuteOfWeek minute: Int, in calendar: WorkCalendar) -> Bool {
    let week = Weekday.allCases.count * 1440
    return windows.contains { window in
      Weekday.allCases.contains { day in
        let start = (day.rawValue - 1) * 1440 + window.from
        return (minute - start + week) % week < window.length
          && window.days.contain(day, calendar)
      }
    }
  }

  /// Marks the minutes of an ordinary week, counted from Monday's midnight, on which no holiday falls.
  func minutes(ofWeekIn calendar: WorkCalendar) -> [Bool] {
    let week = Weekday.allCases.count * 1440
    var minutes = [Bool](repeating: false, count: week)
    for window in windows {
      for day in Weekday.allCases where window.days.contain(day, calendar) {
        let midnight = (day.rawValue - 1) * 1440
        for minute in window.from..<window.to { minutes[(midnight + minute) % week] = true }
      }
    }
    return minutes
  }
}

extension WeekHours.Days {
  fileprivate func contain(_ date: CivilDate, _ calendar: WorkCalendar) -> Bool {
    switch self {
    case .every: true
    case .named(let days): days.contains(date.dayOfWeek)
    case .workdays: calendar.isWorkday(date)
    }
  }

  /// Whether an ordinary day of this name is among them.
  fileprivate func contain(_ day: Weekday, _ calendar: WorkCalendar) -> Bool {
    switch self {
    case .every: true
    case .named(let days): days.contains(day)
    case .workdays: !calendar.isWeekend(day)
    }
  }
}
