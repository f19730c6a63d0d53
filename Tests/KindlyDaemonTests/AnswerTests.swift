import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Bounces and replies in a real mailbox, and what becomes of the reminders that they are about.
@Suite("Answers by mail")
struct AnswerTests {
  static let rules = """
    rules:
      - name: ending
        watch: customers
        steps:
          - { name: first, when: 9 days before ends_on, send: email, template: first }
          - { name: second, when: 4 days before ends_on, send: email, template: second }
      - name: offer
        class: marketing
        watch: customers
        when: 2 days before ends_on
        send: email
        template: offer
    """

  private static func company(
    _ server: IMAPServerFixture, done: String = "move to Done", delivery: String = "live"
  ) async throws -> Company {
    let company = try await Company(
      at: "2026-02-28 12:00", schema: Simple.schema,
      configuration: Simple.configuration(
        extra: """
          mailbox:
            url: imap://localhost:\(server.port)
            user: \(IMAPServerFixture.user)
            password: { env: MAILBOX }
            done: \(done)
          """
      ).replacing("delivery: live", with: "delivery: \(delivery)"), rules: rules,
      environment: ["MAILBOX": IMAPServerFixture.password])
    try await company.turn()
    return company
  }

  /// The company of `ColleagueTests` with the mailbox.
  static func staffedCompany(
    _ server: IMAPServerFixture, rules: String, files: [String: String] = [:]
  ) async throws -> Company {
    let company = try await ColleagueTests.company(
      at: "2026-02-28 12:00", rules: rules,
      extra: ColleagueTests.people + """

        mailbox:
          url: imap://localhost:\(server.port)
          user: \(IMAPServerFixture.user)
          password: { env: MAILBOX }
        """, files: files,
      environment: ["MAILBOX": IMAPServerFixture.password])
    try await company.turn()
    return company
  }

  /// What a customer's mail program sends.
  static func reply(to messageID: String, _ text: String) -> [UInt8] {
    Array(
      """
      From: Wang <wang@example.com>
      To: care@example.com
      Subject: Re: first
      Message-ID: <\(text.utf8.count)@example.com>
      In-Reply-To: <\(messageID)>

      \(text)
      """.utf8)
  }

  /// What a mail server sends, to an address with the reminder's id in it.
  private static func bounce(
    of id: String, to address: String = "wang@example.com", status: String, words: String
  ) -> [UInt8] {
    Array(
      """
      Return-Path: <>
      From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
      To: care+\(id)@example.com
      Subject: Undelivered Mail Returned to Sender
      Auto-Submitted: auto-replied
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"

      --b
      Content-Type: text/plain

      I'm sorry to have to inform you that your message could not be delivered.
      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.example.com

      Final-Recipient: rfc822; \(address)
      Action: failed
      Status: \(status)
      Diagnostic-Code: smtp; 550 \(status) <\(address)>: \(words)
      --b--
      """.utf8)
  }

  private func publicID(_ company: Company, _ customer: String) async throws -> String {
    try #require(try await company.details(of: customer).first).summary.publicID
  }

