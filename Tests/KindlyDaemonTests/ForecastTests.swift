import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// What a forecast says, beside what the daemon then sends.
@Suite("A forecast")
struct ForecastTests {
  /// A line of a forecast or of the mail: `2026-03-10 09:00 1 ladder`.
  private func lines(
    of company: Company, days: Int, customer: String? = nil, mostHeld: Int = Forecast.mostHeld
  ) async throws -> (leaving: [String], staying: [String]) {
    var leaving: [String] = []
    var staying: [String] = []
    for entry in try await company.forecast(days: days, customer: customer, mostHeld: mostHeld) {
      let customer = entry.customer?.description ?? "nobody"
      let rule = company.daemon.configuration.rule(named: entry.rule)
      let letter = rule?.step(named: entry.step)?.template ?? ""
      switch entry.fate {
      case .leaves(let time, _):
        leaving.append("\(wall(time, company)) \(customer) \(letter)")
      case .stays(let reason): staying.append("\(customer) \(letter): \(reason.words)")
      }
    }
    return (leaving.sorted(), staying.sorted())
  }

  /// The ways that reminders take: `2026-03-07 09:00 1 email`, or `1 no address`.
  private func ways(of company: Company, days: Int) async throws -> [String] {
    try await company.forecast(days: days).map { entry -> String in
      let customer = entry.customer?.description ?? "nobody"
      return switch entry.fate {
      case .leaves(let time, let channel): "\(wall(time, company)) \(customer) \(channel)"
      case .stays(let reason): "\(customer) \(reason.words)"
      }
    }.sorted()
  }

  private func wall(_ time: Instant, _ company: Company) -> String {
    let wall = company.zone.wallClock(at: time)
    return "\(wall.date) \(wall.timeText.prefix(5))"
  }

  private static let note = ActionNote(uid: 0, user: "test", because: "test")

  /// The mail since an instant, as `lines` writes it; a letter has its template's name as its subject.
  private func mail(of company: Company, since: Instant) -> [String] {
    company.letters.filter { $0.at > since }.map { letter in
      "\(wall(letter.at, company)) \(letter.customer) \(letter.subject)"
    }.sorted()
  }

  /// Lets a company live through days; it turns at each time of day at which something can be due or quiet hours end.
  private func live(_ company: Company, days: Int) async throws {
    try await company.live(days: days, at: ["08:30", "09:00", "10:00", "11:30", "22:30"])
  }

  private static let rules = """
    rules:
      - name: trial
        watch: customers
        if: status = 'trial'
        send: email
        steps:
          - { when: 3 days before ends_on, template: soon }
          - { when: 1 day before ends_on at 10:00, template: tomorrow }
          - { when: on ends_on at 22:30, template: today }
          - { when: 2 weeks after ends_on, template: later }
      - name: weekly
        when: every Monday at 11:30
        if: id <> 3
        send: email
        template: weekly
      - name: yearly
        watch: customers
        when: every 10 days after ends_on
        send: email
        template: often
      - name: recent
        watch: customers
        if: ends_on >= date(:today, '-5 days')
        when: 4 days after ends_on
        send: email
        template: recent
    """

