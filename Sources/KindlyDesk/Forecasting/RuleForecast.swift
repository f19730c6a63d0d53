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
  /// How many reminders were found, and how many the caller wants to wait for.
  private var found = 0
  private let most: Int

  private var now: Instant { forecast.now }

  /// Where reminders may supersede each other, a week is searched at a time: they are held until its end.
  private static let week = Duration.days(7)
  /// How many moments of a row a search is made for, so that a page of rows is never too much to hold.
  private static let mostMoments = 16

  init(forecast: Forecast, rule: Rule, watch: Watch, source: any CustomerSource, most: Int) {
    self.forecast = forecast
    self.rule = rule
    self.watch = watch
    self.source = source
    self.most = most
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
    /// With more reminders found than this, it is searched again in parts; nil if it is given as it is.
    let most: Int?
  }

  /// A window holds more than memory should.
  private struct TooMuchToHold: Error {}

  mutating func run(_ body: ([ForecastEntry]) throws -> Void) async throws {
    try await giveOpenReminders(body)
    let steps = rule.steps.enumerated().filter { !$0.element.when.isChange }
    guard !steps.isEmpty else { return }
    for (index, step) in steps { try await searchCorrections(of: step, at: index) }
    let overdue = Window(lower: .distantPast, upper: now, clock: now, most: nil)
    for (index, step) in steps { try await search(step, at: index, in: overdue, body) }
    try give(through: now, body)
    let time = timeAsked(by: steps.map(\.element))
    let longest = longestStretch(of: steps.map(\.element))
    let shortest = max(longest / RuleForecast.mostMoments, .hours(1))
    var stretch = longest
    var lower = now
    while lower < forecast.through {
      let window = window(from: lower, for: stretch, dividedDownTo: shortest, asking: time)
      let start = self
      do {
        for (index, step) in steps { try await search(step, at: index, in: window, body) }
      } catch is TooMuchToHold {
        self = start
        stretch = max((window.upper - lower) / 2, shortest)
        continue
      }
      if found - start.found < forecast.mostHeld / 4 { stretch = min(stretch * 2, longest) }
      try give(through: window.upper, body)
      lower = window.upper
    }
    try give(through: nil, body)
  }

  /// The next window: a stretch of time, which ends with the day if conditions name the time.
  private func window(
    from lower: Instant, for stretch: Duration, dividedDownTo shortest: Duration,
    asking time: TimeOfDay?
  ) -> Window {
    let zone = forecast.inquiry.zone
    var upper = lower + stretch
    var clock = now
    if let time {
      let date = zone.date(at: lower)
      upper = min(upper, zone.instant(of: WallClock(date: date.adding(days: 1), secondOfDay: 0)))
      clock = max(zone.instant(of: WallClock(date: date, at: time)), now)
    }
    // Where clocks go back over midnight, a date begins twice.
    upper = min(max(upper, lower + .hours(1)), forecast.through)
    let isDivided = !isAlone && upper - lower > shortest
    return Window(
      lower: lower, upper: upper, clock: clock, most: isDivided ? found + forecast.mostHeld : nil)
  }

  /// The time of day at which conditions are asked; nil where none of them names the time.
  private func timeAsked(by steps: [Step]) -> TimeOfDay? {
    let asksTime = steps.contains { step in
      (step.conditions + step.segments.map(\.condition)).contains(where: RuleForecast.namesTime)
    }
    guard asksTime else { return nil }
    let standard = forecast.configuration.defaultTime
    return steps.compactMap(\.when.schedule).first?.timeOfDay(orElse: standard) ?? standard
  }

  /// How far one search may reach.
  private func longestStretch(of steps: [Step]) -> Duration {
    let most = isAlone ? forecast.through - now : RuleForecast.week
    let distance = steps.compactMap { $0.when.schedule?.leastDistance }.min()
    return distance.map { min($0 * RuleForecast.mostMoments, most) } ?? most
  }

  /// Whether nothing supersedes what the rule's only step gives, because its moments are further apart than they are of
  /// use, and days off do not bring them together.
  private var isAlone: Bool {
    guard rule.steps.count == 1, let step = rule.steps.first, let schedule = step.when.schedule
    else { return false }
    guard let gap = schedule.minimumGap else { return true }
    return !schedule.mayMerge && gap * 2 >= schedule.longestUse(step.late)
  }

  private static func namesTime(_ condition: String) -> Bool {
    // A condition that cannot be read was refused when the configuration was loaded.
    (try? ConditionText(condition))?.placeholders.isEmpty == false
  }

  /// Searches a window for one step, and gives away at once what nothing can supersede.
  private mutating func search(
    _ step: Step, at index: Int, in window: Window, _ body: ([ForecastEntry]) throws -> Void
  ) async throws {
    guard let schedule = step.when.schedule else { return }
    let knownStep = name(of: step)
    // A rule or step that is not known yet would begin now.
    let position = standing.flatMap { standing in
      standing.scannedThrough[knownStep].map { _ in
        Scheduler.Position(of: knownStep, in: standing, backfill: rule.backfill)
      }
    }
    let search = MomentSearch(
      databases: forecast.inquiry.databases, step: step, schedule: schedule, watch: watch,
      source: source, backfill: Backfill(rule, begun: position?.begun ?? now), now: window.clock)
    let start = now - (rule.backfill?.roughly ?? .zero)
    let floor =
      position?.floor(lateness: search.longestUse)
      ?? max(standing?.activated ?? .distantPast, start)
    try await search.pages(
      after: max(window.lower, floor), through: window.upper, asksConditions: true
    ) { page in
      faults += page.faults
      let occurrences = page.occurrences.filter { occurrence in
        occurrence.holds && occurrence.useUntil > now && !isTold(occurrence, step, schedule)
          && (forecast.customer.map { $0 == occurrence.customer } ?? true)
      }
      guard !occurrences.isEmpty else { return }
      // However far ahead: under an earlier offset, an occurrence may have been sent long before its moment.
      let prospects = try await prospects(of: occurrences, step, knownStep, schedule)
      let open = zip(occurrences, prospects).flatMap { openReminders(of: $0, $1, step) }
      pending += try await entries(of: open, step).map { ($0, index) }
      if isAlone { try give(through: nil, body) }
      if let most = window.most, found > most { throw TooMuchToHold() }
    }
  }

  /// What becomes of a step's reminders, and how large their messages are.
  private mutating func entries(
    of reminders: [OpenReminder], _ step: Step
  ) async throws -> [ForecastEntry] {
    let entries = try await judge.entries(of: reminders, step)
    found += entries.count
    if found > most { throw Forecast.TooMuch() }
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
    guard let ledger = forecast.ledger, standing != nil else {
      return occurrences.map { _ in .new }
    }
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

extension Schedule {
  /// How far apart the moments of a row are at least; nil if it has only one, or a few a year.
  fileprivate var leastDistance: Duration? {
    if let minimumGap { return minimumGap * 2 }
    return goesByCalendar && !isOccasion ? .days(1) : nil
  }
}
