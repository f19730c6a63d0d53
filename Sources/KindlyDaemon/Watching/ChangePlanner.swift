package import KindlyCore
import Logging

/// Plans what noticed changes trigger, each rule from its own position, and asks the conditions of data-cancelled ones again.
struct ChangePlanner {
  let generation: Generation
  /// The source whose rules are planned.
  let source: String
  let ledger: any NoticingLedger & PlanningLedger & FuseLedger
  let health: Health
  let log: Logger
  let now: Instant
  /// The last change that each rule has seen.
  var positions: [ExactText: Int64]
  /// Where each rule stood when the daemon took up its configuration.
  let standings: [ExactText: RuleStanding]

  /// The most changes that a source judges at once.
  private static let batch = 500

  mutating func run() async throws -> PlanSummary {
    var summary = PlanSummary()
    for rule in generation.orderedRules where rule.steps.contains(where: \.when.isChange) {
      guard let watch = generation.watches[rule.watch], watch.source == source,
        let source = generation.source(of: watch), let position = positions[rule.name]
      else { continue }
      do {
        if try await judge(rule, watch, source, from: position) {
          summary += try await plan(rule, watch, source, from: position)
        }
        summary.revived += try await Revival(
          generation: generation, ledger: ledger, fuse: fuse, rule: rule, watch: watch,
          source: source, log: log, now: now
        ).run()
        if health.recordRecovery(of: .rule(rule.name)) {
          log.notice("rule \(rule.name) works again", metadata: ["rule": "\(rule.name)"])
        }
      } catch let problem as SourceProblem {
        // The position stays unchanged, so the rule catches up once it is fixed.
        report(problem, of: rule)
      }
    }
    return summary
  }

  private var fuse: FuseGuard {
    FuseGuard(ledger: ledger, zone: generation.zone, log: log, now: now)
  }

  /// Lets the rule's fuse judge all changes that are to be planned. It leaves out those that a person has accepted, so
  /// that nobody is asked twice. Returns false if the rule has seen all changes.
  private func judge(
    _ rule: Rule, _ watch: Watch, _ source: any CustomerSource, from start: Int64
  ) async throws -> Bool {
    var addition = FuseGuard.Addition()
    let hasChanges = try await eachStep(of: rule, watch, source, from: start) { changes, step in
      for (date, changes) in changes {
        addition.add(changes.count * step.legs.count, on: date, isOccasion: false)
      }
    }
    guard hasChanges else { return false }
    try await fuse.judge(rule, addition) { day in
      var count = 0
      _ = try await eachStep(of: rule, watch, source, from: start) { changes, step in
        guard let own = changes[day.date] else { return }
        count += try await letters(of: own, step, watch, source)
      }
      return count
    }
    return true
  }

  /// Gives `body` the changes that a step may write about, by the day on which it would do so, a page at a time. Returns
  /// false if there are no changes.
  private func eachStep(
    of rule: Rule, _ watch: Watch, _ source: any CustomerSource, from start: Int64,
    _ body: ([CivilDate: [NoticedChange]], Step) async throws -> Void
  ) async throws -> Bool {
    var position = start
    while true {
      let changes = try await ledger.changes(
        ofWatch: watch.name, after: position, limit: ChangePlanner.batch)
      guard let last = changes.last else { return position > start }
      for step in rule.steps where step.when.isChange {
        let named = reached(changes, by: step, of: rule).filter {
          !$0.isAccepted && step.when.change?.names($0.operation, changed: $0.changed) == true
        }
        let customers =
          step.asksClocks ? try await customers(of: named, watch, source) : [:]
        var useful: [CivilDate: [NoticedChange]] = [:]
        for one in try await served(named, about: customers, rule, step, watch, source) {
          let date = CompanyDay.date(ofDue: one.due, in: generation.zone, now: now)
          useful[date, default: []].append(one.change)
        }
        if !useful.isEmpty { try await body(useful, step) }
      }
      if changes.count < ChangePlanner.batch { return true }
      position = last.id
    }
  }

