import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@Suite("Reminders whose condition never held")
struct NeverAppliedTests {
  private static func rules(_ when: String, recheck: RecheckScope) -> String {
    """
    rules:
      - name: vip
        watch: customers
        if: status = 'vip'
        when: \(when)
        recheck: \(recheck.rawValue)
        send: email
        template: vip
    """
  }

  private func insert(_ id: Int, _ status: String) -> String {
    """
    INSERT INTO customers (id, name, email, status, ends_on)
    VALUES (\(id), 'Name', 'c\(id)@example.com', '\(status)', '2026-03-01')
    """
  }

  private func company(
    when: String = "insert", recheck: RecheckScope = .condition
  ) async throws -> Company {
    let company = try await Company(
      at: "2026-03-01 12:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "quiet hours: 21:00-08:30"),
      rules: NeverAppliedTests.rules(when, recheck: recheck))
    try await company.turn()
    return company
  }

  @Test("are counted apart, and go when the row is completed")
  func apart() async throws {
    let company = try await company()
    for id in 11...13 { try company.write(insert(id, "plain")) }
    try company.write(insert(14, "vip"))
    try await company.turn(at: "2026-03-01 13:00")
    #expect(company.mail == ["2026-03-01 14 vip"])
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.neverApplied == 3 && status.decided[.cancelled] ?? 0 == 0)
    #expect(status.decidedByReason[.condition] ?? 0 == 0)
    let detail = try await company.details(of: "11").first
    #expect(detail?.summary.reasonWords == "never applied")
    for (hasApplied, count) in [(false, 3), (true, 0)] {
      let selection = ReminderSelection(reason: .condition, hasApplied: hasApplied)
      let found = try await company.daemon.ledger.reminders(selection, before: nil, limit: 10)
      #expect(found.count == count)
    }
    try company.write("UPDATE customers SET status = 'vip' WHERE id = 11")
    try await company.turn(at: "2026-03-01 14:00")
    #expect(company.mail(to: "11") == ["2026-03-01 vip"])
    let after = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(after.neverApplied == 2)
    await company.close()
  }

  @Test("are told from those whose condition held and no longer does")
  func noLonger() async throws {
    let company = try await company()
    try company.write(insert(11, "vip"))
    try await company.turn(at: "2026-03-01 22:00")
    #expect(try await company.states(of: "11") == ["waiting quiet hours"])
    try company.write("UPDATE customers SET status = 'plain' WHERE id = 11")
    try await company.turn(at: "2026-03-02 09:00")
    #expect(try await company.states(of: "11") == ["cancelled condition"])
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.neverApplied == 0 && status.decided[.cancelled] == 1)
    await company.close()
  }

  @Test(
    "are not sent whatever `recheck` says, and those whose condition held once are not asked again",
    arguments: [RecheckScope.row, .nothing], ["insert", "on ends_on at 22:00"])
  func untilHeld(_ recheck: RecheckScope, when: String) async throws {
    let company = try await company(when: when, recheck: recheck)
    try company.write(insert(11, "plain"))
    try await company.turn(at: "2026-03-01 13:00")
    try company.write(insert(12, "vip"))
    try await company.turn(at: "2026-03-01 21:30")
    try await company.turn(at: "2026-03-01 22:00")
    #expect(company.mail.isEmpty)
    let detail = try await company.details(of: "11").first
    #expect(detail?.summary.reasonWords == "never applied")
    #expect(try await company.states(of: "12") == ["waiting quiet hours"])
    try company.write("UPDATE customers SET status = iif(id = 11, 'vip', 'plain')")
    try await company.turn(at: "2026-03-02 09:00")
    #expect(company.mail(to: "11") == ["2026-03-02 vip"])
    #expect(company.mail(to: "12") == ["2026-03-02 vip"])
    await company.close()
  }

  @Test("do not include one whose condition held while its channel was paused")
  func heldWhilePaused() async throws {
    let company = try await company(when: "on ends_on at 18:00", recheck: .row)
    try company.write(insert(11, "vip"))
    try await company.turn(at: "2026-03-01 13:00")
    let ledger = company.daemon.ledger
    let note = ActionNote(uid: 0, user: "test", because: "maintenance")
    try await ledger.pause(.channel("email"), until: nil, note: note, now: company.clock.now)
    try await company.turn(at: "2026-03-01 18:00")
    #expect(try await company.states(of: "11") == ["waiting paused"])
    try company.write("UPDATE customers SET status = 'plain' WHERE id = 11")
    #expect(try await ledger.resume(.channel("email"), note: note, now: company.clock.now))
    try await company.turn(at: "2026-03-01 18:30")
    #expect(company.mail == ["2026-03-01 11 vip"])
    await company.close()
  }

  @Test(
    "are not foreseen while it does not hold, whatever `recheck` says",
    arguments: RecheckScope.allCases)
  func foreseen(_ recheck: RecheckScope) async throws {
    let company = try await company(when: "1 day after insert", recheck: recheck)
    try company.write(insert(11, "plain"))
    try company.write(insert(12, "vip"))
    try await company.turn(at: "2026-03-01 13:00")
    let found = try await company.forecast(days: 2)
    #expect(found.map { $0.customer?.description } == ["12"])
    await company.close()
  }
}
