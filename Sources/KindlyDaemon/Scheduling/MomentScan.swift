import KindlyCore

/// One scan of one dated step, for overdue rows whose condition holds and for rows that come due within the horizon.
struct MomentScan {
  let generation: Generation
  let ledger: any PlanningLedger
  let rule: Rule
  let step: Step
  let schedule: Schedule
  let watch: Watch
  let source: any CustomerSource
  /// How far back the rule looked when the step was first seen; nil if it did not look back.
  let backfill: Backfill?
  /// Whether plans tell what became of each reminder.
  let tells: Bool
  let now: Instant

  /// What a scan found, before anything of it is planned.
  struct Finding: Sendable {
    var candidates = 0
    /// The number of letters that no earlier scan would have planned from the same data: a change made them due at
    /// once.
    var surprises = 0
    /// What planning would change, unless that is too much to hold in memory.
    var differing: [PlannedOccurrence] = []
    /// Whether `differing` is everything.
    var isWhole = true
    /// Overdue rows that the conditions fail on; their reminders are planned, and wait.
    var faults: [RowFault] = []
  }

  /// What happens to surprises when the findings are planned.
  enum SurpriseFate {
    case planned
    /// A person has decided that they are never sent.
    case dropped
    /// They are held, and found again by the next scan.
    case left
  }

  /// If there are more differences, they are searched for again when they are planned.
  private static let mostHeld = 1_000

  /// The longest time for which a moment of this step can be useful, and so how far back a scan must look.
  var longestUse: Duration {
    let usual = schedule.longestUse(step.late)
    guard let backfill, now < backfill.begun + usual + backfill.longestUse else { return usual }
    return usual + backfill.longestUse
  }

  /// Finds what planning would change.
  ///
  /// - Parameter expected: the time up to which an earlier scan planned; nil if there was none, so that nothing is a
  ///   surprise.
  func survey(from floor: Instant, expected: Instant?) async throws -> Finding {
    var finding = Finding()
    try await scan(from: floor, &finding) { occurrences, finding in
      let preview = try await ledger.preview(batch(of: occurrences), now: now)
      if let expected {
        finding.surprises += preview.additions.count { $0.due <= expected } * step.legs.count
      }
      finding.differing += preview.additions + preview.amendments
      if finding.differing.count > MomentScan.mostHeld {
        finding.isWhole = false
        finding.differing = []
      }
    }
    return finding
  }

  /// Plans what a survey found.
  func plan(
    _ finding: Finding, from floor: Instant, expected: Instant?, _ fate: SurpriseFate
  ) async throws -> PlanSummary {
    if finding.isWhole { return try await plan(finding.differing, expected: expected, fate) }
    var summary = PlanSummary()
    var again = Finding()
    try await scan(from: floor, &again) { occurrences, _ in
      summary += try await plan(occurrences, expected: expected, fate)
    }
    return summary
  }

  /// Gives the occurrences to `body`, a page at a time.
  private func scan(
    from floor: Instant, _ finding: inout Finding,
    _ body: ([PlannedOccurrence], inout Finding) async throws -> Void
  ) async throws {
    let kind = try await generation.dates(of: watch, now: now)[schedule.column]
    // For overdue rows the condition is evaluated, so that a cancelled reminder is revived only if it holds again.
    try await scan(after: floor, through: now, asking: step.conditions, kind, &finding, body)
    // For future rows it is not evaluated until their moment.
    try await scan(
      after: max(floor, now), through: now + Scheduler.horizon, asking: nil, kind, &finding, body)
  }

