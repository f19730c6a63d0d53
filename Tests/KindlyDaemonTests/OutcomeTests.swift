import Foundation
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Testing

/// What becomes of a reminder for each thing that a channel can answer.
@Suite("Outcomes")
struct OutcomeTests {
  private func company(_ rules: String = Simple.ending) async throws -> Company {
    try await Simple.company(at: "2026-03-06 08:00", rules: rules)
  }

  @Test("a refusal for now is tried again, later each time, and ends with the use of the reminder")
  func retries() async throws {
    let company = try await company()
    company.channel.follow { _ in .retry(Refusal("451 try later")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting retry"])
    for hour in 10...23 { try await company.turn(at: "2026-03-06 \(hour):00") }
    try await company.live(before: "2026-03-13 00:00")
    let detail = try #require(try await company.details(of: "1").first)
    #expect(detail.summary.state == .failed)
    #expect(detail.attempts.count > 3 && detail.attempts.allSatisfy { $0.outcome == .retry })
    await company.close()
  }

  @Test("a rejected address fails, and is not written to again where it does not exist")
  func rejected() async throws {
    let company = try await company()
    company.channel.follow { _ in .rejected(Refusal("550 5.1.1 unknown", suppressesAddress: true)) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["failed rejected"])
    company.channel.follow { _ in .sent(evidence: "ok") }
    try company.write("UPDATE customers SET ends_on = '2026-03-20' WHERE id = 1")
    try await company.live(before: "2026-03-18 00:00")
    #expect(try await company.states(of: "1") == ["failed rejected", "skipped suppressed"])
    await company.close()
  }

  @Test(
    "a mail whose reply is lost every time is resent once with the same Message-ID, and then waits for a person"
  )
  func lostReply() async throws {
    let company = try await company()
    company.channel.follow { _ in .unknown(Refusal("no reply to the final dot")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["uncertain"])
    for minute in ["09:10", "09:30", "12:00"] { try await company.turn(at: "2026-03-06 \(minute)") }
    let sent = company.channel.handedOver
    #expect(sent.count == 2)
    #expect(Set(sent.map(\.messageID)).count == 1)
    #expect(try await company.states(of: "1") == ["uncertain"])
    try await company.live(before: "2026-03-13 00:00")
    #expect(company.channel.handedOver.count == 2)
    #expect(try await company.states(of: "1") == ["failed unresolved"])
    await company.close()
  }

  @Test("a channel that is set up wrongly holds its reminders, and a reload sends them")
  func misconfigured() async throws {
    let company = try await company()
    company.channel.follow { _ in .misconfigured(Refusal("535 wrong password")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting channel misconfigured"])
    company.channel.follow { _ in .sent(evidence: "ok") }
    try await company.reload(rules: Simple.ending)
    try await company.turn(at: "2026-03-06 09:01")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test(
    "`else` takes over after a rejection, and never after an uncertain hand-over",
    arguments: [true, false])
  func elseChannel(_ isRejected: Bool) async throws {
    let company = try await company(
      Simple.ending.replacingOccurrences(of: "send: email", with: "send: email else inbox"))
    company.channel.follow { _ in
      isRejected ? .rejected(Refusal("550 no")) : .unknown(Refusal("silence"))
    }
    for minute in ["09:00", "09:01", "09:30"] { try await company.turn(at: "2026-03-06 \(minute)") }
    let inbox = try await company.daemon.ledger.inbox(
      unreadOnly: true, before: nil, limit: 10)
    #expect(inbox.count == (isRejected ? 1 : 0))
    #expect(try await company.states(of: "1") == [isRejected ? "sent" : "uncertain"])
    await company.close()
  }

  @Test(
    "a template that fails for one row holds only that row's reminder, which is sent once it is fixed"
  )
  func templateError() async throws {
    let letter = "---\nsubject: ending\n---\n<p>{{date(this.phone)}}</p>\n"
    let company = try await Simple.company(
      at: "2026-03-06 08:00", files: ["templates/ending.html": letter])
    try company.write(
      "UPDATE customers SET ends_on = '2026-03-10', phone = '2026-01-01'; UPDATE customers SET phone = 'never' WHERE id = 1"
    )
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 2 ending"])
    #expect(try await company.states(of: "1") == ["waiting template error"])
    try company.folder.write(
      "---\nsubject: ending\n---\n<p>Hello</p>\n", to: "templates/ending.html")
    try await company.reload(rules: Simple.ending)
    try await company.turn(at: "2026-03-06 09:30")
    #expect(company.mail(to: "1") == ["2026-03-06 ending"])
    await company.close()
  }

  @Test("a customer without an address is waited for a while, and then skipped")
  func noAddress() async throws {
    let company = try await company()
    try company.write("UPDATE customers SET email = NULL WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting address missing"])
    try await company.turn(at: "2026-03-06 09:05")
    try await company.turn(at: "2026-03-06 09:11")
    #expect(try await company.states(of: "1") == ["skipped no address"])
    await company.close()
  }

  @Test("a column that `customers:` names and the table has lost holds reminders until it is back")
  func missingColumn() async throws {
    let company = try await company()
    try company.write("ALTER TABLE customers RENAME COLUMN email TO mail")
    try await company.turn(at: "2026-03-06 08:30")
    let problem = try #require(company.daemon.health.failures[.customers])
    #expect(
      problem.description == "customers: watch customers has no column email (`email: email`)")
    #expect(problem.hint?.hasPrefix("did you mean mail?") == true)
    for time in ["09:00", "09:05", "09:11", "12:00"] {
      try await company.turn(at: "2026-03-06 \(time)")
      #expect(try await company.states(of: "1") == ["waiting column missing"])
    }
    let detail = try #require(try await company.details(of: "1").first)
    #expect(detail.evidence == "{\"customers.email\":\"no such column\"}")
    #expect(Set(company.daemon.health.failures.keys) == [.customers])
    try company.write("ALTER TABLE customers RENAME COLUMN mail TO email")
    try await company.turn(at: "2026-03-06 12:06")
    #expect(company.mail == ["2026-03-06 1 ending"])
    #expect(company.daemon.health.failures.isEmpty)
    await company.close()
  }

  @Test(
    "a row whose customer is not in the directory yet waits for them while it is useful",
    arguments: [true, false])
  func missingCustomer(_ isAdded: Bool) async throws {
    let company = try await leases(of: 42)
    let health = company.daemon.health
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "42") == ["waiting customer missing"])
    #expect(health.rowFaultSentences(now: company.clock.now).isEmpty)
    for time in ["09:05", "09:11", "12:00"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(try await company.states(of: "42") == ["waiting customer missing"])
    #expect(
      health.rowFaultSentences(now: company.clock.now) == [
        "rule lease: customer 42 is not in the directory (watch customers); its reminder waits, and all others are sent"
      ])
    let detail = try #require(try await company.details(of: "42").first)
    #expect(detail.evidence == "{\"customers.id\":\"customer 42 is not there\"}")
    if isAdded {
      try company.write(
        "INSERT INTO customers (id, name, email) VALUES (42, 'Zhou', 'zhou@example.com')")
      try await company.turn(at: "2026-03-06 12:06")
      #expect(company.mail == ["2026-03-06 42 lease"])
      #expect(health.rowFaultSentences(now: company.clock.now).isEmpty)
    } else {
      try await company.live(before: "2026-03-25 00:00")
      #expect(try await company.states(of: "42") == ["skipped no customer"])
    }
    await company.close()
  }

  /// A company with a lease, about which a letter is due at nine.
  private func leases(of customer: Int) async throws -> Company {
    let company = try await Company(
      at: "2026-03-06 08:00",
      schema: Simple.schema + """

        CREATE TABLE leases (id INTEGER PRIMARY KEY, customer_id INTEGER, ends_on DATE);
        INSERT INTO leases VALUES (7, \(customer), '2026-03-20');
        """,
      configuration: Simple.configuration().replacing(
        "snapshot }",
        with: "snapshot }\n  leases: { source: crm, table: leases, key: id, customer: customer_id }"
      ),
      rules: """
        rules:
          - { name: lease, watch: leases, when: 14 days before ends_on, send: email, template: lease }
        """)
    try await company.turn()
    return company
  }

  @Test("a row that names no customer any more is not written about to the former one")
  func formerCustomer() async throws {
    let company = try await leases(of: 1)
    try company.write("UPDATE leases SET customer_id = NULL")
    for time in ["09:00", "09:11"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(try await company.states(of: "1") == ["waiting customer missing"])
    #expect(company.mail.isEmpty)
    let detail = try #require(try await company.details(of: "1").first)
    #expect(detail.evidence == "{\"customers.id\":\"the row names no customer\"}")
    try company.write("UPDATE leases SET customer_id = 2")
    try await company.turn(at: "2026-03-06 09:20")
    #expect(company.mail == ["2026-03-06 2 lease"])
    await company.close()
  }

  @Test("what is paused waits, and goes when it is resumed")
  func paused() async throws {
    let company = try await company()
    let note = ActionNote(uid: 0, user: "test", because: "wrong price")
    try await company.daemon.ledger.pause(
      .channel("email"), until: nil, note: note, now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting paused"])
    _ = try await company.daemon.ledger.resume(
      .channel("email"), note: note, now: company.clock.now)
    _ = try await company.daemon.ledger.wake([.paused], scope: .all, now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:01")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("unusable dates fire nothing and are counted")
  func unusableDates() async throws {
    let company = try await company()
    try company.write(
      """
      INSERT INTO customers (id, name, email, status, ends_on) VALUES
      (10, 'a', 'a@example.com', 'trial', NULL), (11, 'b', 'b@example.com', 'trial', ''),
      (12, 'c', 'c@example.com', 'trial', 0), (13, 'd', 'd@example.com', 'trial', '0000-00-00'),
      (14, 'e', 'e@example.com', 'trial', '1970-01-01'), (15, 'f', 'f@example.com', 'trial', '2026-03-10x');
      """)
    try await company.live(before: "2026-03-20 00:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    #expect(
      company.daemon.health.unusableDates(now: company.clock.now) == [
        "customers.ends_on: 2 × 0 or 0000-00-00, 1 × 1970-01-01, 1 × not a date"
      ])
    await company.close()
  }

  @Test("a server that refuses one customer's domain holds that customer's mail alone")
  func relayDenied() async throws {
    let company = try await company()
    try company.write("UPDATE customers SET ends_on = '2026-03-10'")
    company.channel.follow { delivery in
      delivery.recipient.key == "1"
        ? .misconfigured(Refusal("554 5.7.1 relay access denied")) : .sent(evidence: "taken")
    }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.turn(at: "2026-03-06 09:10")
    #expect(try await company.states(of: "1") == ["waiting channel misconfigured"])
    #expect(try await company.states(of: "2") == ["sent"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    try await company.turn(at: "2026-03-06 09:20")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }
}
