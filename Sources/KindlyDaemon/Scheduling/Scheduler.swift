package import KindlyCore
package import Logging

/// Notices moments: scans every dated step for rows whose moment has come or will come within a day, and plans them.
package actor Scheduler {
  private let current: CurrentGeneration
  private let ledger: any PlanningLedger
  private let health: Health
  private let clocks: ClockBoard
  private let log: Logger
  /// Up to where each step was scanned, for the generation of that serial number.
  private var positions: [StepName: Position] = [:]
  private var positionsSerial: Int?

  struct StepName: Hashable {
    let rule: String
    let step: String

    var subject: Health.Subject { .step(rule: rule, step: step) }
  }

  /// Where a step's scanning stands: nothing at or below `floor` is ever planned again.
  struct Position: Sendable {
    var floor: Instant
    var scanned: Instant
  }

  /// Moments are planned so far ahead: a day, and an hour in which a daylight-saving change or a slow scan is lost.
  package static let horizon = Duration.hours(25)

  package init(
    current: CurrentGeneration, ledger: any PlanningLedger, health: Health, clocks: ClockBoard,
    log: Logger
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
  }

  /// Scans every dated step once; none while the clock is not to be gone by.
  package func runOnce(now: Instant) async throws -> Summary {
    let generation = current.value
    var summary = Summary()
    guard clocks.hold() == nil else {
      positionsSerial = nil
      return summary
    }
    if positionsSerial != generation.serial { try await adopt(generation, now: now) }
    for rule in generation.orderedRules {
      guard let watch = generation.watches[rule.watch], let source = generation.source(of: watch)
      else { continue }
      for step in rule.steps {
        guard let schedule = step.when.schedule else { continue }
        let name = StepName(rule: rule.name, step: step.name)
        let scan = MomentScan(
          generation: generation, ledger: ledger, rule: rule, step: step, schedule: schedule,
          watch: watch, source: source, now: now)
        await run(scan, as: name, &summary)
      }
    }
    try await keepPositions(now: now)
    return summary
  }

  /// Keeps up to where all steps were scanned, in one commit; what a crash loses of it is scanned again.
  private func keepPositions(now: Instant) async throws {
    let advances = positions.filter { $0.value.scanned == now }.keys
      .sorted { ($0.rule, $0.step) < ($1.rule, $1.step) }
      .map { PlanAdvance.scanned(rule: $0.rule, step: $0.step, through: now) }
    if !advances.isEmpty { _ = try await ledger.plan([], advancing: advances, now: now) }
  }

  private func run(_ scan: MomentScan, as name: StepName, _ summary: inout Summary) async {
    guard let position = positions[name] else { return }
    do {
      let found = try await scan.run(from: position.floor(lateness: scan.longestUse))
      positions[name]?.scanned = scan.now
      summary.scanned += 1
      summary.candidates += found.candidates
      summary.planned += found.planned
      health.setRubbish(found.rubbish, of: "\(name.rule)/\(name.step)")
      if health.recovered(name.subject) {
        log.notice("\(name.subject.words) works again", metadata: ["rule": "\(name.rule)"])
      }
      // What a rule with changes fails at is over when its changes are planned.
      if !scan.rule.steps.contains(where: \.when.isChange) {
        _ = health.recovered(.rule(name.rule))
      }
    } catch let problem as SourceProblem {
      // A source that is away is the watcher's to tell of, once and not for each rule.
      if problem.kind == .unreachable, await !answers(scan.source) { return }
      guard health.failed(name.subject, on: scan.watch.name, with: problem) else { return }
      log.error(
        "\(name.subject.sentence(about: problem))\(problem.hint.map { "; \($0)" } ?? "")",
        metadata: ["rule": "\(name.rule)"])
    } catch {
      log.error(
        "\(name.subject.words): \(error)", metadata: ["rule": "\(name.rule)"])
    }
  }

  private func answers(_ source: any CustomerSource) async -> Bool {
    // Whatever the error is, the watcher meets it too.
    (try? await source.pulse()) != nil
  }

  private func adopt(_ generation: Generation, now: Instant) async throws {
    let standings = try await ledger.activate(generation.activations, now: now)
    positions = [:]
    for rule in generation.orderedRules {
      guard let standing = standings[rule.name] else { continue }
      // The ledger has taken the backfill off when the rule was new.
      let activation = standing.activated
      for step in rule.steps where !step.when.isChange {
        positions[StepName(rule: rule.name, step: step.name)] = Position(
          floor: activation, scanned: standing.scannedThrough[step.name] ?? activation)
      }
    }
    positionsSerial = generation.serial
  }
}

extension Scheduler.Position {
  /// The later of activation, and what has been scanned less lateness.
  fileprivate func floor(lateness: Duration) -> Instant { max(floor, scanned - lateness) }
}
