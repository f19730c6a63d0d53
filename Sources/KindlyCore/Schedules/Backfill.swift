/// How far a rule looks back when one of its steps is first seen, and how long what it finds stays useful.
package struct Backfill: Hashable, Sendable {
  package let period: Period
  /// When the step was first seen.
  package let begun: Instant

  /// Nil if the rule does not look back, or if it is not recorded when the step was first seen.
  package init?(_ rule: Rule, begun: Instant?) {
    guard let period = rule.backfill, let begun else { return nil }
    self.period = period
    self.begun = begun
  }

  /// The end of usefulness of something that happened at `instant`.
  ///
  /// What happened before the step was first seen stays useful for the whole backfill period plus the usual lateness.
  /// Otherwise lateness would cut off most of what the backfill should reach.
  package func end(
    _ usual: Instant, ofWhatCameAt instant: Instant, late: Lateness, orElse lateness: Duration,
    zone: Zone
  ) -> Instant {
    guard instant <= begun else { return usual }
    let reach = Schedule.add(period, to: instant, zone: zone)
    return switch late {
    case .standard: max(usual, reach + lateness)
    case .after(let period): max(usual, Schedule.add(period, to: reach, zone: zone))
    case .never: max(usual, reach)
    // A row's own date is the end however far back the rule looks.
    case .afterColumn, .until: usual
    }
  }

  /// The moment with its extended end of usefulness.
  ///
  /// A reminder before a date is useless once the date is over, however far back a rule looks.
  package func extended(
    _ moment: Moment, of schedule: Schedule, late: Lateness, zone: Zone
  ) -> Moment {
    guard !schedule.announces else { return moment }
    return Moment(
      cycle: moment.cycle, due: moment.due,
      useUntil: end(
        moment.useUntil, ofWhatCameAt: moment.due, late: late, orElse: Lateness.afterMoment,
        zone: zone))
  }

  /// How much longer than usual anything can be useful. There is no need to look further back than this.
  package var longestUse: Duration { period.atMost + .days(2) }
}
