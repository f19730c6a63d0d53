import Foundation
import Glibc
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Synchronization
import Testing

@Suite("What people do, and what the keeper does")
struct KeepingTests {
  private let start = Fixture.start
  private let note = ActionNote(uid: 1000, user: "li", because: "the customer called")

  @Test("retry hurries what is held up, and sends nothing early")
  func retries() async throws {
    let fixture = try await Fixture()
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

  @Test("cancel ends what waits, as dropped by a person, for good")
  func cancels() async throws {
    let fixture = try await Fixture()
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

  @Test("restore takes back what a person cancelled, while it is of use, and nothing else")
  func restores() async throws {
    let fixture = try await Fixture()
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

  @Test("the configuration that was loaded last is the latest, also where it was known before")
  func latestConfiguration() async throws {
    let fixture = try await Fixture()
    for text in ["one", "two", "one"] {
      _ = try await fixture.ledger.archive(configuration: text, text: text, now: start)
    }
    #expect(try await fixture.ledger.latestConfiguration()?.text == "one")
    #expect(try await fixture.ledger.names() == LedgerNames(rules: ["trial"]))
  }

  @Test("settle decides what is uncertain, and only that", arguments: Settlement.allCases)
  func settles(settlement: Settlement) async throws {
    let fixture = try await Fixture()
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

  @Test("resend makes a new reminder linked to the old, numbered, with ids of its own")
  func resends() async throws {
    let fixture = try await Fixture()
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

  @Test("the inbox keeps a delivery once, and remembers what was read")
  func inbox() async throws {
    let fixture = try await Fixture()
    let entry = InboxDelivery(
      publicID: "abc", rule: "trial", customer: "42", subject: "Call", body: "Call them")
    for _ in 1...2 { try await fixture.ledger.deliver(entry, now: start) }
    let unread = try await fixture.ledger.inbox(unreadOnly: true, before: nil, limit: 9)
    #expect(unread.map(\.body) == ["Call them"])
    let ids = unread.map(\.id)
    #expect(try await fixture.ledger.markRead(ids, note: note, now: start) == 1)
    #expect(try await fixture.ledger.markRead(ids, note: note, now: start) == 0)
    #expect(try await fixture.ledger.inbox(unreadOnly: true, before: nil, limit: 9).isEmpty)
    #expect(
      try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9).first?.read == start)
  }

  @Test("status counts by state, reason, rule and channel")
  func status() async throws {
    let fixture = try await Fixture(rules: ["trial", "lease"])
    try await fixture.plan((1...3).map { occurrence($0) })
    try await fixture.sendAll()
    try await fixture.plan([occurrence(4, due: start - .hours(1)), occurrence(5)], rule: "lease")
    let claimed = try await fixture.claim(limit: 1)
    try await fixture.move(
      claimed, .wait(.quietHours, until: start - .minutes(9), routePosition: 0, nil))
    let status = try await fixture.temporary.ledger.reader.status(now: start)
    #expect(status.open == [.waiting: 2, .claimed: 0, .sending: 0, .uncertain: 0])
    #expect(status.waitingByReason == [.quietHours: 1] && status.waitingByRule == ["lease": 2])
    #expect(status.decided == [.sent: 3] && status.sentByChannel == ["email": 3])
    #expect(status.oldestOverdue == start - .minutes(9) && status.nextDue == status.oldestOverdue)
    #expect(status.problems.isEmpty && status.run?.version == "test")
    #expect(try await fixture.ledger.status(now: start + .days(2)).decided.isEmpty)
  }

  @Test("reminders are listed newest first, page by page, by any part of a selection")
  func lists() async throws {
    let fixture = try await Fixture(rules: ["trial", "lease"])
    try await fixture.plan((1...5).map { occurrence($0, due: start + .hours($0)) })
    try await fixture.plan([occurrence(1)], rule: "lease")
    try await fixture.sendAll()
    let reader = fixture.temporary.ledger.reader
    func count(_ selection: ReminderSelection) async throws -> Int {
      try await reader.reminders(selection, before: nil, limit: 100).count
    }
    let page = try await reader.reminders(ReminderSelection(), before: nil, limit: 4)
    let rest = try await reader.reminders(ReminderSelection(), before: page.last?.id, limit: 4)
    #expect((page + rest).map(\.id) == [6, 5, 4, 3, 2, 1])
    #expect(try await count(ReminderSelection(rule: "lease")) == 1)
    #expect(try await count(ReminderSelection(channel: "email")) == 1)
    #expect(try await count(ReminderSelection(states: [.waiting, .failed])) == 5)
    #expect(
      try await count(ReminderSelection(since: start + .hours(2), until: start + .hours(4))) == 2)
    #expect(try await count(ReminderSelection(customer: key(1))) == 2)
    #expect(try await count(ReminderSelection(rule: "unheard-of")) == 0)
  }

  @Test("public ids are found before and after tidying, and tidying moves the fence on")
  func tidies() async throws {
    let fixture = try await Fixture()
    try await fixture.plan((1...20).map { occurrence($0) })
    let all = try await fixture.all()
    try await fixture.ledger.tidy(now: start)
    #expect(try fixture.value("SELECT count(*) FROM public_name") == 20)
    try await fixture.plan([occurrence(21)])
    for reminder in try await fixture.all() {
      let found = try await fixture.ledger.reminder(.publicID(reminder.publicID))
      #expect(found?.summary.id == reminder.id)
    }
    #expect(try await fixture.ledger.reminder(.publicID("nobody")) == nil)
    #expect(all.count == 20)
    #expect(try fixture.value("SELECT epoch FROM ledger") == 2)
    await fixture.ledger.close(now: start)
    let again = try TemporaryLedger.open(in: fixture.temporary.folder)
    #expect(again.fence == .armed)
    await again.close(now: start)
  }

  @Test("the last time is the latest at which anything was done, not counting starts")
  func remembersTime() async throws {
    let fixture = try await Fixture()
    #expect(try await fixture.ledger.lastTime() == start)
    try await fixture.plan([occurrence(1)], now: start + .hours(1))
    #expect(try await fixture.ledger.lastTime() == start + .hours(1))
    try await fixture.sendAll(at: start + .hours(2))
    #expect(try await fixture.ledger.lastTime() == start + .hours(2))
  }

  @Test(
    "an accepted clock is trusted until later times are recorded than the wrong clock had recorded")
  func acceptsClock() async throws {
    let fixture = try await Fixture()
    let wrong = start + .days(800)
    try await fixture.plan([occurrence(1)], now: wrong)
    let advance = PlanAdvance.scanned(rule: "trial", step: "ending", through: wrong)
    _ = try await fixture.ledger.plan([], advancing: [advance], now: wrong)
    #expect(try await fixture.ledger.lastTime() == wrong)
    #expect(try await fixture.ledger.acceptClock(note, now: start + .hours(1)) == 0)
    #expect(try await fixture.ledger.lastTime() == start + .hours(1))
    let scanned: Int64? = try fixture.value("SELECT max(scanned_through) FROM step")
    #expect(scanned == (start + .hours(1)).milliseconds)
    try await fixture.plan([occurrence(2)], now: wrong + .hours(1))
    #expect(try await fixture.ledger.lastTime() == wrong + .hours(1))
    let actions = try await fixture.temporary.ledger.reader.actions(before: nil, limit: 1)
    #expect(actions.map(\.verb) == ["clock"] && actions.map(\.note) == [note])
  }

  @Test(
    "a backup in the making is as private as a finished one, and what a killed one left is removed")
  func backupDraft() async throws {
    let fixture = try await Fixture()
    try await fixture.plan((1...5_000).map { occurrence($0) })
    let (ledger, start) = (fixture.ledger, start)
    let path = fixture.temporary.folder.path + "/copy.db"
    // No process has this number.
    let left = "\(path).\(Int32.max).part"
    try Data("half".utf8).write(to: URL(fileURLWithPath: left))
    let isOver = Mutex(false)
    let backup = Task {
      defer { isOver.withLock { $0 = true } }
      try await ledger.backup(to: path, now: start)
    }
    var modes: Set<mode_t> = []
    while !isOver.withLock({ $0 }) {
      var status = stat()
      if stat("\(path).\(getpid()).part", &status) == 0 { modes.insert(status.st_mode & 0o777) }
      await Task.yield()
    }
    try await backup.value
    #expect(modes.isSubset(of: [0o640]))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(!FileManager.default.fileExists(atPath: left))
  }
}
