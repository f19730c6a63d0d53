package import KindlyCore

/// Problems of every kind and about every kind of subject.
package enum ProblemSamples {
  private static let start = Instant(seconds: 1_700_000_000)
  /// Later than any clock shows while a test runs.
  private static let later = Instant(seconds: 4_000_000_000)

  /// One of each kind, and neighbours that must not be taken for each other.
  package static let all: [Problem] = [failures, rows, files, channels, rules, others].flatMap {
    $0
  }

  /// Other details of the same kinds.
  package static let variants: [Problem] = [
    Problem(.ledger, .disarmed(.commitsMissing(3))),
    Problem(.ledger, .disarmed(.backup(made: start))),
    Problem(.clock, .clock(.unsynchronised)),
    Problem(.clock, .clock(.stepped(by: .milliseconds(-7_200_001)))),
    Problem(.source("crm"), .remark("the column a\u{0}b is not in the encoding")),
    Problem(.rule("lease"), .calendar(.weekendsOnly)),
    Problem(.rule("lease"), .doneIf(DoneTrouble(bad, on: []))),
    Problem(
      .file("kindly.yaml:4"),
      .access(.folder("b", .missing(path: "/b", because: "No such file or directory")))),
    Problem(.file("kindly.yaml:4"), .access(.folder("b", .notAFolder(path: "/b")))),
    Problem(.file("kindly.yaml:4"), .access(.folder("b", .hidden(below: "/home")))),
  ]

  private static let bad = SourceProblem(.condition, "bad")

  private static let failures: [Problem] = [
    Problem(
      .source("crm"),
      .failure(
        SourceProblem(
          .unreachable, of: .source("crm"), "no route", hint: "start it", retry: .nextPoll))),
    Problem(.source("CRM"), .failure(SourceProblem(.unreachable, "no way"))),
    Problem(
      .watch("leases"), .failure(SourceProblem(.watch, of: .watch("leases"), "no column id"))),
    Problem(.rule("lease"), .failure(SourceProblem(.condition, "no such function"))),
    Problem(.recheck(rule: "lease"), .failure(SourceProblem(.condition, "no such table"))),
    Problem(
      .step(rule: "lease", step: "first"), .failure(SourceProblem(.condition, "no such column"))),
    Problem(.list("orders"), .failure(SourceProblem(.condition, of: .list("orders"), "no table"))),
    Problem(
      .colleagues, .failure(SourceProblem(.watch, of: .colleagues, "watch staff has no column"))),
    Problem(.mailbox, .failure(SourceProblem(.unreachable, of: .mailbox, "no route"))),
  ]

  private static let rows: [Problem] = [
    Problem(.rule("lease"), .rows(RowTrouble(bad, at: .question, on: keys))),
    Problem(.rule("lease"), .rows(RowTrouble(bad, at: .template, on: keys))),
    Problem(
      .customers,
      .addresses(
        first: [
          InvalidAddress(
            Person(key: RowKey("Andre\u{301}"), name: ""), column: "c.email", fault: "no @")
        ], count: 12)),
    Problem(
      .customers,
      .unknownNames(
        UnknownNameCount(.timezone(company: "Asia/Shanghai"), in: "c.zone", customers: 2))),
    Problem(.customers, .unknownNames(UnknownNameCount(.calendar, in: "c.cal", customers: 1))),
    Problem(
      .watch("visits"),
      .refusedRows(
        RefusedRows(
          RefusedKeys(missing: 1, duplicate: 2),
          of: Watch(name: "visits", source: "crm", relation: .table("visits"), key: ["id", "day"]),
          shared: keys, places: ["line 5 of visits.csv"]))),
    Problem(.source("crm"), .remark("the server allows one connection")),
    Problem(.source("crm"), .remark("it does not report commits")),
    Problem(
      .watch("leases"),
      .unusableDates(column: "ends_on", counts: [.zero: 3, .unreadable: 1], isSample: true)),
  ]

  private static let files: [Problem] = [
    Problem(.file("/etc/kindly/smtp"), .access(.openPassword(mode: 0o644, owner: "kindly"))),
    Problem(.file("/etc/kindly/smtp"), .access(.writable(by: "kindly", others: 2))),
    Problem(
      .file("/etc/kindly/kindly.yaml:3"),
      .access(.folder("contracts", .closed(path: "/srv/contracts", to: "kindly")))),
    Problem(
      .file("/etc/kindly/kindly.yaml:3"),
      .access(.folder("letters", .closed(path: "/srv/letters", to: "kindly")))),
  ]

  private static let channels: [Problem] = [
    Problem(.channel("email"), .behind, since: start),
    Problem(.channel("email"), .down(until: later, because: "421 later"), since: start),
    Problem(
      .destination("example.com", channel: "email"),
      .down(until: later, because: "550 refused"), since: start),
  ]

  private static let rules: [Problem] =
    [
      Problem(
        .rule("lease"),
        .fuse(BlownFuse(day: "2026-02-10", letters: 900, fuse: Fuse(most: 200, basis: .noHistory))),
        since: start),
      Problem(.step(rule: "lease", step: "first"), .missed(missed), since: start),
      Problem(.rule("lease"), .calendar(.year(2027, of: "china"))),
      Problem(.rule("lease"), .calendar(.year(2027, of: "office"))),
      Problem(.rule("lease"), .doneIf(DoneTrouble(bad, on: Set(keys)))),
    ] + silent.map { Problem(.rule("lease"), .silent($0), since: start) }

  private static let others: [Problem] = [
    Problem(.ledger, .disarmed(.copied(from: "/var/lib/kindly"))),
    Problem(.clock, .clock(.farAhead(of: Instant(seconds: 1)))),
    Problem(.tasks, .lostCustomers(42, of: 43)),
    Problem(.tasks, .noSuccessor(of: "anna", .left(RowKey("anna")))),
    Problem(.tasks, .noSuccessor(of: "dora", .left(RowKey("dora")))),
  ]

  private static let keys = [RowKey("7"), RowKey("9")]

  private static let missed: MissedMoments = {
    var missed = MissedMoments()
    missed.add(start)
    return missed
  }()

  /// A rule of ten messages a day that stopped.
  private static let silent: [RuleSilence] = {
    let today = CivilDate(dayNumber: 20_000)
    let days = (3...60).map { (today.adding(days: -$0), 10) }
    let activity = RuleActivity(Dictionary(uniqueKeysWithValues: days))
    let silence = RuleSilence(
      activity, today: today, oldestDue: start, isDayOff: { _ in false })
    return [silence].compactMap(\.self)
  }()
}
