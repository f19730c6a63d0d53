/// A civil date and a time of day as a clock on a wall shows them; which instant that is depends on the zone.
package struct WallClock: Hashable, Comparable, Sendable {
  package var date: CivilDate
  /// Seconds since midnight, 0 to 86,399.
  package var secondOfDay: Int

  package init(date: CivilDate, secondOfDay: Int) {
    self.date = date
    self.secondOfDay = secondOfDay
  }

  package init(date: CivilDate, at time: TimeOfDay) {
    self.init(date: date, secondOfDay: time.minutes * 60)
  }

  /// The wall time so many minutes after a day's midnight; from minute 1,440 on it is on a later day.
  init(date: CivilDate, minuteOfDay minute: Int) {
    self.init(date: date.adding(days: minute / 1440), secondOfDay: minute % 1440 * 60)
  }

  /// What a clock `offset` seconds east of Greenwich shows at an instant.
  package init(_ instant: Instant, offset: Int) {
    let local = Int(instant.seconds) + offset
    let day = local >= 0 ? local / 86_400 : -((86_399 - local) / 86_400)
    self.init(date: CivilDate(dayNumber: day), secondOfDay: local - day * 86_400)
  }

  /// Seconds since 1970-01-01T00:00 on the same clock.
  package var secondsOnClock: Int64 { Int64(date.dayNumber) * 86_400 + Int64(secondOfDay) }

  /// Minutes since midnight.
  package var minuteOfDay: Int { secondOfDay / 60 }

  /// The time as `09:30:00`.
  package var timeText: String {
    "\(padded(secondOfDay / 3600, to: 2)):\(padded(secondOfDay / 60 % 60, to: 2)):\(padded(secondOfDay % 60, to: 2))"
  }

  /// The date and the time as databases write them: `2026-02-10 09:30:00`.
  package var text: String { "\(date) \(timeText)" }

  package static func < (left: WallClock, right: WallClock) -> Bool {
    left.secondsOnClock < right.secondsOnClock
  }
}
