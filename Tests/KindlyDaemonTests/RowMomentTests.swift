import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// Moments that several columns of a row decide, from the table to the letter.
@Suite("Moments of a row in the daemon")
struct RowMomentTests {
  private func company(
    _ rows: String, when: String, keys: String = "", top: String = "",
    at start: String = "2026-01-01 12:00"
  ) async throws -> Company {
    let company = try await Company(
      at: start,
      schema: """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, x, y, n);
        CREATE INDEX customers_x ON customers (x);
        INSERT INTO customers (id, name, email, x, y, n)
        SELECT column1, 'Ada', 'c' || column1 || '@example.com', column2, column3, column4 FROM (VALUES \(rows));
        """,
      configuration: """
        timezone: Asia/Shanghai
        delivery: live
        state: FOLDER/state
        socket: FOLDER/control.sock
        sources:
          crm: { url: "sqlite://FOLDER/crm.db" }
        watches:
          customers: { source: crm, table: customers, key: id }
        customers: { watch: customers, name: name, email: email }
        channels:
          email: { type: maildir, path: FOLDER/mail }
        \(top)
        """,
      rules: rules(when, keys))
    try await company.turn()
    return company
  }

  private func rules(_ when: String, _ keys: String = "") -> String {
    """
    rules:
      - { name: r, watch: customers, when: '\(when)', send: email, template: letter\(keys) }
    """
  }

  /// The days of the letters to each customer.
  private func days(_ company: Company) -> [String: [String]] {
    Dictionary(grouping: company.letters, by: \.customer).mapValues { letters in
      letters.map { company.zone.date(at: $0.at).description }
    }
  }

  @Test(
    "come on the day of each month, and where it is missing as the rule says",
    arguments: [
      ("", ["2026-02-28", "2026-03-31", "2026-04-30"]),
      ("earlier", ["2026-02-28", "2026-03-31", "2026-04-30"]),
      ("later", ["2026-03-01", "2026-03-31", "2026-05-01"]), ("skip", ["2026-03-31"]),
    ])
  func months(_ missing: String, _ expected: [String]) async throws {
    let company = try await company(
      "(1, '2026-01-31', NULL, NULL), (2, 'soon', NULL, NULL)", when: "every month on x",
      keys: missing.isEmpty ? "" : ", missing dates: \(missing)", at: "2026-02-01 12:00")
    try await company.live(before: "2026-05-05 00:00", restarting: true)
    #expect(days(company) == ["1": expected])
    await company.close()
  }

