import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Dates that move after customers were told them.
@Suite("A moved date that was told")
struct CorrectionCompanyTests {
  private static func rules(_ more: String = "on move: correct") -> String {
    "\(Simple.ending)\n    \(more)\n"
  }

  private static let letter = """
    ---
    subject: "{{#moment.was}}not {{moment.was}} but {{/moment.was}}{{this.ends_on}}"
    ---
    <p>{{#moment.was}}No longer on {{date(moment.was)}}: {{/moment.was}}{{date(this.ends_on)}}</p>
    """

  /// A company at noon on 7 March, whose customer 1 was told on 6 March that the trial ends on 10 March.
  private func company(
    rules: String = rules(), quietHours: Bool = false
  ) async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: quietHours ? "quiet hours: 21:00-08:30" : ""),
      rules: rules, files: ["templates/ending.html": Self.letter])
    try await company.live(before: "2026-03-07 00:00")
    #expect(company.mail(to: "1") == ["2026-03-06 2026-03-10"])
    try await company.turn(at: "2026-03-07 12:00")
    return company
  }

  private func move(_ company: Company, to date: String, at time: String) async throws {
    try company.write("UPDATE customers SET ends_on = '\(date)' WHERE id = 1")
    try await company.turn(at: time)
  }

  @Test("is corrected at once and once, and told again at its own moment, after restarts too")
  func far() async throws {
    let company = try await company()
    try await move(company, to: "2026-05-20", at: "2026-03-07 12:05")
    try await company.live(before: "2026-05-25 00:00", restarting: true)
    #expect(
      company.mail(to: "1") == [
        "2026-03-06 2026-03-10", "2026-03-07 not 2026-03-10 but 2026-05-20",
        "2026-05-16 2026-05-20",
      ])
    #expect(try await company.states(of: "1") == ["sent", "sent", "sent"])
    let details = try await company.details(of: "1")
    #expect(details.map(\.summary.cycle.text)[1] == "2026-05-20 correction 1")
    #expect(details.map(\.was?.text) == [nil, "2026-03-10", nil])
    await company.close()
  }

  @Test("is told only at its own moment if the rule does not say more", arguments: ["", "nothing"])
  func nothing(word: String) async throws {
    let company = try await company(
      rules: Self.rules(word.isEmpty ? "class: care" : "on move: \(word)"))
    try await move(company, to: "2026-05-20", at: "2026-03-07 12:05")
    try await company.live(before: "2026-05-25 00:00")
    #expect(company.mail(to: "1") == ["2026-03-06 2026-03-10", "2026-05-16 2026-05-20"])
    await company.close()
  }

  @Test(
    "is not told again at its own moment if that is over or within a day",
    arguments: [
      ("2026-03-09", []), ("2026-03-12", []), ("2026-03-13", ["2026-03-09 2026-03-13"]),
    ])
  func near(date: String, more: [String]) async throws {
    let company = try await company()
    try await move(company, to: date, at: "2026-03-07 12:05")
    try await company.live(before: "2026-03-20 00:00", restarting: true)
    #expect(
      company.mail(to: "1")
        == ["2026-03-06 2026-03-10", "2026-03-07 not 2026-03-10 but \(date)"] + more)
    await company.close()
  }

  @Test("is corrected once, by the date told last, if it moves again before the correction leaves")
  func twice() async throws {
    let company = try await company(quietHours: true)
    try await move(company, to: "2026-05-20", at: "2026-03-07 22:00")
    try await move(company, to: "2026-06-20", at: "2026-03-07 23:00")
    try await company.turn(at: "2026-03-08 08:30")
    try await company.live(before: "2026-03-15 00:00")
    #expect(company.mail(to: "1").dropFirst() == ["2026-03-08 not 2026-03-10 but 2026-06-20"])
    #expect(try await company.states(of: "1") == ["sent", "cancelled date moved", "sent"])
    let details = try await company.details(of: "1")
    #expect(details[1].successor == details[2].summary.id)
    await company.close()
  }

  @Test("is not corrected if it is back before the correction leaves, and is if it moves again")
  func back() async throws {
    let company = try await company(quietHours: true)
    try await move(company, to: "2026-05-20", at: "2026-03-07 22:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting quiet hours"])
    try await move(company, to: "2026-03-10", at: "2026-03-07 23:00")
    #expect(try await company.states(of: "1") == ["sent", "cancelled date moved"])
    try await company.turn(at: "2026-03-08 08:30")
    #expect(company.mail(to: "1").count == 1)
    try await move(company, to: "2026-05-20", at: "2026-03-08 09:00")
    #expect(company.mail(to: "1").dropFirst() == ["2026-03-08 not 2026-03-10 but 2026-05-20"])
    await company.close()
  }

  @Test("is corrected each time that it moves, and may be told again")
  func chain() async throws {
    let company = try await company()
    for (hour, date) in ["2026-05-20", "2026-06-20", "2026-03-10", "2026-06-20"].enumerated() {
      try await move(company, to: date, at: "2026-03-07 \(13 + hour):00")
      try await company.restart()
      try await company.turn(at: "2026-03-07 \(13 + hour):30")
    }
    #expect(
      company.mail(to: "1").dropFirst() == [
        "2026-03-07 not 2026-03-10 but 2026-05-20", "2026-03-07 not 2026-05-20 but 2026-06-20",
        "2026-03-07 not 2026-06-20 but 2026-03-10", "2026-03-07 not 2026-03-10 but 2026-06-20",
      ])
    await company.close()
  }

  @Test(
    "is not corrected if its row or condition is gone before the correction leaves",
    arguments: [
      ("UPDATE customers SET status = 'paid' WHERE id = 1", "cancelled condition"),
      ("DELETE FROM customers WHERE id = 1", "cancelled row gone"),
      ("UPDATE customers SET ends_on = NULL WHERE id = 1", "cancelled date moved"),
    ])
  func gone(sql: String, state: String) async throws {
    let company = try await company(quietHours: true)
    try await move(company, to: "2026-05-20", at: "2026-03-07 22:00")
    try company.write(sql)
    for minute in ["30", "35", "41"] { try await company.turn(at: "2026-03-08 08:\(minute)") }
    #expect(company.mail(to: "1").count == 1)
    #expect(try await company.states(of: "1") == ["sent", state])
    await company.close()
  }

  @Test(
    "is not corrected if it or the new date is over",
    arguments: [("2026-05-20", "2026-03-11 09:00"), ("2026-03-01", "2026-03-07 12:05")])
  func over(date: String, time: String) async throws {
    let company = try await company()
    try await move(company, to: date, at: time)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").count == 1)
    await company.close()
  }

  @Test("is not corrected if the old date is over when quiet hours end")
  func overMeanwhile() async throws {
    let company = try await company(quietHours: true)
    try await move(company, to: "2026-05-20", at: "2026-03-10 22:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting quiet hours"])
    try await company.turn(at: "2026-03-11 08:30")
    #expect(company.mail(to: "1").count == 1)
    let states = try await company.states(of: "1")
    #expect(states.count == 2 && states.last?.hasPrefix("skipped") == true, "\(states)")
    await company.close()
  }

  @Test("is not corrected if the reminder about it was not sent")
  func unsent() async throws {
    let company = try await company()
    try company.write("UPDATE customers SET ends_on = '2026-03-20' WHERE id = 2")
    try await company.turn(at: "2026-03-15 12:00")
    try company.write("UPDATE customers SET ends_on = '2026-05-20' WHERE id = 2")
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "2").isEmpty)
    await company.close()
  }

  @Test("is corrected by the step that told it last, and by no other")
  func steps() async throws {
    let company = try await company(
      rules: """
        rules:
          - name: ending
            watch: customers
            send: email
            template: ending
            on move: correct
            steps:
              - { when: insert, name: new }
              - { when: 4 days before ends_on, name: early }
              - { when: 1 day before ends_on, name: late }
        """)
    try await company.live(before: "2026-03-10 00:00")
    #expect(company.mail(to: "1").last == "2026-03-09 2026-03-10")
    try await move(company, to: "2026-03-13", at: "2026-03-10 12:00")
    try await company.live(before: "2026-03-20 00:00")
    #expect(
      company.mail(to: "1").dropFirst(2) == [
        "2026-03-10 not 2026-03-10 but 2026-03-13", "2026-03-12 2026-03-13",
      ])
    await company.close()
  }

  @Test("is corrected if only its time moved, because the reader relies on that too")
  func time() async throws {
    let company = try await company(rules: Self.rules("on move: correct"))
    try company.write("UPDATE customers SET ends_on = '2026-03-20 15:00:00' WHERE id = 2")
    try await company.live(before: "2026-03-18 00:00")
    #expect(company.mail(to: "2") == ["2026-03-17 2026-03-20 15:00:00"])
    try company.write("UPDATE customers SET ends_on = '2026-03-20 17:00:00' WHERE id = 2")
    try await company.live(before: "2026-03-22 00:00", restarting: true)
    #expect(
      company.mail(to: "2").dropFirst()
        == ["2026-03-18 not 2026-03-20T15:00 but 2026-03-20 17:00:00"])
    await company.close()
  }

  @Test("is held with many others, and dropped or sent as a person decides")
  func mass() async throws {
    for acceptance in SourceAcceptance.allCases {
      let company = try await Company(
        at: "2026-03-10 12:00", schema: Simple.schema, configuration: Simple.configuration(),
        rules: Self.rules().replacing("4 days", with: "20 days"),
        files: ["templates/ending.html": Self.letter])
      // Up to 8 of them are told a day, which is no reason to send 150 at once.
      try company.write(
        """
        DELETE FROM customers;
        WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150)
        INSERT INTO customers (id, name, email, status, ends_on)
        SELECT i, 'n', 'c' || i || '@example.com', 'trial', date('2026-04-10', '+' || (i % 20) || ' days') FROM n;
        """)
      try await company.live(before: "2026-04-10 00:00")
      #expect(company.mail.count == 150)
      try company.write("UPDATE customers SET ends_on = '2026-08-01'")
      try await company.turn(at: "2026-04-09 12:00")
      #expect(company.mail.count == 150)
      #expect(company.daemon.health.hold(of: "customers") != nil)
      try await company.accept(acceptance)
      try await company.live(before: "2026-04-12 00:00", restarting: true)
      #expect(company.mail.count == (acceptance == .ignore ? 150 : 300))
      await company.close()
    }
  }

  @Test("is not corrected any more once the rule does not say so")
  func reloaded() async throws {
    let company = try await company(quietHours: true)
    try await move(company, to: "2026-05-20", at: "2026-03-07 22:00")
    try await company.reload(rules: Self.rules("on move: nothing"))
    try await company.turn(at: "2026-03-08 08:30")
    #expect(company.mail(to: "1").count == 1)
    #expect(try await company.states(of: "1") == ["sent", "cancelled rule absent"])
    await company.close()
  }
}