  /// How many letters the changes would send with their rows as they are now.
  private func letters(
    of changes: [NoticedChange], _ step: Step, _ watch: Watch, _ source: any CustomerSource
  ) async throws -> Int {
    let chosen = try await admitted(
      choose(changes, for: step, watch, source).changes, by: step, watch, source)
    let undecided = step.conditions.isEmpty ? [] : chosen.filter { $0.operation == .insert }
    guard !undecided.isEmpty else { return chosen.count * step.legs.count }
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: undecided.map(\.key), conditions: step.conditions,
        clock: generation.databases.clock(at: now)))
    let holding = rows.values.count { $0.holds || $0.fault != nil }
    return (chosen.count - undecided.count + holding) * step.legs.count
  }

  /// Those whose customers are in the step's segments, or cannot be asked about now.
  private func admitted(
    _ changes: [NoticedChange], by step: Step, _ watch: Watch, _ source: any CustomerSource
  ) async throws -> [NoticedChange] {
    guard !step.segments.isEmpty else { return changes }
    let customers = try await customers(of: changes, watch, source)
    let entries = try await generation.databases.lookup(now: now, in: step.segments)
      .find(Set(customers.values))
    return changes.filter { change in
      guard let customer = customers[change.id] else {
        return !watch.isAboutNobody(customer: nil)
      }
      guard let entry = entries[customer] else { return true }
      return entry.holds || entry.fault != nil
    }
  }

  private func report(_ problem: SourceProblem, of rule: Rule) {
    // An unreachable source is reported by the watcher, once and not for each rule.
    guard problem.kind != .unreachable,
      health.recordFailure(of: .rule(rule.name), on: rule.watch, problem)
    else { return }
    let sentence = Problem.Subject.rule(rule.name).sentence(about: problem)
    let hint = problem.hint.map { "; \($0)" } ?? ""
    log.error(
      "\(sentence)\(hint); its changes wait until it is fixed",
      metadata: ["rule": "\(rule.name)"])
  }

  private mutating func plan(
    _ rule: Rule, _ watch: Watch, _ source: any CustomerSource, from start: Int64
  ) async throws -> PlanSummary {
    var summary = PlanSummary()
    var position = start
    while true {
      let changes = try await ledger.changes(
        ofWatch: watch.name, after: position, limit: ChangePlanner.batch)
      guard let last = changes.last else { return summary }
      var batches: [PlanBatch] = []
      for step in rule.steps where step.when.isChange {
        let chosen = try await choose(
          reached(changes, by: step, of: rule), for: step, watch, source)
        tell(of: chosen.faults, rule, watch)
        batches += try await self.batches(of: chosen, rule, step, watch, source)
      }
      position = last.id
      var planned = try await ledger.plan(
        batches, advancing: [.changes(rule: rule.name, through: position)],
        tells: log.tellsEachReminder, now: now)
      log.tell(&planned, in: generation.zone)
      log.tell(health.news(in: planned.tooDeep), of: watch)
      summary += planned
      positions[rule.name] = position
    }
  }

  /// The changes that a step applies to; the rule may be older than the step.
  private func reached(
    _ changes: [NoticedChange], by step: Step, of rule: Rule
  ) -> [NoticedChange] {
    guard let start = standings[rule.name]?.changesAfter[step.name] else { return changes }
    return changes.filter { $0.id > start }
  }

  /// The changes that make reminders of a step.
  private struct Choice {
    var changes: [NoticedChange]
    /// The changes for which the step's condition has held, or that need none to hold.
    var holding: Set<Int64>
    /// The changes that the condition fails on, by their rows; they are planned, and judged again before they leave.
    var faults: [Int64: RowFault] = [:]
  }

  /// The changes that match a step's `when` and, if the condition is evaluated on the change, satisfy it.
  private func choose(
    _ changes: [NoticedChange], for step: Step, _ watch: Watch, _ source: any CustomerSource
  ) async throws -> Choice {
    let named = changes.filter {
      step.when.change?.names($0.operation, changed: $0.changed) == true
    }
    if step.conditions.isEmpty { return Choice(changes: named, holding: Set(named.map(\.id))) }
    // An insert's condition is evaluated just before sending, and may become true until the end of its use. The ledger
    // is an exception: each reminder about it is itself a row, so a reminder is planned only if the condition holds.
    let isLate = { (change: NoticedChange) in
      change.operation == .insert && watch.ledgerView == nil
    }
    let asked = named.filter { !isLate($0) }
    if asked.isEmpty { return Choice(changes: named, holding: []) }
    let judgement = try await source.judge(
      ChangeQuestion(
        watch: watch, changes: asked, conditions: step.conditions,
        clock: generation.databases.clock(at: now))
    )
    var choice = Choice(changes: [], holding: judgement.satisfied)
    for change in named {
      if isLate(change) {
        choice.changes.append(change)
      } else if let problem = judgement.faults[change.id] {
        choice.faults[change.id] = RowFault(watch: watch.name, key: change.key, problem: problem)
        choice.changes.append(change)
      } else if judgement.satisfied.contains(change.id) {
        choice.changes.append(change)
      }
    }
    return choice
  }

  private func tell(of faults: [Int64: RowFault], _ rule: Rule, _ watch: Watch) {
    for sentence in health.record(Array(faults.values), of: rule.name, now: now) {
      log.error("\(sentence)", metadata: ["rule": "\(rule.name)", "watch": "\(watch.name)"])
    }
  }

  /// A batch for each kind of change, because what is asked again before a message leaves depends on it.
  private func batches(
    of choice: Choice, _ rule: Rule, _ step: Step, _ watch: Watch,
    _ source: any CustomerSource
  ) async throws -> [PlanBatch] {
    if choice.changes.isEmpty { return [] }
    let customers = try await customers(of: choice.changes, watch, source)
    let served = try await served(choice.changes, about: customers, rule, step, watch, source)
    return ChangeOperation.allCases.compactMap { operation in
      let occurrences = served.filter { $0.change.operation == operation }.map { one in
        PlannedOccurrence(
          key: one.change.key, cycle: cycle(of: one.change, watch), due: one.due,
          useUntil: one.useUntil, customer: customers[one.change.id], change: one.change.id,
          holds: choice.holding.contains(one.change.id), isAccepted: one.change.isAccepted)
      }
      return occurrences.isEmpty
        ? nil
        : PlanBatch(
          rule: rule.name, step: step.name, trigger: Trigger(operation),
          legs: step.legs.map(\.number),
          messageClass: step.messageClass, configuration: generation.number, place: step.place,
          view: watch.ledgerView, occurrences: occurrences.sorted { $0.key < $1.key })
    }
  }

  /// A change that a step can still write about, with the time at which it does.
  private struct Served {
    let change: NoticedChange
    let due: Instant
    let useUntil: Instant
  }

  /// The changes that a step can still write about. The fuse counts them by the times at which they are planned.
  ///
  /// - Parameter customers: needed only if the step asks clocks.
  private func served(
    _ changes: [NoticedChange], about customers: [Int64: RowKey], _ rule: Rule, _ step: Step,
    _ watch: Watch, _ source: any CustomerSource
  ) async throws -> [Served] {
    if changes.isEmpty { return [] }
    let people = try await timekeepers(of: changes, about: customers, step, watch, source)
    let lateness = try await lateness(of: changes, by: people, step, watch, source)
    let backfill = Backfill(rule, begun: standings[rule.name]?.begun[step.name])
    return changes.compactMap { change in
      let late = lateness[change.id] ?? step.late
      let context = generation.databases.momentContext(of: watch, for: people[change.id])
      guard let moment = step.moment(ofChangeAt: change.noticed, late: late, in: context) else {
        return nil
      }
      let useUntil =
        backfill?.end(
          moment.useUntil, ofWhatCameAt: moment.due, late: late, orElse: Lateness.afterChange,
          zone: generation.zone) ?? moment.useUntil
      guard useUntil > now else { return nil }
      let due = step.spread(
        moment.due, until: moment.useUntil, of: change.key, cycle(of: change, watch),
        in: context.zone)
      return Served(change: change, due: due, useUntil: useUntil)
    }
  }

  /// The people by whose clocks and calendars changes are delayed, spread over their days, and of use; none where no
  /// clock matters.
  private func timekeepers(
    of changes: [NoticedChange], about customers: [Int64: RowKey], _ step: Step, _ watch: Watch,
    _ source: any CustomerSource
  ) async throws -> [Int64: Person] {
    guard step.asksClocks else { return [:] }
    let databases = generation.databases
    let timekeepers = databases.timekeepers(of: step, now: now)
    var people: [RowKey: PeopleLookup.Entry] = [:]
    if timekeepers.needCustomers {
      people = try await databases.lookup(now: now).find(Set(customers.values))
    }
    var rows: [RowKey: RowAnswer] = [:]
    if timekeepers.column != nil {
      rows = try await source.rows(
        RowQuestion(
          watch: watch, keys: Array(Set(changes.map(\.key))), clock: databases.clock(at: now)))
    }
    let found = try await timekeepers.find(
      changes.map { change in
        (
          customers[change.id].flatMap { people[$0]?.person },
          rows[change.key]?.values ?? change.new ?? change.old ?? [:]
        )
      })
    return zip(changes, found).reduce(into: [:]) { timekeepers, pair in
      timekeepers[pair.0.id] = pair.1
    }
  }

  /// How long the reminders of changes are of use where a column of the row says it: by the row as it is, or as it was
  /// deleted, and by people's clocks.
  private func lateness(
    of changes: [NoticedChange], by people: [Int64: Person], _ step: Step, _ watch: Watch,
    _ source: any CustomerSource
  ) async throws -> [Int64: Lateness] {
    guard step.late.column != nil else { return [:] }
    let databases = generation.databases
    let dates = try await databases.dates(of: watch, in: source, now: now)
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(changes.map(\.key))), clock: databases.clock(at: now)))
    let pairs = changes.map { change in
      let row = rows[change.key]?.values ?? change.old ?? [:]
      let context = databases.momentContext(of: watch, for: people[change.id])
      return (change.id, step.late.resolved(in: row, as: dates, in: context))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  private func cycle(of change: NoticedChange, _ watch: Watch) -> Cycle {
    // A row that was given another row's former key is a new customer.
    change.operation == .insert && !watch.reappearingInserts && !change.isReuse
      ? .insert : .change(change.id)
  }

  /// The customers that changes are about; none for those about nobody.
  private func customers(
    of changes: [NoticedChange], _ watch: Watch, _ source: any CustomerSource
  ) async throws -> [Int64: RowKey] {
    let column: String
    switch watch.about {
    case .nobody: return [:]
    case .itself: return Dictionary(uniqueKeysWithValues: changes.map { ($0.id, $0.key) })
    case .customer(let name): column = name
    }
    let rows = try await source.rows(
      RowQuestion(
        watch: watch, keys: Array(Set(changes.map(\.key))),
        clock: generation.databases.clock(at: now)))
    var customers: [Int64: RowKey] = [:]
    for change in changes {
      let captured = (change.new ?? change.old)?.value(ofColumn: column).flatMap { RowKey([$0]) }
      customers[change.id] = rows[change.key]?.customer ?? captured
    }
    let spellings = await generation.databases.lookup(now: now)
      .spellings(of: Set(customers.values))
    return customers.mapValues { spellings[$0] ?? $0 }
  }
}

extension Step {
  /// Whether people's clocks or calendars say when it writes about a change, or until when.
  fileprivate var asksClocks: Bool { delay != nil || spread != nil || late.column != nil }
}

extension RuleActivation {
  /// What the ledger must know of a rule.
  package init(_ rule: Rule) {
    self.init(
      name: rule.name, formerNames: rule.formerNames, watch: rule.watch,
      steps: rule.steps.map(StepActivation.init),
      backfill: rule.backfill?.roughly)
  }
}
