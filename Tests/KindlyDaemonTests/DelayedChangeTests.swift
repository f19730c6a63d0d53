import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Rules that wait after a change, in each of the three ways to notice changes.
@Suite("Changes with a delay")
struct DelayedChangeTests {
  private static let rules = """
    rules:
      - { name: settled, watch: customers, when: 2 days after insert at 09:30, if: status = 'trial', send: email, template: settled }
      - { name: asked, watch: customers, when: 90 minutes after update of status, if: status = 'vip', send: email, template: asked }
      - { name: touched, watch: customers, when: insert or update of phone, send: email, template: touched, class: service }
      - { name: missed, watch: customers, when: 1 day after delete, send: inbox, template: missed }
    """

  private static let insert =
    "INSERT INTO customers (id, name, email, status, updated_at) VALUES (3, 'Zhao', 'zhao@example.com', 'trial', 5)"

  @Test(
    "are sent at their moment, once, whatever is restarted meanwhile",
    arguments: Simple.Mode.allCases)
  func delay(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    try company.write(Self.insert)
    try await company.turn(at: "2026-03-01 12:01")
    #expect(company.mail(to: "3") == ["2026-03-01 touched"])
    try company.write("UPDATE customers SET status = 'vip', updated_at = 6 WHERE id = 1")
    for time in ["2026-03-01 12:02", "2026-03-01 13:31"] {
      try await company.turn(at: time)
      try await company.restart()
    }
    #expect(company.mail(to: "1").isEmpty)
    try await company.turn(at: "2026-03-01 13:32")
    #expect(company.mail(to: "1") == ["2026-03-01 asked"])
    try await company.live(before: "2026-03-10 00:00", restarting: true)
    #expect(company.mail(to: "3") == ["2026-03-01 touched", "2026-03-03 settled"])
    #expect(company.mail(to: "1") == ["2026-03-01 asked"])
    await company.close()
  }

  @Test("ask an insert's condition again, and an update's not")
  func conditions() async throws {
    let company = try await Simple.company(rules: Self.rules)
    try company.write(Self.insert)
    try await company.turn(at: "2026-03-01 12:01")
    try company.write("UPDATE customers SET status = 'vip' WHERE id = 1")
    try await company.turn(at: "2026-03-01 12:02")
    try company.write("UPDATE customers SET status = 'paid'")
    try await company.live(before: "2026-03-03 12:00")
    #expect(company.mail(to: "3") == ["2026-03-01 touched"])
    #expect(company.mail(to: "1") == ["2026-03-02 asked"])
    // The condition holds again before the reminder is useless.
    try company.write("UPDATE customers SET status = 'trial' WHERE id = 3")
    try await company.live(before: "2026-03-10 00:00")
    #expect(company.mail(to: "3") == ["2026-03-01 touched", "2026-03-04 settled"])
    await company.close()
  }

  @Test(
    "end when the row is gone, and those of a delete when it is back", arguments: [true, false])
  func gone(isBack: Bool) async throws {
    let company = try await Simple.company(rules: Self.rules)
    try company.write(Self.insert)
    try await company.turn(at: "2026-03-01 12:01")
    try company.write("DELETE FROM customers WHERE id IN (2, 3)")
    for time in ["2026-03-01 12:02", "2026-03-01 12:10"] { try await company.turn(at: time) }
    if isBack {
      try company.write(
        "INSERT INTO customers (id, name, email, status) VALUES (2, 'Li', 'li@example.com', 'trial')"
      )
    }
    for day in [2, 3, 4, 5, 6] {
      for time in ["10:00", "10:30"] { try await company.turn(at: "2026-03-0\(day) \(time)") }
    }
    #expect(company.mail(to: "3") == ["2026-03-01 touched"])
    let states = try await company.states(of: "2")
    #expect(states == (isBack ? ["cancelled row is back"] : ["sent"]))
    await company.close()
  }

  @Test("of an insert and of an update are each one occurrence", arguments: Simple.Mode.allCases)
  func either(_ mode: Simple.Mode) async throws {
    let company = try await Simple.company(mode: mode, rules: Self.rules)
    try company.write(Self.insert)
    try await company.turn(at: "2026-03-01 12:01")
    for minute in 2...3 {
      try company.write(
        "UPDATE customers SET phone = '\(minute)', updated_at = \(minute + 10) WHERE id = 3")
      try await company.turn(at: "2026-03-01 12:0\(minute)")
      try await company.restart()
      try await company.turn()
    }
    try company.write("UPDATE customers SET name = 'Zhao Yun', updated_at = 20 WHERE id = 3")
    try await company.turn(at: "2026-03-01 12:04")
    #expect(
      company.mail(to: "3") == ["2026-03-01 touched", "2026-03-01 touched", "2026-03-01 touched"])
    await company.close()
  }
}