  private func company() async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: ForecastTests.rules)
    try company.write(
      """
      DELETE FROM customers;
      INSERT INTO customers (id, name, email, status, ends_on) VALUES
        (1, 'Wang', 'wang@example.com', 'trial', '2026-03-10'),
        (2, 'Li', 'li@example.com', 'trial', '2026-04-20'),
        (3, 'Zhao', 'zhao@example.com', 'left', '2026-02-20'),
        (4, 'Qian', NULL, 'trial', '2026-03-20'),
        (5, 'Sun', 'sun@example.com', 'trial', '2026-03-03'),
        (6, 'Zhou', 'zhou@example.com', 'trial', NULL);
      """)
    return company
  }

  @Test("of 90 days equals what is then sent over those 90 days")
  func equality() async throws {
    let company = try await company()
    try await company.turn()
    let start = company.clock.now
    let forecast = try await lines(of: company, days: 90)
    #expect(forecast.staying.contains("4 soon: no address"))
    #expect(forecast.leaving.count > 80)
    let parts = try await lines(of: company, days: 90, mostHeld: 1)
    #expect(parts.leaving == forecast.leaving && parts.staying == forecast.staying)
    try await live(company, days: 90)
    let mail = mail(of: company, since: start)
    #expect(mail == forecast.leaving)
    await company.close()
  }

  @Test("in the midst of a life leaves out what was sent, and has what waits")
  func midst() async throws {
    let company = try await company()
    try await live(company, days: 9)
    // Waits for the end of quiet hours.
    try await company.turn(at: "2026-03-10 23:00")
    let start = company.clock.now
    let forecast = try await lines(of: company, days: 20)
    #expect(forecast.leaving.contains("2026-03-11 08:30 1 today"))
    #expect(!forecast.leaving.contains { $0.hasSuffix("1 soon") })
    try await live(company, days: 20)
    #expect(mail(of: company, since: start) == forecast.leaving)
    await company.close()
  }

  private static func ladder(_ steps: String...) -> String {
    """
    rules:
      - name: ladder
        watch: customers
        send: email
        steps:

    """ + steps.map { "      - { \($0) }\n" }.joined()
  }

  private static let last = "name: last, when: 1 day before ends_on, template: last"

  @Test("leaves out a step that was sent already, however far an edit has moved its moment")
  func editedOffset() async throws {
    let company = try await Simple.company(
      rules: Self.ladder("name: early, when: 30 days before ends_on, template: early", Self.last))
    try company.write("UPDATE customers SET ends_on = '2026-04-01' WHERE id = 1")
    try await live(company, days: 2)
    #expect(mail(of: company, since: .distantPast) == ["2026-03-02 09:00 1 early"])
    try await company.reload(
      rules: Self.ladder("name: early, when: 7 days before ends_on, template: early", Self.last))
    try await company.restart()
    let start = company.clock.now
    let forecast = try await lines(of: company, days: 50)
    #expect(
      forecast.leaving == [
        "2026-03-31 09:00 1 last", "2026-04-13 09:00 2 early", "2026-04-19 09:00 2 last",
      ])
    try await live(company, days: 50)
    #expect(mail(of: company, since: start) == forecast.leaving)
    await company.close()
  }

  @Test("counts a new step of a known rule from now, as the reload will")
  func newStep() async throws {
    let company = try await Simple.company(rules: Self.ladder(Self.last))
    try company.write(
      """
      UPDATE customers SET ends_on = '2026-05-04' WHERE id = 1;
      UPDATE customers SET ends_on = '2026-05-16' WHERE id = 2;
      """)
    try await live(company, days: 14)
    let start = company.clock.now
    let rules = Self.ladder(
      "name: early, when: 60 days before ends_on, template: early", Self.last)
    // That of the first customer would have been due on 5 March.
    #expect(try await company.tallies(to: rules, days: 7).map(\.added) == [1])
    try await company.reload(rules: rules)
    try await live(company, days: 7)
    #expect(mail(of: company, since: start) == ["2026-03-17 09:00 2 early"])
    await company.close()
  }

  @Test("stops searching when it has found more than the caller wants to wait for")
  func tooMuch() async throws {
    let company = try await company()
    try await company.turn()
    let rules = Self.rules.replacing("1 day before", with: "2 days before")
    await #expect(throws: Forecast.TooMuch.self) {
      _ = try await company.tallies(to: rules, days: 90, most: 3)
    }
    #expect(try await company.tallies(to: rules, days: 90, most: 1000).count == 4)
    await company.close()
  }

  @Test("of one customer has only theirs, and a paused rule's reminders stay")
  func customer() async throws {
    let company = try await company()
    try await company.turn()
    let all = try await lines(of: company, days: 30)
    let one = try await lines(of: company, days: 30, customer: "1")
    #expect(!one.leaving.isEmpty)
    #expect(one.leaving == all.leaving.filter { $0.split(separator: " ")[2] == "1" })
    try await company.daemon.ledger.pause(
      .rule("weekly"), until: nil, note: Self.note, now: company.clock.now)
    let paused = try await lines(of: company, days: 30, customer: "1")
    #expect(!paused.leaving.contains { $0.hasSuffix("weekly") })
    #expect(paused.staying.contains("1 weekly: paused"))
    // The first has fallen due and is parked for as long as it is of use.
    try await company.turn(at: "2026-03-02 11:30")
    #expect(try await company.states(of: "1") == ["waiting paused"])
    let weeks = [String](repeating: "1 weekly: paused", count: 5)
    let parked = try await lines(of: company, days: 30, customer: "1").staying
    #expect(parked.filter { $0.contains("weekly") } == weeks)
    await company.close()
  }

  @Test("has the corrections of moved dates, planned or not, and no reminder that tells the same")
  func corrections() async throws {
    let company = try await Company(
      at: "2026-03-05 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: Simple.ending + "\n    on move: correct\n")
    try await live(company, days: 2)
    #expect(mail(of: company, since: .distantPast) == ["2026-03-06 09:00 1 ending"])
    company.clock.advance(to: try Company.instant("2026-03-07 22:00", in: company.zone))
    let start = company.clock.now
    for (date, more) in [
      ("2026-05-20", []), ("2026-03-12", []), ("2026-03-14", ["2026-03-10 09:00 1 ending"]),
    ] {
      try company.write("UPDATE customers SET ends_on = '\(date)' WHERE id = 1")
      let expected = ["2026-03-08 08:30 1 ending"] + more
      #expect(try await lines(of: company, days: 7).leaving == expected)
      try await company.turn()
      #expect(try await lines(of: company, days: 7).leaving == expected)
    }
    try company.write("UPDATE customers SET ends_on = '2026-03-10' WHERE id = 1")
    #expect(try await lines(of: company, days: 7).leaving.isEmpty)
    try company.write("UPDATE customers SET ends_on = '2026-03-14' WHERE id = 1")
    let forecast = try await lines(of: company, days: 7)
    try await live(company, days: 7)
    #expect(mail(of: company, since: start) == forecast.leaving)
    await company.close()
  }

  @Test("has the reminders of inserts that wait, as far as their rows still apply")
  func inserts() async throws {
    let company = try await Company(
      at: "2026-03-01 22:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: """
        rules:
          - name: welcome
            watch: customers
            when: insert
            if: status = 'trial'
            send: email
            template: welcome
        """)
    try await company.turn()
    try company.write(
      """
      INSERT INTO customers (id, name, email, status) VALUES (7, 'Wu', 'wu@example.com', 'trial'),
        (8, 'Zheng', 'zheng@example.com', 'left'), (9, 'Wang', 'wang9@example.com', 'trial');
      """)
    try await company.turn(at: "2026-03-01 22:01")
    try company.write("DELETE FROM customers WHERE id = 9")
    let forecast = try await lines(of: company, days: 2)
    #expect(forecast.leaving == ["2026-03-02 08:30 7 welcome"])
    await company.close()
  }

  @Test("says that the reminders of a held watch stay, until a person has decided")
  func held() async throws {
    let company = try await Simple.company(
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
          - { name: ending, watch: customers, when: 4 days before ends_on, send: email, template: ending }
        """)
    #expect(try await lines(of: company, days: 7).leaving == ["2026-03-06 09:00 1 ending"])
    try company.replaceDatabase()
    try company.write("INSERT INTO customers (id, name, email) VALUES (9, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-02 09:30")
    let held = try await lines(of: company, days: 7)
    #expect(held.leaving.isEmpty && held.staying == ["1 ending: mass change"])
    try await company.accept(.accept)
    for time in ["10:00", "10:30"] { try await company.turn(at: "2026-03-02 \(time)") }
    #expect(try await lines(of: company, days: 7).leaving == ["2026-03-06 09:00 1 ending"])
    await company.close()
  }

  @Test("sends a follow-up over the next channel, unless its message was read")
  func followUps() async throws {
    let rules = Simple.ending.replacing(
      "send: email", with: "send: inbox else after 24 hours unread email")
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: rules)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting unread"])
    #expect(try await ways(of: company, days: 3) == ["2026-03-07 09:00 1 email"])
    // The channel that is left is the one that sent the message.
    try await company.reload(
      rules: Simple.ending.replacing("send: email", with: "send: email else inbox"))
    try await company.restart()
    #expect(try await ways(of: company, days: 3) == ["1 no address"])
    try await company.reload(rules: rules)
    try await company.restart()
    let entries = try await company.daemon.ledger.inbox(unreadOnly: true, before: nil, limit: 9)
    _ = try await company.daemon.ledger.markRead(
      entries.map(\.id), note: Self.note, now: company.clock.now)
    #expect(try await ways(of: company, days: 3).isEmpty)
    await company.close()
  }

  @Test("goes on in the route where a reminder has come to")
  func nextChannel() async throws {
    let company = try await Simple.company(
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email else inbox, template: welcome, class: service }
        """)
    company.channel.follow { _ in .rejected(Refusal("550 no")) }
    let end = try Company.instant("2026-03-01 14:05", in: company.zone)
    try await company.daemon.ledger.pause(
      .channel("inbox"), until: end, note: Self.note, now: company.clock.now)
    try company.write("INSERT INTO customers (id, name, email) VALUES (9, 'n', 'n@example.com')")
    try await company.turn(at: "2026-03-01 12:05")
    #expect(try await company.states(of: "9") == ["waiting paused"])
    #expect(try await ways(of: company, days: 1) == ["2026-03-01 14:05 9 inbox"])
    await company.close()
  }

  @Test("has what a person sends again by itself, and not in the digest of its step")
  func resentDigest() async throws {
    let company = try await Company(
      at: "2026-03-05 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: Simple.ending + "\n    digest: daily at 11:00\n",
      files: [
        "templates/ending.html":
          "---\nsubject: ending\n---\n{{#rows}}<p>{{customer.name}}</p>{{/rows}}\n"
      ])
    for time in ["05 12:00", "06 09:00", "06 11:00"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    let sent = try #require(try await company.details(of: "1").first).summary
    #expect(sent.state == .sent)
    try await company.turn(at: "2026-03-06 22:00")
    let start = company.clock.now
    _ = try await company.daemon.ledger.resend(
      sent.id, useUntil: start + .days(3), note: Self.note, now: start)
    let forecast = try await lines(of: company, days: 3)
    #expect(forecast.leaving == ["2026-03-07 08:30 1 ending"])
    for time in ["22:05", "23:59"] { try await company.turn(at: "2026-03-06 \(time)") }
    try await live(company, days: 1)
    #expect(mail(of: company, since: start) == forecast.leaving)
    await company.close()
  }
}
