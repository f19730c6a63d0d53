import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlySources
import KindlyTestKit
import Testing

/// Changes of dates that make many moments due at once.
extension MassChangeTests {
  private static let dates = """
    rules:
      - { name: ended, watch: customers, when: on ends_on, send: email, template: ended }
      - { name: follow-up, watch: customers, when: 1 day after ends_on, send: email, template: follow-up }
    """

  private func datedCompany() async throws -> Company {
    let company = try await company(of: 300, at: "2026-02-20 12:00", rules: Self.dates)
    try company.write("UPDATE customers SET ends_on = '2027-01-01'")
    try await company.turn(at: "2026-03-01 12:30")
    return company
  }

  @Test("dates that are set so that many letters are due at once hold them all")
  func dates() async throws {
    let company = try await datedCompany()
    try company.write("UPDATE customers SET ends_on = '2026-03-03' WHERE id = 250")
    try await company.turn(at: "2026-03-01 12:45")
    // Neither of the two rules would write a hundred letters by itself.
    try company.write("UPDATE customers SET ends_on = '2026-02-28' WHERE id <= 60")
    try await company.turn(at: "2026-03-01 13:00")
    #expect(company.mail.isEmpty)
    let hold = company.daemon.health.hold(of: "customers")
    #expect(
      hold?.text
        == "because dates changed, 120 letters would be sent at once, and its rules sent none in the four weeks before today"
    )
    #expect(try await company.states(of: "7").isEmpty)
    // The commands read it from the ledger.
    #expect(try await company.daemon.ledger.standings()["customers"]?.anyHold == hold)
    // A restart forgets nothing of it.
    try await company.restart()
    #expect(company.daemon.health.hold(of: "customers") == hold)
    // What comes due by itself is planned, and waits.
    try await company.turn(at: "2026-03-02 12:00")
    try await company.turn(at: "2026-03-03 10:00")
    #expect(try await company.states(of: "250") == ["waiting mass change", "waiting"])
    #expect(company.mail.isEmpty)
    // Set back, it is over by itself.
    try company.write("UPDATE customers SET ends_on = '2027-01-01' WHERE id <= 60")
    try await company.turn(at: "2026-03-03 11:00")
    #expect(company.daemon.health.hold(of: "customers") == nil)
    try await company.turn(at: "2026-03-03 11:10")
    #expect(company.mail == ["2026-03-03 250 ended"])
    await company.close()
  }

  @Test(
    "held moments are sent or dropped as a person decides, once and for all",
    arguments: SourceAcceptance.allCases)
  func decided(acceptance: SourceAcceptance) async throws {
    let company = try await datedCompany()
    try company.write("UPDATE customers SET ends_on = '2026-03-01' WHERE id <= 150")
    try await company.turn(at: "2026-03-01 13:00")
    #expect(company.daemon.health.hold(of: "customers") != nil)
    #expect(company.mail.isEmpty)
    try await company.accept(acceptance)
    try await company.turn(at: "2026-03-01 13:30")
    #expect(company.daemon.health.hold(of: "customers") == nil)
    #expect(company.letters.count == (acceptance == .accept ? 150 : 0))
    let dropped = "cancelled dropped by a person"
    #expect(
      try await company.states(of: "7")
        == (acceptance == .accept ? ["sent", "waiting"] : [dropped, dropped]))
    // What comes later is as ever.
    try company.write("UPDATE customers SET ends_on = '2026-03-02' WHERE id = 200")
    for time in ["02 13:00", "03 13:00", "04 13:00"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(company.mail(to: "200") == ["2026-03-02 ended", "2026-03-03 follow-up"])
    #expect(company.letters.count == (acceptance == .accept ? 302 : 2))
    await company.close()
  }

  @Test("held moments are not searched for again at every scan")
  func rests() async throws {
    let company = try await datedCompany()
    try company.write("UPDATE customers SET ends_on = '2026-02-28' WHERE id <= 80")
    let base = DatabaseSource(sqlite: company.databasePath, name: "crm")
    let source = InterruptedSource(base, before: 0) {}
    let scheduler = company.scheduler(of: try await company.generation(over: source))
    let now = company.clock.now
    #expect(try await scheduler.runOnce(now: now).held == ["customers"])
    let count = source.count
    #expect(count > 0)
    let next = now + Watcher.heldInterval
    #expect(try await scheduler.runOnce(now: next - .seconds(1)).held == ["customers"])
    #expect(source.count == count)
    #expect(try await scheduler.runOnce(now: next).held == ["customers"])
    #expect(source.count > count)
    await company.close()
  }

  /// The fuse asks about many letters of a rule on one day, whatever made them.
  private static let meant = dates.replacing("send: email", with: "send: email, fuse: 1000 a day")

  @Test("letters that come due by themselves are no mass change, however many they are")
  func naturally() async throws {
    let company = try await company(of: 300, rules: Self.meant)
    try company.write("UPDATE customers SET ends_on = '2026-03-20'")
    try await company.turn(at: "2026-03-01 12:30")
    // Also after days on which the daemon was stopped.
    try await company.turn(at: "2026-03-20 12:00")
    #expect(company.letters.count == 300)
    await company.close()
  }

  @Test("what a rule that is new finds is no mass change")
  func newRule() async throws {
    let company = try await company(of: 300)
    try company.write("UPDATE customers SET ends_on = '2026-02-27'")
    try await company.turn(at: "2026-03-01 12:30")
    let rules = Self.meant.replacing("when: on ends_on", with: "when: on ends_on, backfill: 3 days")
    try await company.reload(rules: rules, acceptDrop: true)
    try await company.turn(at: "2026-03-01 12:40")
    #expect(company.letters.count == 300)
    await company.close()
  }

  @Test("dates that change while a scan is under way are held as a whole")
  func betweenPages() async throws {
    let company = try await datedCompany()
    let base = DatabaseSource(
      sqlite: company.databasePath, name: "crm", pace: SlicePace(rows: 20))
    let path = company.databasePath
    // The change commits before the second step is scanned, and one step's letters alone would pass.
    let source = InterruptedSource(base, before: 3) {
      Company.commit("UPDATE customers SET ends_on = '2026-02-28' WHERE id <= 80", in: path)
    }
    let scheduler = company.scheduler(of: try await company.generation(over: source))
    let summary = try await scheduler.runOnce(now: company.clock.now)
    #expect(summary.held == ["customers"] && summary.planned.isEmpty)
    await company.close()
  }
}
