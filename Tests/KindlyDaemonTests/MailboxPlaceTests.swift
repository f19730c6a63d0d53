import Foundation
import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// How far a real mailbox is read when its server cannot hand out every mail, and when the mailbox is replaced.
@Suite("The place in the mailbox")
struct MailboxPlaceTests {
  private static let rules = """
    rules:
      - name: ending
        watch: customers
        when: 9 days before ends_on
        send: email
        template: ending
    """

  /// A company that has sent one message, and reads the mailbox behind a port.
  private static func company(_ port: Int) async throws -> Company {
    let company = try await Company(
      at: "2026-02-28 12:00", schema: Simple.schema,
      configuration: Simple.configuration(
        extra: """
          mailbox:
            url: imap://localhost:\(port)
            user: \(IMAPServerFixture.user)
            password: { env: MAILBOX }
            folder: INBOX
          """), rules: rules, environment: ["MAILBOX": IMAPServerFixture.password])
    try await company.turn()
    try await company.turn(at: "2026-03-01 09:00")
    return company
  }

  /// A customer's answer to the message.
  private static func reply(to company: Company, _ text: String) throws -> [UInt8] {
    let sent = try #require(company.letters.first)
    return Array(
      """
      From: Wang <wang@example.com>
      To: care@example.com
      Subject: Re: ending
      In-Reply-To: <\(sent.messageID)>

      \(text)
      """.utf8)
  }

  /// Puts numbered answers into a folder.
  private func deliver(
    _ numbers: ClosedRange<Int>, to server: IMAPServerFixture, of company: Company,
    in folder: String = "."
  ) throws {
    for number in numbers {
      try server.deliver(
        MailboxPlaceTests.reply(to: company, "Number \(number)"), named: "\(number)", in: folder)
    }
  }

  private func read(_ company: Company) async throws -> MailboxReader.Summary {
    try await company.daemon.mailbox.runOnce(now: company.clock.now)
  }

  /// Reads so many times, and counts the replies.
  private func replies(_ company: Company, reading times: Int) async throws -> Int {
    var count = 0
    for _ in 0..<times { count += try await read(company).replies }
    return count
  }

  private func position(_ company: Company) async throws -> UInt32? {
    try await company.daemon.ledger.mailboxPosition()?.uid
  }

  @Test(
    "a mail that the server cannot hand out holds up no other",
    arguments: CuttingProxy.Withholding.allCases)
  func skipped(_ way: CuttingProxy.Withholding) async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    let company = try await MailboxPlaceTests.company(proxy.port)
    try deliver(1...3, to: server, of: company)
    try await proxy.withhold([2], way)
    #expect(try await replies(company, reading: 5) == 2)
    #expect(try await position(company) == 3)
    #expect(company.daemon.health.failures[.mailbox] == nil)
    await company.close()
  }

  @Test("no mail is skipped on a server that hands out none")
  func broken() async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    let company = try await MailboxPlaceTests.company(proxy.port)
    try deliver(1...3, to: server, of: company)
    try await proxy.withhold([1, 2, 3])
    #expect(try await replies(company, reading: 5) == 0)
    #expect(try await position(company) == nil)
    #expect(company.daemon.health.failures[.mailbox] != nil)
    try await proxy.withhold([])
    #expect(try await replies(company, reading: 2) == 3)
    #expect(company.daemon.health.failures[.mailbox] == nil)
    await company.close()
  }

  @Test("the last mail of a folder is skipped only once a later one has come")
  func last() async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    let company = try await MailboxPlaceTests.company(proxy.port)
    try deliver(1...2, to: server, of: company)
    try await proxy.withhold([2])
    #expect(try await replies(company, reading: 6) == 1)
    #expect(try await position(company) == 1)
    let problem = try #require(company.daemon.health.failures[.mailbox])
    #expect(problem.text.contains("UID 2"))
    try deliver(3...3, to: server, of: company)
    #expect(try await replies(company, reading: 1) == 1)
    #expect(try await position(company) == 3)
    await company.close()
  }

  @Test("another folder is read from its first mail, even if its numbering has the same name")
  func replaced() async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    // Without it, all folders count as of one numbering.
    try await proxy.hide("UIDVALIDITY")
    let company = try await MailboxPlaceTests.company(proxy.port)
    try deliver(1...3, to: server, of: company)
    try deliver(4...7, to: server, of: company, in: ".Other")
    #expect(try await replies(company, reading: 1) == 3)
    let path = company.folder.path + "/kindly.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("folder: INBOX", with: "folder: Other")
      .write(toFile: path, atomically: true, encoding: .utf8)
    try await company.reload(rules: MailboxPlaceTests.rules)
    #expect(try await replies(company, reading: 1) == 4)
    #expect(try await position(company) == 4)
    await company.close()
  }
}
