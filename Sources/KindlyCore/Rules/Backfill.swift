/// How far a rule looks back when a step of it is first seen, and how long what it finds there is of use.
package struct Backfill: Hashable, Sendable {
  package let period: Period
  /// When the step was first seen.
  package let begun: Instant

  /// Nil where the rule does not look back, or where nobody knows since when the step is there.
  package init?(_ rule: Rule, begun: Instant?) {
    guard let period = rule.backfill, let begun else { return nil }
    self.period = period
    self.begun = begun
  }

  /// The end of use of what came about at an instant.
  ///
  /// What was there before the step is of use for the whole backfill and the usual lateness behind it; otherwise lateness would
  /// cut off most of what backfill was asked to reach.
  package func end(
    _ usual: Instant, ofWhatCameAt instant: Instant, late: Lateness, orElse lateness: Duration,
    zone: Zone
  ) -> Instant {
    guard instant <= begun else { return usual }
    let reach = Schedule.add(period, sign: 1, to: instant, zone: zone)
    return switch late {
    case .standard: max(usual, reach + lateness)
    case .after(let period): max(usual, Schedule.add(period, sign: 1, to: reach, zone: zone))
    }
  }

  /// A moment with the end of its use.
  ///
  /// What announces a date is of no use when the date is over, however far back a rule looks.
  package func extended(
    _ moment: Moment, of schedule: Schedule, late: Lateness, zone: Zone
  ) -> Moment {
    switch schedule.kind {
    case .before: moment
    case .on, .after, .every, .everyYearOn:
      Moment(
        cycle: moment.cycle, due: moment.due,
        useUntil: end(
          moment.useUntil, ofWhatCameAt: moment.due, late: late, orElse: Lateness.afterMoment,
          zone: zone))
    }
  }

  /// How much longer than usual anything can be of use; what is behind that need not be looked for.
  package var longestUse: Duration { period.roughly + .days(2) }
}
