/// A rule that has sent nothing on days on which messages were expected of it.
package struct RuleSilence: Hashable, Sendable, Codable {
  /// How many days have passed without a message on which some were expected.
  package let days: Int
  /// What the rule usually sends on a day on which it sends anything.
  package let usual: Int
  /// When the oldest reminder fell due that is still not decided; nil if none is due.
  package let oldestDue: Instant?
  private let firstDay: Int
  private let lastActiveDay: Int

  /// The first of the days.
  package var first: CivilDate { CivilDate(dayNumber: firstDay) }
  /// The last day on which anything was sent.
  package var last: CivilDate { CivilDate(dayNumber: lastActiveDay) }

  /// One day may be quiet by chance.
  private static let fewestDays = 2
  /// A rule of one message a day misses a day every third time; eight in a row it hardly ever misses.
  private static let fewestExpected = 8
  /// What has been silent for longer is taken to be over, and not to be broken.
  private static let longest = 28

  /// Nil while the rule is not silent, or nothing was expected of it.
  package init?(
    _ activity: RuleActivity, today: CivilDate, oldestDue: Instant? = nil,
    isDayOff: (CivilDate) -> Bool
  ) {
    guard activity.today == 0, let last = activity.last, let usual = activity.usual,
      today <= last.adding(days: RuleSilence.longest + 1)
    else { return nil }
    var (expected, missed) = (0, [CivilDate]())
    var day = last.adding(days: 1)
    while day < today {
      let count = activity.expected(on: day, through: last, isDayOff: isDayOff) ?? 0
      if count > 0 { missed.append(day) }
      expected += count
      day = day.adding(days: 1)
    }
    guard missed.count >= RuleSilence.fewestDays, expected >= RuleSilence.fewestExpected,
      let first = missed.first
    else { return nil }
    (days, self.usual, self.oldestDue) = (missed.count, usual.count, oldestDue)
    (firstDay, lastActiveDay) = (first.dayNumber, last.dayNumber)
  }
}
