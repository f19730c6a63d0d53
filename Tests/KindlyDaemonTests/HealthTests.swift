import KindlyCore
import KindlyDaemon
import Testing

@Suite("What is wrong now")
struct HealthTests {
  private let broken = SourceProblem(.watch, "watch leases: the key column id is not there")
  private let misspelt = SourceProblem(.condition, "a condition on watch leases fails")
  private let now = Instant(seconds: 1_800_000_000)

  @Test("a failure is told once, and again when it is another or was over")
  func once() {
    let health = Health()
    #expect(health.failed(.rule("lease"), with: misspelt))
    #expect(!health.failed(.rule("lease"), with: misspelt))
    #expect(health.failed(.rule("lease"), with: broken))
    #expect(health.recovered(.rule("lease")))
    #expect(!health.recovered(.rule("lease")))
    #expect(health.failed(.rule("lease"), with: broken))
  }

  @Test("a remark is new once, and over when it is no longer made")
  func remarks() {
    let health = Health()
    let first = health.note(remarks: ["one", "two"], of: .source("crm"))
    #expect(first.new == ["one", "two"] && first.gone.isEmpty)
    let second = health.note(remarks: ["two", "three"], of: .source("crm"))
    #expect(second.new == ["three"] && second.gone == ["one"])
    #expect(health.note(remarks: ["two"], of: .watch("shop")).new == ["two"])
    #expect(health.remarks == ["three", "two", "two"])
    health.reload(now: now) { $0 != .watch("shop") }
    #expect(health.remarks == ["three", "two"])
    let last = health.note(remarks: [], of: .source("crm"))
    #expect(last.new.isEmpty && last.gone == ["two", "three"])
  }

  @Test("what is told of a watch is not told of each rule on it")
  func watch() {
    let health = Health()
    #expect(health.failed(.watch("leases"), with: broken))
    #expect(!health.failed(.rule("lease"), on: "leases", with: broken))
    #expect(health.failed(.rule("trial"), on: "customers", with: broken))
    #expect(health.failed(.rule("lease"), on: "leases", with: misspelt))
    #expect(health.failures.count == 3)
  }

  @Test("after a reload a failure is told once more, and counts until it is over or not met again")
  func reload() {
    let health = Health()
    _ = health.failed(.rule("lease"), with: misspelt)
    _ = health.failed(.rule("trial"), with: misspelt)
    _ = health.failed(.watch("leases"), with: broken)
    health.reload(now: now) { $0 != .watch("leases") }
    #expect(Set(health.failures.keys) == [.rule("lease"), .rule("trial")])
    #expect(health.failed(.rule("lease"), with: misspelt))
    #expect(!health.failed(.rule("lease"), with: misspelt))
    #expect(health.problems(now: now + .minutes(19)).count == 2)
    #expect(
      health.problems(now: now + .minutes(20)) == [Problem(.rule("lease"), .failure(misspelt))])
    #expect(!health.recovered(.rule("trial")))
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
    #expect(health.failed(.source("crm"), with: misspelt))
    #expect(
      health.problems(now: now + .hours(1)) == [
        Problem(.source("crm"), .failure(misspelt), since: now - .hours(3))
      ])
    #expect(health.recovered(.source("crm")))
  }
}