  private func scan(
    after lower: Instant, through upper: Instant, asking conditions: [String]?, _ kind: DateKind,
    _ finding: inout Finding,
    _ body: ([PlannedOccurrence], inout Finding) async throws -> Void
  ) async throws {
    guard lower < upper else { return }
    var place: CandidatePlace?
    repeat {
      try LongTurn.goOn()
      let page = try await source.candidates(
        CandidateQuery(
          watch: watch, schedule: schedule, kind: kind, lower: lower, upper: upper,
          conditions: conditions ?? [], zoneColumn: zoneColumn, clock: generation.clock(at: now),
          after: place))
      finding.candidates += page.candidates.count
      finding.faults += page.candidates.compactMap { candidate in
        candidate.fault.map { RowFault(watch: watch.name, key: candidate.key, problem: $0) }
      }
      let zones = try await zones(of: page.candidates)
      let spellings = await spellings(of: page.candidates)
      var found: [PlannedOccurrence] = []
      for candidate in page.candidates {
        found += occurrences(
          of: candidate, as: kind, customer: candidate.customer.map { spellings[$0] ?? $0 },
          zone: zone(of: candidate, zones), lower, upper,
          holds: conditions != nil && candidate.fault == nil)
      }
      if !found.isEmpty { try await body(found, &finding) }
      place = page.next
    } while place != nil
  }

  private func occurrences(
    of candidate: Candidate, as kind: DateKind, customer: RowKey?, zone: Zone?,
    _ lower: Instant, _ upper: Instant, holds: Bool
  ) -> [PlannedOccurrence] {
    // The board of dates counts unusable values.
    guard let anchor = Anchor.reading(candidate.anchor, as: kind) else { return [] }
    let context = generation.momentContext(of: watch, zone: zone)
    return schedule.moments(
      of: anchor, after: lower, through: upper, late: step.late, in: context
    )
    .map { moment in
      backfill?.extended(moment, of: schedule, late: step.late, zone: context.zone) ?? moment
    }
    .filter { $0.useUntil > now }
    .map {
      PlannedOccurrence(
        key: candidate.key, cycle: $0.cycle, due: $0.due, useUntil: $0.useUntil,
        customer: customer, holds: holds)
    }
  }

  private func plan(
    _ occurrences: [PlannedOccurrence], expected: Instant?, _ fate: SurpriseFate
  ) async throws -> PlanSummary {
    guard !occurrences.isEmpty else { return PlanSummary() }
    guard let expected, fate != .planned else {
      return try await ledger.plan(
        [batch(of: occurrences)], advancing: [], tells: tells, now: now)
    }
    let preview = try await ledger.preview(batch(of: occurrences), now: now)
    let surprises = preview.additions.filter { $0.due <= expected }
    let others = preview.additions.filter { $0.due > expected } + preview.amendments
    var batches = [batch(of: others)]
    if fate == .dropped { batches.append(batch(of: surprises, isDropped: true)) }
    return try await ledger.plan(batches, advancing: [], tells: tells, now: now)
  }

  private func batch(of occurrences: [PlannedOccurrence], isDropped: Bool = false) -> PlanBatch {
    PlanBatch(
      rule: rule.name, step: step.name, trigger: Trigger(step.when), legs: step.legs.count,
      messageClass: step.messageClass, configuration: generation.number, place: step.place,
      minimumGap: schedule.minimumGap, isDropped: isDropped,
      occurrences: occurrences.sorted { $0.key < $1.key })
  }

  /// The zone column, where the watch is the customers' own.
  private var zoneColumn: String? {
    generation.directory?.watch == watch.name ? generation.directory?.timezone : nil
  }

  private func zone(of candidate: Candidate, _ zones: [RowKey: Zone]) -> Zone? {
    if let name = candidate.zoneName { return Zone.reading(name) }
    return candidate.customer.flatMap { zones[$0] }
  }

  /// The customers' keys as the directory writes them, if the directory is another watch than the one with the dates.
  private func spellings(of candidates: [Candidate]) async -> [RowKey: RowKey] {
    guard watch.customerColumn != nil else { return [:] }
    return await CustomerLookup(generation: generation, now: now)
      .spellings(of: Set(candidates.compactMap(\.customer)))
  }

  /// The customers' zones, if they are in another watch than the dates.
  private func zones(of candidates: [Candidate]) async throws(SourceProblem) -> [RowKey: Zone] {
    guard let directory = generation.directory, directory.timezone != nil,
      directory.watch != watch.name
    else { return [:] }
    return try await CustomerLookup(generation: generation, now: now)
      .find(Set(candidates.compactMap(\.customer)))
      .compactMapValues(\.customer.zone)
  }
}
