package import KindlyCore
import Logging
import Synchronization

/// Drains the outbox: claims what is due, reads its rows again, and hands it over, with one lane for each channel.
package struct Dispatcher: Sendable {
  private let current: CurrentGeneration
  private let around: Surroundings
  private let tally = Tally()
  private let openChannels = OpenChannels()

  /// How many reminders are claimed at once: one commit, and one question to each source.
  package static let batch = 500
  /// The outbox is looked at this often though nobody rings.
  private static let longestWait = Duration.seconds(30)
  /// How soon a reminder is looked at again that its own queue could not place: another channel's room decides over it.
  private static let busyPause = Duration.seconds(1)
  /// The shortest wait between two looks at the outbox.
  private static let shortestWait = Duration.milliseconds(5)

  package init(current: CurrentGeneration, in surroundings: Surroundings) {
    self.current = current
    around = surroundings
  }

  private var ledger: any DispatchingLedger & NoticingLedger & FuseLedger { around.ledger }
  private var clock: any Timekeeper { around.clock }
  private var log: Logger { around.log }

  package struct Summary: Sendable {
    package var claimed = 0
    /// How many hand-overs came to each outcome, by its word.
    package var outcomes: [AttemptOutcome: Int] = [:]
  }

  /// Drains everything that is due now, and returns when the last outcome is recorded.
  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    let generation = current.value
    try await around.pauses.refresh(from: ledger, now: now)
    while around.clocks.hold() == nil {
      let lanes = lanes(of: generation)
      let outlook = try await outlook(generation, lanes, now: now)
      let claimed = try await ledger.claim(outlook.request(now: now))
      if claimed.isEmpty {
        if try await settling(now).run(besides: outlook.dueRules) { continue }
        break
      }
      summary.claimed += claimed.count
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

  /// Drains the outbox until `stopping` is set, waking when something is due or the bell is rung.
  ///
  /// When it returns, nothing is in flight: claimed reminders that were not started are put back, and a hanging
  /// hand-over is broken off if the message certainly was not accepted. Throws if the ledger fails.
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
        while !stopping.isStopping, !failed.isStopping {
          beat()
          if current.value.serial != generation.serial {
            try await retire(lanes)
            generation = current.value
            lanes = open(generation, bell, in: &group, onFailure: fail)
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
      // Includes channels of earlier generations: they may hang in a hand-over that began before a reload.
      await openChannels.close()
    }
    report()
  }

  /// Claims a batch and admits it to the lanes, or waits for something to claim.
  private func drain(
    _ generation: Generation, _ lanes: [ExactText: Lane], _ bell: Bell
  ) async throws {
    let now = clock.now
    guard around.clocks.hold() == nil else {
      report()
      await bell.wait(until: now + Dispatcher.longestWait, by: clock)
      _ = await bell.takeRing()
      return
    }
    try await around.pauses.refresh(from: ledger, now: now)
    let outlook = try await outlook(generation, lanes, now: now)
    around.health.setBusy(outlook.busy, now: now)
    if try await settling(now).run(besides: outlook.dueRules) { return }
    guard !outlook.shares.isEmpty || outlook.claimsDigests else {
      report()
      await bell.wait(until: nextLook(outlook, now: now), by: clock)
      _ = await bell.takeRing()
      return
    }
    let claimed = try await ledger.claim(outlook.request(now: now))
    if claimed.isEmpty {
      // Everything due was paused and is now deferred, so the next look does not meet it again.
      await bell.wait(until: now + Dispatcher.shortestWait, by: clock)
    } else {
      try await admit(claimed, generation, lanes, now: now)
    }
  }

  private func outlook(
    _ generation: Generation, _ lanes: [ExactText: Lane], now: Instant
  ) async throws -> Outlook {
    await Outlook(
      try await ledger.queues(now: now), nextDigest: try await ledger.nextDigest(), generation,
      lanes, limit: Dispatcher.batch, now: now)
  }

  private func settling(_ now: Instant) -> FuseSettling {
    FuseSettling(ledger: ledger, log: log, now: now)
  }

  /// Triage, the moves it decides on, and the rest into their lanes.
  private func admit(
    _ claimed: [ClaimedReminder], _ generation: Generation, _ lanes: [ExactText: Lane], now: Instant
  ) async throws {
    // Read after the claim: a fuse is stored before its reminders are planned, so they can only be claimed later.
    let fuses = try await settling(now).suspect(claimed, generation.rules, in: generation.zone)
    let triage = Triage(generation: generation, around: around, now: now, fuses: fuses)
    var moves: [Transition] = []
    // Built only where somebody reads it.
    let byID: [Int64: ClaimedReminder] =
      log.logLevel <= .debug
      ? Dictionary(claimed.map { ($0.id, $0) }) { first, _ in first } : [:]
    for item in try await triage.decide(claimed) {
      switch item {
      case .moved(let transition):
        moves.append(transition)
        if let reminder = byID[transition.reminder] {
          log.tell(transition, of: reminder, in: generation.zone)
        }
      case .errand(let errand):
        if await lanes[errand.outlet.channel.name]?.offer(errand) != true {
          for reminder in errand.reminders {
            let moved = refused(reminder, errand, now: now)
            moves.append(moved)
            log.tell(moved, of: reminder, in: generation.zone)
          }
        }
      }
    }
    if !moves.isEmpty { _ = try await ledger.submit(moves, now: now) }
  }

  /// The wait of a reminder that its lane has no room for.
  ///
  /// If its channel differs from its queue's, it waits in the channel's queue from now on. A digest stays together.
  private func refused(
    _ reminder: ClaimedReminder, _ errand: Errand, now: Instant
  ) -> Transition {
    if let parcel = reminder.parcel {
      return reminder.move(
        .wait(
          .digest, until: now + Dispatcher.busyPause, routePosition: errand.routePosition, nil),
        parcel: parcel)
    }
    let isSameQueue = errand.routePosition == reminder.routePosition
    return reminder.move(
      .wait(
        .channelBusy, until: isSameQueue ? now + Dispatcher.busyPause : now,
        routePosition: errand.routePosition, nil))
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
      generation: generation, around: around, tally: tally, stirred: stirred)
    for _ in 0..<max(lane.outlet.concurrency, 1) {
      group.addTask {
        do {
          try await handOver.work(lane)
        } catch {
          // The other workers of this lane would wait forever, because nothing more will be offered.
          await lane.finish()
          throw error
        }
      }
    }
  }

  private func retire(_ lanes: [ExactText: Lane]) async throws {
    var left: [Transition] = []
    for lane in lanes.values {
      left += await lane.retire().flatMap(\.reminders).map { $0.move(.release) }
    }
    if !left.isEmpty { _ = try await ledger.submit(left, now: clock.now) }
  }

  /// The time of the next look: when the next reminder is due, but soon enough to notice clock steps and other writers.
  private func nextLook(_ outlook: Outlook, now: Instant) -> Instant {
    let latest = now + Dispatcher.longestWait
    guard let due = outlook.nextDue else { return latest }
    return min(max(due, now + Dispatcher.shortestWait), latest)
  }

  private func report() {
    let counts = tally.take()
    guard !counts.isEmpty else { return }
    let text = AttemptOutcome.allCases.compactMap { outcome in
      counts[outcome].map { "\($0) \(outcome.word)" }
    }
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
