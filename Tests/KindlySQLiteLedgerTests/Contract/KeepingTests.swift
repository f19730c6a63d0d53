import KindlyCore
import KindlyTestKit
import Testing

@Suite("What people do, and what the keeper does")
struct KeepingTests {
  private let start = Fixture.start
  private let note = ActionNote(uid: 1000, user: "li", because: "the customer called")

  @Test("retry hurries what is held up, and sends nothing early", arguments: LedgerKind.allCases)
  func retries(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([
      occurrence(1), occurrence(2), occurrence(3, due: start + .hours(5)),
    ])
    let claimed = try await fixture.claim()
    try await fixture.move(
      claimed, .wait(.templateError, until: start + .hours(1), routePosition: 0, nil))
    let selection = ReminderSelection(rule: "trial", reason: .templateError, customer: key(2))
    #expect(try await fixture.ledger.retry(selection, note: note, now: start) == 1)
    #expect(try await fixture.claim().map(\.key) == [key(2)])
    let all = ReminderSelection(rule: "trial")
    #expect(try await fixture.ledger.retry(all, note: note, now: start) == 1)
    #expect(try await fixture.claim().map(\.key) == [key(1)])
  }

  @Test("cancel ends what waits, as dropped by a person, for good", arguments: LedgerKind.allCases)
  func cancels(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    let id = try #require(try await fixture.all().first?.id)
    let selection = ReminderSelection(ids: [id])
    #expect(try await fixture.ledger.cancel(selection, note: note, now: start) == 1)
    #expect(try await fixture.ledger.cancel(selection, note: note, now: start) == 0)
    let detail = try #require(try await fixture.ledger.reminder(.id(id)))
    #expect(detail.summary.reason == .droppedByPerson)
    #expect(detail.actions.map(\.verb) == ["cancel"] && detail.actions.map(\.note) == [note])
    #expect(try await fixture.plan([occurrence(1, holds: true)]).isEmpty)
  }

