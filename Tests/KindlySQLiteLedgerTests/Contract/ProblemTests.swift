import KindlyCore
import KindlyTestKit
import Testing

@Suite("Problems in the ledger")
struct ProblemTests {
  private let start = Fixture.start
  private let unreachable = SourceProblem(
    .unreachable, "source crm: no route", hint: "start the server")

  @Test(
    "every kind of problem is read as it was written", arguments: LedgerKind.allCases,
    0..<(ProblemSamples.all + ProblemSamples.variants).count)
  func keeps(_ kind: LedgerKind, _ index: Int) async throws {
    let fixture = try await Fixture(kind)
    let problem = (ProblemSamples.all + ProblemSamples.variants)[index]
    try await fixture.ledger.note([problem], now: start)
    let kept = try await fixture.ledger.problems()
    #expect(kept == [Problem(problem.subject, problem.fact, since: problem.since ?? start)])
  }

  @Test("all problems are kept side by side, the worst first", arguments: LedgerKind.allCases)
  func sides(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.note(ProblemSamples.all, now: start)
    let kept = try await fixture.ledger.status(now: start).problems
    let undated = kept.map { Problem($0.subject, $0.fact) }
    #expect(Set(undated) == Set(ProblemSamples.all.map { Problem($0.subject, $0.fact) }))
    #expect(kept.count == ProblemSamples.all.count)
    #expect(kept.map(\.severity) == kept.map(\.severity).sorted(by: >))
  }

  @Test(
    "a problem keeps its start time while it lasts, whatever else changes",
    arguments: LedgerKind.allCases)
  func beginning(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    func since(_ problems: [Problem], after minutes: Int) async throws -> [Instant?] {
      try await fixture.ledger.note(problems, now: start + .minutes(minutes))
      return try await fixture.ledger.problems().map(\.since)
    }
    let first = Problem(.source("crm"), .failure(unreachable))
    #expect(try await since([first], after: 0) == [start])
    let changed = Problem(.source("crm"), .failure(SourceProblem(.unreachable, "locked")))
    #expect(try await since([changed], after: 5) == [start])
    #expect(try await since([], after: 6).isEmpty)
    #expect(try await since([first], after: 7) == [start + .minutes(7)])
  }

  @Test(
    "a problem that counts keeps its start time when its count changes",
    arguments: LedgerKind.allCases)
  func counts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let watch = Watch(name: "leases", source: "crm", relation: .table("leases"), key: ["id"])
    func problems(_ count: Int) -> [Problem] {
      let keys = (1...count).map { RowKey("\($0)") }
      let bad = SourceProblem(.condition, "malformed JSON")
      return [
        Problem(
          .customers, .unknownNames(UnknownNameCount(.calendar, in: "c.cal", customers: count))),
        Problem(
          .watch("leases"),
          .refusedRows(
            RefusedRows(RefusedKeys(duplicate: count), of: watch, shared: keys, places: []))),
        Problem(.tasks, .lostCustomers(count, of: 99)),
        Problem(.rule("lease"), .doneIf(DoneTrouble(bad, on: Set(keys)))),
        Problem(.rule("lease"), .calendar(.year(2026 + count, of: "china"))),
        Problem(.file("/etc/kindly"), .access(.writable(by: "kindly", others: count))),
      ]
    }
    try await fixture.ledger.note(problems(1), now: start)
    try await fixture.ledger.note(problems(2), now: start + .minutes(5))
    let kept = try await fixture.ledger.problems()
    #expect(Set(kept) == Set(problems(2).map { Problem($0.subject, $0.fact, since: start) }))
  }

  @Test("there is a sample of every kind of problem and of every kind of subject")
  func samples() {
    #expect(Set(ProblemSamples.all.map(\.kind)) == Set(Problem.Kind.allCases))
    #expect(
      Set(ProblemSamples.all.map(\.subject.kind)) == Set(Problem.Subject.Kind.allCases))
  }
}
