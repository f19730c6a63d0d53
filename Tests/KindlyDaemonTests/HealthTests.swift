import GRDB
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDaemon

@Suite("What is wrong now")
struct HealthTests {
  private let broken = SourceProblem(.watch, "watch leases: the key column id is not there")
  private let misspelt = SourceProblem(.condition, "a condition on watch leases fails")
  private let now = Instant(seconds: 1_800_000_000)

  @Test("a failure is told once, and again when it is another or was over")
  func once() {
    let health = Health()
    #expect(health.recordFailure(of: .rule("lease"), misspelt))
    #expect(!health.recordFailure(of: .rule("lease"), misspelt))
    #expect(health.recordFailure(of: .rule("lease"), broken))
    #expect(health.recordRecovery(of: .rule("lease")))
    #expect(!health.recordRecovery(of: .rule("lease")))
    #expect(health.recordFailure(of: .rule("lease"), broken))
  }

  @Test("a remark is new once, and over when it is no longer made")
  func remarks() {
    let health = Health()
    func record(_ texts: String..., of subject: Problem.Subject) -> (new: [String], gone: [String])
    {
      let news = health.record(texts.map { Problem(subject, .remark($0)) }, foundIn: subject)
      func sentences(_ problems: [Problem]) -> [String] {
        problems.flatMap { $0.sentences(in: .utc) }
      }
      return (sentences(news.new), sentences(news.gone))
    }
    let first = record("one", "two", of: .source("crm"))
    #expect(first.new == ["one", "two"] && first.gone.isEmpty)
    let second = record("two", "three", of: .source("crm"))
    #expect(second.new == ["three"] && second.gone == ["one"])
    #expect(record("two", of: .watch("shop")).new == ["two"])
    #expect(health.remarks == ["three", "two", "two"])
    health.reload(now: now) { $0 != .watch("shop") }
    #expect(health.remarks == ["three", "two"])
    let last = record(of: .source("crm"))
    #expect(last.new.isEmpty && last.gone == ["two", "three"])
  }

  @Test("a problem whose count changes is told again, and is not over")
  func counts() {
    let health = Health()
    let (few, many) = (
      Problem(.tasks, .lostCustomers(42, of: 43)), Problem(.tasks, .lostCustomers(43, of: 43))
    )
    #expect(health.record([few], foundIn: .tasks).new == [few])
    let news = health.record([many], foundIn: .tasks)
    #expect(news.new == [many] && news.gone.isEmpty)
    #expect(health.problems(now: now) == [many])
    #expect(health.record([], foundIn: .tasks).gone == [many])
  }

  @Test("a reload forgets what a review of the tasks found of a rule that is gone")
  func reloadsFindings() {
    let health = Health()
    let trouble = DoneTrouble(misspelt, on: [])
    let problems = ["call", "gone"].map { Problem(.rule($0), .doneIf(trouble)) }
    _ = health.record(problems, foundIn: .tasks)
    health.reload(now: now) { $0 != .rule("gone") }
    #expect(health.problems(now: now) == [problems[0]])
  }

  @Test("what is told of a watch is not told of each rule on it")
  func watch() {
    let health = Health()
    #expect(health.recordFailure(of: .watch("leases"), broken))
    #expect(!health.recordFailure(of: .rule("lease"), on: "leases", broken))
    #expect(health.recordFailure(of: .rule("trial"), on: "customers", broken))
    #expect(health.recordFailure(of: .rule("lease"), on: "leases", misspelt))
    #expect(health.failures.count == 3)
  }

  @Test("after a reload a failure is told once more, and counts until it is over or not met again")
  func reload() {
    let health = Health()
    _ = health.recordFailure(of: .rule("lease"), misspelt)
    _ = health.recordFailure(of: .rule("trial"), misspelt)
    _ = health.recordFailure(of: .watch("leases"), broken)
    health.reload(now: now) { $0 != .watch("leases") }
    #expect(Set(health.failures.keys) == [.rule("lease"), .rule("trial")])
    #expect(health.recordFailure(of: .rule("lease"), misspelt))
    #expect(!health.recordFailure(of: .rule("lease"), misspelt))
    #expect(health.problems(now: now + .minutes(19)).count == 2)
    #expect(
      health.problems(now: now + .minutes(20)) == [Problem(.rule("lease"), .failure(misspelt))])
    #expect(!health.recordRecovery(of: .rule("trial")))
  }

  @Test("what an ended process knew goes on with its beginning, until it is met or over")
  func restores() {
    let health = Health()
    let before = [
      Problem(.source("crm"), .failure(broken), since: now - .hours(3)),
      Problem(.rule("gone"), .failure(misspelt), since: now - .hours(2)),
      Problem(.clock, .clock(.unsynchronised), since: now - .hours(1)),
    ]
    health.restore(before, now: now) { $0 != .rule("gone") }
    #expect(health.problems(now: now) == [before[0]])
    #expect(health.recordFailure(of: .source("crm"), misspelt))
    #expect(
      health.problems(now: now + .hours(1)) == [
        Problem(.source("crm"), .failure(misspelt), since: now - .hours(3))
      ])
    #expect(health.recordRecovery(of: .source("crm")))
  }

  @Test("the keeper writes the problems into the ledger once, not at every turn")
  func keeps() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .retry(Refusal("421 later", isChannelWide: true)) }
    try await company.turn(at: "2026-03-06 09:00")
    let ledger = try DatabaseQueue(path: company.folder.path + "/state/kindly.db")
    func version() async throws -> Int? {
      // It changes where another connection commits.
      try await ledger.read { try Int.fetchOne($0, sql: "PRAGMA data_version") }
    }
    func keep() async throws {
      company.clock.advance(by: .seconds(70))
      _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    }
    try await keep()
    #expect(
      try await company.daemon.ledger.problems().map(\.kind) == [.down])
    let before = try await version()
    for _ in 1...5 { try await keep() }
    #expect(try await version() == before)
    try ledger.close()
    await company.close()
  }
}