  @Test("come on days by the Chinese calendar, in every form that a column writes them")
  func lunar() async throws {
    let company = try await company(
      """
      (1, '1990-08-15', NULL, NULL), (2, '八月十五', NULL, NULL), (3, 19900815, NULL, NULL), (4, '8月15日', NULL, NULL),
      (5, '08-16', NULL, NULL), (6, '0000-00-00', NULL, NULL), (7, '13-40', NULL, NULL), (8, NULL, NULL, NULL)
      """, when: "every year on lunar date x", at: "2026-09-01 12:00")
    try await company.live(before: "2026-10-10 00:00", restarting: true)
    #expect(
      days(company) == [
        "1": ["2026-09-25"], "2": ["2026-09-25"], "3": ["2026-09-25"], "4": ["2026-09-25"],
        "5": ["2026-09-26"],
      ])
    await company.close()
  }

  /// A clock on which a little too much time passes between two readings.
  private struct HurriedClock: Timekeeper {
    let clock: ManualClock

    var now: Instant { clock.now }

    var reading: ClockReading {
      clock.advance(by: MatchCount.patience)
      return clock.reading
    }

    func sleep(until instant: Instant) async throws { try await clock.sleep(until: instant) }
  }

  @Test("`check` tells the next one, unless reading the rows takes too long")
  func ahead() async throws {
    let company = try await company(
      "(1, '2026-01-10', '2026-12-31', NULL)", when: "every week after x until y")
    let hurried = HurriedClock(clock: ManualClock(company.clock.now))
    let next = await checked(company, by: company.clock)?.next
    #expect(next == CivilDate(year: 2026, month: 1, day: 17))
    #expect(await checked(company, by: hurried) == nil)
    await company.close()
  }

  /// What `check` says is ahead of the company's first step.
  private func checked(_ company: Company, by clock: any Timekeeper) async -> MomentsAhead? {
    let report = await ConfigurationCheck(
      configuration: company.daemon.configuration, now: company.clock.now, clock: clock,
      isOffline: false, environment: [:], standings: nil
    ).run()
    return report.lines.first?.ahead
  }

  @Test("end with the row's last date or after so many times, and go on when it is put off")
  func ends() async throws {
    let company = try await company(
      "(1, '2026-01-10', '2026-01-31', NULL), (2, '2026-01-10', NULL, NULL), (3, '2026-01-10', 'soon', NULL)",
      when: "every week after x until y at most 5 times")
    try await company.live(before: "2026-02-05 00:00", restarting: true)
    #expect(days(company)["1"] == ["2026-01-17", "2026-01-24", "2026-01-31"])
    try company.write("UPDATE customers SET y = '2026-02-07' WHERE id = 1")
    try await company.live(before: "2026-04-01 00:00", restarting: true)
    #expect(
      days(company) == [
        "1": ["2026-01-17", "2026-01-24", "2026-01-31", "2026-02-07"],
        "2": ["2026-01-17", "2026-01-24", "2026-01-31", "2026-02-07", "2026-02-14"],
      ])
    await company.close()
  }

  @Test("come as often as the row says, and a changed number repeats nothing too soon")
  func daysOfRow() async throws {
    let company = try await company(
      """
      (1, '2026-01-01', NULL, 10), (2, '2026-01-01', NULL, '20'), (3, '2026-01-01', NULL, 0), (4, '2026-01-01', NULL, -5),
      (5, '2026-01-01', NULL, NULL), (6, '2026-01-01', NULL, 'often'), (7, '2026-01-01', NULL, 99999999)
      """, when: "every n days after x")
    try await company.live(before: "2026-01-25 00:00", restarting: true)
    #expect(days(company) == ["1": ["2026-01-11", "2026-01-21"], "2": ["2026-01-21"]])
    let problems = company.daemon.health.problems(now: company.clock.now).flatMap {
      $0.sentences(in: company.zone)
    }
    #expect(
      problems.contains { $0.contains("n") && $0.contains("no number of days from 1 to 36600") })
    // Eleven days each would be 2026-01-23 next, two days after the last one.
    try company.write("UPDATE customers SET n = 11 WHERE id = 1")
    try await company.live(before: "2026-02-06 00:00", restarting: true)
    #expect(days(company)["1"] == ["2026-01-11", "2026-01-21", "2026-02-03"])
    // Thirty days each have the same numbers as earlier ones, but other days.
    try company.write("UPDATE customers SET n = 30 WHERE id = 1")
    try await company.live(before: "2026-03-05 00:00", restarting: true)
    #expect(days(company)["1"] == ["2026-01-11", "2026-01-21", "2026-02-03", "2026-03-02"])
    await company.close()
  }

  @Test("go on at the new pace if the period of the rule is edited, and repeat nothing too soon")
  func editedPeriod() async throws {
    let company = try await company("(1, '2026-01-01', NULL, NULL)", when: "every week after x")
    try await company.live(before: "2026-02-13 00:00", restarting: true)
    var expected = [
      "2026-01-08", "2026-01-15", "2026-01-22", "2026-01-29", "2026-02-05", "2026-02-12",
    ]
    #expect(days(company)["1"] == expected)
    // Every two weeks, the fourth and fifth time; as the fourth and fifth week, both numbers were sent.
    try await company.reload(rules: rules("every 2 weeks after x"))
    try await company.live(before: "2026-03-13 00:00", restarting: true)
    expected += ["2026-02-26", "2026-03-12"]
    #expect(days(company)["1"] == expected)
    try await company.reload(rules: rules("every month on x"))
    try await company.live(before: "2026-04-02 00:00", restarting: true)
    expected += ["2026-04-01"]
    #expect(days(company)["1"] == expected)
    // The thirteenth week ends a day after the last letter, too soon for another.
    try await company.reload(rules: rules("every week after x at most 15 times"))
    try await company.live(before: "2026-05-01 00:00", restarting: true)
    expected += ["2026-04-09", "2026-04-16"]
    #expect(days(company)["1"] == expected)
    await company.close()
  }

  @Test("come before the time that they announce, although days off move them later")
  func appointment() async throws {
    // The day before both is a Sunday.
    let company = try await company(
      "(1, '2026-03-09 10:00', NULL, NULL), (2, '2026-03-09', NULL, NULL)", when: "1 day before x",
      keys: ", off days: later", at: "2026-03-05 12:00")
    try await company.live(before: "2026-03-11 00:00")
    #expect(days(company) == ["1": ["2026-03-06"], "2": ["2026-03-09"]])
    await company.close()
  }

  @Test("are all planned ahead, however close together they come")
  func closeTogether() async throws {
    let company = try await company(
      "(1, '2026-01-01 12:00', NULL, NULL)", when: "every 10 minutes after x")
    let reminders = try await company.daemon.ledger.reminders(
      ReminderSelection(), before: nil, limit: 1_000)
    let now = company.clock.now
    #expect(reminders.map(\.due).sorted() == (1...150).map { now + .minutes(10 * $0) })
    // A row that appears later is one row, however often it recurs until the next day.
    try company.write(
      "INSERT INTO customers VALUES (2, 'Bob', 'c2@example.com', '2026-01-01 12:05', NULL, NULL)")
    try await company.turn(at: "2026-01-01 12:06")
    #expect(company.daemon.health.heldWatches.isEmpty)
    #expect(try await company.states(of: "2").count > 64)
    await company.close()
  }

  @Test("count working hours by the office's hours and calendar")
  func workingHours() async throws {
    let company = try await company(
      "(1, '2026-03-06 17:00', NULL, NULL)", when: "2 working hours after x",
      top: "office hours: Mon-Fri 09:00-12:00, 13:30-18:00", at: "2026-03-06 12:00")
    for time in ["2026-03-06 19:00", "2026-03-07 12:00", "2026-03-09 09:59"] {
      try await company.turn(at: time)
    }
    #expect(company.letters.isEmpty)
    try await company.turn(at: "2026-03-09 10:00")
    #expect(days(company) == ["1": ["2026-03-09"]])
    await company.close()
  }
}
