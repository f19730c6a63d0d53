import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// Rules that watch Kindly's own ledger, in the company of `ColleagueTests`.
@Suite("A rule that watches Kindly's own ledger")
struct LedgerRuleTests {
  /// Makes a task for Anna on March 6.
  private static let call =
    "- { name: call, watch: customers, if: id = 1, send: calls, to: owner, template: call, when: 4 days before ends_on }"

  static func company(
    at start: String = "2026-03-05 12:00", _ rules: [String], files: [String: String] = [:]
  ) async throws -> Company {
    let configuration = Simple.configuration(extra: ColleagueTests.people)
      .replacing("email: email }", with: "email: email, owner: owner_id }")
      .replacing("  inbox: { type: inbox }", with: "  calls: { type: task, within: 2 days }")
      .replacing(
        "watches:\n",
        with: """
          watches:
            staff: { source: crm, table: staff, key: id }
            chores: { source: kindly, table: tasks }
            made: { source: kindly, table: reminders }
            answers: { source: kindly, table: replies }

          """)
    let company = try await Company(
      at: start, schema: ColleagueTests.schema, configuration: configuration,
      rules: text(rules), files: files)
    try await company.turn()
    return company
  }

  private static func text(_ rules: [String]) -> String {
    "rules:\n" + rules.map { "  \($0)\n" }.joined()
  }

  private func sent(_ company: Company) -> [String] {
    company.channel.sent.map { "\($0.rule) \($0.customer): \($0.subject)" }.sorted()
  }

  /// Lets Anna finish the first task with an outcome.
  private func finish(
    _ outcome: String, kind: String? = nil, note: String? = nil,
    in company: Company
  ) async throws {
    try await company.daemon.ledger.act(
      on: 1, .done(outcome: outcome, kind: kind, note: note), by: "anna",
      note: ActionNote(uid: 0, user: "test"), now: company.clock.now)
  }

  /// Lets the given number of minutes pass, with a turn in each.
  private func wait(_ company: Company, minutes: Int = 6) async throws {
    for _ in 0..<minutes {
      company.clock.advance(by: .minutes(1))
      try await company.turn()
    }
  }

  private static let overdue =
    "- { name: overdue, watch: chores, if: state <> 'done', when: 2 days after created_at, to: lead, send: email, template: overdue }"
  private static let overdueLetter = [
    "templates/overdue.html":
      "---\nsubject: \"{{this.number}} of {{this.assignee}} since {{date(this.created_at)}} for {{customer.name}}\"\n---\n<p>{{this.kind}}</p>\n"
  ]

  @Test("tells the lead of a task that is not done after two days, and of no other")
  func overdue() async throws {
    let late = try await Self.company([Self.call, Self.overdue], files: Self.overdueLetter)
    try await late.live(before: "2026-03-08 00:00", restarting: true)
    #expect(sent(late) == [])
    try await late.live(before: "2026-03-12 00:00", restarting: true)
    #expect(sent(late) == ["overdue carl: 1 of anna since 6 March 2026 for Wang"])
    #expect(late.letters.map { late.zone.date(at: $0.at).description } == ["2026-03-08"])
    await late.close()

    let done = try await Self.company([Self.call, Self.overdue], files: Self.overdueLetter)
    try await done.live(before: "2026-03-07 00:00")
    try await finish("reached", in: done)
    try await done.live(before: "2026-03-12 00:00")
    #expect(sent(done) == [])
    await done.close()
  }

  @Test("closes its task once the task that it is about is done")
  func doneIf() async throws {
    let company = try await Self.company([
      Self.call,
      "- { name: urge, watch: chores, if: state <> 'done', when: 2 days after created_at, to: lead, send: calls, template: urge, done if: this.decided_at >= task.created_at }",
    ])
    try await company.live(before: "2026-03-09 00:00")
    func review() async throws -> [String] {
      company.clock.advance(by: .minutes(5))
      _ = try await company.daemon.tasks.runOnce(now: company.clock.now)
      return try await company.daemon.ledger.tasks(
        TaskSelection(includesAll: true), now: company.clock.now, limit: 9
      ).map { "\($0.rule) \($0.assignee) \($0.outcome ?? "open")" }.sorted()
    }
    #expect(try await review() == ["call anna open", "urge carl open"])
    try await finish("reached", in: company)
    #expect(try await review() == ["call anna reached", "urge carl closed"])
    await company.close()
  }

