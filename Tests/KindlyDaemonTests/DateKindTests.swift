import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// What a date column means, from the table to the letter.
@Suite("The kind of a date column in the daemon")
struct DateKindTests {
  /// A company in Berlin whose customers have a date in `x`, of no declared type.
  private func company(
    _ rows: String, when: String, dates: String = "", extra: String = "",
    at start: String = "2027-03-01 12:00"
  ) async throws -> Company {
    let company = try await Company(
      at: start, zone: "Europe/Berlin",
      schema: """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, tz TEXT, x);
        INSERT INTO customers (id, name, email, tz, x)
        SELECT column1, 'Ada', 'c' || column1 || '@example.com', column2, column3 FROM (VALUES \(rows));
        """,
      configuration: """
        timezone: Europe/Berlin
        delivery: live
        state: FOLDER/state
        socket: FOLDER/control.sock
        sources:
          crm: { url: "sqlite://FOLDER/crm.db" }
        watches:
          customers: { source: crm, table: customers, key: id\(dates) }
        customers: { watch: customers, name: name, email: email, timezone: tz }
        channels:
          email: { type: maildir, path: FOLDER/mail }
        \(extra)
        """,
      rules: """
        rules:
          - { name: r, watch: customers, when: \(when), send: email, template: letter }
        """,
      files: [
        "templates/letter.html": "---\nsubject: \"on {{date(this.x)}}\"\n---\n<p>Hello</p>\n"
      ])
    try await company.turn()
    return company
  }

  private func sent(_ company: Company) -> [String] {
    company.letters.map { letter in
      let wall = company.zone.wallClock(at: letter.at)
      return "\(letter.customer) \(wall.date) \(wall.timeText.prefix(5)) \(letter.subject)"
    }
  }

