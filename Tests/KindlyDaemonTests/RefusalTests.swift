import Foundation
import KindlyControl
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// What becomes of reminders and addresses when a server refuses them, or nobody could accept them.
@Suite("Refused recipients")
struct RefusalTests {
  private static let unknownUser = Outcome.rejected(
    Refusal("RCPT TO: 550 5.1.1 user unknown", suppressesAddress: true, isRepeatable: true))
  private static let taken = Outcome.sent(evidence: "250 taken")

  /// A company with so many customers whose letters are due at 09:00 on 6 March.
  ///
  /// - Parameter domain: that of the addresses, as SQL within quotes; one for each customer by default.
  private func company(
    customers: Int, domain: String = "d' || id || '.example"
  ) async throws -> Company {
    let company = try await Simple.company(at: "2026-03-06 08:00")
    try company.write(
      """
      UPDATE customers SET ends_on = '2026-03-10';
      WITH RECURSIVE more (id) AS (SELECT 3 UNION ALL SELECT id + 1 FROM more WHERE id < \(customers))
      INSERT INTO customers (id, name, email, status, ends_on)
      SELECT id, 'C', 'c' || id || '@\(domain)', 'trial', '2026-03-10' FROM more WHERE id <= \(customers);
      """)
    return company
  }

  private func suppressions(_ company: Company) async throws -> [SuppressionRecord] {
    try await company.daemon.ledger.suppressions(SuppressionSelection(), limit: 100)
  }

  @Test("a relay that knows nobody for a while fails no letter and suppresses no address")
  func brokenRelay() async throws {
    let company = try await company(customers: 21)
    company.channel.follow { _ in Self.unknownUser }
    for minute in ["09:00", "09:01", "09:03", "09:06"] {
      try await company.turn(at: "2026-03-06 \(minute)")
    }
    // The channel was closed after a few of them; what was behind them was not tried.
    #expect(company.channel.handedOver.count < 21 * 2)
    #expect(try await suppressions(company).isEmpty)
    for customer in 1...21 {
      let states = try await company.states(of: "\(customer)")
      #expect(["waiting refusal in doubt", "waiting channel down"].contains(states.first ?? ""))
    }
    company.channel.follow { _ in Self.taken }
    for minute in ["09:30", "10:30", "11:30"] {
      try await company.turn(at: "2026-03-06 \(minute)")
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == 21)
    #expect(company.channel.sent.count == 21)
    for customer in 1...21 {
      #expect(try await company.states(of: "\(customer)") == ["sent"])
    }
    await company.close()
  }

