/// A stretch of each day, such as quiet hours from 21:00 to 08:30; it may pass midnight.
package struct DailyWindow: Hashable, Sendable, CustomStringConvertible {
  package let from: TimeOfDay
  package let to: TimeOfDay

  /// A window, or nil where it would be empty.
  package init?(from: TimeOfDay, to: TimeOfDay) {
    guard from != to else { return nil }
    self.from = from
    self.to = to
  }

  /// The end of the window that contains an instant in a zone; nil if the instant is outside it.
  package func end(at instant: Instant, in zone: Zone) -> Instant? {
    let wall = zone.wallClock(at: instant)
    let minute = wall.minuteOfDay
    let endDate: CivilDate
    if from < to {
      guard minute >= from.minutes, minute < to.minutes else { return nil }
      endDate = wall.date
    } else if minute >= from.minutes {
      endDate = wall.date.adding(days: 1)
    } else if minute < to.minutes {
      endDate = wall.date
    } else {
      return nil
    }
    let end = zone.instant(of: WallClock(date: endDate, at: to))
    // In an autumn fold the first occurrence of the end may already have passed; the window is then over.
    return end > instant ? end : nil
  }

  /// Whether a time of day is inside; the end is not.
  package func contains(_ time: TimeOfDay) -> Bool {
    from < to ? from <= time && time < to : time >= from || time < to
  }

  /// Whether every minute of another window is inside this one.
  package func covers(_ other: DailyWindow) -> Bool {
    // The start of the other, and the minutes from there to its end, without passing this window's end.
    contains(other.from) && other.length <= DailyWindow.minutes(from: other.from, to: to)
  }

  private var length: Int { DailyWindow.minutes(from: from, to: to) }

  private static func minutes(from: TimeOfDay, to: TimeOfDay) -> Int {
    (to.minutes - from.minutes + minutesOfDay) % minutesOfDay
  }

  private static let minutesOfDay = 24 * 60

  package var description: String { "\(from)-\(to)" }
}
