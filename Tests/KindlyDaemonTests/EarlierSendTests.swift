import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

/// What becomes of a hand-over without an answer on a channel that can be asked about it.
@Suite("Asking about earlier sends")
struct EarlierSendTests {
  /// A company whose letter, due at 09:00 on 6 March, gets no answer.
  private func company(letter: String = "first words") async throws -> Company {
    let configuration = Simple.configuration().replacing(
      "email: email }", with: "email: email, secret: [phone] }")
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema, configuration: configuration,
      rules: Simple.ending,
      files: ["templates/ending.html": "---\nsubject: ending\n---\n<p>\(letter)</p>\n"],
      afterUnknown: .ask)
    try company.write("UPDATE customers SET phone = 's3cret'")
    try await company.turn()
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    company.channel.answer { _ in .unknown("status 503") }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["uncertain"])
    return company
  }

  private func attempts(_ company: Company) async throws -> [AttemptOutcome] {
    try await company.details(of: "1").flatMap(\.attempts).map(\.outcome)
  }

  @Test("what the other side took is sent, and handed over once")
  func found() async throws {
    let company = try await company()
    company.channel.answer { _ in .sent(evidence: "asked: SM1 delivered") }
    try await company.turn(at: "2026-03-06 09:01")
    #expect(company.channel.asked.isEmpty)
    try await company.turn(at: "2026-03-06 09:02")
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(company.channel.handedOver.count == 1)
    #expect(company.channel.asked.map(\.payload.bytes) == [Array("first words\n".utf8)])
    #expect(try await attempts(company) == [.unknown, .sent])
    #expect(try await company.details(of: "1").first?.attempts.last?.text == "asked: SM1 delivered")
    await company.close()
  }

  @Test(
    "what it took counts as sent, even after the row changed, in quiet hours and when it is too late"
  )
  func foundAfterAll() async throws {
    for time in ["2026-03-06 23:00", "2026-03-25 09:00"] {
      let company = try await company()
      try company.write("UPDATE customers SET status = 'paid' WHERE id = 1")
      company.channel.answer { _ in .sent(evidence: "asked: SM1") }
      try await company.turn(at: time)
      #expect(try await company.states(of: "1") == ["sent"])
      #expect(company.channel.handedOver.count == 1)
      await company.close()
    }
  }

  @Test(
    "what it did not take is handed over once more, with the same bytes, and never a third time")
  func absent() async throws {
    let company = try await company()
    company.channel.answer { _ in .absent }
    for time in ["09:02", "09:05", "09:09"] {
      try await company.turn(at: "2026-03-06 \(time)")
      #expect(company.channel.handedOver.count == 1)
    }
    try await company.turn(at: "2026-03-06 09:10")
    #expect(company.channel.handedOver.count == 2)
    #expect(Set(company.channel.handedOver.map(\.text)) == ["first words\n"])
    #expect(Set(company.channel.handedOver.map(\.publicID)).count == 1)
    for time in ["09:25", "12:00", "20:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.channel.handedOver.count == 2)
    #expect(try await company.states(of: "1") == ["uncertain"])
    await company.close()
  }

  @Test("the second hand-over may be answered like any other")
  func answered() async throws {
    let company = try await company()
    company.channel.answer { _ in .absent }
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:10")
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(try await attempts(company) == [.unknown, .sent])
    await company.close()
  }

  @Test("what it did not take is not handed over if the rule no longer applies")
  func recheck() async throws {
    let company = try await company()
    company.channel.answer { _ in .absent }
    try company.write("UPDATE customers SET status = 'paid' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:10")
    #expect(try await company.states(of: "1") == ["failed unresolved"])
    #expect(company.channel.handedOver.count == 1)
    await company.close()
  }

  @Test("without an answer nothing is handed over, until a person decides or it is useless")
  func silent() async throws {
    let company = try await company()
    for time in ["09:02", "09:05", "09:12", "10:00", "13:00"] {
      try await company.turn(at: "2026-03-06 \(time)")
      #expect(try await company.states(of: "1") == ["uncertain"])
    }
    #expect(company.channel.asked.count == 5)
    try await company.live(before: "2026-03-25 00:00")
    #expect(try await company.states(of: "1") == ["failed unresolved"])
    #expect(company.channel.handedOver.count == 1)
    await company.close()
  }

  @Test("a letter with a secret is not stored, so nobody is asked and a person decides")
  func secret() async throws {
    let company = try await company(letter: "first {{customer.phone}}")
    company.channel.answer { _ in .absent }
    for time in ["09:02", "09:30", "20:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(company.channel.asked.isEmpty && company.channel.handedOver.count == 1)
    #expect(try await company.states(of: "1") == ["uncertain"])
    await company.close()
  }
}
