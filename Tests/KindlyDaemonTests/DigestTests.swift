import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Many reminders of one recipient in one message.
@Suite("Digests")
struct DigestTests {
  private static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, owner_id TEXT, updated_at INTEGER DEFAULT 0);
    CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, email TEXT, tz TEXT);
    CREATE TABLE orders (
      id INTEGER PRIMARY KEY, customer_id INTEGER, item TEXT, ordered_on TEXT, state TEXT DEFAULT 'open',
      shipped_on TEXT);
    CREATE INDEX orders_on ON orders (ordered_on);
    INSERT INTO staff VALUES ('anna', 'Anna', 'anna@company.example', NULL),
      ('bob', 'Bob', 'bob@company.example', NULL);
    INSERT INTO customers (id, name, email, owner_id) VALUES
      (1, 'Wang', 'wang@example.com', 'anna'), (2, 'Li', 'li@example.com', 'bob'),
      (3, 'Zhao', 'zhao@example.com', 'anna');
    """

  static let rule = """
    rules:
      - name: calls
        watch: orders
        if: state = 'open'
        to: owner
        send: email
        digest: daily at 08:45
        template: list
        steps:
          - { name: first, when: 5 days after ordered_on }
          - { name: second, when: 15 days after ordered_on }
    """

  static let letter = """
    ---
    subject: "{{count}} calls for {{colleague.name}}"
    text: "{{#rows}}{{customer.name}} {{this.item}};{{/rows}}"
    ---
    """

  func company(
    at start: String = "2026-03-01 12:00", zone: String = "Asia/Shanghai",
    rules: String = DigestTests.rule, letter: String = DigestTests.letter, orders: String,
    afterUnknown: ChannelTraits.AfterUnknown = .resendOnce
  ) async throws -> Company {
    let configuration = Simple.configuration(
      extra: "colleagues: { watch: staff, name: name, email: email, timezone: tz }"
    ).replacing("Asia/Shanghai", with: zone)
      .replacing("email: email }\nchannels", with: "email: email, owner: owner_id }\nchannels")
      .replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            orders: { source: crm, table: orders, key: id, customer: customer_id, changes: snapshot }

          """)
    let company = try await Company(
      at: start, zone: zone, schema: Self.schema + orders, configuration: configuration,
      rules: rules, files: ["templates/list.html": letter], afterUnknown: afterUnknown)
    try await company.turn()
    return company
  }

  /// `2026-03-07 08:45 anna: 2 calls for Anna`, for each message.
  func mail(_ company: Company) -> [String] {
    company.letters.map { letter in
      let wall = company.zone.wallClock(at: letter.at)
      return "\(wall.date) \(wall.timeText.prefix(5)) \(letter.customer): \(letter.subject)"
    }.sorted()
  }

  func states(_ company: Company) async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    var before: Int64?
    while true {
      let page = try await company.daemon.ledger.reminders(
        ReminderSelection(), before: before, limit: 500)
      guard let last = page.last else { return counts }
      for one in page {
        let words = [one.state.word, one.reason?.words].compactMap(\.self).joined(separator: " ")
        counts[words, default: 0] += 1
      }
      before = last.id
    }
  }

  func expect(
    _ company: Company, _ expected: [String: Int], _ place: SourceLocation = #_sourceLocation
  ) async throws {
    let found = try await states(company)
    #expect(found == expected, sourceLocation: place)
  }

  static func orders(
    _ count: Int, of customer: Int = 1, from id: Int = 1, on date: String = "2026-03-02"
  ) -> String {
    """
    WITH RECURSIVE n (i) AS (SELECT \(id) UNION ALL SELECT i + 1 FROM n WHERE i < \(id + count - 1))
    INSERT INTO orders (id, customer_id, item, ordered_on) SELECT i, \(customer), 'item ' || i, '\(date)' FROM n;
    """
  }

  @Test("40 reminders of one colleague on one morning are one message, and each keeps its history")
  func oneMessage() async throws {
    let company = try await company(
      orders: Self.orders(38) + Self.orders(2, of: 3, from: 50) + Self.orders(1, of: 2, from: 60))
    try await company.turn(at: "2026-03-07 08:44")
    #expect(mail(company).isEmpty)
    try await company.turn(at: "2026-03-07 08:45")
    #expect(
      mail(company) == [
        "2026-03-07 08:45 anna: 40 calls for Anna", "2026-03-07 08:45 bob: 1 calls for Bob",
      ])
    try await expect(company, ["sent": 41])
    let list = try #require(company.channel.sent.first { $0.subject.hasPrefix("40") }).text
    #expect(list.contains("Wang item 1;") && list.contains("Zhao item 51;"))
    for detail in try await company.details(of: "3") {
      #expect(detail.attempts.map(\.outcome) == [.sent])
      #expect(detail.attempts.map(\.recipient) == ["colleague anna"])
    }
    // Nothing is sent again, neither after a restart nor on the next morning.
    try await company.restart()
    try await company.turn(at: "2026-03-08 08:45")
    #expect(company.letters.count == 2)
    await company.close()
  }

  @Test("steps with the same letter are sent together, without rows that no longer apply")
  func together() async throws {
    let company = try await company(
      orders: Self.orders(2) + Self.orders(1, from: 9, on: "2026-03-12"))
    try await company.turn(at: "2026-03-07 08:45")
    try company.write("UPDATE orders SET state = 'closed' WHERE id = 2")
    try await company.turn(at: "2026-03-17 08:45")
    #expect(
      mail(company) == [
        "2026-03-07 08:45 anna: 2 calls for Anna", "2026-03-17 08:45 anna: 2 calls for Anna",
      ])
    #expect(
      company.channel.sent.last.map { Set($0.text.split(separator: ";").map(String.init)) }?
        .isSuperset(of: ["Wang item 1", "Wang item 9"]) == true)
    await company.close()
  }

  @Test("a change goes into the next digest, and a later change into the digest after that")
  func changes() async throws {
    let rules = """
      rules:
        - name: shipped
          watch: orders
          when: insert
          to: owner
          send: email
          digest: hourly
          template: list
      """
    let company = try await company(rules: rules, orders: "")
    let inserts = [("10:10", 1), ("10:40", 2), ("11:05", 3)]
    for (time, id) in inserts {
      try await company.turn(at: "2026-03-02 \(time)")
      try company.write(Self.orders(1, from: id))
      try await company.turn()
    }
    for time in ["11:59", "12:00", "13:00"] { try await company.turn(at: "2026-03-02 \(time)") }
    #expect(
      mail(company) == [
        "2026-03-02 11:05 anna: 2 calls for Anna", "2026-03-02 12:00 anna: 1 calls for Anna",
      ])
    await company.close()
  }

  @Test("a row that cannot be rendered is left out with its reason, and sent with the next digest")
  func leftOut() async throws {
    let letter = Self.letter.replacing("{{this.item}}", with: "{{date(this.shipped_on)}}")
    let company = try await company(letter: letter, orders: Self.orders(3))
    try company.write("UPDATE orders SET shipped_on = '2026-03-01'")
    try company.write("UPDATE orders SET shipped_on = 'soon' WHERE id = 2")
    try await company.turn(at: "2026-03-07 08:45")
    #expect(mail(company) == ["2026-03-07 08:45 anna: 2 calls for Anna"])
    try await expect(company, ["sent": 2, "waiting template error": 1])
    // Still wrong five minutes later; then somebody corrects it.
    try await company.turn(at: "2026-03-07 08:51")
    try company.write("UPDATE orders SET shipped_on = '2026-03-03' WHERE id = 2")
    try await company.turn(at: "2026-03-07 08:57")
    try await expect(company, ["sent": 2, "waiting digest": 1])
    try await company.turn(at: "2026-03-08 08:45")
    #expect(
      mail(company) == [
        "2026-03-07 08:45 anna: 2 calls for Anna", "2026-03-08 08:45 anna: 1 calls for Anna",
      ])
    await company.close()
  }

  @Test("a refused message is retried whole, with reminders added meanwhile")
  func refused() async throws {
    let company = try await company(orders: Self.orders(2))
    company.channel.follow { _ in .retry(Refusal("busy")) }
    try await company.turn(at: "2026-03-07 08:45")
    try await expect(company, ["waiting retry": 2])
    #expect(company.channel.handedOver.count == 1)
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-07 09:45")
    try await expect(company, ["sent": 2])
    #expect(company.channel.sent.map(\.subject) == ["2 calls for Anna"])
    #expect(try await company.details(of: "1").allSatisfy { $0.attempts.count == 2 })
    await company.close()
  }

  @Test(
    "a message without an answer is repeated unchanged, once, for all its reminders",
    arguments: [
      "UPDATE orders SET item = 'other' WHERE id > 1", "UPDATE orders SET state = 'done'",
      "UPDATE orders SET ordered_on = '2026-04-01'", "DELETE FROM orders WHERE id = 1",
    ])
  func uncertain(change: String) async throws {
    let company = try await company(orders: Self.orders(40))
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-07 08:45")
    try await expect(company, ["uncertain": 40])
    // Rows change and are deleted; a message that may have arrived is still repeated byte for byte.
    try company.write(change)
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.restart()
    for time in ["08:50", "09:30", "10:30"] { try await company.turn(at: "2026-03-07 \(time)") }
    try await expect(company, ["sent": 40])
    let sent = company.channel.handedOver
    #expect(sent.count == 2 && Set(sent.map(\.text)).count == 1)
    #expect(Set(sent.map(\.messageID)).count == 1)
    await company.close()
  }

  @Test("an outcome that a person settles holds for all reminders of the message")
  func settled() async throws {
    let company = try await company(orders: Self.orders(3), afterUnknown: .waitForPerson)
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-07 08:45")
    let lead = try #require(try await company.details(of: "1").first).summary.id
    try await company.daemon.ledger.settle(
      lead, as: .sent, note: ActionNote(uid: 0, user: "test", because: "seen"),
      now: company.clock.now)
    try await expect(company, ["sent": 3])
    await company.close()
  }

  @Test("after two days without a run, one message lists everything")
  func standstill() async throws {
    let company = try await company(
      orders: Self.orders(2) + Self.orders(2, from: 10, on: "2026-03-03"))
    try await company.turn(at: "2026-03-06 12:00")
    try await company.restart()
    try await company.turn(at: "2026-03-08 15:00")
    #expect(mail(company) == ["2026-03-08 15:00 anna: 4 calls for Anna"])
    await company.close()
  }

  /// A rule whose reminders are gathered as the orders come in.
  private static let arrivals = """
    rules:
      - name: arrivals
        watch: orders
        when: insert
        to: owner
        send: email
        digest: daily at 08:45
        late: skip after 5 days
        template: list
    """

  @Test(
    "reminders gathered before a long stop are checked once, and leave as one message",
    arguments: [true, false])
  func gatheredBeforeStop(isArmed: Bool) async throws {
    let company = try await company(rules: Self.arrivals, orders: "")
    try company.write(Self.orders(2))
    try await company.turn(at: "2026-03-02 10:00")
    try await expect(company, ["waiting digest": 2])
    company.clock.advance(to: try Company.instant("2026-03-04 10:00", in: company.zone))
    if isArmed {
      try await company.daemon.ledger.arm(
        ActionNote(uid: 0, user: "test", because: "copied"), now: company.clock.now)
    } else {
      try await company.restart()
    }
    try await company.turn()
    #expect(mail(company) == ["2026-03-04 10:00 anna: 2 calls for Anna"])
    await company.close()
  }

  @Test("a flood that comes in portions is held as a whole, even if the first have been gathered")
  func floodInPortions() async throws {
    // Each portion is too small for the guard against mass changes.
    let company = try await company(
      rules: Self.arrivals.replacing("digest:", with: "fuse: 100 a day\n    digest:"),
      orders: Self.orders(1_000, from: 10_000))
    for hour in 10...12 {
      try company.write(Self.orders(60, from: hour * 100))
      try await company.turn(at: "2026-03-02 \(hour):00")
    }
    try await expect(company, ["waiting fuse": 180])
    try await company.turn(at: "2026-03-03 08:45")
    #expect(mail(company).isEmpty)
    let released = try await company.daemon.ledger.release(
      "arrivals", first: nil, through: nil,
      note: ActionNote(uid: 0, user: "test", because: "meant"), now: company.clock.now)
    #expect(released == FuseRelease(released: 180, left: 0))
    try await company.turn()
    #expect(mail(company) == ["2026-03-03 08:45 anna: 180 calls for Anna"])
    await company.close()
  }

  @Test("10,000 reminders of one recipient are 20 messages of 500, each reminder in one")
  func many() async throws {
    let company = try await company(
      rules: Self.rule.replacing("digest:", with: "fuse: 20000 a day\n    digest:"),
      orders: Self.orders(10_000))
    try await company.turn(at: "2026-03-07 08:45")
    #expect(
      company.channel.sent.map(\.subject) == Array(repeating: "500 calls for Anna", count: 20))
    let rows = company.channel.sent.flatMap { $0.text.split(separator: ";") }
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
    #expect(rows.count == 10_000 && Set(rows).count == 10_000)
    try await expect(company, ["sent": 10_000])
    await company.close()
  }

  @Test(
    "is sent once a day, even if the clocks skip its time or show it twice",
    arguments: [
      ("2026-03-27", "2026-03-30", ["28 02:30", "29 03:00", "30 02:30"]),
      ("2026-10-23", "2026-10-26", ["24 02:30", "25 02:30", "26 02:30"]),
    ])
  func clocksChange(start: String, end: String, times: [String]) async throws {
    let rules = """
      rules:
        - name: calls
          watch: orders
          to: owner
          send: email
          digest: daily at 02:30
          template: list
          when: on ordered_on
      """
    let company = try await company(
      at: "\(start) 12:00", zone: "Europe/Berlin",
      rules: rules, orders: "")
    var date = try Company.date(start)
    let last = try Company.date(end)
    var id = 1
    while date < last {
      date = date.adding(days: 1)
      try company.write(Self.orders(2, from: id, on: "\(date)"))
      id += 2
    }
    let until = try Company.instant("\(end) 12:00", in: company.zone)
    while company.clock.now < until {
      company.clock.advance(to: company.clock.now + .minutes(15))
      try await company.turn()
    }
    #expect(
      mail(company)
        == times.map { "\(start.prefix(8))\($0) anna: 2 calls for Anna" })
    await company.close()
  }
}
