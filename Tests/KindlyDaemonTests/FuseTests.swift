import KindlyControl
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// Days on which a rule would send far more than usual.
@Suite("The fuse at work")
struct FuseTests {
  static let note = ActionNote(uid: 7, user: "li", because: "meant")
  private static let ended = """
    rules:
      - { name: ended, watch: customers, when: on ends_on, send: email, template: ended }
    """
  private static let daily = """
    rules:
      - { name: daily, when: every day, send: email, template: daily }
    """

  /// A company with this many customers. Their trials end in the far future, unless an expression of the number `i`
  /// says when. All of them live in the company's zone, unless another one is given.
  func company(
    of count: Int, endsOn: String = "'2027-01-01'", at start: String = "2026-03-01 12:00",
    livingIn zone: String? = nil, rules: String
  ) async throws -> Company {
    let zones = zone.map { "ALTER TABLE customers ADD COLUMN zone TEXT DEFAULT '\($0)';" } ?? ""
    let configuration = Simple.configuration()
    let company = try await Company(
      at: start,
      schema: Simple.schema + """
        DELETE FROM customers;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
        INSERT INTO customers (id, name, email, status, ends_on)
        SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial', \(endsOn) FROM n;
        \(zones)
        """,
      configuration: zone == nil
        ? configuration
        : configuration.replacing("email: email }", with: "email: email, timezone: zone }"),
      rules: rules)
    try await company.turn()
    return company
  }

  /// Inserts 60 customers, too few for the guard against mass changes.
  func addPortion(from first: Int, to company: Company, at time: String) async throws {
    try company.write(
      """
      WITH RECURSIVE n(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(first + 59))
      INSERT INTO customers (id, name, email) SELECT i, 'c' || i, 'c' || i || '@example.com' FROM n
      """)
    try await company.turn(at: time)
  }

  func release(
    _ company: Company, _ rule: String, first: Int? = nil
  ) async throws -> FuseRelease {
    try await company.daemon.ledger.release(
      rule, first: first, through: nil, note: Self.note, now: company.clock.now)
  }

  func held(_ company: Company) async throws -> Int {
    try await company.daemon.ledger.reminders(
      ReminderSelection(reason: .fuse), before: nil, limit: 10_000
    ).count
  }

  /// What `kindly status` says, once the keeper has looked.
  func problems(_ company: Company) async throws -> [String] {
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    return try await company.daemon.ledger.problems().filter { $0.kind == .fuse }.flatMap {
      $0.sentences(in: company.zone)
    }
  }

  // MARK: Floods

