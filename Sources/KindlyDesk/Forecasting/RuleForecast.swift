import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Looks ahead for one rule, a stretch of time after the other, so that it holds only what may still be superseded.
struct RuleForecast {
  private let forecast: Forecast
  private let rule: Rule
  private let watch: Watch
  private let source: any CustomerSource
  private let standing: RuleStanding?
  /// The name by which the ledger knows the rule.
  private let knownName: String
  private let judge: DepartureJudge
  private var sizes: SizeEstimate?
  /// What is found and not yet given away, with the place of its step.
  private var pending: [(entry: ForecastEntry, step: Int)] = []
  private(set) var faults: [RowFault] = []
  /// The dates that corrections not planned yet will tell, by row and step.
  private var corrected: [RowKey: [ExactText: Set<Cycle>]] = [:]

  private var now: Instant { forecast.now }

  /// A rule with several steps is searched a week at a time.
  private static let stretch = Duration.days(7)

  init(forecast: Forecast, rule: Rule, watch: Watch, source: any CustomerSource) {
    self.forecast = forecast
    self.rule = rule
    self.watch = watch
    self.source = source
    let known = forecast.standing(of: rule)
    standing = known?.1
    knownName = known?.name ?? rule.name
    judge = DepartureJudge(forecast: forecast, rule: rule)
    sizes = SizeEstimate(forecast.inquiry, forecast.letters, rule, watch, source)
  }

  /// A stretch of time, and the time as of which conditions are asked about moments in it.
  private struct Window {
    let lower: Instant
    let upper: Instant
    let clock: Instant
  }

  mutating func run(_ body: ([ForecastEntry]) throws -> Void) async throws {
    try await giveOpenReminders(body)
    let steps = rule.steps.enumerated().filter { !$0.element.when.isChange }
    guard !steps.isEmpty else { return }
    for (index, step) in steps { try await searchCorrections(of: step, at: index) }
    for window in windows(of: steps.map(\.element)) {
      for (index, step) in steps { try await search(step, at: index, in: window, body) }
      try give(through: window.upper, body)
    }
    try give(through: nil, body)
  }

  /// What is overdue, and what is to come: at once, or by days where conditions name the time.
  private func windows(of steps: [Step]) -> [Window] {
    var windows = [Window(lower: .distantPast, upper: now, clock: now)]
    let zone = forecast.inquiry.zone
    let asksTime = steps.contains { step in
      (step.conditions + step.segments.map(\.condition)).contains(where: RuleForecast.namesTime)
    }
    let time =
      steps.compactMap(\.when.schedule).first?.timeOfDay(orElse: forecast.configuration.defaultTime)
      ?? forecast.configuration.defaultTime
    var lower = now
    while lower < forecast.through {
      let date = zone.date(at: lower)
      var upper = forecast.through
      if asksTime {
        upper = zone.instant(of: WallClock(date: date.adding(days: 1), secondOfDay: 0))
      } else if steps.count > 1 {
        upper = lower + RuleForecast.stretch
      }
      // Where clocks go back over midnight, a date begins twice.
      upper = min(max(upper, lower + .hours(1)), forecast.through)
      let clock = asksTime ? max(zone.instant(of: WallClock(date: date, at: time)), now) : now
      windows.append(Window(lower: lower, upper: upper, clock: clock))
      lower = upper
    }
    return windows
  }

  private static func namesTime(_ condition: String) -> Bool {
    // A condition that cannot be read was refused when the configuration was loaded.
    (try? ConditionText(condition))?.placeholders.isEmpty == false
  }

  /// Searches a window for one step.
  ///
  /// If the rule has no other, and its moments are further apart than they are of use, nothing can supersede what is found,
  /// and it is given away at once.
  private mutating func search(
    _ step: Step, at index: Int, in window: Window, _ body: ([ForecastEntry]) throws -> Void
  ) async throws {
    guard let schedule = step.when.schedule else { return }
    let knownStep = name(of: step)
    let position = standing.map {
      Scheduler.Position(of: knownStep, in: $0, backfill: rule.backfill)
    }
    // A rule that is not known yet would begin now.
    let search = MomentSearch(
      databases: forecast.inquiry.databases, step: step, schedule: schedule, watch: watch,
      source: source, backfill: Backfill(rule, begun: position?.begun ?? now), now: window.clock)
    let floor =
      position?.floor(lateness: search.longestUse) ?? now - (rule.backfill?.roughly ?? .zero)
    // Beyond what is planned, the ledger holds only what recurrences follow.
    let asksLedger =
      standing != nil && (window.lower < now + Scheduler.horizon || schedule.recurs)
    let isAlone =
      rule.steps.count == 1
      && (schedule.minimumGap.map { $0 * 2 >= schedule.longestUse(step.late) } ?? true)
    try await search.pages(
      after: max(window.lower, floor), through: window.upper, asksConditions: true
    ) { page in
      faults += page.faults
      let occurrences = page.occurrences.filter { occurrence in
        occurrence.holds && occurrence.useUntil > now && !isTold(occurrence, step, schedule)
          && (forecast.customer.map { $0 == occurrence.customer } ?? true)
      }
      guard !occurrences.isEmpty else { return }
      let prospects =
        asksLedger
        ? try await prospects(of: occurrences, step, knownStep, schedule)
        : occurrences.map { _ in .new }
      let open = zip(occurrences, prospects).flatMap { openReminders(of: $0, $1, step) }
      pending += try await entries(of: open, step).map { ($0, index) }
      if isAlone { try give(through: nil, body) }
    }
  }

