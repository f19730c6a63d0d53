import Foundation
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@Suite("Problems in the status", .serialized)
struct ProblemStatusTests {
  private struct Status: Decodable {
    struct Problem: Decodable {
      struct Subject: Decodable {
        let kind: String
        let name: String?
        let step: String?

        var place: String { "\(kind) \(name ?? "-") \(step ?? "-")" }
      }
      let kind: String
      let severity: String
      let subject: Subject
      let since: String
      let text: String
      let rows: [String]?
      let count: Int?

      var place: String { "\(kind) of \(subject.kind) \(subject.name ?? "-")" }
    }

    struct Concern: Decodable {
      let level: String
      let text: String
      let kind: String?
      let severity: String?
      let subject: Problem.Subject?
    }
    let level: String
    let concerns: [String]
    let concernDetails: [Concern]
    let problems: [Problem]
  }

  /// The severity of every problem that can occur at the same time, by kind and subject.
  private static func expected(_ company: Company) -> [String: String] {
    [
      "unreachable of source billing": "critical",
      "watch of watch orders": "warning",
      "condition of rule misspelt": "warning",
      "rows of rule plans": "warning",
      "addresses of customers -": "warning",
      "access of file \(company.folder.path)/smtp": "warning",
      "down of channel email": "warning",
      "refused rows of watch visits": "notice",
      "unusable dates of watch customers": "notice",
    ]
  }

