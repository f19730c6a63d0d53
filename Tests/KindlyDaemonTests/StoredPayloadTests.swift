import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What goes again after a hand-over without an answer.
@Suite("Stored payloads")
struct StoredPayloadTests {
  /// A company with one letter due at 09:00 on 6 March, on a channel that recognises repeats unless told otherwise.
  private func company(
    letter: String = "first words", afterUnknown: ChannelTraits.AfterUnknown = .tryAgain,
    repeatWindow: Duration? = nil
  ) async throws -> Company {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema,
      configuration: Simple.configuration().replacingOccurrences(
        of: "email: email }", with: "email: email, secret: [phone] }"),
      rules: Simple.ending, files: ["templates/ending.html": file(letter)],
      afterUnknown: afterUnknown, repeatWindow: repeatWindow)
    try company.write("UPDATE customers SET phone = 's3cret'")
    try await company.turn()
    return company
  }

  private func file(_ words: String) -> String {
    "---\nsubject: ending\n---\n<p>\(words)</p>\n"
  }

  private func reword(_ company: Company, _ words: String) async throws {
    try company.folder.write(file(words), to: "templates/ending.html")
    try await company.reload(rules: Simple.ending)
  }

  /// What was handed over, without the line end that a text has.
  private func texts(_ company: Company) -> [String] {
    company.channel.handedOver.map { $0.text.trimmingCharacters(in: .newlines) }
  }

  private func payload(_ company: Company) async throws -> Payload? {
    let id = try #require(try await company.details(of: "1").first).summary.id
    return try await company.daemon.ledger.payload(of: id, over: "email")
  }

  @Test("a channel that recognises repeats gets the same bytes, whatever became of the template")
  func sameBytes() async throws {
    let company = try await company()
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await reword(company, "other words")
    try await company.restart()
    try await company.turn(at: "2026-03-06 09:10")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:30")
    #expect(texts(company) == Array(repeating: "first words", count: 3))
    #expect(Set(company.channel.handedOver.map(\.publicID)).count == 1)
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a channel that recognises repeats for a while gets none afterwards; a person decides")
  func window() async throws {
    let company = try await company(repeatWindow: .minutes(5))
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.turn(at: "2026-03-06 09:02")
    #expect(texts(company) == ["first words", "first words"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:06")
    try await company.turn(at: "2026-03-06 12:00")
    #expect(texts(company).count == 2)
    #expect(try await company.states(of: "1") == ["uncertain"])
    await company.close()
  }

  @Test("a secret was in it, so the same bytes are not there: nothing is repeated within a window")
  func windowWithSecret() async throws {
    let company = try await company(
      letter: "{{customer.phone}}", repeatWindow: .minutes(5))
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:02")
    #expect(texts(company).count == 1)
    #expect(try await company.states(of: "1") == ["uncertain"])
    await company.close()
  }

  @Test("a template that is broken since keeps no repeat back")
  func brokenTemplate() async throws {
    let company = try await company()
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await reword(company, "{{date(this.name)}}")
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:10")
    #expect(texts(company) == ["first words", "first words"])
    await company.close()
  }

  @Test("a repeat to an address that changed since is written anew, for that address")
  func movedAddress() async throws {
    let company = try await company()
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await reword(company, "other words")
    try company.write("UPDATE customers SET email = 'wang@example.net' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:10")
    #expect(texts(company) == ["first words", "other words"])
    #expect(Set(company.channel.handedOver.map(\.publicID)).count == 1)
    #expect(try await payload(company)?.recipient == "wang@example.net")
    await company.close()
  }

  @Test("what was surely not taken is written anew, and so is mail")
  func writtenAnew() async throws {
    let refused = try await company()
    refused.channel.follow { _ in .retry(Refusal("451 later")) }
    try await refused.turn(at: "2026-03-06 09:00")
    #expect(try await payload(refused) == nil)
    let mail = try await company(afterUnknown: .resendOnce)
    mail.channel.follow { _ in .unknown(Refusal("silence")) }
    try await mail.turn(at: "2026-03-06 09:00")
    #expect(try await payload(mail) == nil)
    for company in [refused, mail] {
      try await reword(company, "other words")
      try await company.turn(at: "2026-03-06 09:10")
      #expect(texts(company) == ["first words", "other words"])
      await company.close()
    }
  }

  @Test(
    "a payload is stored until its reminder is decided", arguments: ["answer", "person", "use"])
  func dropped(_ ending: String) async throws {
    let company = try await company()
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await payload(company)?.bytes == Array("first words\n".utf8))
    switch ending {
    case "answer":
      company.channel.follow { _ in .sent(evidence: "taken") }
      try await company.turn(at: "2026-03-06 09:10")
    case "person":
      let id = try #require(try await company.details(of: "1").first).summary.id
      try await company.daemon.ledger.settle(
        id, as: .sent, note: ActionNote(uid: 0, user: "test", because: "seen"),
        now: company.clock.now)
    default: try await company.live(before: "2026-03-13 00:00")
    }
    #expect(try await company.details(of: "1").allSatisfy { $0.summary.state.isFinal })
    #expect(try await payload(company) == nil)
    await company.close()
  }

  @Test("a letter with a secret is never stored, and its repeat is written anew")
  func secret() async throws {
    let company = try await company(letter: "first {{customer.phone}} {{this.phone}}")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["uncertain"])
    #expect(try await payload(company) == nil)
    try await reword(company, "other {{customer.phone}}")
    try await company.turn(at: "2026-03-06 09:10")
    #expect(texts(company) == ["first s3cret s3cret", "other s3cret"])
    await company.close()
  }

  @Test("a secret is dots where the message itself is kept in the ledger")
  func secretInInbox() async throws {
    let company = try await company(letter: "first {{customer.phone}}")
    try await company.reload(
      rules: Simple.ending.replacingOccurrences(of: "send: email", with: "send: inbox"))
    try await company.turn(at: "2026-03-06 09:00")
    let entries = try await company.daemon.ledger.inbox(
      unreadOnly: true, before: nil, limit: 10)
    #expect(entries.map(\.body) == ["first •••\n"])
    await company.close()
  }
}
