/// How long after its moment a reminder is still worth sending.
package enum Lateness: Hashable, Sendable {
  /// Before a date: until the end of that day; before a time: until that time. On, after, every: 3 days. Changes: 24 hours.
  case standard
  case after(Period)

  package static let afterMoment = Duration.days(3)
  package static let afterChange = Duration.hours(24)

  /// The end of use of a reminder about a change noticed at `instant`.
  package func end(ofChangeAt instant: Instant, zone: Zone) -> Instant {
    switch self {
    case .standard: instant + Lateness.afterChange
    case .after(let period): Schedule.add(period, to: instant, zone: zone)
    }
  }
}
