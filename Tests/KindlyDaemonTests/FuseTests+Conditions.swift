import KindlyCore
import Testing

@testable import KindlyDaemon

/// Reminders of which conditions decide how many leave.
extension FuseTests {
  @Test(
    "reminders whose condition does not hold do not count, and a wrong edit of it is held whole")
  func conditions() async throws {
    let rules = """
      rules:
        - { name: vip, when: every day, if: status = 'vip', send: email, template: vip }
      """
    let company = try await company(of: 700, at: "2026-03-01 12:00", rules: rules)
    try company.write("UPDATE customers SET status = 'vip' WHERE id <= 5")
    try await company.turn(at: "2026-03-01 12:10")
    try await company.turn(at: "2026-03-02 10:00")
    #expect(company.letters.count == 5)
    #expect(try await held(company) == 0)
    // Planned already, so no scan sees how many they become.
    try company.write("UPDATE customers SET status = 'vip'")
    let time = try Company.instant("2026-03-03 09:30", in: company.zone)
    company.clock.advance(to: time)
    _ = try await company.daemon.dispatcher.runOnce(now: time)
    #expect(company.letters.count == 5)
    #expect(try await held(company) == 700)
    _ = try await release(company, "vip")
    try await company.turn()
    #expect(company.letters.count == 705)
    await company.close()
  }

  @Test("a flood that nobody has decided over yet holds none of the next day's few")
  func undecided() async throws {
    let rules = """
      rules:
        - { name: vip, when: every day, if: status = 'vip', send: email, template: vip }
      """
    let company = try await company(of: 700, at: "2026-03-01 12:00", rules: rules)
    try company.write("UPDATE customers SET status = 'vip' WHERE id <= 5")
    try await company.turn(at: "2026-03-01 12:10")
    try await company.turn(at: "2026-03-02 10:00")
    try company.write("UPDATE customers SET status = 'vip'")
    let time = try Company.instant("2026-03-03 09:30", in: company.zone)
    company.clock.advance(to: time)
    _ = try await company.daemon.dispatcher.runOnce(now: time)
    try company.write("UPDATE customers SET status = 'trial' WHERE id > 5")
    try await company.turn(at: "2026-03-03 12:00")
    #expect(try await held(company) == 700)
    #expect(company.letters.count == 5)
    try await company.turn(at: "2026-03-04 10:00")
    #expect(company.mail.suffix(5).allSatisfy { $0.hasPrefix("2026-03-04") })
    #expect(company.letters.count == 10)
    #expect(try await problems(company).count == 1)
    await company.close()
  }
}
