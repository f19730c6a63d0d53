import Foundation
import KindlyControl
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// Every verb that writes, once through the daemon and once in the ledger before the daemon starts.
@Suite("The desk")
struct DeskTests {
  enum Way: String, CaseIterable, Sendable {
    case daemon
    case ledgerAlone
  }

  func ask(
    _ request: ControlRequest, of company: Company, _ way: Way
  ) async throws -> ControlReply {
    switch way {
    case .daemon:
      return await ControlDesk(daemon: company.daemon, bells: Bells()).answer(
        request, from: Peer(uid: 7, gid: 0, pid: 1, user: "li"))
    case .ledgerAlone:
      let desk = WritingDesk(
        ledger: company.daemon.ledger, names: DeskNames(company.daemon.configuration),
        setting: LedgerAlone(), clock: company.clock
      ) { ActionNote(uid: 7, user: "li", because: $0) }
      let reply = try #require(try await desk.answer(request))
      try await company.restart()
      return reply
    }
  }

  /// The public id of a customer's only reminder.
  private func id(_ company: Company, of customer: String = "1") async throws -> String {
    try #require(try await company.details(of: customer).first).summary.publicID
  }

  /// What the ledger recorded last about what people did.
  private func lastAction(_ company: Company) async throws -> String? {
    let action = try await company.daemon.ledger.actions(before: nil, limit: 1).first
    return action.map { "\($0.verb) by \($0.note.user): \($0.note.because ?? "-")" }
  }

