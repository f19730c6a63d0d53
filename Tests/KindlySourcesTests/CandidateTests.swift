import KindlyCore
import KindlySources
import KindlyTestKit
import Testing

@Suite struct CandidateTests {
  private static let zones = [
    "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York",
  ]

  // Losing the error is right: the rule is valid, and the grammar has its own tests.
  private static let monthly = try? RecurrenceRule.parse("FREQ=MONTHLY;BYDAY=-1FR")

  private static let kinds: [Schedule.Kind] =
    [
      .on, .everyYearOn, .everyLunarYearOn, .workdaysBefore(3), .workdaysAfter(11),
    ]
    + [monthly].compactMap { $0.map(Schedule.Kind.byRule) }
    + Period.Unit.allCases.flatMap { unit -> [Schedule.Kind] in
      [1, 11].flatMap { count -> [Schedule.Kind] in
        let period = Period(count, unit)
        return [.before(period), .after(period), .every(period)]
      }
    }

  /// Kinds that need more than a date: a row's number of days, or the office hours of `policy`.
  private static let otherKinds: [Schedule.Kind] = [
    .everyMonthOn, .everyLunarDate, .everyDays(in: "days", count: nil), .workingHoursBefore(3),
    .workingHoursAfter(30),
  ]

  private static func policy() throws -> DayPolicy {
    var policy = DayPolicy()
    policy.officeHours = Office(
      hours: try OfficeHours.parse("Mon-Fri 09:00-12:00, 13:30-18:00"),
      zone: try #require(Zone.named("Asia/Shanghai")))
    return policy
  }

  /// The ways in which tables hold a date; each from the second of a random moment.
  private static let formats: [@Sendable (WallClock) -> String] = [
    { "'\($0.date)'" },
    { "'\($0.date) \($0.timeText)'" },
    { "'\($0.date)T\($0.timeText)Z'" },
    { "'\($0.date)t\($0.timeText.prefix(5))+14:00'" },
    { "'\($0.date) \($0.timeText).25-2359'" },
    { "'\(dashes($0.date, "/"))'" },
    { "'\(dashes($0.date, ".")) \($0.timeText)'" },
    { "'\($0.date.year)/\($0.date.month)/\($0.date.day)'" },
    { "'\($0.date.year)-\($0.date.month)-\($0.date.day) 7:05'" },
    { "'\($0.date.year).\(padded($0.date.month, to: 2)).\($0.date.day)T23:59'" },
    { "'\($0.date.year)-\($0.date.month)-\(padded($0.date.day, to: 2))'" },
    { "'\(compact($0.date))'" },
    { "'0\(compact($0.date))'" },
    { "' \($0.date)'" },
    { "char(9) || '\($0.date) '" },
    { "'\($0.date.year)年\($0.date.month)月\($0.date.day)日'" },
    { "'\($0.date.day).\($0.date.month).\($0.date.year)'" },
    { "'\(padded($0.date.day, to: 2))/\(padded($0.date.month, to: 2))/\($0.date.year) 9:30 PM'" },
    { "\(compact($0.date))" },
    { "\(compact($0.date)).0" },
    { "\($0.secondsOnClock)" },
    { "'\($0.secondsOnClock)'" },
    { "\($0.secondsOnClock).5" },
    { "\($0.secondsOnClock * 1000 + 7)" },
    { "'\($0.secondsOnClock * 1000 + 7)'" },
    { "\(Double($0.secondsOnClock) * 1000)" },
  ]

  private static func dashes(_ date: CivilDate, _ separator: String) -> String {
    date.description.replacing("-", with: separator)
  }

  private static func compact(_ date: CivilDate) -> String { dashes(date, "") }

  /// Each reads other values of the same column as dates.
  private static let dateKinds = [
    DateKind.unknown, DateKind(number: .compact, days: .all(.utc)),
    DateKind(number: .seconds, days: .midnights(.utc)),
    DateKind(number: .milliseconds, order: .dayFirst),
  ]

  @Test(
    "misses no row with a moment, whatever the column's type, the format and the zone",
    arguments: ["", "TEXT", "DATE", "INTEGER", "REAL"], dateKinds)
  func superset(type: String, dateKind: DateKind) async throws {
    try await superset(type, dateKind, isIndexed: true)
  }

  @Test("misses no row with a moment where the date has no index", arguments: dateKinds)
  func supersetOfScan(dateKind: DateKind) async throws {
    try await superset("", dateKind, isIndexed: false)
  }

  private func superset(_ type: String, _ dateKind: DateKind, isIndexed: Bool) async throws {
    var random = SeededRandom(seed: 42)
    let database = try TemporaryDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, due \(type), tz TEXT, days INTEGER)")
    if isIndexed { try database.run("CREATE INDEX t_due ON t (due)") }
    let values = (0..<400).map { _ in CandidateTests.literal(&random) }
    try database.run(
      "INSERT INTO t (due) VALUES " + values.map { "(\($0))" }.joined(separator: ","))
    try database.run("UPDATE t SET days = 1 + id % 40")
    let source = database.source(pace: SlicePace(rows: 100))
    let rows = try await source.sample(watching(), limit: .max)
    let policy = try CandidateTests.policy()
    let zones = CandidateTests.zones.compactMap(Zone.named)
    var found = 0
    for kind in CandidateTests.kinds + CandidateTests.otherKinds {
      let time = Bool.random(using: &random) ? TimeOfDay("23:59") : nil
      let schedule = Schedule(kind, column: "due", at: time).by(policy)
      let dates = DateKinds(["due": dateKind])
      let lower = date("2026-01-01") + .minutes(Int.random(in: 0..<1_000_000, using: &random))
      let upper = lower + .minutes(Int.random(in: 1..<3000, using: &random))
      let candidates = try await source.allCandidates(
        CandidateQuery(
          watch: watching(), schedule: schedule, kind: schedule.anchorKind(dates), lower: lower,
          upper: upper, clock: noon))
      let keys = Set(candidates.map(\.key))
      #expect(keys.count == candidates.count, "\(kind) gives a row twice")
      for row in rows {
        // An unusable value is no candidate, whatever its kind.
        guard let own = try? schedule.of(row.values, as: dates) else { continue }
        let key = row.key
        let context = MomentContext(
          zone: zones[found % zones.count],
          sourceZone: zones[(found + key.text.count) % zones.count],
          defaultTime: found % 2 == 0 ? midnight : lastMinute)
        let moments = own.schedule.moments(
          of: own.anchor, after: lower, through: upper, late: .standard, in: context, limit: 1)
        if !moments.isEmpty { found += 1 }
        #expect(moments.isEmpty || keys.contains(key), "\(kind) misses \(own.anchor)")
      }
    }
    #expect(found > 150, "the test itself must find moments")
  }

