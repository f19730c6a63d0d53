package import KindlyCore
package import Logging

/// Notices moments: scans every dated step for rows whose moment has come or will come within a day, and plans them.
///
/// Each source is scanned separately, so that a slow one does not delay another. All steps of a watch are surveyed
/// before any of them is planned, so that a change of many dates is judged as a whole.
package actor Scheduler {
  private let current: CurrentGeneration
  private let ledger: any NoticingLedger & PlanningLedger & FuseLedger
  let health: Health
  private let clocks: ClockBoard
  let log: Logger
  private var memories: [ExactText: Memory] = [:]

  /// How far each step of a source was scanned, for the generation with that serial number.
  private struct Memory {
    var positions: [StepName: Position] = [:]
    var serial: Int?
    /// When to count the unknown zones and calendars of this source's customers again.
    var nextNameCount = Instant.distantPast
    /// When the moments of a held watch may be scanned again.
    var nextHeld: [ExactText: Instant] = [:]
  }

  struct StepName: Hashable {
    let rule: String
    let step: String

    var subject: Problem.Subject { .step(rule: rule, step: step) }
  }

  /// A step's scan position; nothing at or before `floor` is ever planned again.
  package struct Position: Sendable {
    var floor: Instant
    var scanned: Instant
    /// Whether it was ever scanned to the end.
    var wasScanned: Bool
    /// When the step was first seen; nil for steps of older ledgers.
    package let begun: Instant?
  }

  /// How far ahead moments are planned: a day, plus an hour for a daylight-saving change or a slow scan.
  package static let horizon = Duration.hours(25)
  /// A count reads all customers at once, which an application with a small database file may notice.
  private static let nameCountInterval = Duration.hours(24)

  package init(
    current: CurrentGeneration, ledger: any NoticingLedger & PlanningLedger & FuseLedger,
    health: Health, clocks: ClockBoard, log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.clocks = clocks
    self.log = log
  }

  package struct Summary: Sendable {
    package var scanned = 0
    package var candidates = 0
    package var planned = PlanSummary()
    /// The watches whose moments are held for a person.
    package var held: Set<ExactText> = []

    fileprivate static func += (left: inout Summary, right: Summary) {
      left.scanned += right.scanned
      left.candidates += right.candidates
      left.planned += right.planned
      left.held.formUnion(right.held)
    }
  }

  /// Scans every dated step once, one source after the other.
  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    for source in current.value.sources.keys.sorted() {
      summary += try await runOnce(source: source.string, now: now)
    }
    return summary
  }

  /// Scans every dated step of one source once; none while the clock is not trusted.
  ///
  /// Called by one task at a time for each source.
  package func runOnce(source name: String, now: Instant) async throws -> Summary {
    let generation = current.value
    var summary = Summary()
    guard clocks.hold() == nil, let source = generation.sources[name] else {
      memories[name] = nil
      return summary
    }
    var memory = memories[name] ?? Memory()
    if memory.serial != generation.serial {
      memory = Memory(
        positions: try await positions(of: generation, now: now), serial: generation.serial)
    }
    defer { memories[name] = memory }
    if now >= memory.nextNameCount {
      memory.nextNameCount = now + Scheduler.nameCountInterval
      await countUnknownNames(generation, in: name, now: now)
    }
    for watch in generation.watches(of: source) {
      let scans = scans(of: watch, source, generation, now, memory)
      guard !scans.isEmpty else {
        health.setHold(nil, of: watch.name, .moments)
        health.setUnusableDates([], in: watch.name)
        continue
      }
      if let next = memory.nextHeld[watch.name], now < next,
        try await ledger.momentStandings()[watch.name]?.decision == nil
      {
        summary.held.insert(watch.name)
        continue
      }
      let run = WatchScan(
        watch: watch, source: source, scans: scans, ledger: ledger,
        fuse: FuseGuard(ledger: ledger, zone: generation.zone, log: log, now: now),
        health: health, log: log, now: now)
      let outcome = try await run.run()
      health.setUnusableDates(
        generation.databases.dates.unusableValues(in: watch.name), in: watch.name)
      summary += outcome.summary
      memory.nextHeld[watch.name] =
        outcome.summary.held.isEmpty ? nil : now + Watcher.heldInterval
      for step in outcome.done {
        memory.positions[step]?.scanned = now
        memory.positions[step]?.wasScanned = true
      }
    }
    try await keepPositions(memory.positions, now: now)
    return summary
  }

  private func scans(
    of watch: Watch, _ source: any CustomerSource, _ generation: Generation, _ now: Instant,
    _ memory: Memory
  ) -> [WatchScan.StepScan] {
    generation.orderedRules.filter { $0.watch == watch.name }.flatMap { rule in
      rule.steps.compactMap { step in
        let name = StepName(rule: rule.name, step: step.name)
        guard let schedule = step.when.schedule, let position = memory.positions[name] else {
          return nil
        }
        return WatchScan.StepScan(
          name: name, position: position,
          scan: MomentScan(
            search: MomentSearch(
              databases: generation.databases, step: step, schedule: schedule, watch: watch,
              source: source, backfill: Backfill(rule, begun: position.begun), now: now),
            ledger: ledger, rule: rule, configuration: generation.number,
            tells: log.tellsEachReminder))
      }
    }
  }

  /// Stores the scan positions of all steps in one commit. If a crash loses them, the range is scanned again.
  private func keepPositions(_ positions: [StepName: Position], now: Instant) async throws {
    let advances = positions.filter { $0.value.scanned == now }.keys
      .sorted { ($0.rule, $0.step) < ($1.rule, $1.step) }
      .map { PlanAdvance.scanned(rule: $0.rule, step: $0.step, through: now) }
    if !advances.isEmpty { _ = try await ledger.plan([], advancing: advances, now: now) }
  }

  private func positions(
    of generation: Generation, now: Instant
  ) async throws -> [StepName: Position] {
    let standings = try await ledger.activate(generation.activations, now: now)
    var positions: [StepName: Position] = [:]
    for rule in generation.orderedRules {
      guard let standing = standings[rule.name] else { continue }
      for step in rule.steps where !step.when.isChange {
        positions[StepName(rule: rule.name, step: step.name)] = Position(
          of: step.name, in: standing, backfill: rule.backfill)
      }
    }
    return positions
  }
}

extension Scheduler.Position {
  /// The later of the step's start, and what has been scanned less lateness.
  package func floor(lateness: Duration) -> Instant { max(floor, scanned - lateness) }

  /// A step's position by its rule's standing; nothing at or before the step's start is ever planned.
  package init(of step: String, in standing: RuleStanding, backfill: Period?) {
    let start = standing.start(ofStep: step, backfill: backfill)
    self.init(
      floor: start, scanned: standing.scannedThrough[step] ?? start,
      wasScanned: !standing.unscanned.contains(ExactText(step)), begun: standing.begun[step])
  }

  /// Whether the found moments have piled up, because the step was not scanned for a long time.
  func isCatchingUp(_ now: Instant) -> Bool { wasScanned && now - scanned > Fuse.longStop }

  /// The time up to which an earlier scan planned moments; nil if there was none.
  var expected: Instant? { wasScanned ? scanned + Scheduler.horizon : nil }
}
