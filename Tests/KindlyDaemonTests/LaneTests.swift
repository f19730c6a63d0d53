import KindlyCore
import KindlyLedger
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// What comes of more reminders than a channel can take at once.
@Suite("Lanes")
struct LaneTests {
  private static let start = Instant(seconds: 1_772_700_000)

  @Test("what finds a lane full comes again in turn, as far apart as the channel's rate asks")
  func turns() async {
    let lane = lane(interval: .milliseconds(50))
    let now = LaneTests.start
    let first = await lane.turn(now: now)
    #expect(first == now + .seconds(25))
    #expect(await lane.turn(now: now) == first + .milliseconds(50))
    #expect(await lane.turn(now: now + .seconds(20)) == now + .seconds(45))
    #expect(await lane.isStarved(now: now))
    await lane.refill(with: 10)
    #expect(await !lane.isStarved(now: now))
    #expect(await lane.turn(now: now) == first)
  }

  @Test("a lane that is let have what is another's gives up, and waits for the turns")
  func vain() async {
    let lane = lane(interval: .milliseconds(50))
    let now = LaneTests.start
    _ = await lane.turn(now: now)
    await lane.refill(with: Lane.capacity)
    #expect(await lane.isStarved(now: now))
    await lane.refill(with: Lane.capacity)
    #expect(await !lane.isStarved(now: now))
  }

  @Test("no turn is sooner than two seconds or later than ten minutes away")
  func bounds() async {
    let now = LaneTests.start
    let quick = lane(interval: .microseconds(10))
    #expect(await quick.turn(now: now) == now + .seconds(2))
    let slow = lane(interval: .seconds(60))
    #expect(await slow.turn(now: now) == now + .minutes(10))
    #expect(await slow.turn(now: now) == now + .minutes(10))
  }

  @Test(
    "a pace is measured over a second or more of work, and not over the time in which there is none"
  )
  func pace() {
    let now = LaneTests.start
    var pace = LanePace()
    pace.measure(now: now)
    for _ in 0..<10 { pace.take() }
    pace.measure(now: now + .milliseconds(900))
    #expect(pace.interval == .zero)
    pace.measure(now: now + .seconds(2))
    #expect(pace.interval == .milliseconds(200))
    pace.rest()
    pace.measure(now: now + .hours(1))
    pace.measure(now: now + .hours(1) + .seconds(30))
    #expect(pace.interval == .seconds(30))
    pace.measure(now: now + .hours(1) + .seconds(60))
    #expect(pace.interval == .seconds(60))
  }

  @Test("what was put back for a channel that hung comes when its lane is empty, not in its turn")
  func starved() async throws {
    let company = try await company()
    company.channel.hold()
    try await dispatching(company) {
      try await fill(company)
      // It hangs long enough for turns of ten minutes.
      let hung = company.clock.now + .minutes(1)
      try await moving(company.clock, by: .milliseconds(200)) { company.clock.now > hung }
      try await fill(company)
      let released = company.clock.now
      company.channel.release()
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.count == LaneTests.count
      }
      #expect(company.clock.now < released + .minutes(5))
    }
    #expect(Set(company.channel.sent.map(\.customer)).count == LaneTests.count)
    await company.close()
  }

  @Test("what was put back for a lane that is gone comes when there is a new one")
  func reopened() async throws {
    let slow = Simple.configuration().replacing("FOLDER/mail }", with: "FOLDER/mail, rate: 1/min }")
    let company = try await company(configuration: slow)
    try await dispatching(company) { try await fill(company) }
    let ended = company.clock.now
    try company.folder.write(
      Simple.configuration().replacing("FOLDER", with: company.folder.path), to: "kindly.yaml")
    try await company.restart()
    try await dispatching(company) {
      try await moving(company.clock, by: .milliseconds(20)) {
        company.channel.sent.count == LaneTests.count
      }
    }
    #expect(company.clock.now < ended + .minutes(5))
    await company.close()
  }

  private func lane(interval: Duration) -> Lane {
    Lane(outlet: Outlet(channel: ScriptedChannel(), concurrency: 1, interval: interval))
  }

  // MARK: A company whose letters are all due at once

  private static let count = 2_300

  private func company(configuration: String = Simple.configuration()) async throws -> Company {
    let company = try await Company(
      at: "2026-03-05 12:00",
      schema: Simple.schema + """
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < \(LaneTests.count + 1))
        INSERT INTO customers (id, name, email, status, ends_on)
        SELECT i, 'c' || i, 'c' || i || '@example.com', 'trial', '2026-03-10' FROM n;
        """, configuration: configuration, rules: Simple.ending)
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

  /// Waits until what finds no room in the lane is put back; a few are taken meanwhile.
  private func fill(_ company: Company) async throws {
    let busy = LaneTests.count - Lane.capacity - 100
    try await moving(company.clock, by: .milliseconds(50)) {
      let status = try await company.daemon.ledger.reader.status(now: company.clock.now)
      return status.waitingByReason[.channelBusy, default: 0] >= busy
    }
  }

  /// Lets time go on until something has come about; fails where it does not.
  private func moving(
    _ clock: ManualClock, by step: Duration, until isDone: () async throws -> Bool
  ) async throws {
    for _ in 0..<20_000 {
      if try await isDone() { return }
      clock.advance(by: step)
      try await ContinuousClock().sleep(for: .milliseconds(2))
    }
    Issue.record("it never came about")
  }
}