  /// What becomes of a step's reminders, and how large their messages are.
  private mutating func entries(
    of reminders: [OpenReminder], _ step: Step
  ) async throws -> [ForecastEntry] {
    let entries = try await judge.entries(of: reminders, step)
    return try await sizes?.measured(entries, step) ?? entries
  }

  /// Finds the corrections that the next scan would plan.
  private mutating func searchCorrections(of step: Step, at index: Int) async throws {
    guard step.onMove == .correct, standing != nil, let ledger = forecast.ledger,
      let schedule = step.when.schedule
    else { return }
    let knownStep = name(of: step)
    let search = MomentSearch(
      databases: forecast.inquiry.databases, step: step, schedule: schedule, watch: watch,
      source: source, backfill: nil, now: now)
    try await ledger.announcedRows(rule: knownName, step: knownStep, now: now) { keys in
      let page = try await search.corrections(of: keys)
      faults += page.faults
      let occurrences = page.occurrences.filter { occurrence in
        forecast.customer.map { $0 == occurrence.customer } ?? true
      }
      let prospects = try await prospects(
        of: occurrences, step, knownStep, schedule, areCorrections: true)
      let open = zip(occurrences, prospects).flatMap { openReminders(of: $0, $1, step) }
      for reminder in open {
        guard case .correction(let told, _) = reminder.cycle else { continue }
        corrected[reminder.key, default: [:]][step.name, default: []].insert(told)
      }
      pending += try await entries(of: open, step).map { ($0, index) }
    }
  }

  /// Whether a correction that comes now tells the date of an occurrence, which is then not planned.
  private func isTold(_ occurrence: PlannedOccurrence, _ step: Step, _ schedule: Schedule) -> Bool {
    occurrence.due < now + schedule.nearness
      && corrected[occurrence.key]?[step.name]?.contains(occurrence.cycle) == true
  }

  /// The name by which the ledger knows a step.
  private func name(of step: Step) -> String {
    ([step.name] + step.formerNames).first { standing?.scannedThrough[$0] != nil } ?? step.name
  }

  private func prospects(
    of occurrences: [PlannedOccurrence], _ step: Step, _ knownStep: String, _ schedule: Schedule,
    areCorrections: Bool = false
  ) async throws -> [Prospect] {
    guard let ledger = forecast.ledger else { return occurrences.map { _ in .new } }
    return try await ledger.prospects(
      of: PlanBatch(
        of: occurrences, rule: knownName, step, named: knownStep, schedule,
        corrections: CorrectionPolicy(of: step, in: rule, name: name),
        areCorrections: areCorrections, view: watch.ledgerView
      ), now: now)
  }

  private func openReminders(
    of occurrence: PlannedOccurrence, _ prospect: Prospect, _ step: Step
  ) -> [OpenReminder] {
    let legs =
      switch prospect {
      case .new:
        step.legs.map {
          Prospect.OpenLeg(leg: $0.number, next: occurrence.due, routePosition: 0)
        }
      case .planned(let legs): legs
      }
    return legs.map { leg in
      OpenReminder(
        leg: leg.leg, key: occurrence.key,
        cycle: leg.correction.map { .correction(to: occurrence.cycle, number: $0) }
          ?? occurrence.cycle, customer: occurrence.customer,
        due: occurrence.due, useUntil: occurrence.useUntil, next: max(leg.next, now),
        routePosition: leg.routePosition, isFused: leg.isFused)
    }
  }

  /// Gives away what leaves until an instant and so can no longer be superseded; nil gives everything.
  private mutating func give(
    through end: Instant?, _ body: ([ForecastEntry]) throws -> Void
  ) throws {
    let leaving = pending.enumerated().compactMap { index, one -> (Int, Precedence.Leaving)? in
      guard case .leaves(let time, _) = one.entry.fate else { return nil }
      return (
        index,
        Precedence.Leaving(
          row: one.entry.key.fingerprint, leg: one.entry.leg,
          recipient: rule.steps[one.step].leg(one.entry.leg)?.recipient, due: one.entry.due,
          step: one.step, leaves: time, isCorrection: one.entry.cycle.isCorrection)
      )
    }
    for place in Precedence.superseded(among: leaving.map(\.1)) {
      pending[leaving[place].0].entry.fate = .stays(.superseded)
    }
    let isDone = { (entry: ForecastEntry) in end.map { entry.time <= $0 } ?? true }
    let given = pending.map(\.entry).filter { isDone($0) && $0.time <= forecast.through }
    pending.removeAll { isDone($0.entry) }
    if !given.isEmpty { try body(given) }
  }

  /// What waits already and comes of no date: reminders of changes, follow-ups, and what a person resent.
  private mutating func giveOpenReminders(
    _ body: ([ForecastEntry]) throws -> Void
  ) async throws {
    guard let ledger = forecast.ledger, standing != nil else { return }
    let reader = OpenReminders(
      ledger: ledger, inquiry: forecast.inquiry, watch: watch, source: source,
      selection: ReminderSelection(
        rule: knownName, states: [.waiting, .claimed], until: forecast.through,
        customer: forecast.customer))
    try await reader.pages { reminders in
      for (name, reminders) in reminders.sorted(by: { $0.key < $1.key }) {
        guard let step = rule.step(named: name.string) else { continue }
        let open = try await reader.standing(reminders, step)
        let entries = try await entries(of: open, step)
        let given = entries.filter { $0.time <= forecast.through }
        if !given.isEmpty { try body(given) }
      }
    }
  }
}