  /// A date between 1930 and 2060, mostly near 2026, in a random format; sometimes unusable.
  private static func literal(_ random: inout SeededRandom) -> String {
    let unusable = ["NULL", "''", "0", "'0'", "'0000-00-00'", "'1970-01-01'", "x'00'", "'soon'"]
    if Int.random(in: 0..<20, using: &random) == 0 {
      // The list is not empty.
      return unusable.randomElement(using: &random)!
    }
    let days = Bool.random(using: &random) ? -14_600..<32_800 : 20_089..<21_500
    let wall = WallClock(
      date: CivilDate(dayNumber: Int.random(in: days, using: &random)),
      secondOfDay: Int.random(in: 0..<86_400, using: &random))
    // Not empty: the list of formats is written above.
    return formats.randomElement(using: &random)!(wall)
  }

  // Both are times of every day.
  private let midnight = TimeOfDay(hour: 0, minute: 0)!
  // As above.
  private let lastMinute = TimeOfDay(hour: 23, minute: 59)!

  @Test("asks few rows of a large table", arguments: [true, false])
  func selective(isIndexed: Bool) async throws {
    let database = try TemporaryDatabase(
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, due TEXT);
      WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      INSERT INTO t SELECT i, date('2000-01-01', '+' || i || ' days') FROM n;
      """)
    if isIndexed { try database.run("CREATE INDEX t_due ON t (due)") }
    let counts = try await [Schedule.Kind.on, .before(Period(1, .month)), .everyYearOn].async {
      kind in
      try await database.source().allCandidates(
        CandidateQuery(
          watch: watching(), schedule: Schedule(kind, column: "due"), kind: .unknown,
          lower: date("2026-02-10"), upper: date("2026-02-11"), clock: noon)
      ).count
    }
    #expect(counts[0] <= 9)
    #expect(counts[1] <= 15)
    #expect(counts[2] <= 15 * 28)
  }
}

extension Sequence {
  /// `map` whose step may wait.
  func async<Result>(_ step: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await step(element)) }
    return results
  }
}
