import Foundation
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTestKit
import Testing

/// A company whose customers go by the workdays of China, or by those of an office with an iCalendar file.
@Suite("Customers with calendars of their own")
struct CustomerCalendarTests {
  private static let schema = """
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, cal TEXT, ends_on DATE);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, due_on DATE);
    CREATE INDEX customers_ends ON customers (ends_on);
    CREATE INDEX orders_due ON orders (due_on);
    """

  /// Days off that are not weekends.
  private static let closed = ["2026-02-02", "2026-02-24", "2026-03-02", "2026-04-01"]

  private static var office: String {
    let events = closed.map { day in
      let digits = day.replacing("-", with: "")
      return "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:\(digits)\r\nSUMMARY:Closed\r\nEND:VEVENT\r\n"
    }
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\(events.joined())END:VCALENDAR\r\n"
  }

  private func company(
    at start: String, rules: String, company: String = "", rows: String = ""
  ) async throws -> Company {
    let made = try await Company(
      at: start, schema: Self.schema + rows,
      configuration: Simple.configuration(extra: company).replacing(
        "email: email }", with: "email: email, calendar: cal }"
      ).replacing(
        "watches:\n",
        with:
          "watches:\n  orders: { source: crm, table: orders, key: id, customer: customer_id }\n"),
      rules: rules,
      files: [
        "calendars/china/2026.json": try String(
          contentsOfFile: Shipped.folder + "/calendars/china/2026.json", encoding: .utf8),
        "calendars/office.ics": Self.office,
      ])
    return made
  }

  private static let fourCustomers = """
    INSERT INTO customers VALUES
      (1, 'Wang', 'wang@example.com', 'china', '2026-02-24'),
      (2, 'Ada', 'ada@example.com', ' office ', '2026-02-24'),
      (3, 'Max', 'max@example.com', NULL, '2026-02-24'),
      (4, 'Eva', 'eva@example.com', 'moon', '2026-02-24');
    """

