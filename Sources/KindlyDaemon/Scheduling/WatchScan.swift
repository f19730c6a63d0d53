import KindlyCore
import Logging

/// Scans all dated steps of one watch, and plans the findings after the guard has judged all of them.
///
/// A change of many dates makes many moments due at once. The guard counts those: letters that an earlier scan would
/// have planned if the data had been the same. Moments that simply come into the horizon are never held.
struct WatchScan {
  /// One step with its place.
  struct StepScan {
    let name: Scheduler.StepName
    let position: Scheduler.Position
    let scan: MomentScan

    var floor: Instant { position.floor(lateness: scan.search.longestUse) }
  }

  /// What became of a scan.
  struct Outcome {
    var summary = Scheduler.Summary()
    /// The steps that were scanned to the end and planned.
    var done: [Scheduler.StepName] = []
  }

  private typealias Surveyed = (step: StepScan, finding: MomentScan.Finding)

  let watch: Watch
  let source: any CustomerSource
  let scans: [StepScan]
  let ledger: any NoticingLedger & PlanningLedger & FuseLedger
  let fuse: FuseGuard
  let health: Health
  let log: Logger
  let now: Instant

  func run() async throws -> Outcome {
    var outcome = Outcome()
    let standing = try await ledger.momentStandings()[watch.name] ?? MomentStanding()
    let began = await pulse()
    let surveyed = try await survey()
    if try await isHeld(surveyed, standing, began: began) {
      outcome.summary.held.insert(watch.name)
      try await judge(surveyed, withSurprises: false)
      // Moments that came near by themselves are planned, and wait for the hold's end like all others of the watch.
      for (step, finding) in surveyed { _ = try await plan(step, finding, .left, &outcome) }
      return outcome
    }
    let fate: MomentScan.SurpriseFate =
      switch standing.decision {
      case .accept: .accepted
      case .ignore: .dropped
      case nil: .planned
      }
    try await judge(surveyed, withSurprises: standing.decision == nil)
    let failed = try await planCorrections(surveyed, fate, &outcome)
    for (step, finding) in surveyed {
      guard try await plan(step, finding, fate, &outcome), !failed.contains(step.name) else {
        continue
      }
      outcome.done.append(step.name)
      outcome.summary.scanned += 1
      recover(step, finding)
    }
    guard !outcome.done.isEmpty else { return outcome }
    if standing.hold != nil || standing.decision != nil {
      try await ledger.releaseMoments(ofWatch: watch.name)
    }
    health.setHold(nil, of: watch.name, .moments)
    return outcome
  }

  private func isHeld(
    _ surveyed: [Surveyed], _ standing: MomentStanding, began: SourcePulse?
  ) async throws -> Bool {
    guard standing.decision == nil else { return false }
    if let text = try await objection(to: surveyed, began: began) {
      try await hold(text, standing)
      return true
    }
    guard standing.hold != nil else { return false }
    // What could not be surveyed may still belong to the hold; so may what remains once the rest is too late.
    return surveyed.count < scans.count || surprises(in: surveyed) > LookGuard.fewest
  }

  /// Lets the fuse of each rule judge what will be planned. It leaves out surprises that the guard holds or that a
  /// person has decided on, so that nobody is asked twice.
  private func judge(_ surveyed: [Surveyed], withSurprises: Bool) async throws {
    let byRule = Dictionary(grouping: surveyed) { ExactText($0.step.name.rule) }
    for (_, steps) in byRule.sorted(by: { $0.key < $1.key }) {
      var addition = FuseGuard.Addition()
      for (step, finding) in steps {
        let isOccasion = step.scan.search.schedule.isOccasion
        for (date, count) in finding.coming {
          addition.add(count, on: date, isOccasion: isOccasion)
        }
        guard withSurprises else { continue }
        for (date, count) in finding.surprising {
          addition.add(count, on: date, isOccasion: isOccasion)
        }
      }
      addition.isCatchUp = steps.contains { $0.step.position.isCatchingUp(now) }
      guard let rule = steps.first?.step.scan.rule else { continue }
      try await fuse.judge(rule, addition) { day in try await forecast(steps, on: day) }
    }
  }

  /// How many of a rule's reminders of a day would leave with its data as it is now; nil if that cannot be read.
  private func forecast(_ steps: [Surveyed], on day: CompanyDay) async throws -> Int? {
    // Without conditions all of them leave, unless some supersede each other: overdue ones, or those that days off move
    // to the same day.
    let isSure = steps.allSatisfy { step, finding in
      step.scan.search.step.asksNothing && finding.overdue == 0
        && !step.scan.search.schedule.mayMerge
    }
    if isSure { return .max / 2 }
    var count = 0
    for (step, finding) in steps {
      if day.contains(now) { count += finding.overdue }
      do {
        count += try await step.scan.letters(from: now, on: day)
      } catch is SourceProblem {
        // The next scan reports it; until then each reminder is checked before it leaves.
        return nil
      }
    }
    return count
  }

  private var rules: [String] { Set(texts: scans.map(\.name.rule)).map(\.string) }

  /// The source's pulse; nil if it does not answer, which the scans notice too.
  private func pulse() async -> SourcePulse? {
    // Losing the error is right: the surveys report it.
    try? await source.pulse()
  }