  private static func company() throws -> Company {
    let company = try Company(
      channel: """
        { type: smtp, url: "smtp://127.0.0.1:1", tls: starttls, from: "a@example.com", \
        user: care, password: { file: SMTP } }
        """)
    try company.folder.write("open sesame\n", to: "smtp")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: company.folder.path + "/smtp")
    try company.replace("SMTP", with: "\(company.folder.path)/smtp")
    try company.configure(
      "  billing: { url: \"sqlite://\(company.folder.path)/billing.db\", poll: 100ms }",
      behind: "sources:")
    try company.configure(
      """
        invoices: { source: billing, table: invoices, key: id, customer: customer, changes: snapshot }
        orders: { source: crm, table: orders, key: id, customer: customer, changes: snapshot }
        visits: { source: crm, table: visits, key: customer, customer: customer, changes: snapshot }
      """, behind: "watches:")
    try company.database.run(
      "CREATE TABLE visits (customer INTEGER); INSERT INTO visits VALUES (1), (1), (2)")
    try company.write(
      """
      rules:
        - { name: invoice, watch: invoices, when: insert, send: email, template: welcome, class: service }
        - { name: order, watch: orders, when: insert, send: email, template: welcome, class: service }
        - { name: visit, watch: visits, when: insert, send: email, template: welcome, class: service }
        - { name: misspelt, watch: customers, when: insert, if: no_such(status), send: email, template: welcome, class: service }
        - { name: plans, watch: customers, when: insert, if: "json_extract(status, '$.plan') = 'gold'", send: email, template: welcome, class: service }

      """, to: "rules.d/20-broken.yaml")
    return company
  }

  private func status(_ company: Company) async throws -> Status {
    try await company.run("status", "--json").json(as: Status.self)
  }

  @Test("problems are typed facts, and a reload keeps them and their start times")
  func reload() async throws {
    let company = try Self.company()
    let expected = Self.expected(company)
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(7, name: "Eve")
    try company.database.run(
      "INSERT INTO customers (id, name, email, lang, status) VALUES (8, 'Mo', 'nobody', 'en', 'trial')"
    )
    try await Eventually.holds("every kind of problem") {
      let problems = try await status(company).problems
      return Set(problems.map(\.place)) == Set(expected.keys)
    }
    let before = try await status(company)
    #expect(before.level == "CRITICAL")
    for problem in before.problems {
      #expect(problem.severity == expected[problem.place], "\(problem.place)")
      #expect(!problem.text.isEmpty)
    }
    let refused = before.problems.first { $0.kind == "refused rows" }
    #expect(refused?.rows == ["1"] && refused?.count == 2)
    let rows = before.problems.first { $0.kind == "rows" }
    #expect(rows?.rows == ["7", "8"] && rows?.count == 2)
    #expect(before.problems.first { $0.kind == "addresses" }?.rows == ["8"])
    let reloaded = try await company.run("reload")
    #expect(reloaded.code == 0, "\(reloaded.errors)")
    let after = try await status(company)
    func beginnings(_ status: Status) -> [String: String] {
      // A reload tries each channel afresh.
      let lasting = status.problems.filter { $0.kind != "down" }
      return Dictionary(lasting.map { ($0.place, $0.since) }) { first, _ in first }
    }
    #expect(beginnings(after) == beginnings(before))
    try company.folder.write("", to: "billing.db")
    try await Eventually.holds(
      "the source answers, its watch cannot be read, the rest is as before"
    ) {
      let places = Set(try await status(company).problems.map(\.place))
      return places
        == Set(expected.keys).subtracting(["unreachable of source billing"])
        .union(["watch of watch invoices"])
    }
    #expect(try await status(company).level != "OK")
    #expect(await daemon.stop() == 0)
    let alone = try await status(company)
    #expect(alone.level == "CRITICAL" && alone.problems.count == expected.count)
  }

  /// The severity of each kind of problem, by the kind of its subject.
  private static let severities: Set<String> = [
    "unreachable of source: critical", "unreachable of mailbox: warning", "watch of watch: warning",
    "watch of colleagues: warning", "condition of rule: warning", "condition of list: warning",
    "rows of rule: warning", "addresses of customers: warning", "access of file: warning",
    "disarmed of ledger: critical", "clock of clock: critical", "fuse of rule: warning",
    "behind of channel: notice", "down of channel: warning", "down of destination: warning",
    "remark of source: notice", "missed of rule: notice", "silent of rule: warning",
    "unusable dates of watch: notice", "calendar of rule: notice",
    "unknown names of customers: notice", "refused rows of watch: notice",
    "lost customers of tasks: notice", "no successor of tasks: notice", "done if of rule: notice",
  ]

  /// A company in whose ledger a daemon left every kind of problem.
  private static func troubled() async throws -> Company {
    let company = try Company()
    try FileManager.default.createDirectory(
      atPath: company.folder.path + "/state", withIntermediateDirectories: true)
    let ledger = try SQLiteLedger(
      opening: LedgerOptions(
        path: company.ledger, create: true, messageDomain: "test.invalid", version: "test"),
      now: TemporaryLedger.start, fatal: { Issue.record("the ledger failed: \($0)") })
    try await ledger.note(ProblemSamples.all, now: TemporaryLedger.start)
    await ledger.close(now: TemporaryLedger.start)
    return company
  }

  /// Severity, kind and subject of the samples, as often as each occurs.
  private static func samples(
    where isMeant: (KindlyCore.Problem) -> Bool = { _ in true }
  ) -> [String] {
    ProblemSamples.all.filter(isMeant).map { problem in
      let severity =
        switch problem.severity {
        case .notice: "notice"
        case .warning: "warning"
        case .critical: "critical"
        }
      let subject = problem.subject
      return "\(severity) \(problem.kind.rawValue): \(subject.kind.rawValue) "
        + "\(subject.name ?? "-") \(subject.step ?? "-")"
    }.sortedExactly
  }

  @Test(
    "every kind of problem has its kind, severity and subject in JSON, and its line in the text")
  func everyKind() async throws {
    let company = try await Self.troubled()
    let status = try await status(company)
    let problems = status.problems
    #expect(
      Set(problems.map { "\($0.kind) of \($0.subject.kind): \($0.severity)" }) == Self.severities)
    #expect(
      problems.map { "\($0.severity) \($0.kind): \($0.subject.place)" }.sortedExactly
        == Self.samples())
    let page = try await company.run("status")
    #expect(page.code == 2)
    let lines = page.output.split(separator: "\n").map(String.init)
    for problem in problems {
      for sentence in problem.text.split(separator: "\n") {
        let line =
          switch problem.severity {
          case "critical": "CRITICAL: \(sentence)"
          case "warning": "warning: \(sentence)"
          default: "  \(sentence)"
          }
        switch problem.kind {
        // A channel that is down is told with the reminders that wait for it.
        case "down": #expect(lines.contains { $0.hasPrefix(line) }, "\(line)")
        // A channel that is behind is told once a reminder is late.
        case "behind": #expect(!page.output.contains(sentence))
        default: #expect(lines.contains(line), "\(line)")
        }
      }
    }
  }

  @Test("each concern that comes from a problem has the problem's kind, severity and subject")
  func concernDetails() async throws {
    let company = try await Self.troubled()
    let status = try await status(company)
    #expect(status.concernDetails.map(\.text) == status.concerns)
    let told = status.concernDetails.compactMap { concern -> String? in
      guard let kind = concern.kind, let severity = concern.severity,
        let subject = concern.subject
      else { return nil }
      #expect(concern.level == severity.uppercased(), "\(concern.text)")
      return "\(severity) \(kind): \(subject.place)"
    }
    // The sample of invalid addresses takes two sentences: one with a key, and one with the number of the others.
    let addresses = "warning addresses: customers - -"
    #expect(
      told.sortedExactly == (Self.samples { $0.severity > .notice } + [addresses]).sortedExactly)
    // The daemon does not run.
    #expect(status.concernDetails.filter { $0.kind == nil }.map(\.level) == ["CRITICAL"])
  }
}
