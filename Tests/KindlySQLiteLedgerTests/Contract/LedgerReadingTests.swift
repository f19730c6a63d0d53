import KindlyCore
import Testing

@Suite("Reading lineages, former rows, channels and standings")
struct LedgerReadingTests {
  private let start = Fixture.start

  @Test("a lineage names all reminders that led to a reminder", arguments: LedgerKind.allCases)
  func lineages(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind, rules: ["trial", "lease"])
    try await fixture.plan([occurrence(1)])
    let first = try #require(try await fixture.all().last).id
    let caused = PlannedOccurrence(
      key: key(2), cycle: Cycle(stored: "2026-02-10"), due: start, useUntil: start + .days(3),
      customer: key(2), depth: 1, cause: first, holds: false)
    try await fixture.plan([caused], rule: "lease")
    let second = try #require(try await fixture.all().last).id
    let (one, two, unknown) = (key(Int(first)), key(Int(second)), key(Int(second) + 1))
    let lineages = try await fixture.ledger.lineages(of: [one, two, unknown, one], in: .reminders)
    #expect(
      lineages == [
        one: Lineage(cause: first, depth: 0, rules: ["trial"]),
        two: Lineage(cause: second, depth: 1, rules: ["trial", "lease"]), unknown: Lineage.none,
      ])
  }

  @Test(
    "a task and an inbox entry know the reminder that was handed over as them",
    arguments: LedgerKind.allCases)
  func lineagesOfDeliveries(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1)], legs: 2)
    let claimed = try await fixture.claim()
    try await fixture.move(claimed, .sending(channel: "inbox", routePosition: 0))
    let entry = try #require(claimed.first)
    let task = try #require(claimed.last)
    for publicID in [entry.publicID, "nobody's"] {
      try await fixture.ledger.deliver(
        InboxDelivery(
          publicID: publicID, rule: "trial", customer: "1", subject: "Call", body: "Call them"),
        now: start)
    }
    try await fixture.ledger.keep(
      TaskDelivery(
        publicID: task.publicID, rule: "trial", customer: "1", assignee: "anna", subject: "Call",
        card: "Call them", due: start), now: start)
    let entries = try await fixture.ledger.inbox(unreadOnly: false, before: nil, limit: 9)
      .map { key(Int($0.id)) }
    try #require(entries.count == 2)
    #expect(
      try await fixture.ledger.lineages(of: entries, in: .inbox) == [
        entries[1]: Lineage(cause: entry.id, depth: 0, rules: ["trial"]), entries[0]: Lineage.none,
      ])
    let tasks = try await fixture.ledger.tasks(TaskSelection(), now: start, limit: 9)
      .map { key(Int($0.id)) }
    try #require(tasks.count == 1)
    #expect(
      try await fixture.ledger.lineages(of: tasks, in: .tasks) == [
        tasks[0]: Lineage(cause: task.id, depth: 0, rules: ["trial"])
      ])
  }

  @Test(
    "a key that passed to another row remembers its former rows, and what waited for them ends",
    arguments: LedgerKind.allCases)
  func formerRows(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    /// Notices that the row of key 1 is gone, and an hour later that another has its key.
    func passOn(after hours: Int) async throws -> [PlanEvent] {
      let gone = ChangeDraft(operation: .delete, key: key(1), old: nil, new: nil, changed: [])
      // An insert that compares with a former row says what differs.
      let came = ChangeDraft(
        operation: .insert, key: key(1), old: nil, new: nil, changed: ["name"])
      var events: [PlanEvent] = []
      for (change, hours) in [(gone, hours), (came, hours + 1)] {
        events += try await fixture.ledger.record(
          LookRecord(watch: "customers", changes: [change], standing: WatchStanding()),
          now: start + .hours(hours))
      }
      return events
    }
    let planned = try #require(try await fixture.all().first)
    let orphaned = PlanEvent(
      kind: .orphaned, publicID: planned.publicID, rule: "trial", customer: key(1),
      due: planned.due)
    #expect(try await passOn(after: 1) == [orphaned])
    #expect(try await passOn(after: 3).isEmpty)
    #expect(
      try await fixture.ledger.formerRows(ofKey: key(1), watch: "customers") == [
        FormerRow(gone: start + .hours(3), passed: start + .hours(4)),
        FormerRow(gone: start + .hours(1), passed: start + .hours(2)),
      ])
    #expect(try await fixture.ledger.formerRows(ofKey: key(2), watch: "customers").isEmpty)
    #expect(try await fixture.ledger.formerRows(ofKey: key(1), watch: "leases").isEmpty)
    #expect(
      try await fixture.states() == ["2026-02-10 cancelled row gone", "2026-02-10 waiting"])
    #expect(try await fixture.all().map(\.isOfFormerRow) == [true, false])
  }

  @Test(
    "reminders that wait for a channel are counted by their place in the route",
    arguments: LedgerKind.allCases)
  func channelWaits(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2), occurrence(3)])
    #expect(try await fixture.ledger.channelWaits().isEmpty)
    let claimed = try await fixture.claim()
    let (tried, quiet) = (claimed.filter { $0.key != key(3) }, claimed.filter { $0.key == key(3) })
    let until = start + .hours(1)
    try await fixture.move(tried, .sending(channel: "email", routePosition: 0))
    let record = Fixture.record(.retry(Refusal("451 later")))
    try await fixture.move(tried, .wait(.retry, until: until, routePosition: 0, record))
    try await fixture.move(quiet, .wait(.quietHours, until: until, routePosition: 0, nil))
    func wait(hasAccepted: Bool) -> ChannelWait {
      ChannelWait(
        rule: "trial", step: "ending", leg: 0, routePosition: 0, lastChannel: "email",
        reason: .retry, count: 2, customers: 2, since: start, hasAccepted: hasAccepted,
        because: "451 later")
    }
    #expect(try await fixture.ledger.channelWaits() == [wait(hasAccepted: false)])
    try await fixture.plan([occurrence(4)])
    #expect(try await fixture.sendAll(at: start + .minutes(1)).map(\.key) == [key(4)])
    #expect(try await fixture.ledger.channelWaits() == [wait(hasAccepted: true)])
  }

  @Test(
    "the records of channels tell what waits, what was sent since a time, and the last failure",
    arguments: LedgerKind.allCases)
  func channelRecords(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    try await fixture.plan([occurrence(1), occurrence(2)])
    try await fixture.sendAll()
    try await fixture.plan([occurrence(3), occurrence(4, due: start + .hours(9))])
    for minute in [1, 5] {
      let now = start + .minutes(minute)
      let claimed = try await fixture.claim(at: now)
      #expect(claimed.map(\.key) == [key(3)])
      try await fixture.move(claimed, .sending(channel: "email", routePosition: 0), at: now)
      let record = Fixture.record(.retry(Refusal("451 at minute \(minute)")), at: now)
      try await fixture.move(
        claimed, .wait(.retry, until: now + .minutes(1), routePosition: 0, record), at: now)
    }
    let waiting = ChannelRecords.Queue(
      rule: "trial", step: "ending", leg: 0, routePosition: 0, count: 2)
    let failure = ChannelRecords.Failure(
      at: start + .minutes(5), outcome: .retry, text: "451 at minute 5")
    #expect(
      try await fixture.ledger.channelRecords(since: start - .hours(1))
        == ChannelRecords(
          waiting: [waiting], sent: ["email": ChannelRecords.Sent(count: 2, last: start)],
          failures: ["email": failure]))
    #expect(try await fixture.ledger.channelRecords(since: start).sent.isEmpty)
  }

  @Test(
    "the standings of rules are read as activation and planning left them, and only move forward",
    arguments: LedgerKind.allCases)
  func ruleStandings(_ kind: LedgerKind) async throws {
    let fixture = try await Fixture(kind)
    func standing() async throws -> RuleStanding {
      let standings = try await fixture.ledger.ruleStandings()
      #expect(standings.count == 1)
      return try #require(standings["trial"])
    }
    let first = try await standing()
    #expect(first.activated == start && first.changePosition == 0)
    #expect(first.scannedThrough == ["ending": start, "ended": start])
    #expect(first.begun == ["ending": start, "ended": start])
    #expect(first.unscanned == ["ending", "ended"])
    let later = start + .days(1)
    for (instant, position) in [(later, 5), (start, 3)] as [(Instant, Int64)] {
      _ = try await fixture.ledger.plan(
        [],
        advancing: [
          .scanned(rule: "trial", step: "ending", through: instant),
          .changes(rule: "trial", through: position),
        ], now: later)
    }
    let second = try await standing()
    #expect(second.changePosition == 5)
    #expect(second.scannedThrough == ["ending": later, "ended": start])
    #expect(second.unscanned == ["ended"])
    #expect(try await fixture.standing() == second)
  }
}
