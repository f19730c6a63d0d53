import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// The strategy of a software company as it is shipped in `config/`, over three years on a clock moved by hand.
@Suite("The shipped strategy")
struct StrategyTests {
  /// What one customer does, and the mail that must come of it.
  struct Story: Sendable {
    let customer: String
    /// SQL by the wall time at which the application runs it.
    let writes: [String: String]
    let mail: [String]
  }

  static let stories: [Story] = [
    Story(
      // Applied, never bought.
      customer: "1",
      writes: [
        "2026-01-10 10:00": StrategyTests.application(of: 1),
        "2026-02-10 23:00": "UPDATE customers SET status = 'expired' WHERE id = 1",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-02-06 trial/ending",
        "2026-02-10 trial/ended", "2026-05-10 trial/three-months", "2027-02-10 trial/anniversary",
        "2028-02-10 trial/anniversary",
      ]),
    Story(
      // Bought a year during the trial.
      customer: "2",
      writes: [
        "2026-01-10 10:00": StrategyTests.application(of: 2),
        "2026-01-20 11:00": """
        INSERT INTO leases (id, customer_id, status, starts_on, ends_on)
        VALUES (7, 2, 'pending', '2026-01-20', '2027-01-20')
        """,
        "2026-01-20 14:00": """
        UPDATE leases SET status = 'paid' WHERE id = 7;
        UPDATE customers SET status = 'active' WHERE id = 2;
        """,
        "2027-01-21 02:00": "UPDATE leases SET status = 'ended' WHERE id = 7",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-01-20 lease/confirmed",
        "2026-02-20 lease/care", "2026-12-20 lease/renew", "2027-01-20 lease/ended",
        "2028-01-20 lease/anniversary",
      ]),
    Story(
      // The trial was extended on 7 February.
      customer: "3",
      writes: [
        "2026-01-10 10:00": StrategyTests.application(of: 3),
        "2026-02-07 10:00": "UPDATE customers SET trial_ends_on = '2026-03-10' WHERE id = 3",
        "2026-03-10 23:00": "UPDATE customers SET status = 'expired' WHERE id = 3",
      ],
      mail: [
        "2026-01-10 trial/welcome", "2026-01-17 trial/care", "2026-02-06 trial/ending",
        "2026-03-06 trial/ending", "2026-03-10 trial/ended", "2026-06-10 trial/three-months",
        "2027-03-10 trial/anniversary", "2028-03-10 trial/anniversary",
      ]),
  ]

  @Test("sends each customer what the strategy says, and nothing else")
  func keepsTheStrategy() async throws { try await live(restarting: false) }

  @Test("sends the same mail once when the daemon is restarted at every step")
  func survivesRestarts() async throws { try await live(restarting: true) }

  /// All customers of one company, three years, day by day.
  private func live(restarting: Bool) async throws {
    let company = try await Shipped.company(at: "2026-01-01 08:00")
    try await company.turn()
    let writes = StrategyTests.stories.flatMap(\.writes).sorted { $0.key < $1.key }
    for (time, sql) in writes {
      try await company.live(before: time, restarting: restarting)
      company.clock.advance(to: try Company.instant(time, in: company.zone))
      try company.write(sql)
      if restarting { try await company.restart() }
      try await company.turn()
    }
    try await company.live(before: "2029-01-01 00:00", restarting: restarting)
    for story in StrategyTests.stories {
      #expect(company.mail(to: story.customer) == story.mail, "customer \(story.customer)")
    }
    #expect(company.letters.count == StrategyTests.stories.reduce(0) { $0 + $1.mail.count })
    await company.close()
  }

  private static func application(of customer: Int) -> String {
    """
    INSERT INTO customers (id, name, email, lang, status, trial_started_on, trial_ends_on, initial_password)
    VALUES (\(customer), '王小明', 'wang\(customer)@example.com', 'zh-Hans', 'trial', '2026-01-10', '2026-02-10', 'pw-42')
    """
  }
}
