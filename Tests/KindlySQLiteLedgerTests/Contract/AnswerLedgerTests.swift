import KindlyCore
import KindlyTestKit
import Testing

@Suite("Answering: bounces, replies, and how far the mailbox was read")
struct AnswerLedgerTests {
  private let start = Fixture.start
  private static let address = "li.wei@example.com"

  /// Sends the reminders that are due, to one address.
  ///
  /// - Parameter recipient: nil for the customer.
  private func send(
    _ fixture: Fixture, at now: Instant, to recipient: String? = nil,
    address: String? = AnswerLedgerTests.address
  ) async throws -> [ClaimedReminder] {
    let claimed = try await fixture.claim(at: now)
    _ = try await fixture.ledger.submit(
      claimed.map {
        Transition(
          reminder: $0.id, lease: $0.lease, move: .sending(channel: "email", routePosition: 0),
          address: address, recipient: recipient)
      }, now: now)
    try await fixture.move(
      claimed, .sent(Fixture.record(.sent(evidence: "250"), at: now, to: recipient)), at: now)
    return claimed
  }

  private func mail(
    _ uid: UInt32, about reminder: String, _ content: AnswerContent
  ) -> ReadMail {
    ReadMail(
      uid: uid, hash: [UInt8](repeating: UInt8(uid), count: 32),
      references: [String(repeating: "a", count: 20), reminder], content: content)
  }

  private func record(
    _ mails: [ReadMail], in fixture: Fixture, marking: Bool = true, at now: Instant
  ) async throws -> [AnswerOutcome] {
    try await fixture.ledger.record(
      mails, through: MailboxPosition(validity: 7, uid: mails.last?.uid ?? 0), marking: marking,
      now: now)
  }

