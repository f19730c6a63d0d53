package import KindlyCore
package import Logging
import Synchronization

/// Drains the outbox: claims what is due, reads its rows again, and hands it over, each channel in a lane of its own.
package struct Dispatcher: Sendable {
  private let current: CurrentGeneration
  private let ledger: any DispatchingLedger & NoticingLedger
  private let health: Health
  private let pauses: PauseBoard
  private let breakers: BreakerBoard
  private let clocks: ClockBoard
  private let clock: any Timekeeper
  private let log: Logger
  private let tally = Tally()
  private let openChannels = OpenChannels()

  /// As many are claimed at once: one commit, and one question to each source.
  package static let batch = 500
  /// The outbox is looked at this often though nobody rings.
  private static let longestWait = Duration.seconds(30)

  package init(
    current: CurrentGeneration, ledger: any DispatchingLedger & NoticingLedger, health: Health,
    pauses: PauseBoard, breakers: BreakerBoard, clocks: ClockBoard, clock: any Timekeeper,
    log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.pauses = pauses
    self.breakers = breakers
    self.clocks = clocks
    self.clock = clock
    self.log = log
  }

  package struct Summary: Sendable {
    package var claimed = 0
    /// How many hand-overs came to each outcome.
    /// By our own word for each outcome.
    package var outcomes: [String: Int] = [:]
  }

  /// Drains everything that is due now, and returns when the last outcome is recorded.
  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    let generation = current.value
    try await pauses.refresh(from: ledger, now: now)
    while clocks.hold() == nil {
      let claimed = try await ledger.claim(ClaimRequest(now: now, limit: Dispatcher.batch))
      if claimed.isEmpty { break }
      summary.claimed += claimed.count
      let lanes = lanes(of: generation)
      try await admit(claimed, generation, lanes, now: now)
      try await withThrowingTaskGroup { group in
        for lane in lanes.values {
          await lane.finish()
          addWorkers(for: lane, generation, to: &group) {}
        }
        try await group.waitForAll()
      }
    }
    summary.outcomes = tally.take()
    return summary
  }

  /// Drains the outbox until `stopping`, waking when something is due or the bell is rung.
  ///
  /// When it returns, nothing is in flight: what was claimed and not begun is given back, and what hangs in a channel is broken
  /// off where it has surely not been taken. Where the ledger fails, it throws.
  package func run(bell: Bell, stopping: Stopping, beat: @Sendable @escaping () -> Void)
    async throws
  {
    let failed = Stopping()
    @Sendable func fail() async {
      failed.stop()
      await bell.ring()
    }
    try await withThrowingDiscardingTaskGroup { group in
      var generation = current.value
      var lanes = open(generation, bell, in: &group, onFailure: fail)
      do {
        try await wakeBusy()
        while !stopping.isStopping, !failed.isStopping {
          beat()
          if current.value.serial != generation.serial {
            try await retire(lanes)
            generation = current.value
            lanes = open(generation, bell, in: &group, onFailure: fail)
            try await wakeBusy()
          }
          try await drain(generation, lanes, bell)
        }
        try await retire(lanes)
      } catch {
        // Workers wait in their lane until it is closed, and the group waits for them.
        for lane in lanes.values { await lane.finish() }
        await openChannels.close()
        throw error
      }
      // Those of earlier generations too: they may hang in a hand-over that began before a reload.
      await openChannels.close()
    }
    report()
  }

  /// Claims a batch and admits it to the lanes, or waits for something to claim.
  private func drain(
    _ generation: Generation, _ lanes: [ExactText: Lane], _ bell: Bell
  ) async throws {
    let now = clock.now
    guard clocks.hold() == nil else {
      report()
      await bell.wait(until: now + Dispatcher.longestWait, by: clock)
      _ = await bell.takeRing()
      return
    }
    try await pauses.refresh(from: ledger, now: now)
    try await refill(lanes, now: now)
    let claimed = try await ledger.claim(ClaimRequest(now: now, limit: Dispatcher.batch))
    if claimed.isEmpty {
      report()
      await bell.wait(until: try await nextLook(now: now), by: clock)
      _ = await bell.takeRing()
    } else {
      try await admit(claimed, generation, lanes, now: now)
      try await waitForRoom(in: lanes)
    }
  }

  /// Lets come what was put back for lanes that are gone: those that are open now are empty.
  private func wakeBusy() async throws {
    _ = try await ledger.wake([.channelBusy], scope: .all, now: clock.now)
  }

  /// Lets some of those come before their turn that were put back for a lane which has run empty meanwhile.
  private func refill(_ lanes: [ExactText: Lane], now: Instant) async throws {
    for (channel, lane) in lanes where await lane.isStarved(now: now) {
      let woken = try await ledger.wake(
        [.channelBusy], scope: .channel(channel.string), atMost: Lane.capacity, now: now)
      await lane.refill(with: woken)
    }
  }

  /// Triage, the moves it decides on, and the rest into their lanes.
  private func admit(
    _ claimed: [ClaimedReminder], _ generation: Generation, _ lanes: [ExactText: Lane], now: Instant
  ) async throws {
    let triage = Triage(
      generation: generation, ledger: ledger, health: health, pauses: pauses, breakers: breakers,
      now: now, log: log)
    var moves: [Transition] = []
    for item in try await triage.decide(claimed) {
      switch item {
      case .moved(let transition): moves.append(transition)
      case .ready(let ready):
        let lane = lanes[ready.outlet.channel.name]
        if await lane?.offer(ready) != true {
          let turn = await lane?.turn(now: now) ?? now + Lane.shortestPause
          moves.append(ready.reminder.waiting(.channelBusy, until: turn))
        }
      }
    }
    if !moves.isEmpty { _ = try await ledger.submit(moves, now: now) }
  }

  private func lanes(of generation: Generation) -> [ExactText: Lane] {
    generation.outlets.mapValues(Lane.init)
  }

  private func open(
    _ generation: Generation, _ bell: Bell,
    in group: inout ThrowingDiscardingTaskGroup<any Error>,
    onFailure fail: @Sendable @escaping () async -> Void
  ) -> [ExactText: Lane] {
    let lanes = lanes(of: generation)
    for lane in lanes.values {
      let number = openChannels.add(lane.outlet.channel)
      group.addTask {
        defer { openChannels.remove(number) }
        do {
          try await withThrowingTaskGroup { workers in
            addWorkers(for: lane, generation, to: &workers) { await bell.ring() }
            try await workers.waitForAll()
          }
        } catch {
          await fail()
          throw error
        }
        await lane.outlet.channel.close()
      }
    }
    return lanes
  }

  private func addWorkers(
    for lane: Lane, _ generation: Generation, to group: inout ThrowingTaskGroup<Void, any Error>,
    stirred: @Sendable @escaping () async -> Void
  ) {
    let handOver = HandOver(
      generation: generation, ledger: ledger, health: health, pauses: pauses, breakers: breakers,
      clocks: clocks, clock: clock, log: log, tally: tally, stirred: stirred)
    for _ in 0..<max(lane.outlet.concurrency, 1) {
      group.addTask {
        do {
          try await handOver.work(lane)
        } catch {
          // Its fellows would wait for ever for what nobody offers any more.
          await lane.finish()
          throw error
        }
      }
    }
  }

  private func retire(_ lanes: [ExactText: Lane]) async throws {
    var left: [Transition] = []
    for lane in lanes.values {
      left += await lane.retire().map { $0.reminder.move(.release) }
    }
    if !left.isEmpty { _ = try await ledger.submit(left, now: clock.now) }
  }

  /// Lets lanes that are moving drain before more is claimed; a lane that is not gives its share back after this.
  private func waitForRoom(in lanes: [ExactText: Lane]) async throws {
    let deadline = clock.now + .milliseconds(250)
    for lane in lanes.values {
      while await lane.backlog > Lane.capacity / 2, clock.now < deadline {
        try await clock.sleep(for: .milliseconds(5))
      }
    }
  }

  /// The next reminder's time, at most so far away that clock steps and other writers are noticed.
  private func nextLook(now: Instant) async throws -> Instant {
    let latest = now + Dispatcher.longestWait
    guard let due = try await ledger.nextDue() else { return latest }
    // Just after now even where something is due: it came due after the claim that found nothing.
    return min(max(due, now + .milliseconds(5)), latest)
  }

  private func report() {
    let counts = tally.take()
    guard !counts.isEmpty else { return }
    let text = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
    log.info("handed over: \(text)")
  }
}

/// Whether a service should come to its end; set once.
package final class Stopping: Sendable {
  private let flag = Atomic(false)

  package init() {}

  package var isStopping: Bool { flag.load(ordering: .acquiring) }

  package func stop() { flag.store(true, ordering: .releasing) }
}
