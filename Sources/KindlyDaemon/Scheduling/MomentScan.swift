package import KindlyCore

/// Keeps what a search of one dated step finds: overdue rows whose condition holds, and rows that come due within the
/// horizon.
struct MomentScan {
  let search: MomentSearch
  let ledger: any PlanningLedger
  let rule: Rule
  /// The number of the configuration that plans.
  let configuration: Int64
  /// Whether plans tell what became of each reminder.
  let tells: Bool

  private var step: Step { search.step }
  private var now: Instant { search.now }

  /// What a scan found, before anything of it is planned.
  struct Finding: Sendable {
    var candidates = 0
    /// The corrections that planning would make or cancel, unless they are too many to hold in memory.
    var corrections: [PlannedOccurrence] = []
    /// The number of letters that no earlier scan would have planned from the same data: a change made them due at
    /// once.
    var surprises = 0
    /// Their rows: however often one recurs, it is one row whose dates may have changed, and counts once.
    var surprisingRows: Set<RowKey> = []
    /// The letters that planning would add, by the earliest day on which they can be handed over: the surprises, and
    /// all others.
    var surprising: [CivilDate: Int] = [:]
    var coming: [CivilDate: Int] = [:]
    /// Of both, those that are due by now. Their conditions hold.
    var overdue = 0
    /// What planning would change, unless that is too much to hold in memory.
    var differing: [PlannedOccurrence] = []
    /// Whether `differing` and `corrections` are everything.
    var isWhole = true
    /// The moments that no earlier scan would have planned, and that are of no use any more.
    var missed = MissedMoments()
    /// Overdue rows that the conditions fail on; their reminders are planned, and wait.
    var faults: [RowFault] = []
    /// Reminders that are not made because their chain would be too long.
    var tooDeep: [TooDeep] = []
  }

  /// What happens to surprises when the findings are planned.
  enum SurpriseFate {
    case planned
    /// A person has accepted them, so they are sent however many there are.
    case accepted
    /// A person has decided that they are never sent.
    case dropped
    /// They are held, and found again by the next scan.
    case left
  }

  /// Gives `body` the corrections that the step may owe.
  private func corrections(
    _ body: (MomentSearch.Page) async throws -> Void
  ) async throws {
    guard step.onMove == .correct else { return }
    try await ledger.announcedRows(rule: rule.name, step: step.name, now: now) { keys in
      try await body(try await search.corrections(of: keys))
    }
  }

  /// Plans the corrections that a survey found.
  func planCorrections(_ finding: Finding, _ fate: SurpriseFate) async throws -> PlanSummary {
    var summary = PlanSummary()
    guard fate != .left else { return summary }
    func plan(_ occurrences: [PlannedOccurrence]) async throws {
      guard !occurrences.isEmpty else { return }
      let batch = batch(
        of: fate == .accepted ? occurrences.map(\.accepted) : occurrences, areCorrections: true,
        isDropped: fate == .dropped)
      summary += try await ledger.plan([batch], advancing: [], tells: tells, now: now)
    }
    if finding.isWhole {
      try await plan(finding.corrections)
    } else {
      try await corrections { try await plan($0.occurrences) }
    }
    return summary
  }

  /// If there are more differences, they are searched for again when they are planned.
  fileprivate static let mostHeld = 1_000

  /// Finds what planning would change.
  ///
  /// - Parameter expected: the time up to which an earlier scan planned; nil if there was none, so that nothing is a
  ///   surprise.
  func survey(from floor: Instant, expected: Instant?) async throws -> Finding {
    var finding = Finding()
    try await corrections { page in
      finding.candidates += page.candidates
      finding.faults += page.faults
      let preview = try await ledger.preview(
        batch(of: page.occurrences, areCorrections: true), now: now)
      // Only a moved date calls for a correction, so each of them is a surprise.
      count(preview.additions, expected: .distantFuture, &finding)
      finding.corrections += preview.additions + preview.amendments
      finding.limit()
    }
    try await scan(from: floor, missedAfter: expected, &finding) { occurrences, finding in
      let preview = try await ledger.preview(batch(of: occurrences), now: now)
      count(preview.additions, expected: expected, &finding)
      finding.tooDeep += preview.tooDeep
      finding.differing += preview.additions + preview.amendments
      finding.limit()
    }
    return finding
  }

  /// A row with the earliest time at which a moment of it can be served. Of several moments with the same time, such as
  /// all overdue ones, only the newest is sent, so it alone counts.
  private struct Turn: Hashable {
    let key: RowKey
    let time: Instant

    init(_ occurrence: PlannedOccurrence, now: Instant) {
      key = occurrence.key
      time = max(occurrence.due, now)
    }
  }

