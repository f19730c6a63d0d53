import KindlyConfig
package import KindlyCore
package import Logging

/// Notices changes: looks at every watch for which rules want changes, and plans what the changes trigger.
///
/// Each source is looked at separately, so that a slow one does not delay another.
package actor Watcher {
  private let current: CurrentGeneration
  private let ledger: any NoticingLedger & PlanningLedger & FuseLedger
  private let health: Health
  private let clocks: ClockBoard
  private let log: Logger
  private var memories: [ExactText: Memory] = [:]

  /// What is remembered of a source between two turns; lost at a restart, after which everything is swept.
  private struct Memory {
    var visits: [ExactText: Visit] = [:]
    /// The last change that each rule has seen, for the generation of that serial number.
    var positions: [ExactText: Int64] = [:]
    /// The serial number of the generation whose watches were noted as watched.
    var watchedSerial: Int?
    /// Where each rule stood when these positions were read.
    var standings: [ExactText: RuleStanding] = [:]
    var positionsSerial: Int?
    /// When the directory's columns are looked at again, in the generation of that serial number.
    var nextDirectory = Instant.distantPast
    var directorySerial: Int?
  }

  private struct Visit {
    var version: Int64?
    var identity: String?
    /// The definition of the watch at the last look. Another one makes a look due even if the source has not changed.
    var definition: RowHash?
    var nextSweep = Instant.distantPast
    var secondLook: Instant?
    /// When a held watch may be looked at again.
    var nextHeld = Instant.distantPast
  }

  /// The sweep is the truth behind every quicker way to look; it comes round at least this often.
  package static let sweepInterval = Duration.minutes(15)
  /// How often a held watch is looked at. It waits for a person, and each look reads the whole table to see whether it
  /// is as it was.
  package static let heldInterval = Duration.minutes(5)

  /// How often the directory's columns are looked at: a change of the schema need not count as a commit.
  private static let directoryInterval = Duration.minutes(1)

  package init(
    current: CurrentGeneration, ledger: any NoticingLedger & PlanningLedger & FuseLedger,
    health: Health,
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

    fileprivate static func += (left: inout Summary, right: Summary) {
      left.looked += right.looked
      left.changes += right.changes
      left.planned += right.planned
      left.held.formUnion(right.held)
      left.stirred.formUnion(right.stirred)
    }
  }

  /// Looks once at everything that asks for it, one source after the other.
  package func runOnce(now: Instant) async throws -> Summary {
    var summary = Summary()
    for source in current.value.sources.keys.sorted() {
      summary += try await runOnce(source: source.string, now: now)
    }
    return summary
  }

  /// Looks once at what asks for it in one source; at nothing while the clock is not trusted.
  ///
  /// Called by one task at a time for each source.
  package func runOnce(source name: String, now: Instant) async throws -> Summary {
    let generation = current.value
    var summary = Summary()
    guard clocks.hold() == nil else {
      // The remembered times come from a doubted clock; afterwards everything is swept.
      memories[name] = nil
      return summary
    }
    guard let source = generation.sources[name] else {
      memories[name] = nil
      return summary
    }
    var memory = memories[name] ?? Memory()
    defer { memories[name] = memory }
    if memory.watchedSerial != generation.serial {
      try await ledger.noteWatched(watched(in: generation), now: now)
      memory.watchedSerial = generation.serial
    }
    if let pulse = await pulse(of: source) {
      if health.record(pulse, of: name) { summary.stirred.insert(name) }
      let isStirred = summary.stirred.contains(ExactText(name))
      await lookAtDirectory(of: generation, in: source, isStirred: isStirred, now, &memory)
      try await look(at: source, of: generation, pulse, now, &memory, &summary)
    }
    try await plan(for: name, of: generation, now, &memory, &summary)
    return summary
  }

  /// The watches whose changes some rule wants.
  private func watched(in generation: Generation) -> [String] {
    let rules = generation.orderedRules
    return generation.watches.sorted { $0.key < $1.key }.map(\.value).filter { watch in
      WatchColumns(watch: watch, rules: rules, directory: generation.directory).isWatched
    }.map(\.name)
  }

  /// Looks whether the directory still has the columns that `customers:` names, so that a lost one is told of before a
  /// reminder is due.
  private func lookAtDirectory(
    of generation: Generation, in source: any CustomerSource, isStirred: Bool, _ now: Instant,
    _ memory: inout Memory
  ) async {
    guard let directory = generation.directory, let watch = generation.watches[directory.watch],
      watch.source.isExactly(source.name),
      isStirred || now >= memory.nextDirectory || memory.directorySerial != generation.serial
    else { return }
    memory.nextDirectory = now + Watcher.directoryInterval
    memory.directorySerial = generation.serial
    // Losing the error is right: whoever reads the rows reports a table that cannot be read.
    guard let columns = try? await source.columns(of: watch) else { return }
    DirectoryColumns(directory, present: Set(texts: columns)).record(in: health, log)
  }

  private func look(
    at source: any CustomerSource, of generation: Generation, _ pulse: SourcePulse, _ now: Instant,
    _ memory: inout Memory, _ summary: inout Summary
  ) async throws {
    for watch in generation.watches(of: source) {
      let columns = WatchColumns(
        watch: watch, rules: generation.orderedRules, directory: generation.directory)
      guard columns.isWatched else {
        // No rule wants the changes that were held any more.
        health.setHold(nil, of: watch.name)
        continue
      }
      let turn = Turn(generation: generation, source: source, pulse: pulse, now: now)
      try await look(
        at: watch, columns, turn, &memory.visits[watch.name, default: Visit()], &summary)
    }
  }

  private func plan(
    for source: String, of generation: Generation, _ now: Instant, _ memory: inout Memory,
    _ summary: inout Summary
  ) async throws {
    if memory.positionsSerial != generation.serial {
      let standings = try await ledger.activate(generation.activations, now: now)
      memory.positions = standings.mapValues(\.changePosition)
      memory.standings = standings
      memory.positionsSerial = generation.serial
    }
    var planner = ChangePlanner(
      generation: generation, source: source, ledger: ledger, health: health, log: log, now: now,
      positions: memory.positions, standings: memory.standings)
    summary.planned = try await planner.run()
    memory.positions = planner.positions
  }

  private func pulse(of source: any CustomerSource) async -> SourcePulse? {
    let metadata: Logger.Metadata = ["source": "\(source.name)"]
    defer {
      tell(
        source.remarks.map { Problem.Fact.remark($0) }, of: .source(source.name),
        metadata: metadata)
    }
    do {
      let pulse = try await source.pulse()
      if health.recordRecovery(of: .source(source.name)) {
        log.notice("source \(source.name) answers again", metadata: metadata)
      }
      return pulse
    } catch {
      report(error, as: .source(source.name), metadata: metadata)
      return nil
    }
  }

  /// Passes on what should be known of a source or a watch, when it begins or changes and when it is over.
  private func tell(
    _ facts: [Problem.Fact], of subject: Problem.Subject, metadata: Logger.Metadata
  ) {
    health.record(facts.map { Problem(subject, $0) }, foundIn: subject)
      .tell(log, in: current.value.zone, metadata: metadata)
  }

  /// What the looks of one turn at one source have in common.
  private struct Turn {
    let generation: Generation
    let source: any CustomerSource
    let pulse: SourcePulse
    let now: Instant
  }

  private func look(
    at watch: Watch, _ named: WatchColumns, _ turn: Turn, _ visit: inout Visit,
    _ summary: inout Summary
  ) async throws {
    let (now, pulse) = (turn.now, turn.pulse)
    let isSweepDue =
      now >= visit.nextSweep || visit.secondLook.map { now >= $0 } == true
      || visit.definition != watch.definition
    let isSame = visit.version == pulse.version && visit.identity == pulse.identity
    let isHeld = health.hold(of: watch.name, .changes) != nil
    guard isSweepDue || !isSame || isHeld else { return }
    if isHeld, now < visit.nextHeld || isSame && !isSweepDue {
      guard try await ledger.standing(ofWatch: watch.name).isDecided else { return }
    }
    summary.looked += 1
    do {
      let columns = named.choose(from: try await turn.source.columns(of: watch))
      let finding = try await WatchLook(
        generation: turn.generation, watch: watch, source: turn.source, ledger: ledger,
        columns: columns, pulse: pulse, now: now, isSweep: isSweepDue || isHeld
      ).run()
      log.tell(finding.ended, in: turn.generation.zone)
      note(finding, of: watch, &summary)
      visit.version = pulse.version
      visit.identity = pulse.identity
      visit.definition = watch.definition
      if finding.sweptAll || finding.hold != nil { visit.nextSweep = now + Watcher.sweepInterval }
      if finding.leftRows { visit.nextSweep = now }
      visit.nextHeld = finding.hold == nil ? .distantPast : now + Watcher.heldInterval
      if finding.awaitsSecondLook {
        visit.secondLook = now + LookDiff.deleteDelay
      } else if finding.sweptAll || finding.hold != nil {
        // A look at a part of the rows says nothing about those that are missing.
        visit.secondLook = nil
      }
      if health.recordRecovery(of: .watch(watch.name)) {
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
      tell(
        finding.refused.map { [Problem.Fact.refusedRows($0)] } ?? [], of: .watch(watch.name),
        metadata: ["watch": "\(watch.name)"])
    }
    if let baseline = finding.baseline {
      log.notice(
        "watch \(watch.name): \(baseline.sentence); changes from now on fire rules",
        metadata: ["watch": "\(watch.name)"])
    }
  }

  private func warn(of hold: WatchStanding.Hold, _ watch: Watch) {
    guard health.hold(of: watch.name, .changes) == nil else { return }
    log.warning(
      """
      watch \(watch.name): \(hold.text); its changes and reminders are held. If this is intended, run \
      `kindly source accept \(watch.name)`, and rules fire for the changes; otherwise run `kindly source ignore \(watch.name)`, \
      and kindly records the rows as they are now and no rule fires
      """, metadata: ["watch": "\(watch.name)"])
  }

  private func report(
    _ problem: SourceProblem, as subject: Problem.Subject, metadata: Logger.Metadata
  ) {
    guard health.recordFailure(of: subject, problem) else { return }
    let hint = problem.hint.map { "; \($0)" } ?? ""
    log.error("\(problem.description)\(hint)", metadata: metadata)
  }
}

extension LookBaseline {
  /// What was recorded, and why it fired nothing.
  fileprivate var sentence: String {
    switch self {
    case .first: "the first look is complete"
    case .ignored: "the rows are recorded as they are now, because their changes were ignored"
    case .redefined:
      "the rows are recorded as they are now, because its table, query or key was changed"
    case .unwatched:
      "the rows are recorded as they are now, because no rule watched for changes for more than a day"
    }
  }
}