  @Test("tells an address of a reminder that failed")
  func failed() async throws {
    let company = try await Self.company([
      "- { name: ending, watch: customers, if: id = 1, send: email, template: ending, when: 4 days before ends_on }",
      "- { name: failed, watch: made, if: state = 'failed', when: insert or update of state, to: ops@company.example, send: email, template: failed }",
    ])
    company.channel.follow { delivery in
      delivery.rule == "ending" ? .rejected(Refusal("550 no such user")) : .sent(evidence: "taken")
    }
    try await company.live(before: "2026-03-06 00:00")
    // Kindly accepts a refusal as final after an hour.
    for time in ["10:00", "11:30", "13:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    try await wait(company, minutes: 3)
    #expect(sent(company) == ["failed ops@company.example: failed"])
    let details = try await company.details(of: "1")
    #expect(details.map(\.depth) == [0, 1])
    #expect(details.map(\.cause) == [nil, details[0].summary.id])
    await company.close()
  }

  @Test("tells of a failed reminder once, however late the rule is fixed")
  func fixedLate() async throws {
    let ending =
      "- { name: ending, watch: customers, if: id = 1, send: email, template: ending, when: 4 days before ends_on }"
    func failed(_ condition: String) -> String {
      "- { name: failed, watch: made, if: \"\(condition)\", when: insert or update of state, late: skip after 3 days, to: ops@company.example, send: email, template: failed }"
    }
    let company = try await Self.company(
      at: "2026-03-04 12:00", [ending, failed("state = 'failed' AND no_column = 1")])
    company.channel.follow { delivery in
      delivery.rule == "ending" ? .rejected(Refusal("550 no such user")) : .sent(evidence: "taken")
    }
    try await company.live(before: "2026-03-06 00:00")
    // The look that notices the insert finds the reminder waiting.
    try await wait(company, minutes: 2)
    #expect(try await company.details(of: "1").map(\.summary.state) == [.waiting])
    for time in ["10:00", "11:30", "13:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    try await wait(company, minutes: 2)
    #expect(try await company.details(of: "1").map(\.summary.state) == [.failed])
    #expect(sent(company) == [])
    try await company.reload(rules: Self.text([ending, failed("state = 'failed'")]))
    try await wait(company)
    #expect(sent(company) == ["failed ops@company.example: failed"])
    await company.close()
  }

  @Test("does not treat the purge of a note as an update of its task")
  func purgedNote() async throws {
    let company = try await Self.company([
      Self.call,
      "- { name: sorry, watch: chores, if: \"outcome = 'complaint'\", when: insert or update, to: lead, send: email, template: sorry }",
    ])
    try await company.turn(at: "2026-03-06 10:00")
    try await wait(company, minutes: 1)
    try await finish("complaint", note: "two weeks", in: company)
    try await wait(company)
    #expect(sent(company) == ["sorry carl: sorry"])
    company.clock.advance(by: .days(91))
    #expect(try await company.daemon.ledger.purge(now: company.clock.now).bodies > 0)
    try await wait(company)
    #expect(sent(company) == ["sorry carl: sorry"])
    await company.close()
  }

  @Test("makes a task of a complaint that was noted in one, and what is about it says so")
  func complaint() async throws {
    let company = try await Self.company([
      Self.call,
      "- { name: sorry, watch: chores, if: \"outcome = 'complaint'\", when: insert or update of state, to: lead, send: calls, template: sorry }",
      "- { name: news, watch: customers, if: id < 3, when: on ends_on, send: email, template: news, unless: \"EXISTS (SELECT 1 FROM tasks WHERE tasks.customer = this.customer AND kind = 'complaint' AND state <> 'done')\" }",
    ])
    try await company.turn(at: "2026-03-06 10:00")
    try await wait(company, minutes: 1)
    try await finish("complaint", kind: "late delivery", note: "two weeks", in: company)
    try await wait(company)
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 9)
    #expect(
      tasks.map { "\($0.rule) \($0.assignee) \($0.customer ?? "nobody")" } == ["sorry carl 1"])
    // While the complaint is open, its customer gets no news; the other does.
    try await company.turn(at: "2026-03-10 10:00")
    #expect(sent(company) == ["news 2: news"])
    #expect(try await company.states(of: "1").last == "skipped unless")
    let evidence = try await company.details(of: "1").last?.evidence
    #expect(evidence.flatMap(UnlessEvidence.condition)?.hasPrefix("EXISTS (SELECT 1") == true)
    await company.close()
  }