  @Test("a reply ends the ladder of its row, is told, and is kept once")
  func reply() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server)
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Tuesday suits me."), named: "1")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.mails == 1 && summary.replies == 1)
    #expect(server.files(in: ".Done/cur").count + server.files(in: ".Done/new").count == 1)
    // The same mail again, as after a mailbox was rebuilt.
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Tuesday suits me."), named: "2")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).replies == 0)

    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").map { $0.suffix(5) } == ["first", "offer"])
    let details = try await company.details(of: "1")
    #expect(details.compactMap(\.summary.reason) == [.replied])
    #expect(
      details.flatMap(\.answers).map(\.content) == [.reply(.reply, text: "Tuesday suits me.")])
    await company.close()
  }

  @Test(
    "a reply becomes a task for the customer's owner",
    arguments: [("", "Reply from Wang"), ("kindly/reply", "Wang says: Please call me.")])
  func task(_ letter: String, _ subject: String) async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.staffedCompany(
      server,
      rules: """
        rules:
          - { name: ending, watch: customers, if: id = 1, when: 9 days before ends_on, send: email, template: first }
        """,
      files: letter.isEmpty
        ? [:]
        : [
          "templates/\(letter).html":
            "---\nsubject: \"{{customer.name}} says: {{this.text}}\"\n---\n<p>Call</p>\n"
        ])
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Please call me."), named: "1")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).replies == 1)
    // The mailbox is read again, and the reply was recorded: there is one task.
    for _ in 0..<4 {
      company.clock.advance(by: .seconds(30))
      try await company.turn()
      _ = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    }
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 9)
    #expect(tasks.map(\.assignee) == ["anna"] && tasks.map(\.customer) == ["1"])
    #expect(tasks.map(\.subject) == [subject])
    if letter.isEmpty {
      #expect(
        tasks[0].card == """
          The customer has replied to a message. Please answer.

          > Please call me.

          Rule: ending

          """)
    }
    await company.close()
  }

  @Test("a colleague's reply ends the ladder of colleagues, and not the customer's")
  func acknowledgement() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.staffedCompany(
      server,
      rules: """
        rules:
          - name: ending
            watch: customers
            if: id = 1
            send: email
            steps:
              - { name: owner, when: 9 days before ends_on, to: owner, template: first }
              - { name: lead, when: 6 days before ends_on, to: [lead, team service], template: second }
              - { name: customer, when: 4 days before ends_on, template: third }
        """)
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "I will call him."), named: "1")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).replies == 1)
    try await company.live(before: "2026-03-10 00:00")
    #expect(company.mail == ["2026-03-01 anna first", "2026-03-06 1 third"])
    let details = try await company.details(of: "1")
    #expect(details.compactMap(\.summary.reason) == [.replied, .replied])
    #expect(
      details.flatMap(\.answers).map(\.content) == [.acknowledgement(text: "I will call him.")])
    // It makes no task, because the owner wrote it.
    let tasks = try await company.daemon.ledger.tasks(
      TaskSelection(includesAll: true), now: company.clock.now, limit: 9)
    #expect(tasks.isEmpty)
    await company.close()
  }

  @Test("a reminder that waits when the reply comes ends at once")
  func waiting() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server)
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    // Planned a day ahead.
    try await company.turn(at: "2026-03-05 12:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting"])
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Yes"), named: "1")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).ended == 1)
    #expect(try await company.states(of: "1") == ["sent", "skipped replied"])
    await company.close()
  }

  @Test("a hard bounce suppresses the address that the message went to")
  func hardBounce() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server)
    try await company.turn(at: "2026-03-01 09:00")
    let id = try await publicID(company, "1")
    try server.deliver(
      AnswerTests.bounce(of: id, status: "5.1.1", words: "user unknown"), named: "1")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.bounces == 1 && summary.suppressed == 1)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").map { $0.suffix(5) } == ["first"])
    #expect(
      try await company.states(of: "1") == ["sent", "skipped suppressed", "skipped suppressed"])
    let answers = try await company.details(of: "1").flatMap(\.answers)
    guard case .bounce(.hard, "5.1.1", let text)? = answers.first?.content else {
      Issue.record("expected a hard bounce, got \(answers)")
      return
    }
    #expect(text.contains("user unknown") && !text.contains("wang"))
    await company.close()
  }

  @Test("a hard bounce of somebody else's address suppresses nothing")
  func foreignBounce() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server)
    try await company.turn(at: "2026-03-01 09:00")
    let id = try await publicID(company, "1")
    // A forward of the message, which its reader sent to a dead address.
    try server.deliver(
      AnswerTests.bounce(of: id, to: "old@example.net", status: "5.1.1", words: "user unknown"),
      named: "1")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.bounces == 1 && summary.suppressed == 0)
    // The address of the message, whatever its case.
    try server.deliver(
      AnswerTests.bounce(of: id, to: "Wang@Example.com", status: "5.1.1", words: "user unknown"),
      named: "2")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).suppressed == 1)
    await company.close()
  }

  @Test("whoever reads all mail of a rehearsal by redirection answers for no customer")
  func redirected() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server, delivery: "redirect to ops@example.com")
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    let id = try await publicID(company, "1")
    try server.deliver(AnswerTests.reply(to: sent.messageID, "STOP"), named: "1")
    try server.deliver(
      AnswerTests.bounce(of: id, status: "5.1.1", words: "user unknown"), named: "2")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.mails == 2 && summary.suppressed == 0 && summary.ended == 0)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").count == 3)
    await company.close()
  }

  @Test("a folder that is missing stops no reply from being noticed")
  func unmarkable() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server, done: "move to Nowhere")
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    for text in ["Tuesday suits me.", "Or Wednesday."] {
      try server.deliver(
        AnswerTests.reply(to: sent.messageID, text), named: text.prefix(2).lowercased())
      #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).replies == 1)
    }
    #expect(company.daemon.health.failures[.mailbox] != nil)
    await company.close()
  }

  @Test("a soft bounce, and one of an id that nobody sent, suppress nothing")
  func softBounce() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server, done: "flag Kindly")
    try await company.turn(at: "2026-03-01 09:00")
    let id = try await publicID(company, "1")
    try server.deliver(
      AnswerTests.bounce(of: id, status: "5.2.2", words: "mailbox full"), named: "1")
    try server.deliver(
      AnswerTests.bounce(of: String(repeating: "a", count: 20), status: "5.1.1", words: "unknown"),
      named: "2")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.mails == 2 && summary.bounces == 1 && summary.suppressed == 0)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").map { $0.suffix(6) } == [" first", "second", " offer"])
    await company.close()
  }

  @Test("a reply of STOP ends marketing, and nothing else but its ladder")
  func optOut() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server)
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "STOP"), named: "1")
    #expect(try await company.daemon.mailbox.runOnce(now: company.clock.now).suppressed == 1)
    let records = try await company.daemon.ledger.suppressions(SuppressionSelection(), limit: 10)
    #expect(records.map(\.scope) == [.marketing])
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").map { $0.suffix(5) } == ["first"])
    let reasons = try await company.details(of: "1").compactMap(\.summary.reason)
    #expect(Set(reasons) == [.replied, .suppressed])
    let service = try await company.daemon.ledger.suppressed(["wang@example.com"], for: .service)
    #expect(service.isEmpty)
    await company.close()
  }

  @Test("a crash between the ledger's commit and the move loses nothing and repeats nothing")
  func crash() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await AnswerTests.company(server, done: "move to Nowhere")
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Yes"), named: "1")
    // The move fails; the reply is committed by then.
    _ = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(try await company.daemon.ledger.unmarkedMails() == [1])
    #expect(company.daemon.health.problems(now: company.clock.now).map(\.subject) == [.mailbox])
    let path = company.folder.path + "/kindly.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("move to Nowhere", with: "move to Done")
      .write(toFile: path, atomically: true, encoding: .utf8)
    try await company.restart()
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.replies == 0)
    #expect(try await company.daemon.ledger.unmarkedMails().isEmpty)
    #expect(server.files(in: ".Done/cur").count + server.files(in: ".Done/new").count == 1)
    #expect(company.daemon.health.problems(now: company.clock.now).isEmpty)
    await company.close()
  }

  @Test("a mailbox that does not answer is a problem at the second attempt, until it answers")
  func unreachable() async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    try await proxy.refuse()
    let company = try await Company(
      at: "2026-02-28 12:00", schema: Simple.schema,
      configuration: Simple.configuration(
        extra: """
          mailbox:
            url: imap://localhost:\(proxy.port)
            user: \(IMAPServerFixture.user)
            password: { env: MAILBOX }
          """), rules: AnswerTests.rules, environment: ["MAILBOX": IMAPServerFixture.password])
    let mailbox = company.daemon.mailbox
    func problems() async throws -> Int {
      _ = try await mailbox.runOnce(now: company.clock.now)
      return company.daemon.health.problems(now: company.clock.now).count
    }
    #expect(try await problems() == 0)
    #expect(try await problems() == 1)
    try await proxy.accept()
    #expect(try await problems() == 0)
    await company.close()
  }
}
