package import KindlyConfig
package import KindlyCore

/// What a rule sends beside what is expected of it.
package struct RuleOverview: Hashable, Sendable {
  /// What was sent on a day, and what was expected; nil where too few weeks are known to expect anything.
  package struct Day: Hashable, Sendable {
    package let sent: Int
    package let expected: Int?
  }

  package let yesterday: Day
  package let today: Day
  /// What it usually sends on a day on which it sends anything; nil before its first such day has ended.
  package let usual: UsualDay?
  /// When the oldest reminder fell due that is still not decided; nil if none is due.
  package let oldestDue: Instant?

  /// The overviews of all rules, by name.
  package static func all(
    _ configuration: Configuration, ledger: any ReadingLedger, now: Instant
  ) async throws -> [ExactText: RuleOverview] {
    let zone = configuration.timezone
    let activity = try await ledger.activity(in: zone, now: now)
    let oldest = try await ledger.oldestDue(now: now)
    let today = zone.date(at: now)
    let calendar = configuration.workdays.calendar
    return Dictionary(
      uniqueKeysWithValues: configuration.rules.map { rule in
        (
          ExactText(rule.name),
          RuleOverview(
            activity[rule.name] ?? RuleActivity(), today: today, oldestDue: oldest[rule.name]
          ) { calendar.nameOfDayOff($0) != nil }
        )
      })
  }

  private init(
    _ activity: RuleActivity, today: CivilDate, oldestDue: Instant?,
    isDayOff: (CivilDate) -> Bool
  ) {
    func day(_ date: CivilDate, sent: Int) -> Day {
      Day(
        sent: sent,
        expected: activity.expected(on: date, through: date.adding(days: -1), isDayOff: isDayOff))
    }
    let before = today.adding(days: -1)
    yesterday = day(before, sent: activity[before])
    self.today = day(today, sent: activity.today)
    usual = activity.usual
    self.oldestDue = oldestDue
  }

  /// `yesterday 18 sent of 20 expected, today 3 of 20, usually 20 a day; oldest undecided due 2 h ago (…)`.
  package func text(_ time: TimeText) -> String {
    var parts = [
      "yesterday \(yesterday.text(word: " sent"))", "today \(today.text(word: ""))",
    ]
    if let usual { parts.append("usually \(usual.count) a day") }
    let oldest =
      oldestDue.map { "; oldest undecided due \(time.distance(to: $0)) ago (\(time($0)))" } ?? ""
    return parts.joined(separator: ", ") + oldest
  }
}

extension RuleOverview.Day {
  fileprivate func text(word: String) -> String {
    "\(sent)\(word)" + (expected.map { " of \($0)\(word.isEmpty ? "" : " expected")" } ?? "")
  }
}
