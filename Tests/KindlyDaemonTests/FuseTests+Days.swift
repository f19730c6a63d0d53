import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// The days on which delayed and moved reminders count.
extension FuseTests {
  @Test(
    "delayed letters count on the day on which they fall due by the customers' clocks",
    arguments: ["", ", fuse: 50 a day"])
  func delayedPortions(_ fuse: String) async throws {
    let rules = """
      rules:
        - { name: welcome, watch: customers, when: 1 day after insert at 20:00, send: email, template: welcome\(fuse) }
      """
    let company = try await company(
      of: 1_000, at: "2026-03-10 12:30", livingIn: "America/New_York", rules: rules)
    for (number, time) in ["13:00", "13:10", "13:20"].enumerated() {
      try await addPortion(from: 2_000 + number * 100, to: company, at: "2026-03-10 \(time)")
    }
    #expect(try await held(company) == (fuse.isEmpty ? 0 : 180))
    // After a longer stop, every fuse would be suspect.
    try await company.turn(at: "2026-03-11 13:00")
    // In New York it is 20:00 of the 11th.
    for minute in ["00", "05"] { try await company.turn(at: "2026-03-12 08:\(minute)") }
    #expect(company.letters.isEmpty)
    #expect(try await held(company) == 180)
    #expect(try await release(company, "welcome") == FuseRelease(released: 180, left: 0))
    try await company.turn()
    #expect(company.letters.count == 180)
    await company.close()
  }

  @Test("recurrences that days off move to one day count once, because only the newest is sent")
  func movedToOneDay() async throws {
    // From a Saturday on; those of the weekend are served on Monday.
    let company = try await company(
      of: 40, endsOn: "'2026-03-05'", at: "2026-03-07 12:00",
      rules: """
        rules:
          - { name: daily, watch: customers, when: every day after ends_on, off days: later, send: email, template: daily }
        """)
    try await company.turn(at: "2026-03-08 10:00")
    #expect(try await held(company) == 0)
    // One more is judged beside those that wait already.
    try company.write(
      "INSERT INTO customers (id, name, email, ends_on) VALUES (41, 'n', 'n@example.com', '2026-03-05')"
    )
    try await company.turn(at: "2026-03-08 12:00")
    #expect(try await held(company) == 0)
    try await company.turn(at: "2026-03-09 10:00")
    #expect(company.letters.count == 41)
    #expect(Set(company.letters.map(\.customer)).count == 41)
    #expect(try await held(company) == 0)
    await company.close()
  }
}
