import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// What is one reminder and what is another, where dates, rules and sources change under it.
@Suite("Identity of dated reminders")
struct DateIdentityTests {
  private static let sentOnce = ["2026-03-06 ending"]

  @Test("is sent once however often it is looked at")
  func once() async throws {
    let company = try await Simple.company()
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test(
    "a table that is emptied and loaded again at the due second delays nothing past the reload and repeats nothing"
  )
  func truncateAndReload() async throws {
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-06 08:59")
    try company.write("CREATE TABLE copy AS SELECT * FROM customers; DELETE FROM customers")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    try company.write("INSERT INTO customers SELECT * FROM copy")
    try await company.turn(at: "2026-03-06 09:02")
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("a row that is gone for an hour ends its reminder, and revives it when it is back in time")
  func rowGoneAndBack() async throws {
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-06 08:00")
    try company.write(
      "CREATE TABLE copy AS SELECT * FROM customers; DELETE FROM customers WHERE id = 1")
    for minute in ["09:00", "09:05", "09:11", "10:00"] {
      try await company.turn(at: "2026-03-06 \(minute)")
    }
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["cancelled row gone"])
    try company.write("INSERT INTO customers SELECT * FROM copy WHERE id = 1")
    try await company.turn(at: "2026-03-06 11:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("a customer who is excluded for many scans still gets what is useful afterwards")
  func customerExcludedForHours() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema,
      configuration: Simple.configuration().replacing(
        "name: name,", with: "if: \"name <> 'Excluded'\", name: name,"),
      rules: Simple.ending)
    try company.write("UPDATE customers SET name = 'Excluded' WHERE id = 1")
    try await company.turn()
    for _ in 0...(PlanDecision.mostRevivals + 5) {
      company.clock.advance(by: .minutes(15))
      try await company.turn()
    }
    #expect(company.mail.isEmpty)
    try company.write("UPDATE customers SET name = 'Wang' WHERE id = 1")
    try await company.turn(at: "2026-03-06 17:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test(
    "a recurrence whose date was moved for a letter does not come again when the date is moved back"
  )
  func recurrenceMovedThereAndBack() async throws {
    let company = try await Simple.company(
      at: "2026-04-08 12:00",
      rules: """
        rules:
          - { name: monthly, watch: customers, when: every 30 days after ends_on, send: email, template: monthly }
        """)
    try await company.turn(at: "2026-04-08 22:00")
    #expect(try await company.states(of: "1") == ["waiting"])
    try company.write("UPDATE customers SET ends_on = '2026-03-09 22:05' WHERE id = 1")
    try await company.turn(at: "2026-04-08 22:06")
    #expect(company.mail(to: "1") == ["2026-04-08 monthly"])
    try company.write("UPDATE customers SET ends_on = '2026-03-10' WHERE id = 1")
    try await company.live(before: "2026-04-20 00:00")
    #expect(company.mail(to: "1") == ["2026-04-08 monthly"])
    await company.close()
  }

  @Test("a date moved there and back before sending goes once, at its own time")
  func movedBackBeforeSending() async throws {
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-05 12:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-11' WHERE id = 1")
    try await company.turn(at: "2026-03-06 08:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-10' WHERE id = 1")
    try await company.turn(at: "2026-03-06 08:30")
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("a date moved after sending is another occasion, and moved back is the old one, which went")
  func movedBackAfterSending() async throws {
    let company = try await Simple.company()
    try await company.live(before: "2026-03-07 00:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-13' WHERE id = 1")
    try await company.turn(at: "2026-03-07 12:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-10' WHERE id = 1")
    try await company.turn(at: "2026-03-07 12:30")
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    try company.write("UPDATE customers SET ends_on = '2026-04-30' WHERE id = 1")
    try await company.live(before: "2026-05-02 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce + ["2026-04-26 ending"])
    await company.close()
  }

  @Test("a date moved on while its reminder waits cancels it with its successor's id")
  func movedOn() async throws {
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-06 08:00")
    try company.write("UPDATE customers SET ends_on = '2026-03-11' WHERE id = 1")
    try await company.turn(at: "2026-03-06 08:30")
    let details = try await company.details(of: "1")
    #expect(details.map(\.summary.state) == [.cancelled, .waiting])
    #expect(details.first?.summary.reason == .dateMoved)
    #expect(details.first?.successor == details.last?.summary.id)
    await company.close()
  }

  @Test(
    "an edited rule repeats nothing",
    arguments: [
      "when: 4 days before ends_on at 11:30", "when: 3 days before ends_on",
      "when: 4 days before ends_on\n    if: status <> 'gone'",
      "when: 4 days before ends_on\n    send: [email, inbox]",
      "when: 4 days before ends_on\n    send: inbox else email",
      "when: 4 days before ends_on\n    class: service\n    late: skip after 2 weeks",
    ])
  func editedRule(_ edit: String) async throws {
    let company = try await Simple.company()
    try await company.live(before: "2026-03-06 11:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    let send = edit.contains("send:") ? "" : "\n    send: email"
    try await company.reload(
      rules:
        "rules:\n  - name: ending\n    watch: customers\n    \(edit)\(send)\n    template: ending\n"
    )
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test(
    "a rule that is edited before its reminder leaves sends once, by the new rule",
    arguments: [
      ("1 day after ends_on", "10 days after ends_on", "2026-03-20 ending"),
      ("1 day after ends_on", "2 days after ends_on at 10:00", "2026-03-12 ending"),
      ("10 days after ends_on", "9 days after ends_on", "2026-03-19 ending"),
    ])
  func editedBefore(_ before: String, _ after: String, _ mail: String) async throws {
    func rules(_ when: String) -> String {
      Simple.ending.replacing("4 days before ends_on", with: when)
    }
    let company = try await Simple.company(rules: rules(before))
    try await company.live(before: "2026-03-11 08:00")
    try await company.reload(rules: rules(after))
    try await company.live(before: "2026-04-10 00:00")
    #expect(company.mail(to: "1") == [mail])
    await company.close()
  }

  @Test(
    "a rule that is edited to count hours instead of days, or days instead of hours, repeats nothing",
    arguments: [("4 days", "96 hours"), ("96 hours", "4 days"), ("4 days", "2 hours")])
  func editedUnit(_ before: String, _ after: String) async throws {
    func rules(_ span: String) -> String { Simple.ending.replacing("4 days", with: span) }
    let company = try await Simple.company(rules: rules(before))
    try company.write("UPDATE customers SET ends_on = '2026-03-10 15:00' WHERE id = 1")
    try await company.live(before: "2026-03-07 11:00")
    #expect(company.mail(to: "1") == ["2026-03-07 ending"])
    try await company.reload(rules: rules(after))
    try await company.live(before: "2026-03-20 00:00")
    try await company.turn(at: "2026-03-20 10:00")
    #expect(company.mail(to: "1") == ["2026-03-07 ending"])
    await company.close()
  }

  @Test(
    "what waits goes once, at the new time, if its rule is edited to count hours instead of days")
  func editedUnitBefore() async throws {
    let company = try await Simple.company()
    try company.write("UPDATE customers SET ends_on = '2026-03-10 15:00' WHERE id = 1")
    try await company.turn(at: "2026-03-06 14:00")
    #expect(try await company.states(of: "1").last == "waiting")
    try await company.reload(rules: Simple.ending.replacing("4 days", with: "95 hours"))
    for time in ["2026-03-06 15:30", "2026-03-06 16:00", "2026-03-07 10:00"] {
      try await company.turn(at: time)
    }
    #expect(company.letters.map { company.zone.wallClock(at: $0.at).timeText } == ["16:00:00"])
    await company.close()
  }

  @Test("a step with another template is the same step where `was:` says so")
  func editedTemplate() async throws {
    let company = try await Simple.company()
    try await company.live(before: "2026-03-06 11:00")
    try await company.reload(
      rules: """
        rules:
          - name: ending
            watch: customers
            send: email
            steps:
              - { when: 4 days before ends_on, template: farewell, was: only }
        """)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("steps in another order are the same steps")
  func reorderedSteps() async throws {
    func rules(_ steps: [String]) -> String {
      "rules:\n  - name: trial\n    watch: customers\n    send: email\n    steps:\n"
        + steps.map { "      - \($0)\n" }.joined()
    }
    let steps = [
      "{ when: 6 days before ends_on, template: soon }",
      "{ when: 4 days before ends_on, template: ending }",
    ]
    let company = try await Simple.company(rules: rules(steps))
    try await company.live(before: "2026-03-05 00:00")
    try await company.reload(rules: rules(steps.reversed()))
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == ["2026-03-04 soon", "2026-03-06 ending"])
    await company.close()
  }

  @Test("a step whose former name is written one reload too late sends nothing again")
  func formerNameTooLate() async throws {
    func rules(_ step: String) -> String {
      """
      rules:
        - name: ending
          watch: customers
          send: email
          steps:
            - { when: 4 days before ends_on, template: farewell\(step) }
      """
    }
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.turn(at: "2026-03-06 08:00")
    try await company.reload(rules: rules(""))
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail(to: "1") == ["2026-03-06 farewell"])
    #expect(Set(try await company.states(of: "1")) == ["sent", "waiting rule absent"])
    try await company.reload(rules: rules(", was: only"))
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1") == ["2026-03-06 farewell"])
    await company.close()
  }

  @Test("a rule that is gone for one reload waits, and goes on where it was")
  func ruleGone() async throws {
    let other = """
      rules:
        - { name: other, watch: customers, when: on ends_on, send: email, template: other }
      """
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-06 08:00")
    try await company.reload(rules: other, acceptDrop: true)
    try await company.turn(at: "2026-03-06 09:30")
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["waiting rule absent"])
    try await company.reload(rules: Simple.ending, acceptDrop: true)
    try await company.turn(at: "2026-03-06 10:30")
    try await company.live(before: "2026-03-09 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("a condition that is false for a minute at the due second loses nothing")
  func conditionFalseForAMinute() async throws {
    let company = try await Simple.company()
    try await company.turn(at: "2026-03-06 08:59")
    try company.write("UPDATE customers SET status = 'checking' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["cancelled condition"])
    try company.write("UPDATE customers SET status = 'trial' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:01")
    #expect(company.mail(to: "1") == Self.sentOnce)
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail(to: "1") == Self.sentOnce)
    await company.close()
  }

  @Test("of several overdue steps only the newest useful one is sent")
  func newestOverdueStep() async throws {
    let company = try await Simple.company(
      rules: """
        rules:
          - name: trial
            watch: customers
            send: email
            late: skip after 2 weeks
            steps:
              - { when: 6 days before ends_on, template: soon }
              - { when: 4 days before ends_on, template: ending }
              - { when: 2 days before ends_on, template: never, if: status = 'gone' }
        """)
    try await company.turn(at: "2026-03-09 12:00")
    #expect(company.mail(to: "1") == ["2026-03-09 ending"])
    let states = try await company.states(of: "1")
    #expect(Set(states) == ["sent", "skipped superseded"])
    await company.close()
  }

  @Test("a new rule looks back as far as its backfill, and no further", arguments: [true, false])
  func backfill(_ reachesBack: Bool) async throws {
    let company = try await Simple.company(
      at: "2026-03-12 12:00",
      rules: """
        rules:
          - name: ended
            watch: customers
            when: on ends_on
            send: email
            template: ended
            backfill: \(reachesBack ? "3 days" : "36 hours")
        """)
    #expect(company.mail == (reachesBack ? ["2026-03-12 1 ended"] : []))
    await company.close()
  }
}
