import KindlyCore
import KindlyDaemon
import Testing

@Suite("What is wrong now")
struct HealthTests {
  private let broken = SourceProblem(.watch, "watch leases: the key column id is not there")
  private let misspelt = SourceProblem(.condition, "a condition on watch leases fails")

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
    health.forgetRemarks { $0 != .watch("shop") }
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
    #expect(health.problems.count == 3)
  }
}