  @Test(
    "restore takes back what a person cancelled, while it is of use, and nothing else",
    arguments: LedgerKind.allCases)
  func restores(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([
      occurrence(1), occurrence(2), occurrence(3, use: .hours(1)),
      occurrence(4, due: start + .days(1)),
    ])
    let all = ReminderSelection(rule: "trial")
    let first = try #require(try await fixture.all().first?.id)
    let claimed = try await fixture.claim(limit: 1)
    try await fixture.move(claimed, .end(.condition, nil))
    let onlyFirst = ReminderSelection(rule: "trial", through: first)
    let none = try await fixture.ledger.summary(of: .cancel, on: onlyFirst, now: start)
    #expect(none.count == 0)
    let cancelled = try await fixture.ledger.summary(of: .cancel, on: all, now: start)
    #expect(cancelled.count == 3 && cancelled.byRule == ["trial": 3])
    #expect(cancelled.lastDue == start + .days(1))
    #expect(try await fixture.ledger.cancel(all, note: note, now: start) == 3)

    let later = start + .hours(2)
    #expect(try await fixture.ledger.summary(of: .restore, on: all, now: later).count == 2)
    #expect(try await fixture.ledger.restore(all, note: note, now: later) == 2)
    #expect(try await fixture.ledger.restore(all, note: note, now: later) == 0)
    #expect(
      try await fixture.all().map(\.state) == [.cancelled, .waiting, .cancelled, .waiting])
    #expect(try await fixture.claim(at: later).map(\.key) == [key(2)])
    #expect(try await fixture.claim(at: start + .days(1)).map(\.key) == [key(4)])
  }

  @Test(
    "the configuration that was loaded last is the latest, also where it was known before",
    arguments: LedgerKind.allCases)
  func latestConfiguration(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    for text in ["one", "two", "one"] {
      _ = try await fixture.ledger.archive(configuration: text, text: text, now: start)
    }
    #expect(try await fixture.ledger.latestConfiguration()?.text == "one")
    #expect(try await fixture.ledger.names() == LedgerNames(rules: ["trial"]))
  }

  @Test(
    "settle decides what is uncertain, and only that",
    arguments: LedgerKind.allCases, Settlement.allCases)
  func settles(_ kind: LedgerKind, settlement: Settlement) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await fixture.claim()
    let id = claimed[0].id
    await #expect(throws: LedgerProblem.self) {
      try await fixture.ledger.settle(id, as: settlement, note: note, now: start)
    }
    try await fixture.move(claimed, .sending(channel: "sms", routePosition: 0))
    try await fixture.move(
      claimed, .uncertain(Fixture.record(.unknown(Refusal("no answer"))), again: nil))
    try await fixture.ledger.settle(id, as: settlement, note: note, now: start)
    let summary = try #require(try await fixture.all().first)
    #expect(summary.state == (settlement == .sent ? .sent : .failed))
    #expect(summary.reason == (settlement == .sent ? nil : .unresolved))
  }

  @Test(
    "resend makes a new reminder linked to the old, numbered, with ids of its own",
    arguments: LedgerKind.allCases)
  func resends(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let ledger = fixture.ledger
    let first = try #require(try await fixture.all().first?.id)
    await #expect(throws: LedgerProblem.self) {
      _ = try await ledger.resend(first, useUntil: start + .days(1), note: note, now: start)
    }
    try await fixture.sendAll()
    let second = try await ledger.resend(first, useUntil: start + .days(1), note: note, now: start)
    #expect(try await fixture.sendAll().map(\.trigger) == [.person])
    _ = try await ledger.resend(second, useUntil: start + .days(1), note: note, now: start)
    #expect(
      try await fixture.all().map(\.cycle.text) == [
        "2026-02-10", "2026-02-10 resend 1", "2026-02-10 resend 2",
      ])
    #expect(Set(try await fixture.all().map(\.publicID)).count == 3)
    let detail = try #require(try await ledger.reminder(.id(second)))
    #expect(detail.resendOf == first && detail.resends.count == 1)
    #expect(detail.actions.map(\.verb) == ["resend", "resend"])
    // A moved date takes nothing back that a person asked for.
    let moved = try await fixture.plan([occurrence(1, "2026-03-10")])
    #expect(moved.inserted == 1 && moved.moved == 0)
  }

  @Test("status counts by state, reason, rule and channel", arguments: LedgerKind.allCases)
  func status(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    try await fixture.plan((1...3).map { occurrence($0) })
    try await fixture.sendAll()
    try await fixture.plan([occurrence(4, due: start - .hours(1)), occurrence(5)], rule: "lease")
    let claimed = try await fixture.claim(limit: 1)
    try await fixture.move(
      claimed, .wait(.quietHours, until: start - .minutes(9), routePosition: 0, nil))
    let status = try await fixture.ledger.status(now: start)
    #expect(status.open == [.waiting: 2, .claimed: 0, .sending: 0, .uncertain: 0])
    #expect(status.waitingByReason == [.quietHours: 1] && status.waitingByRule == ["lease": 2])
    #expect(status.decided == [.sent: 3] && status.sentByChannel == ["email": 3])
    #expect(status.oldestOverdue == start - .minutes(9) && status.nextDue == status.oldestOverdue)
    #expect(status.problems.isEmpty && status.run?.version == "test")
    #expect(try await fixture.ledger.status(now: start + .days(2)).decided.isEmpty)
  }

  @Test(
    "reminders are listed newest first, page by page, by any part of a selection",
    arguments: LedgerKind.allCases)
  func lists(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    try await fixture.plan((1...5).map { occurrence($0, due: start + .hours($0)) })
    try await fixture.plan([occurrence(1)], rule: "lease")
    try await fixture.sendAll()
    func count(_ selection: ReminderSelection) async throws -> Int {
      try await fixture.ledger.reminders(selection, before: nil, limit: 100).count
    }
    let page = try await fixture.ledger.reminders(ReminderSelection(), before: nil, limit: 4)
    let rest = try await fixture.ledger.reminders(
      ReminderSelection(), before: page.last?.id, limit: 4)
    let all = try await fixture.all()
    #expect(page.count == 4 && all.count == 6 && all.last?.rule == "lease")
    #expect((page + rest).map(\.id) == all.reversed().map(\.id))
    #expect(try await count(ReminderSelection(rule: "lease")) == 1)
    #expect(try await count(ReminderSelection(channel: "email")) == 1)
    #expect(try await count(ReminderSelection(states: [.waiting, .failed])) == 5)
    #expect(
      try await count(ReminderSelection(since: start + .hours(2), until: start + .hours(4))) == 2)
    #expect(try await count(ReminderSelection(customer: key(1))) == 2)
    #expect(try await count(ReminderSelection(rule: "unheard-of")) == 0)
  }

  @Test("public ids are found before and after tidying", arguments: LedgerKind.allCases)
  func findsPublicIDs(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan((1...20).map { occurrence($0) })
    try await fixture.ledger.tidy(now: start)
    try await fixture.plan([occurrence(21)])
    let all = try await fixture.all()
    #expect(all.count == 21)
    for reminder in all {
      let found = try await fixture.ledger.reminder(.publicID(reminder.publicID))
      #expect(found?.summary.id == reminder.id)
    }
    #expect(try await fixture.ledger.reminder(.publicID("nobody")) == nil)
  }

  @Test(
    "the last time is the latest at which anything was done, not counting starts",
    arguments: LedgerKind.allCases)
  func remembersTime(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    #expect(try await fixture.ledger.lastTime() == start)
    try await fixture.plan([occurrence(1)], now: start + .hours(1))
    #expect(try await fixture.ledger.lastTime() == start + .hours(1))
    try await fixture.sendAll(at: start + .hours(2))
    #expect(try await fixture.ledger.lastTime() == start + .hours(2))
  }

  @Test(
    "a pause stays with a rule that is renamed, and the longer one of two pauses counts",
    arguments: LedgerKind.allCases)
  func pauseFollowsRule(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.ledger.pause(.rule("trial"), until: nil, note: note, now: start)
    // The new name may be paused before it is loaded.
    try await fixture.ledger.pause(
      .rule("trial-2"), until: start + .hours(1), note: note, now: start)
    _ = try await fixture.standing(of: "trial-2", formerNames: ["trial"])
    let pauses = try await fixture.dispatching.pauses(now: start)
    #expect(pauses.map(\.scope) == [.rule("trial-2")] && pauses.map(\.until) == [nil])
    let later = start + .hours(2)
    #expect(try await fixture.claim(at: later).isEmpty)
    #expect(try await fixture.ledger.resume(.rule("trial-2"), note: note, now: later))
    #expect(try await fixture.claim(at: later).count == 1)
  }

  @Test(
    "an accepted clock is trusted until later times are recorded than the wrong clock had recorded",
    arguments: LedgerKind.allCases)
  func acceptsClock(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let wrong = start + .days(800)
    try await fixture.plan([occurrence(1)], now: wrong)
    let advance = PlanAdvance.scanned(rule: "trial", step: "ending", through: wrong)
    _ = try await fixture.ledger.plan([], advancing: [advance], now: wrong)
    #expect(try await fixture.ledger.lastTime() == wrong)
    #expect(try await fixture.ledger.acceptClock(note, now: start + .hours(1)) == 0)
    #expect(try await fixture.ledger.lastTime() == start + .hours(1))
    let standing = try #require(try await fixture.ledger.ruleStandings()["trial"])
    #expect(standing.scannedThrough.values.max() == start + .hours(1))
    try await fixture.plan([occurrence(2)], now: wrong + .hours(1))
    #expect(try await fixture.ledger.lastTime() == wrong + .hours(1))
    let actions = try await fixture.ledger.actions(before: nil, limit: 1)
    #expect(actions.map(\.verb) == ["clock"] && actions.map(\.note) == [note])
  }
}
