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
    0..<(ProblemTests.all + ProblemTests.variants).count)
  func keeps(_ kind: LedgerKind, _ index: Int) async throws {
    let fixture = try await Fixture(kind)
    let problem = (ProblemTests.all + ProblemTests.variants)[index]
    try await fixture.ledger.note([problem], now: start)
    let kept = try await fixture.ledger.problems()
    #expect(kept == [Problem(problem.subject, problem.fact, since: problem.since ?? start)])
  }

  @Test("all problems are kept side by side, the worst first", arguments: LedgerKind.allCases)
  func sides(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.note(ProblemTests.all, now: start)
    let kept = try await fixture.ledger.status(now: start).problems
    let undated = kept.map { Problem($0.subject, $0.fact) }
    #expect(Set(undated) == Set(ProblemTests.all.map { Problem($0.subject, $0.fact) }))
    #expect(kept.count == ProblemTests.all.count)
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

  /// One of each kind, and neighbours that must not be taken for each other.
  private static let all: [Problem] =
    [
      Problem(
        .source("crm"), .failure(SourceProblem(.unreachable, "no route", hint: "start it"))),
      Problem(.source("CRM"), .failure(SourceProblem(.unreachable, "no way"))),
      Problem(.watch("leases"), .failure(SourceProblem(.watch, "no column id"))),
      Problem(.rule("lease"), .failure(SourceProblem(.condition, "no such function"))),
      Problem(.recheck(rule: "lease"), .failure(SourceProblem(.condition, "no such table"))),
      Problem(
        .step(rule: "lease", step: "first"), .failure(SourceProblem(.condition, "no such column"))),
      Problem(
        .rule("lease"),
        .rows(RowTrouble(SourceProblem(.condition, "bad"), at: .question, on: keys("7", "9")))),
      Problem(
        .rule("lease"),
        .rows(RowTrouble(SourceProblem(.condition, "bad"), at: .template, on: keys("7", "9")))),
      Problem(
        .customers,
        .addresses(
          first: [
            InvalidAddress(
              Person(key: keys("Andre\u{301}")[0], name: ""), column: "c.email", fault: "no @")
          ], count: 12)),
      Problem(.file("/etc/kindly/smtp"), .access("others can read it")),
      Problem(.file("/etc/kindly/smtp"), .access("the service can write it")),
      Problem(.ledger, .disarmed(.copied(from: "/var/lib/kindly"))),
      Problem(.clock, .clock(.farAhead(of: Instant(seconds: 1)))),
      Problem(.channel("email"), .behind, since: Instant(seconds: 1_700_000_000)),
      Problem(
        .channel("email"), .down(until: Instant(seconds: 1_800_000_000), because: "421 later"),
        since: Instant(seconds: 1_700_000_000)),
      Problem(.watch("leases"), .remark("two rows share key 7")),
      Problem(.watch("leases"), .remark("two rows share key 9")),
      Problem(
        .watch("leases"),
        .unusableDates(column: "ends_on", counts: [.zero: 3, .unreadable: 1], isSample: true)),
    ] + silent.map { Problem(.rule("lease"), .silent($0), since: Instant(seconds: 1_700_000_000)) }

  /// A rule of ten messages a day that stopped.
  private static let silent: [RuleSilence] = {
    let today = CivilDate(dayNumber: 20_000)
    let days = (3...60).map { (today.adding(days: -$0), 10) }
    let activity = RuleActivity(Dictionary(uniqueKeysWithValues: days))
    let silence = RuleSilence(
      activity, today: today, oldestDue: Instant(seconds: 1_700_000_000), isDayOff: { _ in false })
    return [silence].compactMap(\.self)
  }()

  /// Other details of the same kinds.
  private static let variants: [Problem] = [
    Problem(.ledger, .disarmed(.commitsMissing(3))),
    Problem(.ledger, .disarmed(.backup(made: Instant(seconds: 1_700_000_000)))),
    Problem(.clock, .clock(.unsynchronised)),
    Problem(.clock, .clock(.stepped(by: .milliseconds(-7_200_001)))),
    Problem(.watch("leases"), .remark("rows share the key a\u{0}b")),
  ]

  private static func keys(_ texts: String...) -> [RowKey] {
    texts.compactMap { RowKey([.text($0)]) }
  }
}
