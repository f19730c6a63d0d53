/// A moment of a row: its cycle, its due time and the end of its usefulness.
package struct Moment: Hashable, Sendable {
  package let cycle: Cycle
  package let due: Instant
  package let useUntil: Instant

  package init(cycle: Cycle, due: Instant, useUntil: Instant) {
    self.cycle = cycle
    self.due = due
    self.useUntil = useUntil
  }

  /// The same moment, of use until an instant at the latest.
  package func ending(by end: Instant) -> Moment {
    Moment(cycle: cycle, due: due, useUntil: min(useUntil, end))
  }

  /// Whether it is due in a range; what never comes is not.
  func isDue(after lower: Instant, through upper: Instant) -> Bool {
    due > lower && due <= upper && due < .distantFuture
  }
}

/// The context for reading a row's date: the zones, and the hour at which a date without a time is due.
package struct MomentContext: Hashable, Sendable {
  /// The customer's zone; days begin and reminders are due by its clocks.
  package let zone: Zone
  /// The zone of wall times in the source.
  package let sourceZone: Zone
  package let defaultTime: TimeOfDay
  /// The calendar that the customer's row names; nil where it names none.
  package let calendar: ExactText?

  package init(
    zone: Zone, sourceZone: Zone, defaultTime: TimeOfDay, calendar: ExactText? = nil
  ) {
    self.calendar = calendar
    self.zone = zone
    self.sourceZone = sourceZone
    self.defaultTime = defaultTime
  }
}