  @Test("five thousand rows that end on the same day are asked about a day ahead, and held whole")
  func equalDates() async throws {
    let company = try await company(of: 5_000, endsOn: "'2026-03-20'", rules: Self.ended)
    try await company.turn(at: "2026-03-19 10:00")
    #expect(try await held(company) == 5_000)
    #expect(
      try await problems(company) == [
        """
        rule ended: its 5000 reminders of 2026-03-20 are held, because it has never sent any on an earlier day; run \
        `kindly release ended` to send them (with `--first 20` to begin with a few), or `kindly drop ended` to cancel \
        them
        """
      ])
    try await company.turn(at: "2026-03-20 09:30")
    #expect(company.mail.isEmpty)
    #expect(try await release(company, "ended") == FuseRelease(released: 5_000, left: 0))
    try await company.turn(at: "2026-03-20 09:40")
    #expect(company.letters.count == 5_000)
    #expect(try await problems(company).isEmpty)
    // That day is usual from now on.
    try company.write("UPDATE customers SET ends_on = '2026-03-25'")
    try await company.turn(at: "2026-03-24 10:00")
    #expect(try await held(company) == 0)
    await company.close()
  }

  @Test("a mass import in portions is held as soon as it is too much, and dropped by a person")
  func portions() async throws {
    let rules = """
      rules:
        - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
      """
    let company = try await company(of: 1_000, rules: rules)
    func add(from first: Int, at time: String) async throws {
      try await addPortion(from: first, to: company, at: time)
    }
    try await add(from: 2_000, at: "2026-03-02 12:00")
    #expect(company.letters.count == 60)
    for minute in [10, 20] {
      try await add(from: 2_000 + minute * 10, at: "2026-03-02 12:\(minute)")
    }
    #expect(company.letters.count == 60)
    #expect(try await held(company) == 120)
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(
      try await company.daemon.ledger.drop(
        "welcome", through: nil, note: Self.note, now: company.clock.now) == 120)
    // What comes later that day counts from then on.
    try await add(from: 3_000, at: "2026-03-02 13:00")
    #expect(company.letters.count == 120)
    try await add(from: 3_100, at: "2026-03-02 13:10")
    #expect(company.letters.count == 120)
    #expect(try await held(company) == 60)
    // The next day may have ten times as many.
    try await add(from: 3_200, at: "2026-03-03 12:00")
    try await add(from: 3_300, at: "2026-03-03 12:10")
    #expect(company.letters.count == 240)
    await company.close()
  }

  @Test("a mass import that a person has accepted is not asked about again")
  func accepted() async throws {
    let company = try await company(
      of: 10,
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
        """)
    try company.write(
      """
      WITH RECURSIVE n(i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 310)
      INSERT INTO customers (id, name, email) SELECT i, 'c', 'c@example.com' FROM n
      """)
    try await company.turn(at: "2026-03-02 12:00")
    #expect(company.daemon.health.hold(of: "customers")?.cause == .massChange)
    try await company.accept(.accept)
    try await company.turn(at: "2026-03-02 12:10")
    #expect(company.letters.count == 300)
    // Nor do they count for what comes later.
    try company.write("INSERT INTO customers (id, name, email) VALUES (999, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-02 12:20")
    #expect(company.mail.last == "2026-03-02 999 welcome")
    await company.close()
  }

  @Test("a wrong edit of all dates is held a day ahead, and writes to nobody once it is taken back")
  func wrongEdit() async throws {
    let dates = "date('2026-03-06', '+' || (i % 100) || ' days')"
    let company = try await company(
      of: 300, endsOn: dates, at: "2026-03-01 10:00",
      rules: """
        rules:
          - { name: ending, watch: customers, when: 4 days before ends_on, send: email, template: ending }
        """)
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.letters.count == 30)
    try company.write("UPDATE customers SET ends_on = '2026-03-20'")
    try await company.live(before: "2026-03-16 00:00")
    let sent = company.letters.count
    #expect(try await held(company) == 300)
    #expect(try await problems(company).first?.contains("it usually sends 3 on a day") == true)
    try await company.turn(at: "2026-03-16 10:00")
    #expect(company.letters.count == sent)
    try company.write("UPDATE customers SET ends_on = \(dates.replacing("i %", with: "id %"))")
    try await company.turn(at: "2026-03-16 12:00")
    // Released, each is checked again: three end on the 20th in any case, and twelve in the days before.
    let left = try await held(company)
    #expect(try await release(company, "ending") == FuseRelease(released: left, left: 0))
    try await company.turn(at: "2026-03-16 12:10")
    #expect(company.letters.count == sent + 15)
    try await company.turn(at: "2026-03-17 10:00")
    #expect(company.letters.suffix(3).allSatisfy { $0.at == company.clock.now })
    #expect(try await problems(company).isEmpty)
    await company.close()
  }

  // MARK: Days of the calendar

  @Test("a single day of the calendar asks a day ahead, and leaves on time")
  func occasion() async throws {
    let rules = """
      rules:
        - { name: spring, when: on 2026-03-20 at 10:00, send: email, template: spring }
      """
    let company = try await company(of: 150, rules: rules)
    try await company.turn(at: "2026-03-19 09:30")
    #expect(try await held(company) == 150)
    #expect(try await release(company, "spring").released == 150)
    try await company.turn(at: "2026-03-19 12:00")
    #expect(company.mail.isEmpty)
    try await company.turn(at: "2026-03-20 10:00")
    #expect(company.letters.count == 150)
    await company.close()
  }

  @Test("`fuse:` says how many are meant: so many are never held, and more are")
  func declared() async throws {
    let rules = """
      rules:
        - { name: spring, when: on 2026-03-20 at 10:00, send: email, template: spring, fuse: 150 a day }
        - { name: summer, when: on 2026-03-20 at 10:00, send: email, template: summer, fuse: 149 a day }
      """
    let company = try await company(of: 150, rules: rules)
    try await company.turn(at: "2026-03-19 09:30")
    try await company.turn(at: "2026-03-20 10:00")
    #expect(company.letters.count == 150)
    #expect(company.letters.allSatisfy { $0.rule == "spring" })
    #expect(try await problems(company).first?.contains("`fuse:` allows 149 a day") == true)
    try await company.reload(rules: rules.replacing("149", with: "150"))
    try await company.turn()
    #expect(company.letters.count == 300)
    #expect(try await problems(company).isEmpty)
    await company.close()
  }

  @Test("days that come back have a usual number like any others")
  func regular() async throws {
    let company = try await company(of: 150, at: "2026-03-01 08:00", rules: Self.daily)
    try await company.turn(at: "2026-03-01 10:00")
    #expect(company.mail.isEmpty)
    _ = try await release(company, "daily")
    try await company.turn()
    #expect(company.letters.count == 150)
    try await company.live(before: "2026-03-05 00:00")
    #expect(company.letters.count == 600)
    await company.close()
  }

  // MARK: Stops

  @Test(
    "what has piled up during three weeks is held though it is usual", arguments: [true, false])
  func catchUp(isArmed: Bool) async throws {
    let company = try await company(of: 150, at: "2026-03-01 08:00", rules: Self.daily)
    try await company.turn(at: "2026-03-01 10:00")
    _ = try await release(company, "daily")
    try await company.turn()
    try await company.live(before: "2026-03-04 00:00", restarting: true)
    #expect(company.letters.count == 450)
    if isArmed {
      // Planned the day before, and let go by arming: another copy may have sent them.
      company.clock.advance(to: try Company.instant("2026-03-04 08:00", in: company.zone))
      try await company.daemon.ledger.arm(Self.note, now: company.clock.now)
      try await company.turn(at: "2026-03-04 10:00")
    } else {
      company.clock.advance(to: try Company.instant("2026-03-24 10:00", in: company.zone))
      try await company.restart()
      try await company.turn()
    }
    #expect(company.letters.count == 450)
    #expect(try await held(company) == 150)
    #expect(try await problems(company).contains { $0.contains("piled up during a stop") })
    _ = try await release(company, "daily")
    try await company.turn()
    #expect(company.letters.count == 600)
    // From the next day on the usual number is right again.
    try await company.turn(at: isArmed ? "2026-03-05 10:00" : "2026-03-25 10:00")
    #expect(company.letters.count == 750)
    await company.close()
  }

  @Test(
    "a few leave after a long stop as ever, however many days each of them missed",
    arguments: ["", ", late: skip after 2 weeks"])
  func fewAfterStop(_ late: String) async throws {
    let company = try await company(
      of: 20, at: "2026-03-01 08:00",
      rules: Self.daily.replacing("template: daily", with: "template: daily\(late)"))
    company.clock.advance(to: try Company.instant("2026-03-24 10:00", in: company.zone))
    try await company.restart()
    try await company.turn()
    #expect(company.letters.count == 20)
    #expect(try await held(company) == 0)
    await company.close()
  }

  // MARK: Releases

  @Test("the first few leave before the rest, also across restarts, and none twice")
  func firstFew() async throws {
    let company = try await company(of: 150, endsOn: "'2026-03-20'", rules: Self.ended)
    try await company.turn(at: "2026-03-19 10:00")
    try await company.restart()
    try await company.turn(at: "2026-03-20 10:00")
    #expect(company.mail.isEmpty)
    #expect(try await release(company, "ended", first: 20) == FuseRelease(released: 20, left: 130))
    try await company.restart()
    try await company.turn()
    #expect(company.letters.count == 20)
    #expect(try await problems(company).count == 1)
    #expect(try await release(company, "ended") == FuseRelease(released: 130, left: 0))
    try await company.restart()
    for minute in ["10:10", "10:20"] { try await company.turn(at: "2026-03-20 \(minute)") }
    #expect(company.letters.count == 150)
    #expect(Set(company.letters.map(\.customer)).count == 150)
    await company.close()
  }

  @Test("what is released meets the recheck like any other")
  func recheckedAfterRelease() async throws {
    let company = try await company(of: 150, endsOn: "'2026-03-20'", rules: Self.ended)
    try await company.turn(at: "2026-03-20 10:00")
    _ = try await release(company, "ended")
    try company.write("DELETE FROM customers WHERE id = 7")
    for minute in ["10:01", "10:30"] { try await company.turn(at: "2026-03-20 \(minute)") }
    #expect(company.letters.count == 149)
    #expect(try await company.states(of: "7") == ["cancelled row gone"])
    await company.close()
  }

  // MARK: The desk

  @Test(
    "the desk releases and drops, with the daemon and without it", arguments: DeskTests.Way.allCases
  )
  func desk(_ way: DeskTests.Way) async throws {
    let company = try await company(
      of: 5, endsOn: "'2026-03-20'",
      rules: Self.ended.replacing("send: email", with: "send: email, fuse: 2 a day"))
    try await company.turn(at: "2026-03-20 10:00")
    func ask(_ request: ControlRequest) async throws -> ControlReply {
      try await DeskTests().ask(request, of: company, way)
    }
    let next = way == .daemon ? "" : " and the daemon runs"
    #expect(
      try await ask(.release(rule: "ended", first: 2, through: nil, because: "try"))
        == .ok(
          text:
            "2 reminders of rule ended released; each is sent once it is due\(next); 3 are still held",
          count: 2))
    try await company.turn()
    #expect(company.letters.count == 2)
    #expect(
      try await ask(.drop(rule: "ended", through: nil, because: "no good"))
        == .ok(text: "3 reminders of rule ended dropped, and never sent", count: 3))
    try await company.turn(at: "2026-03-20 11:00")
    #expect(company.letters.count == 2)
    #expect(
      try await ask(.release(rule: "ended", first: nil, through: nil, because: "x"))
        .isRefused("rule ended holds no reminders"))
    #expect(
      try await ask(.drop(rule: "endde", through: nil, because: "x"))
        .isRefused("there is no rule endde; did you mean `ended`?"))
    let dropped = try #require(
      try await company.details(of: "5").first { $0.summary.state == .cancelled })
    #expect(dropped.actions.map { "\($0.verb) by \($0.note.user)" } == ["drop by li"])
    await company.close()
  }
}
