import KindlyCore
import KindlyTestKit
import Testing

@Suite("Fuses in the ledger")
struct FuseTests {
  private let zone = Zone.named("Asia/Shanghai") ?? .utc
  private let note = ActionNote(uid: 7, user: "li", because: "meant")
  private var start: Instant { Fixture.start }
  private var today: CompanyDay { CompanyDay(zone.date(at: start), in: zone) }
  private var tomorrow: CompanyDay { CompanyDay(today.date.adding(days: 1), in: zone) }

  private func standing(
    _ state: FuseStanding.State, _ day: CompanyDay? = nil, most: Int = 2
  ) -> FuseStanding {
    FuseStanding(
      rule: "trial", day: day ?? today, state: state, since: start,
      fuse: Fuse(most: most, basis: .usual(1)), letters: 9)
  }

  private func load(
    _ fixture: Fixture, on day: CompanyDay? = nil, limit: Int = 100, at now: Instant? = nil
  ) async throws -> FuseLoad {
    try await fixture.ledger.load(
      ofRule: "trial", on: day ?? today, limit: limit, now: now ?? start)
  }

  @Test(
    "count what was sent, what is being sent and what waits, of one rule and day",
    arguments: LedgerKind.allCases)
  func counts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "other"])
    try await fixture.plan([occurrence(1), occurrence(2)])
    try await fixture.sendAll()
    try await fixture.plan([occurrence(3)])
    _ = try await fixture.claim()
    try await fixture.plan([
      occurrence(4), occurrence(5, due: start - .hours(1)),
      occurrence(6, due: tomorrow.begins), occurrence(7, due: tomorrow.ends),
    ])
    try await fixture.plan([occurrence(8)], step: "ended")
    try await fixture.plan([occurrence(9)], rule: "other")
    #expect(try await load(fixture) == FuseLoad(gone: 3, waiting: 3))
    #expect(try await load(fixture, on: tomorrow) == FuseLoad(waiting: 1))
    // Counting ends as soon as the limit is exceeded.
    #expect(try await load(fixture, limit: 3).letters == 4)
    // The count goes on from what was sent, and counts nothing twice.
    let later = start + .minutes(5)
    #expect(try await load(fixture, at: later) == FuseLoad(gone: 3, waiting: 3))
    #expect(
      try await load(fixture, on: tomorrow, at: tomorrow.begins) == FuseLoad(gone: 1, waiting: 4))
  }

  @Test(
    "hold what waits and what is planned for a blown day, and nothing else",
    arguments: LedgerKind.allCases)
  func holds(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "other"])
    try await fixture.plan([occurrence(1), occurrence(2, due: tomorrow.begins)])
    try await fixture.plan([occurrence(3)], rule: "other")
    #expect(try await fixture.ledger.keep(standing(.blown), now: start))
    // Blown already.
    #expect(try await !fixture.ledger.keep(standing(.blown), now: start))
    #expect(try await !fixture.ledger.keep(standing(.suspect), now: start))
    try await fixture.plan([occurrence(4), occurrence(5, due: tomorrow.begins)])
    try await fixture.plan([occurrence(6).accepted])
    let held = try await fixture.all().filter { $0.reason == .fuse }
    #expect(held.map(\.key) == [key(1), key(4)])
    #expect(held.allSatisfy { $0.next == $0.useUntil })
    #expect(try await fixture.claim().map(\.key) == [key(6), key(3)])
    #expect(try await load(fixture) == FuseLoad())
    #expect(try await fixture.ledger.fuses(now: start).all == [standing(.blown)])
    // The next process finds it so.
    await fixture.ledger.close(now: start)
    let next = try fixture.reopen()
    #expect(try await next.fuses(now: start).all == [standing(.blown)])
  }

  @Test(
    "release the first by due time, then the rest, and nothing twice",
    arguments: LedgerKind.allCases)
  func release(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.keep(standing(.blown), now: start)
    try await fixture.plan((1...5).map { occurrence($0, due: start - .minutes($0)) })
    func release(first: Int? = nil, through: Int64? = nil) async throws -> FuseRelease {
      try await fixture.ledger.release(
        "trial", first: first, through: through, note: note, now: start)
    }
    #expect(try await release(first: 2) == FuseRelease(released: 2, left: 3))
    #expect(try await Set(fixture.sendAll().map(\.key)) == [key(5), key(4)])
    // Only what a person was shown.
    let newest = try await fixture.all().last?.id
    try await fixture.plan([occurrence(6)])
    #expect(try await release(through: newest) == FuseRelease(released: 3, left: 1))
    #expect(try await fixture.ledger.fuses(now: start).all.map(\.state) == [.blown])
    #expect(try await release() == FuseRelease(released: 1, left: 0))
    #expect(try await release() == FuseRelease(released: 0, left: 0))
    #expect(try await fixture.ledger.fuses(now: start).all.map(\.state) == [.settled])
    try await fixture.sendAll()
    // What a person let go counts no more, and what comes later does.
    #expect(try await load(fixture) == FuseLoad())
    try await fixture.plan([occurrence(7)])
    #expect(try await load(fixture) == FuseLoad(waiting: 1))
    let actions = try await fixture.ledger.actions(before: nil, limit: 10)
    #expect(
      actions.map { "\($0.verb) \($0.subject)" } == [
        "release 1 reminder of rule trial", "release 3 reminders of rule trial",
        "release 2 reminders of rule trial",
      ])
  }

  @Test("drop what is held as a person would", arguments: LedgerKind.allCases)
  func drop(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.sendAll()
    try await fixture.ledger.keep(standing(.blown), now: start)
    try await fixture.plan([occurrence(2), occurrence(3)])
    #expect(try await fixture.ledger.drop("trial", through: nil, note: note, now: start) == 2)
    #expect(try await fixture.ledger.drop("trial", through: nil, note: note, now: start) == 0)
    #expect(
      try await fixture.states() == [
        "2026-02-10 sent", "2026-02-10 cancelled dropped by a person",
        "2026-02-10 cancelled dropped by a person",
      ])
    // Planned again, they stay dropped; what was sent before no longer counts.
    try await fixture.plan([occurrence(2), occurrence(3)])
    #expect(try await fixture.claim().isEmpty)
    #expect(try await load(fixture) == FuseLoad())
    #expect(
      try await fixture.ledger.restore(
        ReminderSelection(rule: "trial"), note: note, now: start) == 2)
    #expect(try await fixture.claim().count == 2)
  }

  @Test(
    "let go what was checked if it is little enough, and hold all of it otherwise",
    arguments: LedgerKind.allCases, [2, 3])
  func checked(_ kind: LedgerKind, count: Int) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.keep(standing(.suspect), now: start)
    try await fixture.plan((1...count).map { occurrence($0) })
    let claimed = try await fixture.claim()
    try await fixture.move(claimed, .wait(.fuse, until: start + .days(1), routePosition: 0, nil))
    let suspect = try #require(try await fixture.ledger.fuses(now: start).all.first)
    #expect(suspect.hasChecked)
    let settlement = try await fixture.ledger.settle(suspect, now: start)
    let now = try await fixture.ledger.fuses(now: start).all.first
    #expect(now?.hasChecked == false)
    if count == 2 {
      #expect(settlement == .released(2))
      #expect(now?.state == .suspect)
      // Their reason tells the gate that they were checked.
      #expect(try await fixture.claim().map(\.waitReason) == [.fuse, .fuse])
    } else {
      guard case .blown(let blown) = settlement else {
        Issue.record("not blown")
        return
      }
      #expect(blown.letters == 3 && now?.state == .blown)
      #expect(try await fixture.claim().isEmpty)
      #expect(
        try await fixture.ledger.release("trial", first: nil, through: nil, note: note, now: start)
          == FuseRelease(released: 3, left: 0))
    }
  }

  @Test(
    "count what waits for a digest on the day it is due and the day it leaves, and hold it",
    arguments: LedgerKind.allCases)
  func gathered(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    try await fixture.move(
      fixture.claim(), .wait(.digest, until: tomorrow.begins, routePosition: 0, nil))
    #expect(try await load(fixture) == FuseLoad(departing: 2))
    #expect(try await load(fixture, on: tomorrow) == FuseLoad(departing: 2))
    let third = CompanyDay(tomorrow.date.adding(days: 1), in: zone)
    #expect(try await load(fixture, on: third) == FuseLoad())
    // One more is too much.
    try await fixture.ledger.keep(standing(.suspect), now: start)
    try await fixture.plan([occurrence(3)])
    try await fixture.move(
      fixture.claim(), .wait(.fuse, until: start + .days(1), routePosition: 0, nil))
    let suspect = try #require(try await fixture.ledger.fuses(now: start).all.first)
    guard case .blown(let blown) = try await fixture.ledger.settle(suspect, now: start) else {
      Issue.record("not blown")
      return
    }
    #expect(blown.letters == 3)
    let held = try await fixture.all().filter { $0.reason == .fuse }
    #expect(held.map(\.key) == [key(1), key(2), key(3)])
    #expect(try await load(fixture) == FuseLoad())
    #expect(
      try await fixture.ledger.release("trial", first: nil, through: nil, note: note, now: start)
        == FuseRelease(released: 3, left: 0))
  }

  @Test(
    "mend when more is allowed, and what was held counts as ever", arguments: LedgerKind.allCases)
  func mend(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.keep(standing(.blown), now: start)
    try await fixture.plan([occurrence(1), occurrence(2)])
    #expect(try await fixture.ledger.mend(standing(.blown), now: start) == 2)
    #expect(try await fixture.ledger.fuses(now: start).all.isEmpty)
    #expect(try await load(fixture) == FuseLoad(waiting: 2))
    #expect(try await fixture.sendAll().count == 2)
  }

  @Test("are whole again once nothing is held any more", arguments: LedgerKind.allCases)
  func whole(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.keep(standing(.blown), now: start)
    try await fixture.plan([occurrence(1)])
    _ = try await fixture.ledger.cancel(
      ReminderSelection(rule: "trial"), note: note, now: start)
    // Whoever blew it may still be planning.
    #expect(try await fixture.ledger.fuses(now: start).all.count == 1)
    let later = start + .hours(2)
    #expect(try await fixture.ledger.fuses(now: later).all.isEmpty)
    try await fixture.plan([occurrence(2, due: later)], now: later)
    #expect(try await fixture.claim(at: later).count == 1)
  }

  @Test(
    "held reminders are not retried, and do not outlive their use", arguments: LedgerKind.allCases)
  func lastsUntilUse(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.ledger.keep(standing(.blown), now: start)
    try await fixture.plan([occurrence(1, use: .hours(5))])
    let all = ReminderSelection(rule: "trial")
    #expect(try await fixture.ledger.retry(all, note: note, now: start) == 0)
    #expect(try await fixture.ledger.summary(of: .retry, on: all, now: start).count == 0)
    #expect(try await fixture.ledger.summary(of: .release, on: all, now: start).count == 1)
    #expect(try await fixture.ledger.summary(of: .drop, on: all, now: start).count == 1)
    #expect(try await fixture.claim(at: start + .hours(4)).isEmpty)
    let late = try await fixture.claim(at: start + .hours(5))
    #expect(late.map(\.fuse) == [.held] && late.map(\.waitReason) == [.fuse])
  }

  @Test(
    "know what a rule usually sends, before and after days are counted",
    arguments: LedgerKind.allCases)
  func usual(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "other"])
    var row = 0
    for (day, count) in [(0, 2), (1, 4), (2, 40), (4, 3)] {
      let now = today.begins + .days(day) + .hours(9)
      try await fixture.plan(
        (0..<count).map { occurrence(row + $0, due: now) }, now: now)
      row += count
      try await fixture.sendAll(at: now)
    }
    let now = today.begins + .days(4) + .hours(10)
    func usual(_ rule: String) async throws -> UsualDay? {
      try await fixture.ledger.usualDay(ofRule: rule, in: zone, now: now)
    }
    for _ in 1...2 {
      #expect(try await usual("trial") == UsualDay([2, 4, 40]))
      #expect(try await usual("other") == nil)
      try await fixture.ledger.countDays(in: zone, now: now)
    }
  }

  @Test("arming counts as a resumption, as a long stop does", arguments: LedgerKind.allCases)
  func resumption(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    #expect(try await !fixture.ledger.fuses(now: start).isCatchUp(today))
    try await fixture.ledger.noteResumption(now: start)
    #expect(try await fixture.ledger.fuses(now: start).isCatchUp(today))
    try await fixture.ledger.arm(note, now: tomorrow.begins)
    let standings = try await fixture.ledger.fuses(now: tomorrow.begins)
    #expect(standings.isCatchUp(tomorrow) && !standings.isCatchUp(today))
  }
}