  @Test("a mail is recorded once, with the position behind it", arguments: LedgerKind.allCases)
  func once(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start).first)
    #expect(try await fixture.ledger.mailboxPosition() == nil)
    let bounce = mail(5, about: sent.publicID, .bounce(.hard, status: "5.1.1", text: "unknown"))
    let stray = ReadMail(
      uid: 6, hash: [UInt8](repeating: 9, count: 32), references: [], content: .nothing)
    let outcomes = try await record([bounce, stray], in: fixture, at: start)
    guard case .recorded(let recorded)? = outcomes.first else {
      Issue.record("expected the bounce to be recorded, got \(outcomes)")
      return
    }
    #expect(recorded.reminder == sent.id && recorded.suppressed == .everything)
    #expect(outcomes.last == .unknown)
    #expect(try await fixture.ledger.mailboxPosition() == MailboxPosition(validity: 7, uid: 6))
    #expect(try await fixture.ledger.unmarkedMails() == [5])
    #expect(
      try await fixture.dispatching.suppressed([AnswerLedgerTests.address], for: .service).count
        == 1)
    // The same mail under another number, after the mailbox was rebuilt.
    let again = ReadMail(
      uid: 50, hash: bounce.hash, references: bounce.references, content: bounce.content)
    #expect(try await record([again], in: fixture, at: start) == [.nothing])
    try await fixture.ledger.noteMarked([5, 50])
    #expect(try await fixture.ledger.unmarkedMails().isEmpty)
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(
      detail.answers.map(\.content) == [.bounce(.hard, status: "5.1.1", text: "unknown")])
  }

  @Test(
    "a bounce that names the ASCII form of an international domain is about the address",
    arguments: LedgerKind.allCases)
  func international(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let addresses = ["li@münchen.example", "li@xn--mnchen-3ya.example"]
    let sent = try #require(try await send(fixture, at: start, address: addresses[0]).first)
    let bounce = ReadMail(
      uid: 1, hash: [UInt8](repeating: 1, count: 32), references: [sent.publicID],
      content: .bounce(.hard, status: "5.1.1", text: "unknown"), recipients: [addresses[1]])
    guard case .recorded(let recorded)? = try await record([bounce], in: fixture, at: start).first
    else {
      Issue.record("expected the bounce to be recorded")
      return
    }
    #expect(recorded.suppressed == .everything)
    #expect(try await fixture.dispatching.suppressed(addresses, for: .service).count == 2)
  }

  @Test("numbers of a folder that was rebuilt are forgotten", arguments: LedgerKind.allCases)
  func rebuilt(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start).first)
    _ = try await record([mail(5, about: sent.publicID, .nothing)], in: fixture, at: start)
    #expect(try await fixture.ledger.unmarkedMails() == [5])
    _ = try await fixture.ledger.record(
      [], through: MailboxPosition(validity: 8, uid: 1), marking: true, now: start)
    #expect(try await fixture.ledger.unmarkedMails().isEmpty)
  }

  @Test(
    "mails that were to be marked are forgotten with the mailbox that they are in",
    arguments: LedgerKind.allCases)
  func replaced(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start).first)
    let mail = mail(5, about: sent.publicID, .nothing)
    // Recorded by a version that did not keep which mailbox it was.
    _ = try await fixture.ledger.record(
      [mail], through: MailboxPosition(validity: 7, uid: 5), marking: true, now: start)
    let known = MailboxPosition(account: "a", validity: 7, uid: 6)
    _ = try await fixture.ledger.record([], through: known, marking: true, now: start)
    #expect(try await fixture.ledger.unmarkedMails() == [5])
    let other = MailboxPosition(account: "b", validity: 7, uid: 9)
    _ = try await fixture.ledger.record([], through: other, marking: true, now: start)
    #expect(try await fixture.ledger.unmarkedMails().isEmpty)
    #expect(try await fixture.ledger.mailboxPosition() == other)
  }

  @Test("soft bounces add up over five messages and two weeks", arguments: LedgerKind.allCases)
  func soft(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    var suppressed: [SuppressionScope?] = []
    for number in 1...5 {
      let now = start + .days(4 * number)
      try await fixture.plan([occurrence(number, due: now)], now: now)
      let sent = try #require(try await send(fixture, at: now).first)
      let outcome = try await record(
        [mail(UInt32(number), about: sent.publicID, .bounce(.soft, status: nil, text: "full"))],
        in: fixture, at: now)
      if case .recorded(let recorded)? = outcome.first { suppressed.append(recorded.suppressed) }
    }
    #expect(suppressed == [nil, nil, nil, nil, .everything])
  }

  @Test(
    "a reply ends what waits of its rule and row, and later steps of its occurrence",
    arguments: LedgerKind.allCases)
  func reply(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let sent = try await send(fixture, at: start)
    let first = try #require(sent.first { $0.key == key(1) })
    try await fixture.plan([occurrence(1, due: start + .days(1))], step: "ended")
    let outcome = try await record(
      [mail(1, about: first.publicID, .reply(.reply, text: "Yes"))], in: fixture, at: start)
    guard case .recorded(let recorded)? = outcome.first else {
      Issue.record("expected the reply to be recorded")
      return
    }
    #expect(recorded.ended == 1 && recorded.suppressed == nil)
    // Planned after the reply: the next occurrence, a step of this one, and another row.
    let later = start + .hours(1)
    try await fixture.plan(
      [occurrence(1, "2027-02-10", due: later), occurrence(2, due: later)], step: "ended",
      now: later)
    try await fixture.plan([occurrence(1, "2026-02-10#2", due: later)], step: "ended", now: later)
    let claimed = try await fixture.claim(at: later)
    let replied = try await fixture.dispatching.replied(among: claimed.map(\.id))
    #expect(
      claimed.filter { replied.byCustomers.contains($0.id) }.map(\.cycle.text) == ["2026-02-10#2"])
    #expect(replied.byColleagues.isEmpty)
  }

  @Test(
    "a colleague's reply is kept as such, suppresses nothing and ends nothing at once",
    arguments: LedgerKind.allCases)
  func acknowledgement(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start, to: "colleague anna").first)
    try await fixture.plan([occurrence(1, due: start + .days(1))], step: "ended")
    let outcome = try await record(
      [
        mail(1, about: sent.publicID, .reply(.complaint, text: "")),
        mail(2, about: sent.publicID, .reply(.optOut, text: "stop")),
      ], in: fixture, at: start)
    #expect(outcome.first == .nothing)
    guard case .recorded(let recorded)? = outcome.last else {
      Issue.record("expected the reply to be recorded")
      return
    }
    #expect(recorded.isByColleague && recorded.ended == 0 && recorded.suppressed == nil)
    let claimed = try await fixture.claim(at: start + .days(1))
    let replied = try await fixture.dispatching.replied(among: claimed.map(\.id))
    #expect(replied.byCustomers.isEmpty && replied.byColleagues == Set(claimed.map(\.id)))
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(detail.answers.map(\.content) == [.acknowledgement(text: "stop")])
  }

  @Test(
    "a colleague's reply counts as such after a crash during the hand-over, too",
    arguments: LedgerKind.allCases)
  func acknowledgementAfterCrash(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sending = try #require(try await fixture.claim(at: start).first)
    _ = try await fixture.ledger.submit(
      [
        Transition(
          reminder: sending.id, lease: sending.lease,
          move: .sending(channel: "email", routePosition: 0),
          address: AnswerLedgerTests.address, recipient: "colleague anna")
      ], now: start)
    try await fixture.plan([occurrence(1, due: start + .days(1))], step: "ended")
    await fixture.ledger.close(now: start)
    let next = try fixture.reopen()
    let now = start + .minutes(1)
    #expect(try await next.recover(now: now, repeats: [:]).uncertain == 1)
    let outcome = try await next.record(
      [mail(1, about: sending.publicID, .reply(.optOut, text: "stop"))],
      through: MailboxPosition(validity: 7, uid: 1), marking: true, now: now)
    guard case .recorded(let recorded)? = outcome.first else {
      Issue.record("expected the reply to be recorded")
      return
    }
    #expect(recorded.isByColleague && recorded.ended == 0 && recorded.suppressed == nil)
    await next.close(now: now)
  }

  @Test(
    "an opt-out keeps marketing back, and lifting it lets it go", arguments: LedgerKind.allCases)
  func optOut(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start).first)
    _ = try await record(
      [mail(1, about: sent.publicID, .reply(.optOut, text: "STOP"))], in: fixture, at: start)
    let addresses = [AnswerLedgerTests.address]
    #expect(try await fixture.dispatching.suppressed(addresses, for: .care).isEmpty)
    #expect(try await fixture.dispatching.suppressed(addresses, for: .marketing).count == 1)
    // A server's refusal is another cause, and outlives it.
    try await fixture.ledger.suppress(
      Suppression(address: addresses[0], because: "550 no such user"), now: start)
    let records = try await fixture.ledger.suppressions(SuppressionSelection(), limit: 10)
    #expect(Set(records.map(\.scope)) == [.everything, .marketing])
    let note = ActionNote(uid: 0, user: "test", because: "test")
    let lift = try await fixture.ledger.lift(
      SuppressionSelection(names: addresses), note: note, now: start)
    #expect(lift.lifted == 2)
    #expect(try await fixture.dispatching.suppressed(addresses, for: .marketing).isEmpty)
  }

  @Test(
    "a word that may be about the business itself is an opt-out only as an answer to marketing",
    arguments: LedgerKind.allCases, MessageClass.allCases)
  func ambiguous(_ kind: LedgerKind, _ messageClass: MessageClass) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)], messageClass: messageClass)
    let sent = try #require(try await send(fixture, at: start).first)
    let outcome = try await record(
      [mail(1, about: sent.publicID, .optOutIfMarketing(text: "Cancel"))], in: fixture, at: start)
    guard case .recorded(let recorded)? = outcome.first else {
      Issue.record("expected the reply to be recorded")
      return
    }
    let scope: SuppressionScope? = messageClass == .marketing ? .marketing : nil
    let answer: AnswerKind = messageClass == .marketing ? .optOut : .reply
    #expect(recorded.suppressed == scope)
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(detail.answers.map(\.content) == [.reply(answer, text: "Cancel")])
  }

  @Test(
    "an opt-out or a complaint is a reply if no address can be suppressed",
    arguments: LedgerKind.allCases)
  func withoutAddress(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let sent = try #require(try await send(fixture, at: start, address: nil).first)
    _ = try await record(
      [
        mail(1, about: sent.publicID, .reply(.optOut, text: "STOP")),
        mail(2, about: sent.publicID, .reply(.complaint, text: "")),
      ], in: fixture, at: start)
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(
      Set(detail.answers.map(\.content)) == [
        .reply(.reply, text: "STOP"),
        .reply(.reply, text: "The customer reported the message as unwanted."),
      ])
  }

  @Test("an answer to a redirected message says nothing", arguments: LedgerKind.allCases)
  func redirected(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await send(fixture, at: start, to: AttemptRecord.redirected, address: nil)
    let sent = try #require(claimed.first)
    let outcomes = try await record(
      [
        mail(1, about: sent.publicID, .reply(.reply, text: "Looks good.")),
        mail(2, about: sent.publicID, .bounce(.hard, status: "5.1.1", text: "unknown")),
      ], in: fixture, at: start)
    #expect(outcomes == [.nothing, .nothing])
    let detail = try #require(try await fixture.ledger.reminder(.id(sent.id)))
    #expect(detail.answers.isEmpty)
  }
}
