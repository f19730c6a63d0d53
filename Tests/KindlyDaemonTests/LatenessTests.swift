import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// What becomes of reminders that come late, after the daemon was stopped or held up.
@Suite("Late reminders")
struct LateReminderTests {
  private static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, ends_on DATE, leaves_on DATE);
    CREATE INDEX customers_ends ON customers (ends_on);
    INSERT INTO customers VALUES
      (1, 'Wang', 'w@example.com', '2026-03-10', '2026-03-20'),
      (2, 'Li', 'l@example.com', '2026-03-10', '2026-04-20'),
      (3, 'Ada', 'a@example.com', '2026-03-10', NULL);
    """

  private func company(
    _ rule: String, at start: String = "2026-03-01 12:00", subject: String = "letter"
  ) async throws -> Company {
    let company = try await Company(
      at: start, schema: Self.schema, configuration: Simple.configuration(),
      rules: LateReminderTests.rules(rule),
      files: [
        "templates/letter.html": "---\nsubject: \"\(subject)\"\n---\n<p>{{customer.name}}</p>\n"
      ])
    try await company.turn()
    return company
  }

  private static func rules(_ rule: String) -> String {
    "rules:\n  - name: letter\n    watch: customers\n    send: email\n    template: letter\n\(rule)\n"
  }

  @Test("that wait end by an edited lateness", arguments: ["", "    backfill: 7 days\n"])
  func edited(_ more: String) async throws {
    let rule =
      more + "    when: on ends_on at 22:00\n    send hours: 08:30-21:00\n    late: skip after "
    let company = try await company(rule + "3 weeks", at: "2026-03-09 12:00")
    for time in ["12:00", "22:00"] { try await company.turn(at: "2026-03-10 \(time)") }
    #expect(try await company.states(of: "1") == ["waiting send hours"])
    // After its use by the new one, so that no scan finds it.
    company.clock.advance(by: .hours(3))
    try await company.reload(rules: Self.rules(rule + "2 hours"))
    for time in ["01:05", "08:30", "12:00"] { try await company.turn(at: "2026-03-11 \(time)") }
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["skipped too late"])
    await company.close()
  }

  @Test("are of use until the date in a column, and the usual time where it has none")
  func column() async throws {
    let company = try await company(
      "    when: on ends_on\n    late: skip after leaves_on", at: "2026-03-09 12:00")
    // Nothing is decided for three weeks.
    try await company.turn(at: "2026-03-31 10:00")
    #expect(company.mail == ["2026-03-31 2 letter"])
    #expect(try await company.states(of: "1") == ["skipped too late"])
    #expect(try await company.states(of: "3") == ["skipped too late"])
    await company.close()
  }

  @Test("about a column that moves follow it")
  func movedColumn() async throws {
    let company = try await company(
      "    when: on ends_on\n    late: skip after leaves_on", at: "2026-03-09 12:00")
    try company.write("UPDATE customers SET leaves_on = '2026-04-30' WHERE id = 1")
    try await company.turn(at: "2026-03-09 13:00")
    try await company.turn(at: "2026-04-25 10:00")
    #expect(company.mail == ["2026-04-25 1 letter"])
    await company.close()
  }

  @Test("are sent anyway where the rule says so, after a month too, and once")
  func anyway() async throws {
    let company = try await company("    when: 4 days before ends_on\n    late: send anyway")
    try await company.turn(at: "2026-04-25 10:00")
    #expect(company.mail.count == 3)
    try await company.restart()
    try await company.live(before: "2026-05-10 00:00", restarting: true)
    #expect(company.mail.count == 3)
    await company.close()
  }

  @Test("give way to the newest useful step, and name it")
  func newestStep() async throws {
    let company = try await company(
      """
          late: skip after 30 days
          steps:
            - { name: one, when: 1 week after ends_on }
            - { name: two, when: 2 weeks after ends_on }
            - { name: three, when: 3 weeks after ends_on }
      """)
    try await company.restart()
    // From 1 to 28 March nothing ran; the third step comes on the 31st.
    try await company.turn(at: "2026-03-28 10:00")
    #expect(company.mail(to: "1") == ["2026-03-28 letter"])
    let details = try await company.details(of: "1")
    let one = try #require(details.first { $0.summary.step == "one" })
    let two = try #require(details.first { $0.summary.step == "two" })
    #expect(one.summary.reason == .superseded && one.successor == two.summary.id)
    #expect(two.summary.state == .sent && two.predecessors == [one.summary.id])
    try await company.turn(at: "2026-03-31 10:00")
    #expect(company.mail(to: "1").count == 2)
    await company.close()
  }

  /// What the recipient of the newer of two overdue steps has.
  enum NewerAddress: CaseIterable, Sendable {
    case usable
    case none
    case addedWithinMinutes
    case suppressed
  }

  @Test("give way to a newer step only if it can be sent", arguments: NewerAddress.allCases)
  func newestSendable(_ address: NewerAddress) async throws {
    let company = try await Simple.company(
      at: "2026-03-02 12:00",
      rules: """
        rules:
          - name: ending
            watch: customers
            steps:
              - { name: week, when: 7 days before ends_on, send: inbox, template: week }
              - { name: day, when: 1 day before ends_on, send: email, template: day }
        """)
    switch address {
    case .usable: break
    case .none, .addedWithinMinutes:
      try company.write("UPDATE customers SET email = NULL WHERE id = 1")
    case .suppressed:
      try await company.daemon.ledger.suppress(
        Suppression(address: "wang@example.com", because: "550"), now: company.clock.now)
    }
    // Nothing runs until both steps are due.
    try await company.turn(at: "2026-03-09 12:00")
    if address == .none || address == .addedWithinMinutes {
      #expect(
        try await company.states(of: "1") == ["waiting due later", "waiting address missing"])
    }
    if address == .addedWithinMinutes {
      try company.write("UPDATE customers SET email = 'wang@example.com' WHERE id = 1")
    }
    for minute in ["12:05", "12:11"] { try await company.turn(at: "2026-03-09 \(minute)") }
    let states =
      switch address {
      case .usable, .addedWithinMinutes: ["skipped superseded", "sent"]
      case .none: ["sent", "skipped no address"]
      case .suppressed: ["sent", "skipped suppressed"]
      }
    #expect(try await company.states(of: "1") == states)
    await company.close()
  }

  @Test("give way to the newest cycle")
  func newestCycle() async throws {
    let company = try await company(
      "    when: every week after ends_on\n    late: skip after 40 days")
    try await company.turn(at: "2026-04-15 10:00")
    #expect(company.mail(to: "1") == ["2026-04-15 letter"])
    let details = try await company.details(of: "1")
    let sent = try #require(details.first { $0.summary.state == .sent })
    #expect(sent.summary.cycle.number == 5)
    let others = details.filter { $0.summary.state != .sent && $0.summary.due < sent.summary.due }
    #expect(others.count == 4)
    #expect(others.allSatisfy { $0.successor == sent.summary.id })
    await company.close()
  }

  @Test("that lost their use during a stop are one counted fact, and none of them is a row")
  func missed() async throws {
    let company = try await company("    when: on ends_on\n    late: skip after 2 days")
    try company.write(
      """
      WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 1509)
      INSERT INTO customers SELECT i, 'n', 'c' || i || '@example.com', date('2026-03-12', (i % 3) || ' days'), NULL FROM n;
      """)
    try await company.restart()
    try await company.turn(at: "2026-03-31 10:00")
    #expect(company.letters.isEmpty)
    #expect(try await company.details(of: "10").isEmpty)
    let missed = company.daemon.health.problems(now: company.clock.now).filter {
      $0.kind == .missed
    }
    #expect(missed.count == 1)
    #expect(
      missed.first?.sentences(in: company.zone).first?.hasPrefix(
        "rule letter: 1503 reminders were too late when Kindly planned again, due from 2026-03-10 09:00 CST to 2026-03-14 09:00 CST"
      ) == true,
      "\(missed.flatMap { $0.sentences(in: company.zone) })")
    // They are told for a week, and counted once.
    try await company.turn(at: "2026-04-06 10:00")
    #expect(company.daemon.health.problems(now: company.clock.now).contains { $0.kind == .missed })
    try await company.turn(at: "2026-04-07 10:00")
    #expect(
      !company.daemon.health.problems(now: company.clock.now).contains { $0.kind == .missed })
    await company.close()
  }

  @Test(
    "count the days that are really left",
    arguments: [
      ("2026-03-06 10:00", "4"), ("2026-03-08 23:30", "2"), ("2026-03-10 10:00", "0"),
    ])
  func daysLeft(_ time: String, _ days: String) async throws {
    let company = try await company(
      "    when: 4 days before ends_on", subject: "{{days_left(this.ends_on)}} days left")
    try await company.turn(at: time)
    #expect(company.mail(to: "1") == ["\(time.prefix(10)) \(days) days left"])
    await company.close()
  }
}
