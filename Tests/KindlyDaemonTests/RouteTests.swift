import Foundation
import KindlyConfig
import KindlyCore
import KindlySQLiteLedger
import KindlySources
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// Which channel of its route a reminder takes, and why.
@Suite("Routes of reminders")
struct RouteTests {
  private static let down = Outcome.retry(Refusal("421 closing", isChannelWide: true))
  private static let taken = Outcome.sent(evidence: "250 taken")

  /// The rule of `Simple` with another route: four days before the end at nine, of use until the end of that day.
  private static func rules(_ route: String) -> String {
    Simple.ending.replacing("send: email", with: "send: \(route)")
  }

  /// One hand-over after the other, so that the first one decides about the second.
  private static let oneByOne = Simple.configuration()
    .replacing("FOLDER/mail }", with: "FOLDER/mail, concurrency: 1 }")

  private func inbox(_ company: Company) async throws -> [InboxEntry] {
    try await company.daemon.ledger.inbox(unreadOnly: false, before: nil, limit: 100)
  }

  // MARK: Channels that stay closed

  @Test("a channel that stays closed is given up half an hour before the reminder is useless")
  func closed() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00", rules: Self.rules("email else inbox"))
    company.channel.follow { _ in Self.down }
    for time in ["06 09:00", "06 12:00", "08 12:00", "10 12:00", "10 22:00"] {
      try await company.turn(at: "2026-03-\(time)")
      #expect(try await company.states(of: "1") == ["waiting channel down"])
    }
    for time in ["23:00", "23:20", "23:40"] { try await company.turn(at: "2026-03-10 \(time)") }
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(try await inbox(company).count == 1)
    await company.close()
  }

  @Test("one that is down is passed over where it opens too late, without an attempt of its own")
  func passedOver() async throws {
    let company = try await Company(
      at: "2026-03-10 08:00", schema: Simple.schema, configuration: Self.oneByOne,
      rules: Self.rules("email else inbox"))
    try company.write("UPDATE customers SET ends_on = '2026-03-14'")
    // Asked to wait for longer than either reminder is of use.
    company.channel.follow { _ in
      .retry(Refusal("421", retryAfter: .days(9), isChannelWide: true))
    }
    try await company.turn(at: "2026-03-10 09:00")
    #expect(company.channel.handedOver.count == 1)
    for customer in ["1", "2"] { #expect(try await company.states(of: customer) == ["sent"]) }
    let details = try await company.details(of: "1") + company.details(of: "2")
    #expect(details.flatMap(\.attempts).count { $0.channel == "email" } == 1)
    let passed = details.filter { !$0.attempts.contains { $0.channel == "email" } }
    #expect(
      passed.map(\.passedOver) == [[PassedOver(channel: "email", reason: .channelDown)]])
    await company.close()
  }

  @Test("a paused channel keeps its reminders until the next one must take them")
  func paused() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00", rules: Self.rules("email else inbox"))
    try await company.daemon.ledger.pause(
      .channel("email"), until: nil, note: ActionNote(uid: 0, user: "test", because: "test"),
      now: company.clock.now)
    for time in ["06 09:00", "10 23:00"] {
      try await company.turn(at: "2026-03-\(time)")
      #expect(try await company.states(of: "1") == ["waiting paused"])
    }
    try await company.turn(at: "2026-03-10 23:31")
    #expect(try await company.states(of: "1") == ["sent"])
    let detail = try #require(try await company.details(of: "1").first)
    #expect(detail.passedOver == [PassedOver(channel: "email", reason: .paused)])
    await company.close()
  }

  @Test("what may have arrived stays with its channel, also where the route no longer has it")
  func uncertain() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00", rules: Self.rules("email else inbox"))
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.reload(rules: Self.rules("inbox"))
    for time in ["06 09:30", "06 12:00", "10 23:50"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(try await company.states(of: "1") == ["uncertain"])
    #expect(company.channel.handedOver.count == 1)
    #expect(try await inbox(company).isEmpty)
    await company.close()
  }

  @Test("what may have arrived is not repeated by a channel of the same name that must not repeat")
  func otherType() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    let own = try await company.generation(
      over: DatabaseSource(sqlite: company.databasePath, name: "crm")
    ).value
    let paid = ScriptedChannel(
      traits: ChannelTraits(rings: true, afterUnknown: .waitForPerson, address: .email))
    let reloaded = Generation(
      number: own.number, rules: company.daemon.configuration.rules, databases: own.databases,
      outlets: [Outlet(channel: paid, concurrency: 1)], letters: own.letters)
    let dispatcher = Dispatcher(
      current: CurrentGeneration(reloaded), in: company.daemon.surroundings)
    company.clock.advance(to: try Company.instant("2026-03-06 09:10", in: company.zone))
    #expect(try await dispatcher.runOnce(now: company.clock.now).claimed == 1)
    #expect(paid.handedOver.isEmpty)
    // A person decides about it, until it is useless.
    try await company.turn(at: "2026-03-06 12:00")
    #expect(try await company.states(of: "1") == ["uncertain"])
    #expect(company.channel.handedOver.count == 1)
    await company.close()
  }

  // MARK: Preferred channels

  private static let preferring = oneByOne.replacing(
    "email: email }", with: "email: email, preferred: phone }")

  @Test("the channel that the customer's row names comes first, and then the written ones")
  func preferred() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema, configuration: Self.preferring,
      rules: Self.rules("preferred else email"))
    try company.write(
      """
      INSERT INTO customers (id, name, email, status)
      SELECT id, 'C', 'c@example.com', 'trial' FROM (SELECT 3 AS id UNION SELECT 4 UNION SELECT 5);
      UPDATE customers SET ends_on = '2026-03-10';
      UPDATE customers SET phone = 'Inbox' WHERE id = 1;
      UPDATE customers SET phone = 'email' WHERE id = 2;
      UPDATE customers SET phone = 'fax' WHERE id = 3;
      """)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await inbox(company).map(\.customer) == ["1"])
    #expect(Set(company.channel.sent.map(\.customer)) == ["2", "3", "4", "5"])
    await company.close()
  }

  @Test("a preferred channel that rejects is followed by the written ones, each tried once")
  func preferredRejects() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema, configuration: Self.preferring,
      rules: Self.rules("preferred else email else inbox"))
    try company.write("UPDATE customers SET phone = 'email', ends_on = '2026-03-10' WHERE id = 1")
    company.channel.follow { _ in .rejected(Refusal("550 no")) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.channel.handedOver.count == 1)
    #expect(try await inbox(company).count == 1)
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("a changed preference moves what waits, and nothing that may have arrived")
  func preferenceChanges() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema, configuration: Self.preferring,
      rules: Self.rules("preferred"))
    try company.write("UPDATE customers SET ends_on = '2026-03-10', phone = 'email'")
    company.channel.follow { delivery in
      delivery.recipient.key == "1" ? .unknown(Refusal("silence")) : Self.down
    }
    try await company.turn(at: "2026-03-06 09:00")
    try company.write("UPDATE customers SET phone = 'inbox'")
    company.channel.follow { _ in Self.taken }
    for time in ["09:10", "09:20", "09:50"] { try await company.turn(at: "2026-03-06 \(time)") }
    #expect(try await inbox(company).map(\.customer) == ["2"])
    #expect(company.channel.sent.map(\.customer) == ["1"])
    await company.close()
  }

  // MARK: Messages that stay unread

  private static let unread = rules("inbox else after 24 hours unread email")

  @Test("a message that stays unread is followed by the next channel", arguments: [true, false])
  func unread(_ isRead: Bool) async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: Self.unread)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["sent", "waiting unread"])
    try await company.turn(at: "2026-03-07 08:55")
    if isRead {
      let entries = try await inbox(company).map(\.id)
      _ = try await company.daemon.ledger.markRead(
        entries, note: ActionNote(uid: 0, user: "test", because: nil), now: company.clock.now)
    }
    try await company.restart()
    try await company.turn(at: "2026-03-07 09:05")
    #expect(company.channel.sent.count == (isRead ? 0 : 1))
    #expect(try await company.states(of: "1") == ["sent", isRead ? "skipped read" : "sent"])
    #expect(Set(try await company.details(of: "1").map(\.summary.publicID)).count == 2)
    await company.close()
  }

  @Test("a follow-up does not come back over the channel that sent the message before it")
  func movedAway() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: Self.unread)
    try await company.turn(at: "2026-03-06 09:00")
    for date in ["2026-03-11", "2026-03-10"] {
      try company.write("UPDATE customers SET ends_on = '\(date)' WHERE id = 1")
      try await company.turn(at: "2026-03-06 1\(date.hasSuffix("11") ? 0 : 1):00")
    }
    try await company.turn(at: "2026-03-07 12:00")
    #expect(try await inbox(company).count == 1)
    #expect(try await company.states(of: "1").contains("cancelled date moved"))
    await company.close()
  }

  @Test("a follow-up takes no channel twice, whatever becomes of its route")
  func editedFollowUp() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema,
      configuration: Simple.configuration(extra: "  desk: { type: inbox }"), rules: Self.unread)
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    try await company.reload(rules: Self.rules("desk else after 24 hours unread inbox"))
    try await company.turn(at: "2026-03-07 09:05")
    #expect(try await inbox(company).count == 1)
    await company.close()
  }

  @Test("a follow-up waits while its route follows no unread message")
  func unreadTakenAway() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: Self.unread)
    try await company.turn(at: "2026-03-06 09:00")
    try await company.reload(rules: Self.rules("inbox else email"))
    try await company.turn(at: "2026-03-07 09:05")
    #expect(company.channel.sent.isEmpty)
    #expect(try await company.states(of: "1") == ["sent", "waiting rule absent"])
    try await company.reload(rules: Self.unread)
    try await company.turn(at: "2026-03-07 09:10")
    #expect(company.channel.sent.count == 1)
    await company.close()
  }

  @Test("a message whose hand-over was cut off by a crash is followed, too")
  func followedAfterCrash() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: Self.unread)
    try await company.turn(at: "2026-03-06 08:59")
    let ledger = company.daemon.ledger
    // The daemon ended between `sending` and the outcome.
    company.clock.advance(to: try Company.instant("2026-03-06 09:00", in: company.zone))
    let claimed = try await ledger.claim(
      ClaimRequest(
        now: company.clock.now,
        shares: try await ledger.queues(now: company.clock.now)
          .map { ClaimShare(queue: $0.id, count: 9) }))
    let one = try #require(claimed.first)
    _ = try await ledger.submit(
      [
        one.move(.sending(channel: "inbox", routePosition: 0)),
        one.move(
          .uncertain(
            AttemptRecord(
              channel: "inbox", began: company.clock.now, ended: company.clock.now,
              outcome: .unknown(Refusal("the process ended"))), again: company.clock.now)),
      ], now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:10")
    #expect(try await company.states(of: "1") == ["sent", "waiting unread"])
    await company.close()
  }

  @Test("a shortened route begins again for what was not tried over it")
  func shortened() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00", rules: Self.rules("email else inbox"))
    company.channel.follow { _ in .rejected(Refusal("550 no")) }
    try await company.daemon.ledger.pause(
      .channel("inbox"), until: nil, note: ActionNote(uid: 0, user: "test", because: "test"),
      now: company.clock.now)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting paused"])
    try await company.reload(rules: Self.rules("email"))
    company.channel.follow { _ in Self.taken }
    try await company.turn(at: "2026-03-06 09:30")
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("what may have arrived does not forget its channel while it waits")
  func remembered() async throws {
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema,
      configuration: Simple.configuration()
        .replacing(
          "channels:",
          with: "channels:\n  sms: { type: exec, command: [/bin/true], address: phone }"
        )
        .replacing("email: email }", with: "email: email, phone: phone }"),
      rules: Self.rules("sms else email else inbox"))
    // No phone: mail is the second channel, and its breaker is opened by others.
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    try await company.daemon.ledger.pause(
      .channel("email"), until: nil, note: ActionNote(uid: 0, user: "test", because: "test"),
      now: company.clock.now)
    for time in ["06 09:10", "08 12:00", "10 23:45", "10 23:58"] {
      try await company.turn(at: "2026-03-\(time)")
    }
    #expect(try await inbox(company).isEmpty)
    #expect(company.channel.handedOver.count == 1)
    await company.close()
  }

  @Test("the follow-up is checked like any reminder, and what was sent stays sent")
  func followUpIsChecked() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00", rules: Self.unread)
    try await company.turn(at: "2026-03-06 09:00")
    try company.write("UPDATE customers SET status = 'paid' WHERE id = 1")
    try await company.turn(at: "2026-03-07 09:05")
    #expect(try await company.states(of: "1") == ["sent", "cancelled condition"])
    #expect(company.channel.sent.isEmpty)
    await company.close()
  }
}
