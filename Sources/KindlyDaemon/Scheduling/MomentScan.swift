import KindlyCore

/// One scan of one dated step: the rows that are overdue and hold, and the rows that come due within the horizon.
struct MomentScan {
  let generation: Generation
  let ledger: any PlanningLedger
  let rule: Rule
  let step: Step
  let schedule: Schedule
  let watch: Watch
  let source: any CustomerSource
  let now: Instant

  struct Finding: Sendable {
    var candidates = 0
    var planned = PlanSummary()
    var rubbish: [Anchor.Rubbish: Int] = [:]
  }

  /// The longest time that a moment of this step can be of use; how far back a scan must look.
  var longestUse: Duration {
    switch (step.late, schedule.kind) {
    case (.after(let period), _): period.roughly + .days(2)
    // Until the end of the anchor's day: the offset itself, a day, and what months and zones differ.
    case (.standard, .before(let period)): period.roughly + .days(5)
    case (.standard, .on), (.standard, .after), (.standard, .every), (.standard, .everyYearOn):
      Lateness.afterMoment
    }
  }

  func run(from floor: Instant) async throws -> Finding {
    var finding = Finding()
    // What is overdue is asked its condition, so that a cancelled one revives only when it holds again.
    try await scan(after: floor, through: now, asking: step.conditions, &finding)
    // What is still to come is not asked: that is for its moment.
    try await scan(after: max(floor, now), through: now + Scheduler.horizon, asking: nil, &finding)
    return finding
  }

  private func scan(
    after lower: Instant, through upper: Instant, asking conditions: [String]?,
    _ finding: inout Finding
  ) async throws {
    guard lower < upper else { return }
    var place: CandidatePlace?
    repeat {
      let page = try await source.candidates(
        CandidateQuery(
          watch: watch, schedule: schedule, lower: lower, upper: upper,
          conditions: conditions ?? [], zoneColumn: zoneColumn, clock: generation.clock(at: now),
          after: place))
      finding.candidates += page.candidates.count
      let zones = try await zones(of: page.candidates)
      var planned: [PlannedOccurrence] = []
      for candidate in page.candidates {
        planned += occurrences(
          of: candidate, zone: zone(of: candidate, zones), lower, upper,
          holds: conditions != nil, &finding)
      }
      finding.planned += try await plan(planned)
      place = page.next
    } while place != nil
  }

  private func occurrences(
    of candidate: Candidate, zone: Zone?, _ lower: Instant, _ upper: Instant, holds: Bool,
    _ finding: inout Finding
  ) -> [PlannedOccurrence] {
    let anchor: Anchor
    do {
      anchor = try Anchor(candidate.anchor)
    } catch {
      finding.rubbish[error, default: 0] += 1
      return []
    }
    return schedule.moments(
      of: anchor, after: lower, through: upper, late: step.late,
      in: generation.momentContext(of: watch, zone: zone)
    )
    .filter { $0.useUntil > now }
    .map {
      PlannedOccurrence(
        key: candidate.key, cycle: $0.cycle, due: $0.due, useUntil: $0.useUntil,
        customer: candidate.customer, holds: holds)
    }
  }

  private func plan(_ occurrences: [PlannedOccurrence]) async throws -> PlanSummary {
    guard !occurrences.isEmpty else { return PlanSummary() }
    let batch = PlanBatch(
      rule: rule.name, step: step.name, trigger: Trigger(step.when), legs: step.legs.count,
      messageClass: step.messageClass, configuration: generation.number, place: step.place,
      minimumGap: minimumGap, occurrences: occurrences.sorted { $0.key < $1.key })
    return try await ledger.plan([batch], advancing: [], now: now)
  }

  /// A recurrence never comes within half a period of the last one sent, whatever became of its anchor.
  private var minimumGap: Duration? {
    switch schedule.kind {
    case .every(let period): period.roughly / 2
    case .everyYearOn: Period(1, .year).roughly / 2
    case .on, .before, .after: nil
    }
  }

  /// The zone column, where the watch is the customers' own.
  private var zoneColumn: String? {
    generation.directory?.watch == watch.name ? generation.directory?.timezone : nil
  }

  private func zone(of candidate: Candidate, _ zones: [RowKey: Zone]) -> Zone? {
    if let name = candidate.zoneName { return Zone.named(name.trimmed) }
    return candidate.customer.flatMap { zones[$0] }
  }

  /// The customers' zones, where they stand in another watch than the dates.
  private func zones(of candidates: [Candidate]) async throws(SourceProblem) -> [RowKey: Zone] {
    guard let directory = generation.directory, directory.timezone != nil,
      directory.watch != watch.name
    else { return [:] }
    return try await CustomerLookup(generation: generation, now: now)
      .find(Set(candidates.compactMap(\.customer)))
      .compactMapValues(\.customer.zone)
  }
}
