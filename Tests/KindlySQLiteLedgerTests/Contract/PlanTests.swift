import KindlyCore
import KindlyTestKit
import Testing

@Suite("Planning: insert, re-time or revive")
struct PlanTests {
  private let start = Fixture.start

  @Test(
    "what a former row of the key got holds nothing back from the row that has it now",
    arguments: LedgerKind.allCases)
  func formerRow(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    func note(_ operation: ChangeOperation, _ changed: [String], at now: Instant) async throws {
      let draft = ChangeDraft(
        operation: operation, key: key(1), old: nil, new: nil, changed: changed)
      try await fixture.ledger.record(
        LookRecord(watch: "customers", changes: [draft], standing: WatchStanding()), now: now)
    }
    try await fixture.plan([occurrence(1, "2026-02-10#1")], trigger: .recurrence)
    try await fixture.plan(
      [occurrence(1, "2026-02-10", due: start + .hours(1))], step: "ended")
    try await fixture.sendAll(at: start)
    let later = start + .minutes(30)
    try await note(.delete, [], at: later)
    try await note(.insert, ["name"], at: later + .minutes(2))
    // Ended by the change of hands: it is cancelled, and no longer of use to anyone.
    #expect(
      try await fixture.states() == ["2026-02-10#1 sent", "2026-02-10 cancelled row gone"])
    let now = later + .minutes(3)
    let planned = try await fixture.plan(
      [occurrence(1, "2026-02-10#1", due: now)], trigger: .recurrence, minimumGap: .days(180),
      now: now)
    #expect(planned.inserted == 1)
    try await fixture.plan(
      [occurrence(1, "2026-02-10", due: now + .minutes(1))], step: "ended", now: now)
    #expect(
      try await fixture.states().suffix(2) == [
        "2026-02-10#1 row 2 waiting", "2026-02-10 row 2 waiting",
      ]
    )
    // The same plan again changes nothing.
    let again = try await fixture.plan(
      [occurrence(1, "2026-02-10#1", due: now)], trigger: .recurrence, minimumGap: .days(180),
      now: now + .minutes(1))
    #expect(again.isEmpty)
    let all = try await fixture.all()
    #expect(Set(all.map(\.publicID)).count == 4)
    #expect(all.map(\.isOfFormerRow) == [true, true, false, false])
  }

  @Test(
    "a letter of the former row supersedes none of the new row's", arguments: LedgerKind.allCases)
  func formerRowSupersedes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "2026-02-10", due: start)], step: "ended")
    try await fixture.sendAll(at: start)
    for (operation, changed, minute) in [
      (ChangeOperation.delete, [String](), 1), (.insert, ["name"], 3),
    ] {
      let draft = ChangeDraft(
        operation: operation, key: key(1), old: nil, new: nil, changed: changed)
      try await fixture.ledger.record(
        LookRecord(watch: "customers", changes: [draft], standing: WatchStanding()),
        now: start + .minutes(minute))
    }
    let now = start + .minutes(4)
    try await fixture.plan([occurrence(1, "2026-02-10", due: start - .hours(1))], now: now)
    let claimed = try await fixture.claim(at: now)
    #expect(claimed.count == 1)
    #expect(try await fixture.ledger.superseded(claimed.map(\.id), besides: [], now: now).isEmpty)
  }

  @Test("inserts a new occurrence with all its legs", arguments: LedgerKind.allCases)
  func inserts(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let summary = try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    #expect(summary.inserted == 4)
    let all = try await fixture.all()
    #expect(all.map(\.leg) == [0, 1, 0, 1])
    #expect(Set(all.map(\.publicID)).count == 4)
    #expect(all.allSatisfy { $0.publicID.count == 20 && $0.state == .waiting })
  }

  @Test("changes nothing when the same is planned again", arguments: LedgerKind.allCases)
  func repeats(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    let before = try await fixture.all()
    let summary = try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    #expect(summary.isEmpty)
    #expect(try await fixture.all() == before)
  }

  @Test("adds no leg to an occurrence that exists", arguments: LedgerKind.allCases)
  func addsNoLeg(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)], legs: 1)
    let summary = try await fixture.plan([occurrence(1), occurrence(2)], legs: 3)
    #expect(summary.inserted == 3)
    #expect(try await fixture.all().filter { $0.key == key(1) }.count == 1)
  }

  @Test("re-times what waits, and works its reason out again", arguments: LedgerKind.allCases)
  func retimes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.move(
      try await fixture.claim(),
      .wait(.quietHours, until: start + .hours(9), routePosition: 0, nil))
    let later = start + .hours(2)
    let summary = try await fixture.plan([occurrence(1, due: later)])
    #expect(summary.retimed == 1)
    let reminder = try #require(try await fixture.all().first)
    #expect(reminder.due == later && reminder.next == later && reminder.reason == nil)
    #expect(reminder.useUntil == later + .days(3))
  }

  @Test("re-timing does not cut a retry's wait short", arguments: LedgerKind.allCases)
  func retimesRetry(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await fixture.claim()
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0))
    let next = start + .hours(1)
    let record = Fixture.record(.retry(Refusal("451")))
    try await fixture.move(claimed, .wait(.retry, until: next, routePosition: 0, record))
    try await fixture.plan([occurrence(1, due: start - .hours(1))])
    let reminder = try #require(try await fixture.all().first)
    #expect(reminder.due == start - .hours(1) && reminder.next == next && reminder.reason == .retry)
  }

  @Test(
    "a moved date cancels the old occurrence with its successor, and moving back revives it",
    arguments: LedgerKind.allCases)
  func movesThereAndBack(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "2026-02-10")], legs: 2)
    let moved = try await fixture.plan([occurrence(1, "2026-03-10")], legs: 2)
    #expect(moved.inserted == 2 && moved.moved == 2)
    let all = try await fixture.all()
    for leg in 0...1 {
      let detail = try #require(try await fixture.ledger.reminder(.id(all[leg].id)))
      #expect(detail.successor == all[leg + 2].id)
      #expect(detail.summary.reason == .dateMoved)
    }
    let back = try await fixture.plan([occurrence(1, "2026-02-10")], legs: 2)
    #expect(back.revived == 2 && back.moved == 2 && back.inserted == 0)
    #expect(
      try await fixture.states() == [
        "2026-02-10 waiting", "2026-02-10 waiting", "2026-03-10 cancelled date moved",
        "2026-03-10 cancelled date moved",
      ])
  }

  @Test(
    "a date of a key that is written with combining characters moves like any other",
    arguments: LedgerKind.allCases)
  func movesUnderAnyKey(_ kind: LedgerKind) async throws {
    // By bytes the first comes before the second; to Swift, which composes it, it comes after.
    let keys = ["e\u{301}", "f"].compactMap { RowKey([.text($0)]) }
    func occurrences(_ anchor: String, _ keys: [RowKey]) -> [PlannedOccurrence] {
      keys.map {
        PlannedOccurrence(
          key: $0, cycle: Cycle(stored: anchor), due: start, useUntil: start + .days(3),
          customer: nil, holds: true)
      }
    }
    let fixture = try await Fixture(kind)
    try await fixture.plan(occurrences("2026-02-10", [keys[0]]))
    let moved = try await fixture.plan(occurrences("2026-03-10", keys))
    #expect(moved.inserted == 2 && moved.moved == 1)
  }

  @Test(
    "a date moved away and back after sending repeats nothing and leaves nothing behind",
    arguments: LedgerKind.allCases)
  func movesBackAfterSending(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "2026-02-10")])
    try await fixture.sendAll()
    try await fixture.plan([occurrence(1, "2026-03-10", due: start + .hours(1))])
    let back = try await fixture.plan([occurrence(1, "2026-02-10")])
    #expect(back.inserted == 0 && back.revived == 0 && back.moved == 1)
    #expect(
      try await fixture.states() == ["2026-02-10 sent", "2026-03-10 cancelled date moved"])
  }

  @Test("recurrences of one anchor stand side by side", arguments: LedgerKind.allCases)
  func recurs(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "2026-02-10#1")], trigger: .recurrence)
    let summary = try await fixture.plan([occurrence(1, "2026-02-10#2")], trigger: .recurrence)
    #expect(summary.inserted == 1 && summary.moved == 0)
  }

  @Test(
    "a recurrence within half a period of the last one sent is not planned",
    arguments: LedgerKind.allCases)
  func keepsTheGap(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1, "2026-02-10#1")], trigger: .recurrence)
    try await fixture.sendAll()
    let near = try await fixture.plan(
      [occurrence(1, "2026-03-10#1", due: start + .days(28))], trigger: .recurrence,
      minimumGap: .days(182))
    #expect(near.isEmpty)
    let far = try await fixture.plan(
      [occurrence(1, "2026-03-10#2", due: start + .days(393))], trigger: .recurrence,
      minimumGap: .days(182))
    #expect(far.inserted == 1)
  }

  @Test(
    "revives what the data cancelled",
    arguments: LedgerKind.allCases,
    [
      (Reason.condition, false, false), (.condition, true, true), (.rowGone, false, true),
      (.rowIsBack, false, true), (.dateMoved, false, true), (.ruleAbsent, false, true),
    ])
  func revives(_ kind: LedgerKind, cancelled: (Reason, Bool, Bool)) async throws {
    let (reason, holds, isRevived) = cancelled
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.move(try await fixture.claim(), .end(reason, nil))
    let summary = try await fixture.plan([occurrence(1, holds: holds)])
    #expect(summary.revived == (isRevived ? 1 : 0))
    #expect(try await fixture.all().first?.state == (isRevived ? .waiting : .cancelled))
  }

  @Test("does not revive what is of no more use", arguments: LedgerKind.allCases)
  func revivesUsefulOnly(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.move(try await fixture.claim(), .end(.rowGone, nil))
    let late = start + .days(4)
    #expect(try await fixture.plan([occurrence(1)], now: late).isEmpty)
  }

  @Test("revives at most 20 times", arguments: LedgerKind.allCases)
  func revivesTwentyTimes(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    for round in 1...21 {
      try await fixture.move(try await fixture.claim(), .end(.condition, nil))
      let summary = try await fixture.plan([occurrence(1, holds: true)])
      #expect(summary.revived == (round <= 20 ? 1 : 0))
    }
  }

  @Test(
    "never touches what was decided otherwise",
    arguments: LedgerKind.allCases,
    [
      Reason.tooLate, .superseded, .noAddress, .suppressed, .droppedByPerson, .rejected,
      .unresolved,
    ])
  func leavesDecided(_ kind: LedgerKind, reason: Reason) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.move(try await fixture.claim(), .end(reason, nil))
    let before = try await fixture.all()
    let summary = try await fixture.plan([occurrence(1, due: start + .hours(1), holds: true)])
    #expect(summary.isEmpty)
    #expect(try await fixture.all() == before)
  }

  @Test(
    "leaves what is claimed or may have been sent to the recheck", arguments: LedgerKind.allCases)
  func leavesHeld(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try await fixture.claim()
    #expect(try await fixture.plan([occurrence(1, due: start + .hours(1))]).isEmpty)
    try await fixture.move(claimed, .sending(channel: "email", routePosition: 0))
    #expect(try await fixture.plan([occurrence(1, due: start + .hours(1))]).isEmpty)
    try await fixture.move(
      claimed, .uncertain(Fixture.record(.unknown(Refusal("no answer"))), again: nil))
    #expect(try await fixture.plan([occurrence(1, due: start + .hours(1))]).isEmpty)
  }

  @Test("positions move forward only, in the plan's transaction", arguments: LedgerKind.allCases)
  func advances(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    let forward: [PlanAdvance] = [
      .scanned(rule: "trial", step: "ending", through: start + .hours(25)),
      .changes(rule: "trial", through: 7),
    ]
    _ = try await fixture.ledger.plan([], advancing: forward, now: start)
    let backward: [PlanAdvance] = [
      .scanned(rule: "trial", step: "ending", through: start), .changes(rule: "trial", through: 3),
    ]
    _ = try await fixture.ledger.plan([], advancing: backward, now: start)
    let standing = try await fixture.standing()
    #expect(standing.scannedThrough == ["ending": start + .hours(25), "ended": start])
    #expect(standing.changePosition == 7)
  }

  @Test(
    "an unknown rule is refused, and nothing of the plan is kept", arguments: LedgerKind.allCases)
  func refusesUnknown(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    await #expect(throws: LedgerProblem.self) {
      _ = try await fixture.ledger.plan(
        [fixture.batch([occurrence(1)]), fixture.batch([occurrence(2)], rule: "unheard-of")],
        advancing: [], now: start)
    }
    #expect(try await fixture.all().isEmpty)
  }

  @Test(
    "public ids are short and safe, found again, and part of the Message-ID",
    arguments: LedgerKind.allCases)
  func derivesPublicID(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    let claimed = try #require(try await fixture.claim().first)
    #expect(claimed.messageID == claimed.publicID + "@test.invalid")
    #expect(claimed.publicID.allSatisfy { $0.isLowercase || ("2"..."7").contains($0) })
    let found = try await fixture.ledger.reminder(.publicID(claimed.publicID))
    #expect(found?.summary.id == claimed.id)
  }

  @Test(
    "a renamed rule and step keep their identity, activation and position",
    arguments: LedgerKind.allCases)
  func renames(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.sendAll()
    let steps = [StepActivation(name: "last days", formerNames: ["ending"])]
    let standing = try await fixture.standing(
      of: "trial-letters", formerNames: ["trial"], steps: steps)
    #expect(standing.activated == start)
    #expect(Set(standing.scannedThrough.keys) == ["last days", "ended"])
    let again = try await fixture.plan(
      [occurrence(1)], rule: "trial-letters", step: "last days")
    #expect(again.isEmpty)
  }

  @Test("a returning rule wakes what waited because it was absent", arguments: LedgerKind.allCases)
  func awakens(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)])
    try await fixture.move(
      try await fixture.claim(),
      .wait(.ruleAbsentWaiting, until: start + .days(3), routePosition: 0, nil))
    #expect(try await fixture.claim().isEmpty)
    _ = try await fixture.standing()
    #expect(try await fixture.claim().count == 1)
  }
}
