import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Synchronization
import Testing

@testable import KindlyDaemon

/// What comes of more reminders than a channel can take at once.
@Suite("Lanes")
struct LaneTests {
  private static let start = Instant(seconds: 1_772_700_000)

  @Test("a lane gives service before care before marketing, and each class in order")
  func order() async throws {
    let lane = Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 1))
    let classes: [MessageClass] = [.marketing, .care, .service, .marketing, .service, .care]
    for (number, messageClass) in classes.enumerated() {
      #expect(await lane.offer(ready(number, messageClass)))
    }
    #expect(await emptied(lane) == [2, 4, 1, 5, 0, 3])
  }

  @Test("a lane gives what has been due longest first within a class")
  func dueOrder() async throws {
    let lane = Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 1))
    // A permutation of 0 to 100.
    let minutes = (0...100).map { $0 * 37 % 101 }
    for minute in minutes {
      #expect(await lane.offer(ready(minute, .care, due: LaneTests.start + .minutes(minute))))
    }
    #expect(await emptied(lane) == (0...100).map(Int64.init))
  }

  @Test("a lane of a slow channel holds no more than it hands over while a recheck is fresh")
  func slow() async throws {
    func capacity(_ interval: Duration?) -> Int {
      Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 1, interval: interval)).capacity
    }
    #expect(capacity(nil) == Lane.largestCapacity)
    #expect(capacity(.milliseconds(1)) == Lane.largestCapacity)
    #expect(capacity(.milliseconds(50)) == 100)
    #expect(capacity(.seconds(60)) == 10)
  }

  @Test("a lane hands out one at a time after its breaker opened, and more after successes")
  func probes() async throws {
    let lane = Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 3))
    for number in 0..<9 { #expect(await lane.offer(ready(number, .care))) }
    for _ in 0..<3 { #expect(await lane.takeNow() != nil) }
    #expect(await lane.takeNow() == nil)
    let now = LaneTests.start
    await lane.note(
      .retry(Refusal("421", isChannelWide: true)), began: now, opensBreaker: true, now: now)
    // Two of the three end, and nothing follows them while the third is under way.
    for _ in 0..<2 { #expect(await lane.takeNext() == nil) }
    #expect(await lane.takeNext() != nil)
    // A worker that waits is given one as soon as a success allows for it.
    async let waiting = lane.take()
    while await lane.waiting == 0 { await Task.yield() }
    await lane.note(.sent(evidence: "ok"), began: now, opensBreaker: false, now: now)
    #expect(await waiting != nil)
    #expect(await lane.takeNow() == nil)
  }

  /// The ids of a lane's reminders in the order in which one worker takes them.
  private func emptied(_ lane: Lane) async -> [Int64] {
    var taken: [Int64] = []
    var next = await lane.takeNow()
    while let one = next {
      taken.append(one.errand.reminder.id)
      next = await lane.takeNext()
    }
    return taken
  }

  @Test("a lane has room for more of a class when half of what it holds of it is gone")
  func room() async throws {
    let lane = Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 1))
    #expect(await lane.room(for: .care) == Lane.largestCapacity)
    for number in 0..<Lane.largestCapacity { #expect(await lane.offer(ready(number, .care))) }
    #expect(await !lane.offer(ready(1, .care)))
    #expect(await lane.room(for: .care) == 0)
    #expect(await lane.room(for: .service) == Lane.largestCapacity)
    for number in 1...Lane.largestCapacity - Lane.largestCapacity / 2 {
      let taken = number == 1 ? await lane.takeNow() : await lane.takeNext()
      #expect(taken?.makesRoom == (number == Lane.largestCapacity - Lane.largestCapacity / 2))
    }
    #expect(await lane.room(for: .care) == Lane.largestCapacity - Lane.largestCapacity / 2)
    await lane.finish()
    #expect(await lane.room(for: .care) == 0)
  }

  @Test("a flood on a channel that hangs stays in the ledger, and letters over others go at once")
  func flood() async throws {
    let company = try await company(rules: LaneTests.twoChannels)
    company.channel.hold()
    try await dispatching(company) {
      try await fill(company)
      try await moving(company.clock, by: .milliseconds(20)) {
        company.daemon.health.busy.keys.sorted() == [ExactText("email")]
      }
      company.clock.advance(to: try Company.instant("2026-03-06 11:00", in: company.zone))
      try await moving(company.clock, by: .milliseconds(20)) {
        try await company.daemon.ledger.status(now: company.clock.now).sentByChannel["inbox"] == 1
      }
      let status = try await company.daemon.ledger.status(now: company.clock.now)
      #expect(status.waitingByReason[.channelBusy] == nil)
      #expect(status.open[.waiting, default: 0] >= LaneTests.count - Lane.largestCapacity - 100)
      company.channel.release()
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.count == LaneTests.count
      }
      try await moving(company.clock, by: .milliseconds(20)) {
        company.daemon.health.busy.isEmpty
      }
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == LaneTests.count)
    await company.close()
  }

  @Test("a service letter overtakes a flood of marketing on its own channel")
  func overtakes() async throws {
    let company = try await company(rules: LaneTests.twoClasses)
    company.channel.hold()
    try await dispatching(company) {
      try await fill(company)
      company.clock.advance(to: try Company.instant("2026-03-06 11:00", in: company.zone))
      try await moving(company.clock, by: .milliseconds(20)) {
        let status = try await company.daemon.ledger.status(now: company.clock.now)
        return status.waitingByRule["note"] == nil
      }
      company.channel.release()
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.contains { $0.rule == "note" }
      }
      let before = company.channel.sent.prefix { $0.rule != "note" }.count
      #expect(before < 100)
    }
    await company.close()
  }

  @Test("reminders whose first channel has no address wait in the queue of the next one")
  func otherQueue() async throws {
    let sms = "sms: { type: exec, command: [/bin/true], address: phone }"
    let company = try await company(
      configuration: Simple.configuration().replacing("channels:", with: "channels:\n  \(sms)")
        .replacing("email: email }", with: "email: email, phone: phone }"),
      rules: Simple.ending.replacing("send: email", with: "send: sms else email"))
    company.channel.hold()
    try await dispatching(company) {
      try await fill(company)
      try await moving(company.clock, by: .milliseconds(20)) {
        let queues = try await company.daemon.ledger.queues(now: company.clock.now)
        // Moved, and not met again: only the lane's room decides when they are claimed.
        return queues.map(\.id.routePosition) == [1]
      }
      company.channel.release()
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.count == LaneTests.count
      }
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == LaneTests.count)
    await company.close()
  }

  @Test("reminders still in a lane are not sent when their watch is held for a person")
  func held() async throws {
    let company = try await company()
    company.channel.hold()
    let connections = 2
    try await dispatching(company) {
      try await fill(company)
      company.daemon.health.setHold(
        WatchStanding.Hold(cause: .massChange, since: company.clock.now, text: "too many"),
        of: "customers")
      company.channel.release()
      try await moving(company.clock, by: .milliseconds(1)) {
        let status = try await company.daemon.ledger.status(now: company.clock.now)
        return status.waitingByReason[.massChange, default: 0] >= LaneTests.count - connections
      }
    }
    // What the channel had in its hands when the hold began.
    #expect(company.channel.handedOver.count <= connections)
    await company.close()
  }

  @Test("a reminder that waits for its turn at a slow rate is put back when its lane is retired")
  func retired() async throws {
    let company = try await Simple.company()
    let (clock, daemon) = (company.clock, company.daemon)
    let channel = ScriptedChannel()
    let lane = Lane(outlet: Outlet(channel: channel, concurrency: 1, interval: .hours(1)))
    let handOver = HandOver(
      generation: daemon.current.value, around: daemon.surroundings, tally: Tally(), stirred: {})
    // The first turn is taken, and the next comes in an hour.
    #expect(await lane.slot(now: clock.now) == clock.now)
    #expect(await lane.offer(ready(1, .care)))
    let hasEnded = Mutex(false)
    let work = Task {
      defer { hasEnded.withLock { $0 = true } }
      try await handOver.work(lane)
    }
    while clock.sleepers == 0 { await Task.yield() }
    #expect(await lane.retire().isEmpty)
    clock.advance(by: .seconds(1))
    while clock.sleepers == 0, !hasEnded.withLock({ $0 }) { await Task.yield() }
    #expect(clock.sleepers == 0)
    // Ends the wait if it still goes on.
    clock.advance(by: .hours(1))
    try await work.value
    #expect(channel.handedOver.isEmpty)
    await company.close()
  }

  @Test("what is left of a flood goes at the new rate after a reload")
  func reopened() async throws {
    let slow = Simple.configuration().replacing("FOLDER/mail }", with: "FOLDER/mail, rate: 1/min }")
    let company = try await company(configuration: slow)
    try await dispatching(company) { try await fill(company, least: 8) }
    try company.folder.write(
      Simple.configuration().replacing("FOLDER", with: company.folder.path), to: "kindly.yaml")
    try await company.restart()
    try await dispatching(company) {
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.count == LaneTests.count
      }
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == LaneTests.count)
    await company.close()
  }

  private func ready(
    _ number: Int, _ messageClass: MessageClass, due now: Instant = LaneTests.start
  ) -> Errand {
    let key = RowKey(canonical: "[\"\(number)\"]")
    let wang = Person(key: key, name: "Wang")
    let step = Step(
      name: Step.only, when: .insert, legs: Leg.all([Route(["email"])]), template: "welcome",
      messageClass: messageClass)
    let reminder = ClaimedReminder(
      id: Int64(number), lease: Lease(owner: 1, epoch: 1), publicID: "p\(number)",
      messageID: "p\(number)@example.com", rule: "rule", step: Step.only, leg: 0, key: key,
      cycle: .insert, trigger: .insert, customer: key, change: nil, messageClass: messageClass,
      due: now, useUntil: now + .days(1))
    return .handOver(
      Parcel(
        ReadyReminder(
          reminder: reminder, rule: Rule(name: "rule", watch: "customers", steps: [step]),
          step: step,
          outlet: Outlet(channel: ScriptedChannel(), concurrency: 1), routePosition: 0, next: nil,
          passedOver: [], about: wang, recipient: wang, owner: nil, timekeeper: wang,
          address: "wang@example.com", destination: nil, this: [:], old: nil, checked: now)))
  }

  /// A flood by mail at nine, and one letter to the inbox at half past ten.
  private static let twoChannels =
    Simple.ending + """

        - name: note
          watch: customers
          if: id = 5
          when: 4 days before ends_on at 10:30
          send: inbox
          template: ending
      """

  /// A flood of marketing at nine, and one service letter by the same channel at half past ten.
  private static let twoClasses = """
    rules:
      - name: offer
        watch: customers
        if: status = 'trial'
        when: 4 days before ends_on
        send: email
        template: ending
        class: marketing
      - name: note
        watch: customers
        if: id = 5
        when: 4 days before ends_on at 10:30
        send: email
        template: ending
        class: service
    """

  // MARK: A company whose letters are all due at once

  private static let count = 2_300

  private func company(
    configuration: String = Simple.configuration(), rules: String = Simple.ending
  ) async throws -> Company {
    let company = try await Company(
      at: "2026-03-05 12:00",
      schema: Simple.schema + """
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < \(LaneTests.count + 1))
        INSERT INTO customers (id, name, email, status, ends_on)
        SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial', '2026-03-10' FROM n;
        """, configuration: configuration,
      rules: rules.replacing("watch: customers", with: "watch: customers\n    fuse: 10000 a day"))
    try await company.turn()
    company.clock.advance(to: try Company.instant("2026-03-06 10:00", in: company.zone))
    return company
  }

  /// Runs the dispatcher as long as `body` takes, and lets time go on until it has ended.
  private func dispatching(_ company: Company, _ body: () async throws -> Void) async throws {
    let (bell, stopping) = (Bell(), Stopping())
    let (clock, dispatcher) = (company.clock, company.daemon.dispatcher)
    try await withThrowingTaskGroup { group in
      group.addTask { try await dispatcher.run(bell: bell, stopping: stopping) {} }
      do { try await body() } catch { Issue.record(error) }
      company.channel.release()
      stopping.stop()
      await bell.ring()
      group.addTask {
        while !Task.isCancelled {
          clock.advance(by: .seconds(1))
          // Losing the error is right: it says that the dispatcher has ended.
          try? await ContinuousClock().sleep(for: .milliseconds(2))
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Waits until the lane is full; a few are taken meanwhile.
  private func fill(
    _ company: Company, least: Int = Lane.largestCapacity - 100
  ) async throws {
    try await moving(company.clock, by: .milliseconds(50)) {
      let status = try await company.daemon.ledger.status(now: company.clock.now)
      return status.open[.claimed, default: 0] >= least
    }
  }

  /// Lets time go on until something has come about; fails where it does not.
  private func moving(
    _ clock: ManualClock, by step: Duration, until isDone: () async throws -> Bool
  ) async throws {
    for _ in 0..<60_000 {
      if try await isDone() { return }
      clock.advance(by: step)
      try await ContinuousClock().sleep(for: .milliseconds(2))
    }
    Issue.record("it never came about")
  }
}
