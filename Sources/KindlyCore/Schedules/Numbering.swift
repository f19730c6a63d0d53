/// What tells a recurrence from one that has the same number but was counted by another period.
///
/// A recurrence is named by its number: `2026-02-10#3`. If a rule comes every two weeks now and came every week before,
/// the number was given to another day, and the name tells the period too: `2026-02-10/P2W#3`.
package struct Numbering: Hashable, Sendable {
  package let period: Period
  /// A reminder of the same number that was due at least so much earlier or later was counted by another period.
  package let distance: Duration

  /// How far another hour, zone or reading of the same date moves a moment: less than a day within the date's own day,
  /// less than a day for `at`, and 26 hours between zones.
  static let mostShift = Duration.hours(76)
}
