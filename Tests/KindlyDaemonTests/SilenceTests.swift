import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDaemon

@Suite("Rules that fall silent")
struct SilenceTests {
  private static let rules = """
    rules:
      - name: hello
        watch: customers
        when: insert
        send: email
        template: hello
    """

  /// A company that greets ten new customers on each of 30 days, and none after that; it is now noon of 2026-04-02.
  private func company() async throws -> Company {
    let company = try await Simple.company(rules: Self.rules)
    for day in 0..<30 {
      let ids = (0..<10).map { 100 + day * 10 + $0 }
      let rows = ids.map { "(\($0), 'Name', 'c\($0)@example.com')" }.joined(separator: ", ")
      try company.write("INSERT INTO customers (id, name, email) VALUES \(rows)")
      let date = try Company.date("2026-03-02").adding(days: day)
      try await company.turn(at: "\(date) 12:00")
    }
    #expect(company.letters.count == 300)
    try await company.turn(at: "2026-04-02 12:00")
    return company
  }

  private func silences(_ company: Company) async throws -> [String] {
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    return try await company.daemon.ledger.problems().filter { $0.kind == .silent }
      .flatMap { $0.sentences(in: company.zone) }
  }

  @Test("are a warning after two days, until they send again")
  func warns() async throws {
    let company = try await company()
    #expect(try await silences(company).isEmpty)
    try await company.turn(at: "2026-04-03 12:00")
    #expect(
      try await silences(company) == [
        "rule hello: 0 sent for 2 days, usually 10 a day; the last was sent on 2026-03-31; none is due and undecided: "
          + "`kindly check` says what it finds"
      ])
    let problem = try #require(try await company.daemon.ledger.problems().first)
    #expect(problem.since == (try Company.instant("2026-04-01 00:00", in: company.zone)))
    try company.write("INSERT INTO customers (id, name, email) VALUES (9, 'Eve', 'e@example.com')")
    try await company.turn(at: "2026-04-03 12:15")
    #expect(try await silences(company).isEmpty)
    await company.close()
  }

  @Test("are no warning while a person holds them back")
  func paused() async throws {
    let company = try await company()
    try await company.daemon.ledger.pause(
      .rule("hello"), until: nil, note: ActionNote(uid: 0, user: "test", because: "test"),
      now: company.clock.now)
    try await company.turn(at: "2026-04-03 12:00")
    #expect(try await silences(company).isEmpty)
    await company.close()
  }
}