  /// Counts letters that planning would add.
  private func count(
    _ additions: [PlannedOccurrence], expected: Instant?, _ finding: inout Finding
  ) {
    let letters = step.legs.count
    var turns: Set<Turn> = []
    for addition in additions.sorted(by: { $0.due > $1.due }) {
      guard turns.insert(Turn(addition, now: now)).inserted else { continue }
      if addition.due <= now { finding.overdue += letters }
      let date = CompanyDay.date(ofDue: addition.due, in: search.databases.zone, now: now)
      if let expected, addition.due <= expected {
        if finding.surprisingRows.insert(addition.key).inserted { finding.surprises += letters }
        finding.surprising[date, default: 0] += letters
      } else {
        finding.coming[date, default: 0] += letters
      }
    }
  }

  /// How many letters of a day are still to come under the conditions as they are now.
  func letters(from now: Instant, on day: CompanyDay) async throws -> Int {
    var count = 0
    // A search includes its upper bound but not its lower one; a day includes its beginning but not its end.
    let instant = Duration.milliseconds(1)
    try await search.pages(
      after: max(now, day.begins - instant), through: day.ends - instant, asksConditions: true
    ) { page in
      let leaving =
        step.segments.isEmpty ? page.occurrences : page.occurrences.filter(\.holds)
      // A customer's row that cannot be asked counts: the reminder leaves once it is fixed.
      let faults = step.segments.isEmpty ? 0 : page.faults.count
      let turns = Set(leaving.map { Turn($0, now: now) })
      count += (turns.count + faults) * step.legs.count
    }
    return count
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
    from floor: Instant, missedAfter expected: Instant? = nil, _ finding: inout Finding,
    _ body: ([PlannedOccurrence], inout Finding) async throws -> Void
  ) async throws {
    func take(_ page: MomentSearch.Page) async throws {
      finding.candidates += page.candidates
      finding.faults += page.faults
      let useful = page.occurrences.filter { $0.useUntil > now }
      for missed in page.occurrences where missed.holds && missed.useUntil <= now {
        if let expected, missed.due > expected { finding.missed.add(missed.due) }
      }
      if !useful.isEmpty { try await body(useful, &finding) }
    }
    // For overdue rows the condition is evaluated, so that a cancelled reminder is revived only if it holds again.
    try await search.pages(after: floor, through: now, asksConditions: true, take)
    // For future rows it is not evaluated until their moment. The ledger is an exception: each reminder about it is
    // itself a row, so a reminder is planned only if the condition holds.
    try await search.pages(
      after: max(floor, now), through: now + Scheduler.horizon,
      asksConditions: search.watch.ledgerView != nil, take)
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
    switch fate {
    case .accepted: batches.append(batch(of: surprises.map(\.accepted)))
    case .dropped: batches.append(batch(of: surprises, isDropped: true))
    case .planned, .left: break
    }
    return try await ledger.plan(batches, advancing: [], tells: tells, now: now)
  }

  private func batch(
    of occurrences: [PlannedOccurrence], areCorrections: Bool = false, isDropped: Bool = false
  ) -> PlanBatch {
    PlanBatch(
      of: occurrences.sorted { $0.key < $1.key }, rule: rule.name, step, named: step.name,
      search.schedule, configuration: configuration,
      corrections: CorrectionPolicy(of: step, in: rule), areCorrections: areCorrections,
      isDropped: isDropped, view: search.watch.ledgerView)
  }
}

extension MomentScan.Finding {
  /// Forgets what would be planned if that is too much to hold in memory.
  fileprivate mutating func limit() {
    guard !isWhole || differing.count + corrections.count > MomentScan.mostHeld else { return }
    isWhole = false
    differing = []
    corrections = []
  }
}

extension PlanBatch {
  /// Occurrences of a step, under the names of its rule and itself in the ledger.
  package init(
    of occurrences: [PlannedOccurrence], rule: String, _ step: Step, named name: String,
    _ schedule: Schedule, configuration: Int64 = 0, corrections: CorrectionPolicy? = nil,
    areCorrections: Bool = false, isDropped: Bool = false, view: LedgerView? = nil
  ) {
    self.init(
      rule: rule, step: name, trigger: Trigger(schedule), legs: step.legs.map(\.number),
      messageClass: step.messageClass, configuration: configuration, place: step.place,
      minimumGap: schedule.minimumGap, isByCalendar: schedule.goesByCalendar,
      numbering: schedule.numbering, corrections: corrections, isCorrection: areCorrections,
      isDropped: isDropped,
      view: view, occurrences: occurrences)
  }
}