  @Test("makes a task for the owner of a customer's reply, with the reply on its card")
  func reply() async throws {
    let company = try await Self.company(
      [
        "- { name: ending, watch: customers, if: id = 1, send: email, template: ending, when: 4 days before ends_on }",
        "- { name: answer, watch: answers, if: \"kind = 'reply'\", when: insert, to: owner, send: calls, template: answer }",
      ],
      files: [
        "templates/answer.html":
          "---\nsubject: \"{{customer.name}} answered\"\n---\n<p>{{this.text}}</p>\n"
      ])
    try await company.turn(at: "2026-03-06 10:00")
    try await wait(company, minutes: 1)
    let sent = try #require(try await company.details(of: "1").first)
    _ = try await company.daemon.ledger.record(
      [
        ReadMail(
          uid: 1, hash: [UInt8](repeating: 1, count: 32), references: [sent.summary.publicID],
          content: .reply(.reply, text: "Please call me at noon."))
      ], through: MailboxPosition(validity: 1, uid: 1), marking: false, now: company.clock.now)
    try await wait(company)
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(), now: company.clock.now, limit: 9)
    #expect(
      tasks.map { "\($0.rule) \($0.assignee): \($0.subject)" } == ["answer anna: Wang answered"])
    #expect(tasks.first?.card?.contains("Please call me at noon.") == true)
    await company.close()
  }

  @Test("sees no reminder that it caused, and a loop of two rules ends")
  func loops() async throws {
    let first =
      "- { name: first, watch: customers, if: id = 1, send: email, template: first, when: 4 days before ends_on }"
    let echo = try await Self.company([
      first,
      "- { name: echo, watch: made, if: customer = '1', when: insert, send: email, template: echo }",
    ])
    try await echo.turn(at: "2026-03-06 10:00")
    try await wait(echo, minutes: 6)
    #expect(sent(echo) == ["echo 1: echo", "first 1: first"])
    await echo.close()

    let loop = try await Self.company([
      first,
      "- { name: left, watch: made, if: customer = '1', when: insert, send: email, template: left }",
      "- { name: right, watch: made, if: customer = '1', when: insert, send: email, template: right }",
    ])
    #expect(
      loop.daemon.configuration.warnings.contains { $0.text.contains("can trigger each other") })
    try await loop.turn(at: "2026-03-06 10:00")
    try await wait(loop, minutes: 6)
    #expect(
      sent(loop) == [
        "first 1: first", "left 1: left", "left 1: left", "right 1: right", "right 1: right",
      ])
    #expect(try await loop.details(of: "1").map(\.depth).sorted() == [0, 1, 1, 2, 2])
    await loop.close()
  }

  @Test("ends a longer chain after three reminders, says so once, and `why` tells it")
  func depth() async throws {
    let chain = ["b", "c", "d", "e"].map { name in
      let before = name == "b" ? "first" : name == "c" ? "b" : name == "d" ? "c" : "d"
      return
        "- { name: \(name), watch: made, if: \"rule = '\(before)' AND customer = '1'\", when: insert, send: email, template: \(name) }"
    }
    let company = try await Self.company(
      [
        "- { name: first, watch: customers, if: id = 1, send: email, template: first, when: 4 days before ends_on }"
      ] + chain)
    try await company.turn(at: "2026-03-06 10:00")
    try await wait(company, minutes: 8)
    #expect(sent(company) == ["b 1: b", "c 1: c", "d 1: d", "first 1: first"])
    let inquiry = CustomerInquiry(company.daemon.configuration, now: company.clock.now)
    let explanation = try await Explainer(
      inquiry: inquiry, ledger: company.daemon.ledger, rule: nil, since: nil, isThorough: true
    ).explain(RowKey("1"))
    #expect(
      explanation.absent.contains { $0.rule == "e" && $0.finding.text == TooDeep.words },
      "\(explanation.absent.map { "\($0.rule): \($0.finding.sentence)" })")
    #expect(
      explanation.absent.contains {
        $0.rule == "b" && $0.finding.text.contains("a rule never acts on rows that it caused")
      })
    await inquiry.close()
    await company.close()
  }
}