  private func survey() async throws -> [Surveyed] {
    var surveyed: [Surveyed] = []
    for step in scans {
      do {
        surveyed.append(
          (step, try await step.scan.survey(from: step.floor, expected: step.position.expected)))
      } catch let cancellation as CancellationError {
        throw cancellation
      } catch {
        await report(error, of: step)
      }
    }
    return surveyed
  }

  /// Why the findings are held; nil if they may be planned.
  ///
  /// A scan reads in several short transactions, so it may see only part of a commit made meanwhile. If the source was
  /// written to, it is scanned once more: the second scan sees the whole of every transaction that the first saw in
  /// part.
  private func objection(to surveyed: [Surveyed], began: SourcePulse?) async throws -> String? {
    let surprises = surprises(in: surveyed)
    guard surprises > 0 else { return nil }
    if let text = try await objection(to: surprises) { return text }
    let ended = await pulse()
    guard began == nil || ended != began else { return nil }
    return try await objection(to: self.surprises(in: await survey()))
  }

  private func surprises(in surveyed: [Surveyed]) -> Int {
    surveyed.reduce(0) { $0 + $1.finding.surprises }
  }

  private func objection(to surprises: Int) async throws -> String? {
    guard surprises > LookGuard.fewestLetters else { return nil }
    let usual = try await ledger.usualDay(ofRules: rules, now: now)
    return LookGuard.objection(letters: surprises, isAtLeast: false, usualDay: usual)
  }

  private func hold(_ text: String, _ standing: MomentStanding) async throws {
    let hold =
      standing.hold
      ?? WatchStanding.Hold(cause: .massChange, since: now, text: "because dates changed, \(text)")
    if standing.hold == nil {
      try await ledger.holdMoments(ofWatch: watch.name, because: hold.text, now: now)
    }
    if health.hold(of: watch.name, .moments) == nil {
      log.warning(
        """
        watch \(watch.name): \(hold.text); they are not planned, and its other reminders are held. If this is intended, \
        run `kindly source accept \(watch.name)` to send them; otherwise run `kindly source ignore \(watch.name)`, and they \
        are never sent
        """, metadata: ["watch": "\(watch.name)"])
    }
    health.setHold(hold, of: watch.name, .moments)
  }

  /// Plans the corrections of all steps before anything else, so that no reminder is planned that would tell the same.
  /// Returns the steps whose corrections failed.
  private func planCorrections(
    _ surveyed: [Surveyed], _ fate: MomentScan.SurpriseFate, _ outcome: inout Outcome
  ) async throws -> Set<Scheduler.StepName> {
    var failed: Set<Scheduler.StepName> = []
    for (step, finding) in surveyed {
      do {
        var planned = try await step.scan.planCorrections(finding, fate)
        log.tell(&planned, in: step.scan.search.databases.zone)
        outcome.summary.planned += planned
      } catch let cancellation as CancellationError {
        throw cancellation
      } catch {
        await report(error, of: step)
        failed.insert(step.name)
      }
    }
    return failed
  }

  /// Plans the findings of a step's survey; returns false if that failed.
  private func plan(
    _ step: StepScan, _ finding: MomentScan.Finding, _ fate: MomentScan.SurpriseFate,
    _ outcome: inout Outcome
  ) async throws -> Bool {
    do {
      outcome.summary.candidates += finding.candidates
      var planned = try await step.scan.plan(
        finding, from: step.floor, expected: step.position.expected, fate)
      log.tell(&planned, in: step.scan.search.databases.zone)
      outcome.summary.planned += planned
      return true
    } catch let cancellation as CancellationError {
      throw cancellation
    } catch {
      await report(error, of: step)
      return false
    }
  }

  private func recover(_ step: StepScan, _ finding: MomentScan.Finding) {
    if finding.missed.count > 0 {
      let zone = step.scan.search.databases.zone
      health.record(finding.missed, of: step.name.subject, now: now)
      log.warning(
        "\(step.name.subject.words): \(finding.missed.words(in: zone))",
        metadata: ["rule": "\(step.name.rule)"])
    }
    log.tell(health.news(in: finding.tooDeep), of: watch)
    for sentence in health.record(finding.faults, of: step.name.rule, now: now) {
      log.error("\(sentence)", metadata: ["rule": "\(step.name.rule)"])
    }
    if health.recordRecovery(of: step.name.subject) {
      log.notice(
        "\(step.name.subject.words) works again", metadata: ["rule": "\(step.name.rule)"])
    }
    // The failures of a rule with changes end when its changes are planned.
    if !step.scan.rule.steps.contains(where: \.when.isChange) {
      _ = health.recordRecovery(of: .rule(step.name.rule))
    }
  }

  private func report(_ error: any Error, of step: StepScan) async {
    let metadata: Logger.Metadata = ["rule": "\(step.name.rule)"]
    guard let problem = error as? SourceProblem else {
      return log.error("\(step.name.subject.words): \(error)", metadata: metadata)
    }
    // An unreachable source is reported by the watcher, once and not for each rule.
    if problem.kind == .unreachable, await pulse() == nil { return }
    guard health.recordFailure(of: step.name.subject, on: watch.name, problem) else { return }
    log.error(
      "\(step.name.subject.sentence(about: problem))\(problem.hint.map { "; \($0)" } ?? "")",
      metadata: metadata)
  }
}
