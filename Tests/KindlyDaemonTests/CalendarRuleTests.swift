import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Rules whose moments are days of the calendar, in a company that lives through them.
@Suite("Rules of the calendar")
struct CalendarRuleTests {
  private static func rules(_ when: String, condition: String = "status = 'trial'") -> String {
    """
    rules:
      - name: greeting
        watch: customers
        if: \(condition)
        when: \(when)
        send: email
        template: greeting
    """
  }

  @Test("greet each customer once on each festival, through restarts and reloads")
  func festival() async throws {
    let company = try await Simple.company(
      at: "2026-09-01 12:00", rules: Self.rules("on festival 中秋节"))
    try await company.live(before: "2026-10-05 00:00", restarting: true)
    #expect(company.mail.sorted() == ["2026-09-25 1 greeting", "2026-09-25 2 greeting"])
    // Another hour and another letter of the same rule repeat nothing.
    try await company.reload(
      rules: Self.rules("on festival Mid-Autumn at 09:30")
        .replacing("template: greeting", with: "template: other"))
    try await company.live(before: "2027-10-01 00:00")
    #expect(company.mail.filter { $0.hasPrefix("2027") }.count == 2)
    #expect(company.mail(to: "1") == ["2026-09-25 greeting", "2027-09-15 other"])
    await company.close()
  }

