import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// Conditions that decide how many reminders leave, and corrections.
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
    // Planned already, so no scan sees how many of them there will be.
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
        - { name: ended, watch: customers, if: status = 'trial', when: on ends_on, send: email, template: ended }
      """
    let company = try await company(
      of: 300, endsOn: "iif(i <= 150, '2026-03-20', '2026-03-21')", rules: rules)
    try company.write("UPDATE customers SET status = 'paid' WHERE id > 155")
    try await company.turn(at: "2026-03-19 10:00")
    try await company.turn(at: "2026-03-20 10:00")
    #expect(try await held(company) == 150)
    #expect(company.mail.isEmpty)
    try await company.turn(at: "2026-03-21 10:00")
    #expect(company.letters.map(\.customer).sorted() == ["151", "152", "153", "154", "155"])
    #expect(try await held(company) == 150)
    #expect(try await problems(company).count == 1)
    await company.close()
  }

  @Test("corrections of dates that move in portions count like all others, and are held")
  func corrections() async throws {
    func rules(_ most: Int) -> String {
      """
      rules:
        - name: ended
          watch: customers
          when: 4 days before ends_on
          on move: correct
          fuse: \(most) a day
          send: email
          template: ended
      """
    }
    let company = try await company(of: 130, endsOn: "'2026-03-10'", rules: rules(130))
    try await company.turn(at: "2026-03-05 10:00")
    try await company.turn(at: "2026-03-06 10:00")
    #expect(company.letters.count == 130)
    try await company.reload(rules: rules(100))
    func move(_ ids: ClosedRange<Int>, at time: String) async throws {
      try company.write(
        """
        UPDATE customers SET ends_on = '2026-05-20' WHERE id BETWEEN \(ids.lowerBound) AND \(ids.upperBound)
        """)
      try await company.turn(at: time)
    }
    try await move(1...60, at: "2026-03-07 10:00")
    #expect(company.letters.count == 190)
    try await move(61...120, at: "2026-03-07 10:20")
    #expect(company.letters.count == 190)
    #expect(try await held(company) == 60)
    #expect(try await release(company, "ended").released == 60)
    try await company.turn()
    #expect(company.letters.count == 250)
    await company.close()
  }
}
