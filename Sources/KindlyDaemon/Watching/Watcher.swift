import KindlyConfig
package import KindlyCore
package import Logging

/// Notices changes: looks at every watch that change rules ask about, and plans what the changes trigger.
package actor Watcher {
  private let current: CurrentGeneration
  private let ledger: any NoticingLedger & PlanningLedger
  private let health: Health
  private let clocks: ClockBoard
  private let log: Logger
  private var visits: [ExactText: Visit] = [:]
  /// The last change that each rule has seen, for the generation of that serial number.
  private var positions: [ExactText: Int64] = [:]
  private var positionsSerial: Int?

  /// What is remembered of a watch between two looks; lost at a restart, which then sweeps.
  private struct Visit {
    var version: Int64?
    var identity: String?
    var nextSweep = Instant.distantPast
    var secondLook: Instant?
  }

  /// The sweep is the truth behind every quicker way to look; it comes round at least this often.
  package static let sweepInterval = Duration.minutes(15)

  package init(
    current: CurrentGeneration, ledger: any NoticingLedger & PlanningLedger, health: Health,
    clocks: ClockBoard, log: Logger
  ) {
    self.current = current
    self.ledger = ledger
    self.health = health
    self.clocks = clocks
    self.log = log
  }

  package struct Summary: Sendable {
    package var looked = 0
    package var changes = 0
    package var planned = PlanSummary()
    /// The watches whose changes are held for a person.
    package var held: Set<ExactText> = []
    /// The sources that were committed to since they were last asked.
    package var stirred: Set<ExactText> = []
  }

  /// Looks once at everything that asks for it; at nothing while the clock is not to be gone by.
  package func runOnce(now: Instant) async throws -> Summary {
    let generation = current.value
    var summary = Summary()
    guard clocks.hold() == nil else {
      // What is remembered are times of a clock that is doubted; afterwards everything is swept.
      (visits, positionsSerial) = ([:], nil)
      return summary
    }
    let pulses = await pulses(of: generation, now: now)
    for (source, pulse) in pulses where health.note(pulse, of: source.string) {
      summary.stirred.insert(source)
    }
    for watch in generation.watches.sorted(by: { $0.key < $1.key }).map(\.value) {
      let columns = WatchColumns(
        watch: watch, rules: generation.orderedRules, directory: generation.directory)
      guard columns.isWatched, let source = generation.source(of: watch),
        let pulse = pulses[watch.source]
      else { continue }
      try await look(at: watch, columns, source, pulse, now, &summary)
    }
    if positionsSerial != generation.serial {
      positions = try await ledger.activate(generation.activations, now: now)
        .mapValues(\.changePosition)
      positionsSerial = generation.serial
    }
    var planner = ChangePlanner(
      generation: generation, ledger: ledger, health: health, log: log, now: now,
      positions: positions)
    summary.planned = try await planner.run()
    positions = planner.positions
    return summary
  }

  private func pulses(of generation: Generation, now: Instant) async -> [ExactText: SourcePulse] {
    var pulses: [ExactText: SourcePulse] = [:]
    for source in generation.sources.sorted(by: { $0.key < $1.key }).map(\.value) {
      do {
        pulses[source.name] = try await source.pulse()
        if health.recovered(.source(source.name)) {
          log.notice(
            "source \(source.name) answers again", metadata: ["source": "\(source.name)"])
        }
      } catch {
        report(error, as: .source(source.name), metadata: ["source": "\(source.name)"])
      }
      tell(source.remarks, of: .source(source.name), metadata: ["source": "\(source.name)"])
    }
    return pulses
  }

  /// Passes on what should be known of a source or a watch, when it begins and when it is over.
  private func tell(_ remarks: [String], of subject: Health.Subject, metadata: Logger.Metadata) {
    let (new, gone) = health.note(remarks: remarks, of: subject)
    for remark in new { log.warning("\(remark)", metadata: metadata) }
    for remark in gone { log.notice("over: \(remark)", metadata: metadata) }
  }

  private func look(
    at watch: Watch, _ named: WatchColumns, _ source: any CustomerSource, _ pulse: SourcePulse,
    _ now: Instant, _ summary: inout Summary
  ) async throws {
    var visit = visits[watch.name] ?? Visit()
    let isSweepDue = now >= visit.nextSweep || visit.secondLook.map { now >= $0 } == true
    let isSame = visit.version == pulse.version && visit.identity == pulse.identity
    guard isSweepDue || !isSame || health.hold(of: watch.name) != nil else { return }
    summary.looked += 1
    do {
      let columns = named.choose(from: try await source.columns(of: watch))
      let finding = try await WatchLook(
        watch: watch, source: source, ledger: ledger, columns: columns, pulse: pulse, now: now,
        isSweep: isSweepDue
      ).run()
      note(finding, of: watch, &summary)
      visit.version = pulse.version
      visit.identity = pulse.identity
      if finding.sweptAll { visit.nextSweep = now + Watcher.sweepInterval }
      visit.secondLook = finding.awaitsSecondLook ? now + LookDiff.deleteDelay : nil
      visits[watch.name] = visit
      if health.recovered(.watch(watch.name)) {
        log.notice(
          "watch \(watch.name) can be read again", metadata: ["watch": "\(watch.name)"])
      }
    } catch let problem as SourceProblem {
      report(problem, as: .watch(watch.name), metadata: ["watch": "\(watch.name)"])
    }
  }

  private func note(_ finding: WatchLook.Finding, of watch: Watch, _ summary: inout Summary) {
    summary.changes += finding.changes
    if let hold = finding.hold {
      summary.held.insert(watch.name)
      warn(of: hold, watch)
    }
    health.setHold(finding.hold, of: watch.name)
    if finding.sweptAll {
      let remark = finding.refusal.map { "watch \(watch.name): \($0)" }
      tell(
        [remark].compactMap(\.self), of: .watch(watch.name), metadata: ["watch": "\(watch.name)"])
    }
    if finding.isBaseline {
      log.notice(
        "watch \(watch.name): the first look is complete; changes from now on fire rules",
        metadata: ["watch": "\(watch.name)"])
    }
  }

  private func warn(of hold: WatchStanding.Hold, _ watch: Watch) {
    guard health.hold(of: watch.name) == nil else { return }
    log.warning(
      """
      watch \(watch.name): \(hold.text); its changes and reminders are held. If that is right, run \
      `kindly source accept \(watch.name)` to let the changes fire rules, or `kindly source ignore \(watch.name)` to \
      take the rows as they are and fire nothing
      """, metadata: ["watch": "\(watch.name)"])
  }

  private func report(
    _ problem: SourceProblem, as subject: Health.Subject, metadata: Logger.Metadata
  ) {
    guard health.failed(subject, with: problem) else { return }
    let hint = problem.hint.map { "; \($0)" } ?? ""
    log.error("\(problem.description)\(hint)", metadata: metadata)
  }
}