  @Test("a domain that refuses everyone for a while closes, and the others get their letters")
  func brokenDomain() async throws {
    let company = try await company(customers: 21, domain: "busy.example")
    company.channel.follow { delivery in
      delivery.recipient.address.hasSuffix("@busy.example") ? Self.unknownUser : Self.taken
    }
    for minute in ["09:00", "09:01", "09:03", "09:06"] {
      try await company.turn(at: "2026-03-06 \(minute)")
    }
    #expect(Set(company.channel.sent.map(\.customer)) == ["1", "2"])
    #expect(try await suppressions(company).isEmpty)
    var states: Set<[String]> = []
    for customer in 3...21 { states.insert(try await company.states(of: "\(customer)")) }
    #expect(states.isSubset(of: [["waiting refusal in doubt"], ["waiting destination down"]]))
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    let problem = try #require(
      status.problems.first { $0.subject == .destination("busy.example", channel: "email") })
    #expect(problem.sentences(in: company.zone)[0].contains("550 5.1.1"))
    #expect(!status.problems.contains { $0.subject == .channel("email") })
    company.channel.follow { _ in Self.taken }
    for minute in ["09:30", "10:30", "11:30"] {
      try await company.turn(at: "2026-03-06 \(minute)")
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == 21)
    #expect(company.channel.sent.count == 21)
    await company.close()
  }

  @Test(
    "an address refused twice, with mail taken for others between, is suppressed; lifted it gets its letter"
  )
  func deadAddress() async throws {
    let company = try await company(customers: 2)
    company.channel.follow { delivery in
      if delivery.recipient.key == "1" { return Self.unknownUser }
      return delivery.attempt == 1 ? .retry(Refusal("451 later")) : Self.taken
    }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting refusal in doubt"])
    try await company.turn(at: "2026-03-06 09:01")
    #expect(try await company.states(of: "2") == ["sent"])
    try await company.turn(at: "2026-03-06 09:10")
    #expect(try await company.states(of: "1") == ["failed rejected"])
    let suppressed = try #require(try await suppressions(company).first)
    #expect(suppressed.customer == RowKey([.text("1")]) && suppressed.channel == "email")
    #expect(suppressed.because.contains("5.1.1"))
    let status = try await company.daemon.ledger.status(now: company.clock.now)
    #expect(status.suppressed == 1 && status.newlySuppressed == 1)

    let lift = try await company.daemon.ledger.lift(
      SuppressionSelection(names: [suppressed.id]),
      note: ActionNote(uid: 0, user: "test", because: "test"), now: company.clock.now)
    #expect(lift == SuppressionLift(lifted: 1, revived: 1))
    // What was refused before it was lifted decides nothing any more.
    try await company.turn(at: "2026-03-06 09:11")
    #expect(try await company.states(of: "1") == ["waiting refusal in doubt"])
    company.channel.follow { _ in Self.taken }
    try await company.turn(at: "2026-03-06 09:30")
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(try await suppressions(company).isEmpty)
    await company.close()
  }

  @Test("a suppressed customer's letter waits again when a person lifts the address by typing it")
  func addedAndLifted() async throws {
    let company = try await company(customers: 2)
    let note = ActionNote(uid: 0, user: "test", because: "asked us not to write")
    let ledger = company.daemon.ledger
    #expect(
      try await ledger.suppress("Wang@example.com", of: nil, note: note, now: company.clock.now))
    #expect(
      try await !ledger.suppress("wang@example.com", of: nil, note: note, now: company.clock.now))
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["skipped suppressed"])
    #expect(try await company.states(of: "2") == ["sent"])
    let other = try await ledger.lift(
      SuppressionSelection(names: ["li@example.com"]), note: note, now: company.clock.now)
    #expect(other.lifted == 0)
    let lift = try await ledger.lift(
      SuppressionSelection(names: ["wang@example.com"]), note: note, now: company.clock.now)
    #expect(lift == SuppressionLift(lifted: 1, revived: 1))
    try await company.turn(at: "2026-03-06 09:01")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a letter that waits for a refused recipient tells the words, and that others got theirs")
  func refusedByPolicy() async throws {
    let company = try await company(customers: 2)
    let words = "RCPT TO: 550 5.7.1 not allowed"
    company.channel.follow { delivery in
      if delivery.recipient.key == "1" { return .misconfigured(Refusal(words)) }
      return delivery.attempt == 1 ? .retry(Refusal("451 later")) : Self.taken
    }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting channel misconfigured"])
    let before = try #require(
      try await company.daemon.ledger.channelWaits().first {
        $0.reason == .channelMisconfigured
      })
    #expect(before.customers == 1 && before.because == words && !before.hasAccepted)
    try await company.turn(at: "2026-03-06 09:01")
    #expect(try await company.states(of: "2") == ["sent"])
    let after = try await company.daemon.ledger.channelWaits()
    #expect(after.map(\.hasAccepted) == [true])
    await company.close()
  }

  @Test("one recipient who is temporarily turned away holds up nobody else")
  func greylisted() async throws {
    let company = try await company(customers: 42)
    company.channel.follow { delivery in
      delivery.recipient.key == "1" && delivery.attempt < 3
        ? .retry(Refusal("RCPT TO: 451 4.7.1 greylisted")) : Self.taken
    }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.channel.sent.count == 41)
    #expect(try await company.states(of: "1") == ["waiting retry"])
    for minute in ["09:01", "09:10"] { try await company.turn(at: "2026-03-06 \(minute)") }
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test(
    "an invalid address waits under that name until its row is corrected, with invisible signs cut")
  func corrected() async throws {
    let company = try await company(customers: 2)
    try company.write("UPDATE customers SET email = 'wang at example.com' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting invalid address"])
    #expect(try await company.states(of: "2") == ["sent"])
    let held = company.daemon.health.invalidAddresses(now: company.clock.now)
    #expect(held.map(\.words) == ["customer 1, customers.email: the address has no @"])
    let detail = try #require(try await company.details(of: "1").first)
    #expect(detail.attempts.isEmpty)
    #expect(detail.evidence == "{\"customers.email\":\"the address has no @\"}")
    #expect(company.daemon.health.failures.isEmpty)

    try await company.turn(at: "2026-03-06 12:00")
    #expect(try await company.states(of: "1") == ["waiting invalid address"])
    try company.write(
      """
      UPDATE customers SET email = char(65279) || char(8203) || 'wang@example.com' || char(8203, 160, 8206)
      WHERE id = 1
      """)
    try await company.turn(at: "2026-03-06 12:06")
    #expect(try await company.states(of: "1") == ["sent"])
    try await company.turn(at: "2026-03-06 12:20")
    #expect(company.daemon.health.invalidAddresses(now: company.clock.now).isEmpty)
    await company.close()
  }

  @Test("an invalid address that nobody corrects is skipped under the same name when its use ends")
  func neverCorrected() async throws {
    let company = try await company(customers: 2)
    try company.write("UPDATE customers SET email = 'nobody' WHERE id = 1")
    try await company.live(before: "2026-03-13 00:00")
    #expect(try await company.states(of: "1") == ["skipped invalid address"])
    await company.close()
  }

  @Test("with an invalid address the letter goes over the next channel of its route")
  func nextChannel() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00",
      rules: Simple.ending.replacingOccurrences(of: "send: email", with: "send: email else inbox"))
    try company.write("UPDATE customers SET email = 'nobody' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(company.channel.handedOver.isEmpty)
    await company.close()
  }

  @Test(
    "an answer that repeats the letter leaves no secret, name or address in the ledger or its log")
  func leaks() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema,
      configuration: Simple.configuration().replacingOccurrences(
        of: "email: email }", with: "email: email, secret: [phone] }"),
      rules: Simple.ending,
      files: [
        "templates/ending.html":
          "---\nsubject: ending\n---\n<p>Dear {{customer.name}}, {{customer.phone}}</p>\n"
      ])
    try company.write(
      "UPDATE customers SET phone = 's3cret&more', name = 'Wang Xiuying' WHERE id = 1")
    company.channel.follow { delivery in
      .misconfigured(
        Refusal(
          "554 5.7.1 spam for \(delivery.recipient.address): \(delivery.message.text) s3cret&amp;more"
        ))
    }
    try await company.turn(at: "2026-03-06 09:00")
    let attempt = try #require(try await company.details(of: "1").first?.attempts.first)
    #expect(
      attempt.text == "554 5.7.1 spam for <address>: Dear <name>, <secret> <secret>")
    await company.close()
    for file in ["kindly.db", "kindly.db-wal"] {
      let path = company.folder.path + "/state/" + file
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      for word in ["s3cret", "Xiuying", "wang@example.com"] {
        #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) in \(file)")
      }
    }
  }

  @Test("invisible characters around an address do not reach the channel")
  func invisibleCharacters() async throws {
    let company = try await company(customers: 2)
    try company.write(
      "UPDATE customers SET email = char(65279) || email || char(8203) || char(8206) WHERE id = 1")
    company.channel.follow { delivery in
      ["wang@example.com", "li@example.com"].containsExactly(delivery.recipient.address)
        ? Self.taken : Self.unknownUser
    }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("an invalid address is named in the status, with its customer and column")
  func namesInvalid() async throws {
    let company = try await company(customers: 2)
    try company.write("UPDATE customers SET email = 'wang.example.com' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    _ = try await company.daemon.keeper.runOnce(now: company.clock.now)
    let problem = try #require(try await company.daemon.ledger.problems().first)
    let invalid = InvalidAddress(
      Person(key: RowKey("1"), name: ""), column: "customers.email",
      fault: "the address has no @")
    #expect(problem.subject == .customers && problem.severity == .warning)
    #expect(problem.fact == .addresses(first: [invalid], count: 1), "\(problem.fact)")
    await company.close()
  }

  @Test("a test message that is refused does not repeat the address")
  func refusedTest() async throws {
    let company = try await company(customers: 2)
    company.channel.follow { delivery in
      .rejected(Refusal("550 5.1.1 \(delivery.recipient.address) is unknown"))
    }
    let reply = await ControlDesk(daemon: company.daemon, bells: Bells()).answer(
      .sendTest(channel: "email", address: "li@example.com", template: nil, parameters: []),
      from: Peer(uid: 0, gid: 0, pid: 1, user: "test"))
    #expect(reply == .refused(text: "rejected: 550 5.1.1 <address> is unknown"))
    await company.close()
  }

  @Test("an answer that repeats one part of a name is recorded without it")
  func partOfName() async throws {
    let company = try await company(customers: 2)
    try company.write("UPDATE customers SET name = 'Wang Xiuying' WHERE id = 1")
    company.channel.follow { _ in .misconfigured(Refusal("554 5.7.1 Xiuying is on a list")) }
    try await company.turn(at: "2026-03-06 09:00")
    let attempt = try #require(try await company.details(of: "1").first?.attempts.first)
    #expect(attempt.text == "554 5.7.1 <name> is on a list")
    await company.close()
  }
}