  @Test(
    "takes midnights for days, which begin where the customer lives",
    arguments: [
      "'2027-03-10 00:00:00'", "'2027-03-10T00:00:00Z'", "'2027-03-09T23:00:00Z'", "1804636800",
    ])
  func midnight(value: String) async throws {
    let company = try await company(
      "(1, NULL, \(value)), (2, 'America/New_York', \(value))", when: "3 days before x")
    for time in ["2027-03-07 00:01", "2027-03-07 08:59", "2027-03-07 09:00", "2027-03-07 15:00"] {
      try await company.turn(at: time)
    }
    #expect(
      sent(company) == [
        "1 2027-03-07 09:00 on 10 March 2027", "2 2027-03-07 15:00 on 10 March 2027",
      ])
    await company.close()
  }

  @Test("leaves midnights times where the watch says so")
  func statedTimes() async throws {
    let company = try await company(
      "(1, NULL, '2027-03-10 00:00:00')", when: "2 hours before x", dates: ", dates: { X: time }")
    try await company.turn(at: "2027-03-09 21:59")
    #expect(sent(company).isEmpty)
    try await company.turn(at: "2027-03-09 22:00")
    #expect(sent(company) == ["1 2027-03-09 22:00 on 10 March 2027"])
    await company.close()
  }

  @Test("forgets an order of dates that few values seemed to have, when others contradict it")
  func contradictedOrder() async throws {
    let company = try await company(
      "(1, NULL, '12/28/2027')", when: "13 days before x", at: "2027-11-20 12:00")
    let rows = (10..<50).map { "(\($0), 'Ada', 'c\($0)@example.com', '15/03/2028')" }
    try company.write(
      "INSERT INTO customers (id, name, email, x) VALUES (2, 'Ada', 'c2@example.com', '12/11/2027'), "
        + rows.joined(separator: ", "))
    // With the month first, the letter to customer 2 would be about the 11th of December.
    try await company.live(before: "2027-12-31 00:00")
    #expect(sent(company).isEmpty)
    await company.close()
  }

  @Test("announces no time that is over")
  func overTime() async throws {
    let company = try await company("(1, NULL, '2027-03-10 10:00')", when: "2 hours before x")
    try await company.turn(at: "2027-03-09 12:00")
    try await company.turn(at: "2027-03-10 15:00")
    #expect(sent(company).isEmpty)
    #expect(try await company.states(of: "1") == ["skipped too late"])
    await company.close()
  }

  @Test("skips what quiet hours would hold past the time that it announces")
  func quietPastUse() async throws {
    let company = try await company(
      "(1, NULL, '2027-03-10 08:00')", when: "2 hours before x",
      extra: "quiet hours: 21:00-08:30")
    for time in ["2027-03-10 06:00", "2027-03-10 08:00", "2027-03-10 08:31"] {
      try await company.turn(at: time)
    }
    #expect(sent(company).isEmpty)
    #expect(try await company.states(of: "1") == ["skipped too late"])
    await company.close()
  }

  @Test("drops what was planned where the time is moved to an earlier hour that is over")
  func movedEarlier() async throws {
    let company = try await company("(1, NULL, '2027-03-10 17:00')", when: "1 day before x")
    try await company.turn(at: "2027-03-09 16:59")
    try company.write("UPDATE customers SET x = '2027-03-10 07:00'")
    try await company.turn(at: "2027-03-10 12:00")
    #expect(sent(company).isEmpty)
    #expect(try await company.states(of: "1") == ["skipped too late"])
    await company.close()
  }

  @Test("sends nothing about numbers that are no dates, and something about those that are")
  func numbers() async throws {
    let slips = "(1, NULL, 19850532), (2, NULL, 31121985), (3, NULL, 850503), (4, NULL, '99999999')"
    let company = try await company(slips, when: "every year on x")
    // Read as Unix seconds, the first of them is the 18th of August.
    try await company.live(before: "2027-08-25 00:00")
    #expect(sent(company).isEmpty)
    try company.write(
      """
      INSERT INTO customers (id, name, email, x)
      SELECT 10 + column1, 'Ada', 'd@example.com', 19850900 + column1 FROM (VALUES (2), (3), (4), (5), (6))
      """)
    try await company.live(before: "2027-09-10 00:00")
    #expect(company.mail.map { $0.prefix(13) } == (2...6).map { "2027-09-0\($0) 1\($0)" })
    await company.close()
  }

  @Test("sends nothing about placeholders, which are the birthdays of nobody")
  func placeholders() async throws {
    let company = try await company(
      """
      (1, NULL, '1900-01-01'), (2, NULL, '1899-12-30'), (3, NULL, '0001-01-01 00:00:00'), (4, NULL, '9999-12-31'),
      (5, NULL, '1985-12-30')
      """, when: "every year on x", at: "2027-12-20 12:00")
    try await company.live(before: "2028-01-10 00:00")
    #expect(company.mail == ["2027-12-30 5 on 30 December 1985"])
    await company.close()
  }

  @Test("reads dates whose year comes last where the values or the watch tell the order")
  func yearLast() async throws {
    let values = [
      ("(1, NULL, '10.03.2027')", ""), ("(1, NULL, '10/03/2027'), (2, NULL, '28/12/2020')", ""),
      ("(1, NULL, '03/10/2027')", ", dates: MDY"), ("(1, NULL, '2027年3月10日')", ""),
    ]
    for (rows, dates) in values {
      let company = try await company(rows, when: "3 days before x", dates: dates)
      try await company.live(before: "2027-03-12 00:00")
      #expect(company.mail == ["2027-03-07 1 on 10 March 2027"], "\(rows)")
      await company.close()
    }
    let open = try await company("(1, NULL, '03/10/2027')", when: "3 days before x")
    for time in ["2027-03-07 10:00", "2027-09-30 10:00"] { try await open.turn(at: time) }
    #expect(open.mail.isEmpty)
    await open.close()
  }

  @Test(
    "reads years of two digits in the century that the watch states",
    arguments: [
      ("'10.03.27'", "[DMY, years 1990-2089]"), ("'3/10/27'", "[MDY, years 1990-2089]"),
      ("'27-03-10'", "[YMD, years 1990-2089]"), ("'10-3-27 00:00:00'", "[years 1990-2089, DMY]"),
    ])
  func shortYears(value: String, statement: String) async throws {
    let company = try await company(
      "(1, NULL, \(value)), (2, NULL, '10.03.1927')", when: "3 days before x",
      dates: ", dates: { x: \(statement) }")
    try await company.live(before: "2027-03-12 00:00", restarting: true)
    #expect(company.mail == ["2027-03-07 1 on 10 March 2027"])
    await company.close()
    let open = try await self.company("(1, NULL, \(value))", when: "3 days before x")
    try await open.live(before: "2027-03-12 00:00")
    #expect(open.mail.isEmpty)
    let problems = open.daemon.health.problems(now: open.clock.now)
      .flatMap { $0.sentences(in: open.zone) }
    #expect(problems.contains { $0.contains("1 × a year of two digits") }, "\(problems)")
    await open.close()
  }

  @Test("repeats nothing when a column turns out to hold times")
  func growth() async throws {
    let company = try await company("(1, NULL, '2027-03-10 00:00:00')", when: "3 days before x")
    try await company.live(before: "2027-03-08 00:00")
    #expect(company.mail == ["2027-03-07 1 on 10 March 2027"])
    try company.write(
      "INSERT INTO customers (id, name, email, x) VALUES (2, 'Li', 'l@example.com', '2027-03-20 14:00')"
    )
    try await company.live(before: "2027-03-16 00:00", restarting: true)
    #expect(company.mail == ["2027-03-07 1 on 10 March 2027"])
    try await company.turn(at: "2027-03-17 14:00")
    #expect(company.mail.last == "2027-03-17 2 on 20 March 2027")
    await company.close()
  }

  @Test("finds the kind of a column whose first rows have no value")
  func sparse() async throws {
    let company = try await company("(1, NULL, NULL)", when: "3 days before x")
    try company.write(
      """
      WITH RECURSIVE n(i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO customers (id, name, email) SELECT i, 'Ada', 'a@example.com' FROM n;
      INSERT INTO customers (id, name, email, x) VALUES (3000, 'Li', 'l@example.com', 20270310);
      """)
    try await company.live(before: "2027-03-12 00:00")
    #expect(company.mail == ["2027-03-07 3000 on 10 March 2027"])
    await company.close()
  }

  @Test("writes a letter without a date where there is none")
  func nothingThere() async throws {
    let company = try await company(
      "(1, NULL, '2027-03-10')", when: "3 days before x",
      extra: "")
    try company.write(
      "ALTER TABLE customers ADD COLUMN visit; UPDATE customers SET visit = '0000-00-00'")
    try company.folder.write(
      "---\nsubject: \"Hello {{date(this.visit)}}{{#this.visit}}never{{/this.visit}}\"\n---\n<p>Hi</p>\n",
      to: "templates/letter.html")
    _ = try await company.daemon.reloader.reload(acceptDrop: false)
    try await company.live(before: "2027-03-12 00:00")
    #expect(company.letters.map(\.subject.trimmed) == ["Hello"])
    await company.close()
  }
}
