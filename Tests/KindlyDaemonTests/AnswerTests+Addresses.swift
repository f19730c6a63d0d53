import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// Answers to mail that went to another address, or was sent before a mailbox was configured.
extension AnswerTests {
  /// Changes the configuration and restarts.
  private func change(_ old: String, to new: String, of company: Company) async throws {
    let path = company.folder.path + "/kindly.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    try await company.restart()
  }

  @Test("a reply of STOP to a mail that is older than the mailbox ends marketing")
  func optOutToOlderMail() async throws {
    let server = try await IMAPServerFixture.start()
    let company = try await Company(
      at: "2026-02-28 12:00", schema: Simple.schema, configuration: Simple.configuration(),
      rules: AnswerTests.rules, environment: ["MAILBOX": IMAPServerFixture.password])
    try await company.turn()
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    let mailbox = """
      mailbox:
        url: imap://localhost:\(server.port)
        user: \(IMAPServerFixture.user)
        password: { env: MAILBOX }

      """
    try await change("delivery: live\n", to: "delivery: live\n" + mailbox, of: company)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "STOP"), named: "1")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.replies == 1 && summary.suppressed == 1)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail(to: "1").map { $0.suffix(5) } == ["first"])
    await company.close()
  }

  @Test("whoever reads redirected mail ends no reminder to a colleague either")
  func redirectedEscalation() async throws {
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
              - { name: customer, when: 9 days before ends_on, template: first }
              - { name: lead, when: 6 days before ends_on, to: lead, template: second }
        """)
    try await change("delivery: live", to: "delivery: redirect to ops@example.com", of: company)
    try await company.turn(at: "2026-03-01 09:00")
    let sent = try #require(company.letters.first)
    try server.deliver(AnswerTests.reply(to: sent.messageID, "Looks good."), named: "1")
    let summary = try await company.daemon.mailbox.runOnce(now: company.clock.now)
    #expect(summary.mails == 1 && summary.replies == 0)
    try await company.live(before: "2026-03-10 00:00")
    #expect(company.letters.map(\.subject) == ["first", "second"])
    #expect(try await company.details(of: "1").flatMap(\.answers).isEmpty)
    await company.close()
  }
}