  @Test("without a watch, remind every customer each week, and only once after a stop")
  func regular() async throws {
    let rules = Self.rules("every Monday, Thursday").replacing("    watch: customers\n", with: "")
    #expect(!rules.contains("watch"))
    let company = try await Simple.company(at: "2026-03-01 12:00", rules: rules)
    try await company.live(before: "2026-03-11 00:00", restarting: true)
    // A stop over 12, 16 and 19 March: of these only the last one is still of use.
    try await company.turn(at: "2026-03-20 12:00")
    try await company.live(before: "2026-03-24 00:00")
    #expect(
      company.mail(to: "1") == [
        "2026-03-02 greeting", "2026-03-05 greeting", "2026-03-09 greeting",
        "2026-03-20 greeting", "2026-03-23 greeting",
      ])
    #expect(company.mail(to: "2").count == 5)
    await company.close()
  }

  @Test("keep a day's reminder when the next day's is planned beside it")
  func everyDay() async throws {
    // For an hour, both days are near enough to be planned.
    let company = try await Simple.company(
      at: "2026-03-01 08:10", rules: Self.rules("every day"))
    for time in ["01 08:30", "01 08:50", "01 09:00", "02 08:30", "02 09:00"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(company.mail(to: "1") == ["2026-03-01 greeting", "2026-03-02 greeting"])
    #expect(try await company.details(of: "1").allSatisfy { $0.revivals == 0 })
    #expect(try await company.states(of: "1") == ["sent", "sent", "waiting"])
    await company.close()
  }

  @Test("ask the condition when the day comes, and serve who joined before")
  func condition() async throws {
    let company = try await Simple.company(at: "2026-12-01 12:00", rules: Self.rules("on 12-25"))
    try company.write(
      """
      UPDATE customers SET status = 'left' WHERE id = 1;
      INSERT INTO customers (id, name, email, status) VALUES (3, 'Zhao', 'zhao@example.com', 'trial');
      """)
    try await company.live(before: "2026-12-25 00:00")
    try company.write(
      "INSERT INTO customers (id, name, email, status) VALUES (4, 'Qian', 'qian@example.com', 'trial')"
    )
    try await company.live(before: "2027-01-05 00:00")
    #expect(
      company.mail.sorted() == [
        "2026-12-25 2 greeting", "2026-12-25 3 greeting", "2026-12-25 4 greeting",
      ])
    await company.close()
  }

  @Test("greet each customer at nine by their own clocks")
  func zones() async throws {
    let company = try await Company(
      at: "2026-12-20 12:00", schema: Simple.schema,
      configuration: Simple.configuration().replacing(
        "email: email }", with: "email: email, timezone: phone }"),
      rules: Self.rules("on 2026-12-25"))
    try company.write(
      """
      UPDATE customers SET phone = 'America/New_York' WHERE id = 1;
      UPDATE customers SET phone = 'Pacific/Kiritimati' WHERE id = 2;
      """)
    try await company.turn()
    for time in ["25 02:59", "25 03:00", "25 21:59", "25 22:00", "27 12:00"] {
      try await company.turn(at: "2026-12-\(time)")
    }
    let times = Dictionary(
      uniqueKeysWithValues: company.letters.map { ($0.customer, $0.at.description) })
    #expect(times == ["2": "2026-12-24T19:00:00Z", "1": "2026-12-25T14:00:00Z"])
    await company.close()
  }

  @Test("a festival that the rule no longer names cancels what waits for it")
  func edited() async throws {
    let company = try await Simple.company(
      at: "2026-09-24 12:00", rules: Self.rules("on festival 中秋节"))
    try await company.turn()
    #expect(try await company.states(of: "1") == ["waiting"])
    try await company.reload(rules: Self.rules("on 12-25"))
    try await company.turn(at: "2026-09-25 09:30")
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["cancelled date moved"])
    await company.close()
  }

  @Test("a recurrence rule sends on each of its days, once, and not before the row's date")
  func recurrence() async throws {
    let company = try await Simple.company(
      at: "2026-03-01 12:00",
      rules: Self.rules("{ rrule: \"FREQ=MONTHLY;BYDAY=-1FR;COUNT=3\", from: ends_on }"))
    try await company.live(before: "2026-08-05 00:00", restarting: true)
    // The rows' dates are 10 March and 20 April. Two workers send the letters of one day in any order.
    #expect(
      company.mail.sorted() == [
        "2026-03-27 1 greeting", "2026-04-24 1 greeting", "2026-04-24 2 greeting",
        "2026-05-29 1 greeting", "2026-05-29 2 greeting", "2026-06-26 2 greeting",
      ])
    await company.close()
  }

  @Test(
    "an edited recurrence rule sends on its new days alone, and a corrected date repeats nothing")
  func editedRecurrence() async throws {
    func rules(_ day: String) -> String {
      Self.rules("{ rrule: \"FREQ=WEEKLY;BYDAY=\(day)\", from: ends_on }", condition: "id = 1")
    }
    let company = try await Simple.company(at: "2026-03-10 12:00", rules: rules("MO"))
    try await company.turn(at: "2026-03-15 20:00")
    #expect(try await company.states(of: "1") == ["waiting"])
    try await company.reload(rules: rules("TU"))
    try await company.live(before: "2026-03-18 00:00")
    #expect(company.mail == ["2026-03-17 1 greeting"])
    try company.write("UPDATE customers SET ends_on = '2026-03-11' WHERE id = 1")
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail == ["2026-03-17 1 greeting"])
    await company.close()
  }

  @Test("workdays are counted by the shipped calendar, and a reload adopts another one")
  func workdays() async throws {
    let company = try await Company(
      at: "2026-02-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "calendar: china"),
      rules: Self.rules("1 workday before ends_on"),
      files: [
        "calendars/china/2026.json": try String(
          contentsOfFile: Shipped.folder + "/calendars/china/2026.json", encoding: .utf8)
      ])
    try company.write(
      "UPDATE customers SET ends_on = '2026-02-24' WHERE id = 1; UPDATE customers SET ends_on = '2026-03-10' WHERE id = 2"
    )
    try await company.live(before: "2026-02-25 00:00")
    // The Saturday before Spring Festival is a make-up workday.
    #expect(company.mail == ["2026-02-14 1 greeting"])
    try company.folder.write(
      "{\"year\": 2026, \"days\": [{\"name\": \"D\", \"date\": \"2026-03-09\", \"isOffDay\": true}]}",
      to: "calendars/china/2026.json")
    _ = try await company.daemon.reloader.reload(acceptDrop: false)
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail == ["2026-02-14 1 greeting", "2026-03-06 2 greeting"])
    await company.close()
  }

  private static func days(of year: Int) -> String {
    "{\"year\": \(year), \"days\": [{\"name\": \"D\", \"date\": \"\(year)-03-09\", \"isOffDay\": true}]}"
  }

  /// The rule's problems once the keeper has recorded them.
  private func problems(of company: Company) async throws -> [Problem] {
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    return try await company.daemon.ledger.problems().filter { $0.subject == .rule("greeting") }
  }

  @Test("whose calendar lacks the year are a problem until it has a file for it")
  func gap() async throws {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "calendar: china"),
      rules: Self.rules("1 workday before ends_on"),
      files: ["calendars/china/2025.json": Self.days(of: 2025)])
    let found = try await problems(of: company)
    #expect(found.count == 1)
    let text = found.flatMap { $0.sentences(in: company.zone) }.joined()
    #expect(text.contains("2026"), "\(text)")
    try company.folder.write(Self.days(of: 2026), to: "calendars/china/2026.json")
    _ = try await company.daemon.reloader.reload(acceptDrop: false)
    #expect(try await problems(of: company).isEmpty)
    await company.close()
  }

  @Test("a lunar birthday is kept on its day of the Chinese calendar")
  func lunarBirthday() async throws {
    let company = try await Simple.company(
      at: "2026-01-01 12:00", rules: Self.rules("every year on lunar ends_on"))
    // The 15th day of the 8th month.
    try company.write("UPDATE customers SET ends_on = '1991-09-22' WHERE id = 1")
    try company.write("UPDATE customers SET ends_on = NULL WHERE id = 2")
    try await company.live(before: "2028-12-31 00:00")
    #expect(
      company.mail == [
        "2026-09-25 1 greeting", "2027-09-15 1 greeting", "2028-10-03 1 greeting",
      ])
    await company.close()
  }
}