  @Test("pauses a rule until it is resumed", arguments: Way.allCases)
  func pause(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    let scope = ControlRequest.Scope.rule("ending")
    let paused = try await ask(.pause(scope, seconds: nil, because: "wait"), of: company, way)
    #expect(paused == .ok(text: "rule ending paused until it is resumed", count: 1))
    #expect(try await lastAction(company) == "pause by li: wait")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["waiting paused"])
    guard case .ok(let text, 1) = try await ask(.resume(scope), of: company, way) else {
      Issue.record("not resumed")
      return
    }
    let next = way == .daemon ? "are sent now" : "are sent when the daemon starts"
    #expect(text == "rule ending resumed; its waiting reminders \(next)")
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    #expect(
      try await ask(.resume(scope), of: company, way).isRefused("rule ending was not paused"))
    await company.close()
  }

  @Test("wakes what a paused channel held at the gate", arguments: Way.allCases)
  func resumeChannel(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    let scope = ControlRequest.Scope.channel("email")
    _ = try await ask(.pause(scope, seconds: nil, because: "wait"), of: company, way)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting paused"])
    _ = try await ask(.resume(scope), of: company, way)
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("ends a pause by itself at its time", arguments: Way.allCases)
  func pauseForAWhile(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-06 08:30")
    let reply = try await ask(
      .pause(.all, seconds: 3600, because: "lunch"), of: company, way)
    #expect(
      reply == .ok(text: "everything paused until 2026-03-06 09:30 CST", count: 1))
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    try await company.turn(at: "2026-03-06 09:31")
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("refuses unknown names", arguments: Way.allCases)
  func unknownNames(_ way: Way) async throws {
    let company = try await Simple.company()
    let requests: [(ControlRequest, String)] = [
      (
        .pause(.rule("endign"), seconds: nil, because: "x"),
        "there is no rule endign; did you mean `ending`?"
      ),
      (.resume(.channel("emial")), "there is no channel emial; did you mean `email`?"),
      (.sourceAccept("customer", because: "x"), "there is no watch or source customer"),
      (.outboxCancel(.ids(["nothing"]), because: "x"), "there is no reminder nothing"),
      (.outboxSettle(id: "nothing", as: .sent, because: "x"), "there is no reminder nothing"),
      (.resend(id: "nothing", because: "x"), "there is no reminder nothing"),
    ]
    for (request, text) in requests {
      let reply = try await ask(request, of: company, way)
      #expect(reply.isRefused(text), "\(reply)")
    }
    await company.close()
  }

  @Test("refuses a selection that would mean every reminder", arguments: Way.allCases)
  func everything(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    for selection in [Selection.ids([]), .matching(Selection.Filter())] {
      for request in [
        ControlRequest.outboxRetry(selection), .outboxCancel(selection, because: "x"),
        .outboxRestore(selection, because: "x"),
      ] {
        let reply = try await ask(request, of: company, way)
        #expect(reply.isRefused("choose reminders by id, or by rule"), "\(reply)")
      }
    }
    #expect(try await company.states(of: "1") == ["waiting"])
    await company.close()
  }

  @Test("cancels reminders and restores them", arguments: Way.allCases)
  func cancel(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    let rule = Selection.matching(Selection.Filter(rule: "ending"))
    let cancelled = try await ask(.outboxCancel(rule, because: "off"), of: company, way)
    #expect(cancelled == .ok(text: "1 reminder cancelled", count: 1))
    #expect(try await lastAction(company) == "cancel by li: off")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    let restored = try await ask(
      .outboxRestore(.ids([try await id(company)]), because: "on"), of: company, way)
    #expect(restored == .ok(text: "1 reminder restored", count: 1))
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("retries what waits for its channel", arguments: Way.allCases)
  func retry(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .retry(Refusal("busy", retryAfter: .hours(5))) }
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["waiting retry"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    let reply = try await ask(.outboxRetry(.ids([try await id(company)])), of: company, way)
    #expect(reply == .ok(text: "due now: 1 waiting reminder", count: 1))
    try await company.turn()
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("settles what is uncertain", arguments: Way.allCases)
  func settle(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    let id = try await id(company)
    let reply = try await ask(
      .outboxSettle(id: id, as: .failed, because: "called"), of: company, way)
    #expect(reply == .ok(text: "\(id) is settled as failed", count: 1))
    #expect(try await company.states(of: "1") == ["failed unresolved"])
    #expect(try await lastAction(company) == "settle by li: called")
    await company.close()
  }

  @Test(
    "keeps a reminder that may have arrived uncertain during a pause", arguments: Way.allCases,
    [ControlRequest.Scope.channel("email"), .rule("ending"), .all])
  func pausedDoubt(_ way: Way, _ scope: ControlRequest.Scope) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    _ = try await ask(.pause(scope, seconds: nil, because: "look"), of: company, way)
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["uncertain paused"])
    company.channel.follow { _ in .sent(evidence: "taken") }
    _ = try await ask(.resume(scope), of: company, way)
    try await company.turn()
    #expect(try await company.states(of: "1") == ["sent"])
    #expect(company.channel.handedOver.count == 2)
    await company.close()
  }

  @Test("does not let a moved date cancel what may have arrived", arguments: Way.allCases)
  func movedDoubt(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    let pause = ControlRequest.pause(.channel("email"), seconds: nil, because: "look")
    _ = try await ask(pause, of: company, way)
    try await company.turn(at: "2026-03-06 09:06")
    try company.write("UPDATE customers SET ends_on = '2026-03-11', updated_at = 2 WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:25")
    #expect(try await company.states(of: "1") == ["failed unresolved", "waiting"])
    await company.close()
  }

  @Test("retries what may have arrived, if it waits for its channel", arguments: Way.allCases)
  func retryDoubt(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    company.channel.follow { _ in .unknown(Refusal("silence")) }
    try await company.turn(at: "2026-03-06 09:00")
    let request = ControlRequest.outboxRetry(.ids([try await id(company)]))
    // It waits for its one repeat, or for a person to settle it.
    #expect(
      try await ask(request, of: company, way)
        == .ok(text: "due now: 0 waiting reminders", count: 0))
    company.channel.follow { _ in
      .retry(Refusal("down", retryAfter: .hours(5), isChannelWide: true))
    }
    try await company.turn(at: "2026-03-06 09:06")
    #expect(try await company.states(of: "1") == ["uncertain channel down"])
    #expect(try await company.daemon.ledger.channelWaits().map(\.count) == [1])
    company.channel.follow { _ in .sent(evidence: "taken") }
    company.daemon.breakers.reset()
    #expect(
      try await ask(request, of: company, way) == .ok(text: "due now: 1 waiting reminder", count: 1)
    )
    try await company.turn()
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("sends a reminder again as a new one", arguments: Way.allCases)
  func resend(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.turn(at: "2026-03-06 09:00")
    let first = try await id(company)
    let reply = try await ask(.resend(id: first, because: "lost"), of: company, way)
    guard case .ok(let text, 1) = reply else {
      Issue.record("\(reply)")
      return
    }
    let second = try #require(try await company.details(of: "1").last).summary.publicID
    #expect(first != second)
    let when = way == .daemon ? "" : " when the daemon starts"
    #expect(text == "\(first) is sent again as \(second)\(when)")
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending", "2026-03-06 1 ending"])
    await company.close()
  }

  @Test("lets held changes take effect, or drops them", arguments: Way.allCases, [true, false])
  func heldChanges(_ way: Way, isAccepted: Bool) async throws {
    let company = try await MassChangeTests().company(of: 150)
    try company.write("UPDATE customers SET status = 'paid'")
    try await company.turn()
    #expect(company.mail.isEmpty)
    let reply = try await ask(
      isAccepted
        ? .sourceAccept("customers", because: "meant") : .sourceIgnore("crm", because: "import"),
      of: company, way)
    let what = isAccepted ? "take effect" : "are discarded"
    let when = way == .daemon ? "at the next look" : "at the daemon's next look"
    #expect(reply == .ok(text: "customers: the held changes \(what) \(when)", count: 1))
    try await company.turn()
    try await company.turn()
    #expect(company.mail.count == (isAccepted ? 150 : 0))
    #expect(
      try await ask(.sourceAccept("customers", because: "again"), of: company, way).isRefused(
        "customers has no held changes"))
    await company.close()
  }

  @Test("changes a decision about held changes until the next look", arguments: Way.allCases)
  func changedMind(_ way: Way) async throws {
    let company = try await MassChangeTests().company(of: 150)
    try company.write("UPDATE customers SET status = 'paid'")
    try await company.turn()
    let first = try await ask(.sourceAccept("customers", because: "slip"), of: company, way)
    #expect(!first.isRefused())
    let second = try await ask(.sourceIgnore("customers", because: "meant"), of: company, way)
    #expect(!second.isRefused(), "\(second)")
    try await company.turn()
    try await company.turn()
    #expect(company.mail.isEmpty)
    await company.close()
  }

  @Test("marks entries of the inbox as read", arguments: Way.allCases)
  func inbox(_ way: Way) async throws {
    let company = try await Simple.company(
      at: "2026-03-05 12:00",
      rules: Simple.ending.replacingOccurrences(of: "send: email", with: "send: inbox"))
    try await company.turn(at: "2026-03-06 09:00")
    let entries = try await company.daemon.ledger.inbox(
      unreadOnly: true, before: nil, limit: 9)
    #expect(entries.count == 1)
    let request = ControlRequest.inboxRead(ids: entries.map(\.id))
    #expect(try await ask(request, of: company, way) == .ok(text: "1 marked read", count: 1))
    #expect(
      try await company.daemon.ledger.inbox(unreadOnly: true, before: nil, limit: 9)
        .isEmpty)
    await company.close()
  }

  @Test("suppresses an address and lifts it", arguments: Way.allCases)
  func suppression(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    let add = ControlRequest.suppressionAdd(
      address: "wang@example.com", customer: nil, because: "asked")
    #expect(
      try await ask(add, of: company, way)
        == .ok(text: "suppressed; nothing is sent to this address until it is lifted", count: 1))
    #expect(try await ask(add, of: company, way).isRefused("is suppressed already"))
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["skipped suppressed"])
    var selection = SuppressionSelection()
    selection.names = ["wang@example.com"]
    let lift = ControlRequest.suppressionLift(selection, because: "asked again")
    #expect(
      try await ask(lift, of: company, way)
        == .ok(text: "1 address lifted; 1 reminder back in the queue", count: 1))
    #expect(try await ask(lift, of: company, way).isRefused("no suppressed address matches"))
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("arms a ledger that may be a copy", arguments: Way.allCases)
  func arm(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try FileManager.default.removeItem(atPath: company.folder.path + "/state/kindly.instance")
    try await company.restart()
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail.isEmpty)
    let reply = try await ask(.arm(because: "no copy"), of: company, way)
    let when = way == .daemon ? "from now on" : "when the daemon starts"
    #expect(reply == .ok(text: "armed; reminders that are due are sent \(when)", count: 1))
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("trusts a clock that was doubted", arguments: Way.allCases)
  func clock(_ way: Way) async throws {
    let company = try await Simple.company(at: "2026-03-06 12:00")
    #expect(
      try await ask(.clockAccept(because: "x"), of: company, way).isRefused("the clock is trusted"))
    company.clock.step(by: .hours(-4))
    try await company.turn()
    let reply = try await ask(.clockAccept(because: "it is eight"), of: company, way)
    guard case .ok(let text, 1) = reply else {
      Issue.record("\(reply)")
      return
    }
    let when = way == .daemon ? "" : " when the daemon starts"
    #expect(
      text.hasPrefix(
        "clock accepted: it is 2026-03-06 08:00 CST; planning and sending continue\(when)"
      ), "\(text)")
    #expect(try await lastAction(company) == "clock by li: it is eight")
    try await company.turn()
    #expect(company.daemon.clocks.held == nil)
    await company.close()
  }
}

extension ControlReply {
  /// Whether it is a refusal whose text holds these words.
  func isRefused(_ words: String = "") -> Bool {
    guard case .refused(let text) = self else { return false }
    return words.isEmpty || text.contains(words)
  }
}
