import Foundation
import KindlyTestKit
import Testing

@Suite("Problems in the status", .serialized)
struct ProblemStatusTests {
  private struct Status: Decodable {
    struct Problem: Decodable {
      struct Subject: Decodable {
        let kind: String
        let name: String?
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
    let level: String
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
      "remark of watch visits": "notice",
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
}