  @Test("are reminded so many workdays before a date by them, and an unknown one is told")
  func workdays() async throws {
    let company = try await company(
      at: "2026-02-01 12:00",
      rules: """
        rules:
          - { name: own, watch: customers, when: 1 workday before ends_on, send: email, template: own }
          - { name: fixed, watch: customers, when: 1 workday before ends_on, calendar: office, if: id = 1, send: email, template: fixed }
          - { name: order, watch: orders, when: 1 workday before due_on, send: email, template: order }
        """,
      rows: Self.fourCustomers
        + "INSERT INTO orders VALUES (1, 1, '2026-02-25'), (2, 2, '2026-02-25'), (3, 3, '2026-02-25');"
    )
    try await company.live(before: "2026-02-26 00:00")
    #expect(
      company.mail.sorted()
        == [
          // The Saturday before Spring Festival is a workday in China, and the Tuesday after it the first one.
          "2026-02-14 1 own", "2026-02-23 1 fixed", "2026-02-23 2 own", "2026-02-23 2 order",
          "2026-02-23 3 own", "2026-02-23 4 own", "2026-02-24 1 order", "2026-02-24 3 order",
        ].sorted())
    let remark =
      "1 customer has an unknown calendar in customers.cal and goes by the company's calendar; `kindly check` shows which"
    #expect(company.daemon.health.remarks.contains(remark), "\(company.daemon.health.remarks)")
    try company.write("UPDATE customers SET cal = '' WHERE id = 4")
    company.clock.advance(by: .hours(24))
    try await company.turn()
    #expect(!company.daemon.health.remarks.contains { $0.contains("unknown calendar") })
    await company.close()
  }

  @Test(
    "are reminded in a long holiday of what is moved before it, if their row comes in its last days"
  )
  func lateRow() async throws {
    let company = try await company(
      at: "2026-02-10 12:00",
      rules: """
        rules:
          - { name: early, watch: customers, when: 3 days before ends_on, off days: earlier, send: email, template: early }
        """)
    try await company.turn()
    try await company.live(before: "2026-02-23 11:00")
    // Three days before is a day off, and the last workday before it is 14 February.
    try company.write(
      "INSERT INTO customers VALUES (1, 'Wang', 'wang@example.com', 'china', '2026-02-25')")
    try await company.turn(at: "2026-02-23 12:00")
    #expect(company.mail == ["2026-02-23 1 early"])
    await company.close()
  }

  @Test("get each recurrence, however close to the next one a long holiday moves it")
  func recurrences() async throws {
    let company = try await company(
      at: "2026-04-27 12:00",
      rules: """
        rules:
          - { name: weekly, watch: customers, when: every week after ends_on, off days: later, send: email, template: weekly }
        """,
      rows: "INSERT INTO customers VALUES (1, 'Wang', 'wang@example.com', 'china', '2026-04-24');")
    try await company.turn()
    let forecast = try await forecast(of: company, days: 23)
    try await company.live(before: "2026-05-20 00:00")
    // The holiday lasts from 1 to 5 May.
    #expect(company.mail == ["2026-05-06 1 weekly", "2026-05-08 1 weekly", "2026-05-15 1 weekly"])
    #expect(forecast == company.mail)
    await company.close()
  }

  @Test("get what comes every workday on theirs, in send hours of their workdays")
  func everyWorkday() async throws {
    let company = try await company(
      at: "2026-02-12 12:00",
      rules: """
        rules:
          - { name: daily, when: every workday, if: id <= 4, send: email, template: daily }
          - { name: welcome, watch: customers, when: insert, send: email, template: welcome,
              send hours: workdays 09:00-18:00, late: skip after 14 days }
        """, rows: Self.fourCustomers)
    try await company.turn()
    try await company.live(before: "2026-02-14 00:00")
    // On Friday everybody works.
    #expect(company.mail.sorted() == (1...4).map { "2026-02-13 \($0) daily" })
    try company.write(
      """
      INSERT INTO customers VALUES (5, 'Li', 'li@example.com', 'china', NULL),
        (6, 'Bob', 'bob@example.com', 'office', NULL);
      """)
    try await company.turn(at: "2026-02-14 09:30")
    #expect(
      company.mail.filter { $0.hasPrefix("2026-02-14") }.sorted() == [
        "2026-02-14 1 daily", "2026-02-14 5 welcome",
      ])
    try await company.live(before: "2026-02-17 00:00")
    let monday = company.mail.filter { $0.hasPrefix("2026-02-16") }.sorted()
    #expect(
      monday == [
        "2026-02-16 2 daily", "2026-02-16 3 daily", "2026-02-16 4 daily",
        "2026-02-16 6 welcome",
      ])
    await company.close()
  }

  @Test("move with the calendar that their row names: what waits is timed anew")
  func moved() async throws {
    let company = try await company(
      at: "2026-02-12 12:00",
      rules: """
        rules:
          - { name: own, watch: customers, when: 1 workday before ends_on, send: email, template: own }
        """, rows: Self.fourCustomers + "DELETE FROM customers WHERE id > 1;")
    try await company.turn(at: "2026-02-13 20:00")
    #expect(try await company.states(of: "1") == ["waiting"])
    try company.write("UPDATE customers SET cal = 'office' WHERE id = 1")
    try await company.live(before: "2026-02-26 00:00")
    #expect(company.mail == ["2026-02-23 1 own"])
    await company.close()
  }

  // MARK: Compared with a naive evaluation

  private struct Customer {
    let id: Int
    let calendar: String?
    let ends: CivilDate
  }

  /// Whether a day is a workday according to the files alone.
  private func isWorkday(_ date: CivilDate, _ calendar: String?, _ china: [String: Bool]) -> Bool {
    if calendar == "china", let isOff = china[date.description] { return !isOff }
    if calendar == "office", Self.closed.contains(date.description) { return false }
    return date.weekday <= 5
  }

  /// The mail that the rules of `property` should send, according to the definitions.
  private func naive(
    _ customers: [Customer], from first: CivilDate, through last: CivilDate,
    _ china: [String: Bool]
  ) -> [String] {
    var mail: [String] = []
    for customer in customers {
      func works(_ date: CivilDate) -> Bool { isWorkday(date, customer.calendar, china) }
      var before = customer.ends
      for _ in 1...2 {
        repeat { before = before.adding(days: -1) } while !works(before)
      }
      var on = customer.ends
      while !works(on) { on = on.adding(days: 1) }
      var found = [(before, "before"), (on, "exact")]
      var date = first
      while date <= last {
        let start = date.adding(days: 1 - date.day)
        var day = start
        while !works(day) { day = day.adding(days: 1) }
        if day == date { found.append((date, "month")) }
        date = date.adding(days: 1)
      }
      mail += found.filter { $0.0 >= first && $0.0 <= last }
        .map { "\($0.0) \(customer.id) \($0.1)" }
    }
    return mail.sorted()
  }

  @Test("get what a naive evaluation of their days says, and a forecast says the same before")
  func property() async throws {
    struct File: Decodable {
      struct Day: Decodable {
        let date: String
        let isOffDay: Bool
      }
      let days: [Day]
    }
    let path = Shipped.folder + "/calendars/china/2026.json"
    let days = try JSONDecoder().decode(
      File.self, from: try #require(FileManager.default.contents(atPath: path))
    ).days
    let china = Dictionary(days.map { ($0.date, $0.isOffDay) }) { first, _ in first }
    var random = SeededRandom(seed: 7)
    let start = try Company.date("2026-01-26")
    let customers = (1...60).map { id in
      Customer(
        id: id, calendar: ["china", "office", nil, "moon"][random.number(in: 0...3)],
        ends: start.adding(days: random.number(in: 5...60)))
    }
    let rows = customers.map { customer in
      let calendar = customer.calendar.map { "'\($0)'" } ?? "NULL"
      return "(\(customer.id), 'n', 'c\(customer.id)@example.com', \(calendar), '\(customer.ends)')"
    }
    let company = try await company(
      at: "2026-01-25 12:00",
      rules: """
        rules:
          - { name: before, watch: customers, when: 2 workdays before ends_on, send: email, template: before }
          - { name: exact, watch: customers, when: on ends_on, off days: later, late: skip after 9 days, send: email, template: exact }
          - { name: month, when: every month on first workday, send: email, template: month }
        """, rows: "INSERT INTO customers VALUES \(rows.joined(separator: ", "));")
    try await company.turn()
    let forecast = try await forecast(of: company, days: 70)
    try await company.live(before: "2026-04-05 00:00")
    let expected = naive(
      customers, from: start, through: try Company.date("2026-04-04"), china)
    #expect(company.mail.sorted() == expected)
    #expect(forecast.filter { $0 < "2026-04-05" } == expected)
    #expect(expected.count > 250)
    await company.close()
  }

  private func forecast(of company: Company, days: Int) async throws -> [String] {
    try await company.forecast(days: days).compactMap { entry -> String? in
      guard case .leaves(let time, _) = entry.fate else { return nil }
      return "\(company.zone.date(at: time)) \(entry.customer?.description ?? "") \(entry.rule)"
    }.sorted()
  }
}
