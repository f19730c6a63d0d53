extension RuleActivity {
  /// How many weeks a day is compared with.
  static let weeks = 8
  /// With fewer weeks nothing is known of a day of the week.
  static let fewestWeeks = 4

  /// How many messages are expected on a day, by the same day of the eight weeks before it; nil where fewer than four of
  /// them are known.
  ///
  /// It is their median, weeks without a message included, so that nothing is expected of a rule on days of the week, or of
  /// the month, on which it seldom sends. Days off say nothing about other days, and nothing is expected on them.
  ///
  /// - Parameter known: the last day that counts; later ones are left out.
  package func expected(
    on date: CivilDate, through known: CivilDate, isDayOff: (CivilDate) -> Bool
  ) -> Int? {
    guard let first else { return nil }
    var counts: [Int] = []
    var day = date.adding(days: -7)
    while day >= first, counts.count < RuleActivity.weeks {
      if day <= known, !isDayOff(day) { counts.append(self[day]) }
      day = day.adding(days: -7)
    }
    guard counts.count >= RuleActivity.fewestWeeks else { return nil }
    if isDayOff(date) || wasQuietSeason(at: date) { return 0 }
    // Of two in the middle the lower one: where half of the weeks are quiet, nothing is expected.
    return counts.sorted()[(counts.count - 1) / 2]
  }

  /// Whether this was a quiet time in the year before: nothing was sent around the same day, or from a week after it on,
  /// though something was in the eight weeks before.
  private func wasQuietSeason(at date: CivilDate) -> Bool {
    // 52 weeks before is the same day of the week.
    let then = date.adding(days: -364)
    func isQuiet(_ days: ClosedRange<Int>) -> Bool {
      days.allSatisfy { self[then.adding(days: $0)] == 0 }
    }
    // A season may end a week earlier than it did then.
    guard isQuiet(-1...1) || isQuiet(7...13) else { return false }
    return (2...60).contains { self[then.adding(days: -$0)] > 0 }
  }
}
