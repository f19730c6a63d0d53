import KindlyCore
import Testing

@Suite("A silent rule")
struct RuleSilenceTests {
  /// A Monday.
  private static let monday = CivilDate(dayNumber: 20_486)

  /// Who sends what on which day, counted from a Monday; what is told on the morning of `today`.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let today: Int
    var from = 0
    /// The day on which it stops; it sends nothing from then on.
    let stop: Int
    var sentToday = 0
    var off: Set<Int> = []
    let sends: @Sendable (Int) -> Int
    /// How many days are told, and what is usual; nil where nothing is.
    let told: (days: Int, usual: Int)?
  }

  private static func weekday(_ day: Int) -> Int { ((day % 7) + 7) % 7 }

  static let cases = [
    Case(
      testDescription: "daily, one day missed", today: 71, stop: 70, sends: { _ in 20 }, told: nil),
    Case(
      testDescription: "daily, two days missed", today: 72, stop: 70, sends: { _ in 20 },
      told: (2, 20)),
    Case(
      testDescription: "daily, and it has sent again today", today: 72, stop: 70, sentToday: 1,
      sends: { _ in 20 }, told: nil),
    Case(
      testDescription: "on workdays, over a weekend", today: 77, stop: 75,
      sends: { weekday($0) < 5 ? 20 : 0 }, told: nil),
    Case(
      testDescription: "on workdays, over a weekend and Monday", today: 78, stop: 75,
      sends: { weekday($0) < 5 ? 20 : 0 }, told: nil),
    Case(
      testDescription: "on workdays, until Tuesday", today: 79, stop: 75,
      sends: { weekday($0) < 5 ? 20 : 0 }, told: (2, 20)),
    Case(
      testDescription: "on Mondays, one missed", today: 76, stop: 70,
      sends: { weekday($0) == 0 ? 500 : 0 }, told: nil),
    Case(
      testDescription: "on Mondays, two missed", today: 78, stop: 70,
      sends: { weekday($0) == 0 ? 500 : 0 }, told: (2, 500)),
    Case(
      testDescription: "once a month", today: 260, stop: 240, sends: { $0 % 30 == 0 ? 300 : 0 },
      told: nil),
    Case(
      testDescription: "once a year", today: 385, stop: 380, sends: { $0 % 365 == 0 ? 900 : 0 },
      told: nil),
    Case(
      testDescription: "one a day, a week missed", today: 77, stop: 70, sends: { _ in 1 }, told: nil
    ),
    Case(
      testDescription: "one a day, eight days missed", today: 78, stop: 70, sends: { _ in 1 },
      told: (8, 1)),
    Case(
      testDescription: "every other day", today: 80, stop: 70, sends: { $0 % 2 == 0 ? 1 : 0 },
      told: nil),
    Case(
      testDescription: "too young for its weekdays to be known", today: 22, stop: 20,
      sends: { _ in 20 }, told: nil),
    Case(
      testDescription: "four weeks old", today: 30, stop: 28, sends: { _ in 20 }, told: (2, 20)),
    Case(
      testDescription: "after a mass change", today: 72, stop: 70,
      sends: { $0 == 69 ? 9_000 : 20 }, told: (2, 20)),
    Case(
      testDescription: "over days off", today: 73, stop: 70, off: [70, 71, 72], sends: { _ in 20 },
      told: nil),
    Case(
      testDescription: "days off before do not hide it", today: 72, stop: 70, off: [56, 63],
      sends: { [56, 63].contains($0) ? 0 : 20 }, told: (2, 20)),
    Case(
      testDescription: "a season's first end", today: 62, stop: 60, sends: { _ in 20 },
      told: (2, 20)),
    Case(
      testDescription: "the same season's end a year later", today: 426, from: 0, stop: 424,
      sends: { $0 < 60 || $0 >= 364 ? 20 : 0 }, told: nil),
    Case(
      testDescription: "silent for four weeks", today: 98, stop: 70, sends: { _ in 20 },
      told: (28, 20)),
    Case(
      testDescription: "silent for longer", today: 99, stop: 70, sends: { _ in 20 }, told: nil),
    Case(testDescription: "never sent anything", today: 72, stop: 0, sends: { _ in 20 }, told: nil),
  ]

  @Test("is told of once something was expected of it", arguments: cases)
  func tells(_ one: Case) {
    let days = (one.from..<max(one.from, one.stop)).map { day in
      (Self.monday.adding(days: day), one.sends(day))
    }
    let activity = RuleActivity(Dictionary(uniqueKeysWithValues: days), today: one.sentToday)
    let silence = RuleSilence(activity, today: Self.monday.adding(days: one.today)) { date in
      one.off.contains(date.dayNumber - Self.monday.dayNumber)
    }
    #expect(silence?.days == one.told?.days)
    #expect(silence?.usual == one.told?.usual)
    if one.told != nil { #expect(silence?.last == activity.last) }
  }

  @Test("says since when, and whether anything is due")
  func words() throws {
    let days = (0..<70).map { (Self.monday.adding(days: $0), 20) }
    let activity = RuleActivity(Dictionary(uniqueKeysWithValues: days))
    func sentence(_ oldest: Instant?) throws -> String {
      let silence = try #require(
        RuleSilence(activity, today: Self.monday.adding(days: 72), oldestDue: oldest) { _ in false }
      )
      #expect(silence.first == Self.monday.adding(days: 70))
      let problem = Problem(.rule("trial"), .silent(silence))
      #expect(problem.severity == .warning && !problem.concerns(rule: "trial"))
      return problem.sentences(in: .utc).joined()
    }
    let start =
      "rule trial: 0 sent for 2 days, usually 20 a day; the last was sent on \(Self.monday.adding(days: 69)); "
    #expect(
      try sentence(nil) == start + "none is due and undecided: `kindly check` says what it finds")
    #expect(
      try sentence(Instant(seconds: 1_770_687_000)) == start
        + "its oldest undecided reminder has been due since 2026-02-10 01:30 UTC: see `kindly outbox list`"
    )
  }

  @Test("a day is compared with the same day of the eight weeks before it")
  func expects() {
    let days = (0..<63).map { (Self.monday.adding(days: $0), Self.weekday($0) == 0 ? 30 : 5) }
    let activity = RuleActivity(Dictionary(uniqueKeysWithValues: days))
    func expected(_ day: Int) -> Int? {
      let date = Self.monday.adding(days: day)
      return activity.expected(on: date, through: date.adding(days: -1)) { _ in false }
    }
    #expect(expected(63) == 30 && expected(64) == 5)
    #expect(expected(27) == nil && expected(28) == 30)
  }
}
