import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// The strategy of a software company as it is shipped in `config/`, over three years on a clock moved by hand.
@Suite("The shipped strategy")
struct StrategyTests {
  /// What one customer does, and the mail that must come of it.
  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// SQL by the wall time at which the application runs it.
    let writes: [String: String]
    let mail: [String]
  }

  static let stories: [Story] = [
    Story(
      testDescription: "applied, never bought",
      writes: [
        "2026-01-10 10:00": StrategyTests.apply,
        "2026-02-10 23:00": "UPDATE customers SET status = 'expired'",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-02-06 trial/ending",
        "2026-02-10 trial/ended", "2026-05-10 trial/three-months", "2027-02-10 trial/anniversary",
        "2028-02-10 trial/anniversary",
      ]),
    Story(
      testDescription: "bought a year during the trial",
      writes: [
        "2026-01-10 10:00": StrategyTests.apply,
        "2026-01-20 11:00": StrategyTests.order,
        "2026-01-20 14:00": """
        UPDATE leases SET status = 'paid';
        UPDATE customers SET status = 'active';
        """,
        "2027-01-21 02:00": "UPDATE leases SET status = 'ended'",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-01-20 lease/confirmed",
        "2026-02-20 lease/care", "2026-12-20 lease/renew", "2027-01-20 lease/ended",
        "2028-01-20 lease/anniversary",
      ]),
    Story(
      testDescription: "the trial was extended on 7 February",
      writes: [
        "2026-01-10 10:00": StrategyTests.apply,
        "2026-02-07 10:00": "UPDATE customers SET trial_ends_on = '2026-03-10'",
        "2026-03-10 23:00": "UPDATE customers SET status = 'expired'",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-02-06 trial/ending",
        "2026-03-06 trial/ending", "2026-03-10 trial/ended", "2026-06-10 trial/three-months",
        "2027-03-10 trial/anniversary", "2028-03-10 trial/anniversary",
      ]),
  ]

  @Test("sends each customer what the strategy says, and nothing else", arguments: stories)
  func keepsTheStrategy(_ story: Story) async throws {
    #expect(try await live(story, restarting: false) == story.mail)
  }

  @Test("sends the same mail once when the daemon is restarted at every step", arguments: stories)
  func survivesRestarts(_ story: Story) async throws {
    #expect(try await live(story, restarting: true) == story.mail)
  }

  private func live(_ story: Story, restarting: Bool) async throws -> [String] {
    let company = try await Shipped.company(at: "2026-01-01 08:00")
    try await company.turn()
    for (time, sql) in story.writes.sorted(by: { $0.key < $1.key }) {
      try await company.live(before: time, restarting: restarting)
      company.clock.advance(to: try Company.instant(time, in: company.zone))
      try company.write(sql)
      if restarting { try await company.restart() }
      try await company.turn()
    }
    try await company.live(before: "2029-01-01 00:00", restarting: restarting)
    let mail = company.mail(to: "1")
    #expect(company.letters.count == mail.count)
    await company.close()
    return mail
  }

  private static let apply = """
    INSERT INTO customers (id, name, email, lang, status, trial_started_on, trial_ends_on, initial_password)
    VALUES (1, '王小明', 'wang@example.com', 'zh-Hans', 'trial', '2026-01-10', '2026-02-10', 'pw-42')
    """

  private static let order = """
    INSERT INTO leases (id, customer_id, status, starts_on, ends_on)
    VALUES (7, 1, 'pending', '2026-01-20', '2027-01-20')
    """
}
