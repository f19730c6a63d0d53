import KindlyCore

/// Asks the source about the rows and customers of one step's reminders, all at once.
struct Inquiry {
  let generation: Generation
  let ledger: any NoticingLedger
  let subject: Subject
  let now: Instant
  /// Tells how long an answer took.
  let clock: any Timekeeper

  struct Answer: Sendable {
    var passed: [Passed] = []
    var moved: [Transition] = []
    /// The rows that the rule fails on; their reminders wait.
    var faults: [RowFault] = []
    /// The columns of the customers that were read; nil if none was.
    var directory: DirectoryColumns?
    /// The same of the colleagues.
    var colleagues: DirectoryColumns?
  }

  /// A reminder whose row and customer are right, and whose recipient is still to be found.
  struct Admitted {
    let reminder: ClaimedReminder
    /// Nil for a row about nobody.
    let about: Person?
    /// The person by whose clock the moment is counted; nil for the company's.
    let timekeeper: Person?
    let this: RowValues
    let old: RowValues?
    /// The `unless:` that holds now; nil if none does.
    var unless: String?
  }

  /// Asks about those whose rows must meet the conditions now apart from those whose need not.
  func ask(_ reminders: [ClaimedReminder]) async throws -> Answer {
    var answer = Answer()
    for asksConditions in [true, false] {
      let part = reminders.filter { asksRow(of: $0) == asksConditions }
      if part.isEmpty { continue }
      let found = try await ask(part, asksConditions: asksConditions)
      answer.passed += found.passed
      answer.moved += found.moved
      answer.faults += found.faults
      answer.directory = found.directory ?? answer.directory
      answer.colleagues = found.colleagues ?? answer.colleagues
    }
    return answer
  }

  private func ask(
    _ reminders: [ClaimedReminder], asksConditions: Bool
  ) async throws -> Answer {
    let (dates, rows) = try await read(reminders, asksConditions: asksConditions)
    let changes = try await ledger.changes(reminders.compactMap(\.change))
    let judgement = try await judgement(of: reminders, changes)
    let customers = try await customers(of: reminders, rows)
    var answer = Answer()
    answer.directory = DirectoryColumns(generation.directory, of: customers.values)
    if let columns = answer.directory, columns.problem != nil {
      answer.moved = reminders.map {
        $0.waiting(forFixOf: .columnMissing, now: now, evidence: columns.evidence)
      }
      return answer
    }
    let outside = try await outside(customers)
    let found = reminders.map { reminder -> Found in
      let row = row(of: reminder, rows)
      let change = reminder.change.flatMap { changes[$0] }
      let entry = customerKey(of: reminder, row).flatMap { customers[$0] } ?? deleted(change)
      return (row, change, entry, row?.values ?? change?.new ?? change?.old ?? [:])
    }
    let timekeepers = try await timekeepers(of: found.map { ($0.entry?.person, $0.this) })
    var admitted: [Admitted] = []
    for (index, reminder) in reminders.enumerated() {
      let (row, change, entry, this) = found[index]
      let timekeeper = timekeepers[index]
      if let fault = fault(of: reminder, row, entry, judgement) {
        answer.faults.append(fault)
        answer.moved.append(
          reminder.waiting(fault.problem.reason, until: now + Triage.quarantinePause))
        continue
      }
      switch verdict(on: reminder, row, entry, timekeeper, judgement, dates) {
      case .good:
        var reminder = reminder
        reminder.applied = true
        // The verdict is good only where the customer was found, or the row is about nobody.
        admitted.append(
          Admitted(
            reminder: reminder, about: entry?.person, timekeeper: timekeeper,
            this: this, old: change?.old))
      case .wait(.customerMissing, _):
        let absence = CustomerAbsence(
          customer: customerKey(of: reminder, row), reminder: reminder, subject: subject,
          directory: generation.directory)
        answer.faults += [absence.fault(now: now)].compactMap(\.self)
        answer.moved.append(absence.wait(in: generation.keyColumn, now: now))
      case .wait(let reason, let until):
        answer.moved.append(reminder.waiting(reason, until: until))
      case .end(let reason):
        answer.moved.append(
          reminder.move(
            reminder.ended(reason).move,
            evidence: entry.flatMap { outside[$0.person.key] } ?? evidence(of: reminder, row)))
      }
    }
    try await address(try await withUnless(admitted, &answer), &answer)
    return answer
  }

  /// What was found of a reminder. `this` is the row as it is now or, if it is gone, as it was last seen.
  private typealias Found = (
    row: RowAnswer?, change: NoticedChange?, entry: PeopleLookup.Entry?, this: RowValues
  )

  /// The people by whose clocks the moments of reminders are counted, in their order.
  private func timekeepers(of subjects: [Timekeepers.Subject]) async throws -> [Person?] {
    let timekeepers = generation.databases.timekeepers(of: subject.step, now: now)
    guard timekeepers.asksColleagues, let staff = generation.databases.staff else {
      return try await timekeepers.find(subjects)
    }
    return try await asking(about: staff) { try await timekeepers.find(subjects) }
  }

  /// What the columns of the watch hold, and the rows of reminders.
  private func read(
    _ reminders: [ClaimedReminder], asksConditions: Bool
  ) async throws -> (DateKinds, [RowKey: RowAnswer]) {
    let question = RowQuestion(
      watch: subject.watch, keys: Array(Set(reminders.map(\.key))),
      conditions: asksConditions ? subject.step.conditions : [],
      clock: generation.databases.clock(at: now))
    return try await asking(about: subject.watch) {
      let dates = try await generation.dates(of: subject.watch, now: now)
      return (dates, try await subject.source.rows(question))
    }
  }

  /// The customers whom reminders are about.
  private func customers(
    of reminders: [ClaimedReminder], _ rows: [RowKey: RowAnswer]
  ) async throws -> [RowKey: PeopleLookup.Entry] {
    let keys = reminders.compactMap { customerKey(of: $0, rows[$0.key]) }
    guard let home = generation.databases.home, !keys.isEmpty else { return [:] }
    return try await asking(about: home) {
      // Letters write dates of the customer, too.
      _ = try await generation.dates(of: home, now: now)
      return try await generation.databases.lookup(now: now, in: subject.step.segments)
        .find(Set(keys))
    }
  }

  /// Asks a question about a watch, which is left alone for a while if it does not answer in time.
  private func asking<Found>(
    about watch: Watch, _ question: () async throws -> Found
  ) async throws -> Found {
    try await generation.databases.slowWatches.ask(about: watch, by: clock, question)
  }

  /// Finds the recipients of reminders.
  private func address(_ admitted: [Admitted], _ answer: inout Answer) async throws {
    if generation.databases.colleagues == nil, subject.step.recipients == [.customer] {
      answer.passed += admitted.map { one in
        Passed(
          reminder: one.reminder, subject: subject, about: one.about,
          recipient: one.about ?? .everybody, owner: nil, timekeeper: one.timekeeper,
          this: one.this, old: one.old, unless: one.unless)
      }
      return
    }
    let found = try await recipients(
      admitted.map { one in
        RecipientLookup.Request(
          subject.step.leg(one.reminder.leg)?.recipient ?? .customer, about: one.about,
          this: one.this)
      })
    answer.colleagues = DirectoryColumns(
      generation.databases.staff == nil ? nil : generation.databases.colleagues?.people,
      of: found.entries.values)
    for (one, found) in zip(admitted, found.answers) {
      let reminder = one.reminder
      switch found.recipient {
      case .success(let recipient):
        if recipient.kind == .colleagues, let columns = answer.colleagues, columns.problem != nil {
          answer.moved.append(
            reminder.waiting(forFixOf: .columnMissing, now: now, evidence: columns.evidence))
          continue
        }
        answer.passed.append(
          Passed(
            reminder: reminder, subject: subject, about: one.about, recipient: recipient,
            owner: found.owner, timekeeper: one.timekeeper, this: one.this, old: one.old,
            unless: one.unless))
      case .failure(.absence(let absence)):
        answer.faults += [
          absence.fault(of: reminder, subject, in: generation, now: now)
        ].compactMap(\.self)
        answer.moved.append(absence.wait(of: reminder, now: now))
      case .failure(.fault(let key, let problem)):
        answer.faults.append(
          RowFault(
            watch: generation.databases.staff?.name ?? subject.watch.name, key: key,
            problem: problem))
        answer.moved.append(reminder.waiting(problem.reason, until: now + Triage.quarantinePause))
      }
    }
  }

  private func recipients(
    _ requests: [RecipientLookup.Request]
  ) async throws -> RecipientLookup.Findings {
    let lookup = generation.databases.recipients(now: now)
    guard let staff = generation.databases.staff else { return try await lookup.find(requests) }
    return try await asking(about: staff) {
      // Letters write dates of colleagues, too.
      _ = try await generation.dates(of: staff, now: now)
      return try await lookup.find(requests)
    }
  }

  private func asksRow(of reminder: ClaimedReminder) -> Bool {
    !reminder.leads && subject.step.asksRow(of: reminder.trigger, hasApplied: reminder.applied)
  }

  /// Judges changes whose condition could not be evaluated when they were planned.
  private func judgement(
    of reminders: [ClaimedReminder], _ changes: [Int64: NoticedChange]
  ) async throws -> Judgement {
    let unjudged = reminders.filter(isUnjudged).compactMap { $0.change.flatMap { changes[$0] } }
    guard !unjudged.isEmpty else { return Judgement() }
    let question = ChangeQuestion(
      watch: subject.watch, changes: unjudged, conditions: subject.step.conditions,
      clock: generation.databases.clock(at: now))
    return try await asking(about: subject.watch) { try await subject.source.judge(question) }
  }

  private func isUnjudged(_ reminder: ClaimedReminder) -> Bool {
    subject.step.asksChange(of: reminder.trigger, hasApplied: reminder.applied)
  }

  /// The row as it was answered; where it is not read again, one that was not found is no matter.
  private func row(of reminder: ClaimedReminder, _ rows: [RowKey: RowAnswer]) -> RowAnswer? {
    guard let row = rows[reminder.key] else { return nil }
    let isRead = subject.step.recheck != .nothing || asksRow(of: reminder)
    return row.mayBeAbsent && !isRead ? nil : row
  }

  /// The fault that the rule has with this reminder only.
  private func fault(
    of reminder: ClaimedReminder, _ row: RowAnswer?, _ entry: PeopleLookup.Entry?,
    _ judgement: Judgement
  ) -> RowFault? {
    if !reminder.leads,
      let problem = row?.fault ?? reminder.change.flatMap({ judgement.faults[$0] })
    {
      return RowFault(watch: subject.watch.name, key: reminder.key, problem: problem)
    }
    guard let entry, let problem = entry.fault, let directory = generation.directory else {
      return nil
    }
    return RowFault(watch: directory.watch, key: entry.person.key, problem: problem)
  }

  private func verdict(
    on reminder: ClaimedReminder, _ row: RowAnswer?, _ entry: PeopleLookup.Entry?,
    _ timekeeper: Person?, _ judgement: Judgement, _ dates: DateKinds
  ) -> RecheckVerdict {
    if isUnjudged(reminder),
      !(reminder.change.map { judgement.satisfied.contains($0) } ?? false)
    {
      return .end(.condition)
    }
    let isAboutNobody = subject.watch.isAboutNobody(customer: customerKey(of: reminder, row))
    // The message of several rows is repeated unchanged for all of them, whatever became of the row that leads it.
    if reminder.leads, entry != nil || isAboutNobody { return .good }
    let recheck = Recheck(
      now: now, step: subject.step,
      context: isClockKnown(of: reminder, timekeeper, isAboutNobody)
        ? generation.databases.momentContext(of: subject.watch, for: timekeeper) : nil,
      dates: dates, looksBack: subject.rule.backfill != nil)
    let verdict = recheck.verdict(on: reminder, answer: row)
    guard verdict == .good else { return verdict }
    guard let entry else {
      if isAboutNobody {
        // Nobody is in no segment.
        return subject.step.segments.isEmpty ? .good : .end(.condition)
      }
      // A customer who is gone together with the row is not coming back.
      return row == nil
        ? Recheck.missing(reminder, as: .rowMissing, end: .rowGone, now: now)
        : .wait(.customerMissing, until: reminder.useUntil)
    }
    return entry.holds ? .good : .end(.condition)
  }

  /// Whether the clock that counts a reminder's moment is known: not while the row of its owner is missing.
  ///
  /// The reminder then waits for the row. A step may also write to others, who are found; theirs is the company's clock.
  private func isClockKnown(
    of reminder: ClaimedReminder, _ timekeeper: Person?, _ isAboutNobody: Bool
  ) -> Bool {
    if timekeeper != nil { return true }
    let timekeepers = generation.databases.timekeepers(of: subject.step, now: now)
    if timekeepers.areCustomers { return isAboutNobody || !timekeepers.needCustomers }
    return !timekeepers.asksColleagues
      || subject.step.leg(reminder.leg)?.recipient != subject.step.timekeeper
  }

  /// The evidence for customers who are not in the step's segments, by their keys.
  private func outside(
    _ customers: [RowKey: PeopleLookup.Entry]
  ) async throws -> [RowKey: String] {
    let refused = customers.values.filter { !$0.holds && $0.fault == nil }.map(\.person.key)
    return try await generation.databases.membership(in: subject.step.segments, now: now)
      .ask(Set(refused)).compactMapValues { standing in
        standing.outside.isEmpty ? nil : SegmentEvidence.text(missing: standing.outside)
      }
  }

  /// The customer as their deleted row of the directory had them; its `if` can no longer be asked.
  private func deleted(_ change: NoticedChange?) -> PeopleLookup.Entry? {
    guard let change, change.operation == .delete, let old = change.old,
      let directory = generation.directory, directory.watch == subject.watch.name
    else { return nil }
    return PeopleLookup.Entry(person: directory.person(key: change.key, old), holds: true)
  }

  /// The customer whom a reminder is about; nil if its row names none, or is about nobody.
  private func customerKey(of reminder: ClaimedReminder, _ row: RowAnswer?) -> RowKey? {
    subject.watch.customer(of: row, orElse: reminder.customer)
  }

  /// The values named by the step's `when` and conditions: what decided, without names and addresses.
  private func evidence(of reminder: ClaimedReminder, _ row: RowAnswer?) -> String? {
    guard let row else { return nil }
    var named: Set<ExactText> = []
    for condition in subject.step.conditions {
      // A condition that cannot be read names nothing; it has failed before this.
      guard let text = try? ConditionText(condition) else { continue }
      named.formUnion(text.identifiers.map { ($0.parts.last ?? "").folded })
    }
    named.formUnion(subject.step.when.schedule?.columns.map(\.name.folded) ?? [])
    named.subtract(
      (generation.directory?.secretColumns(of: subject.watch) ?? []).map(\.folded))
    return JSONText.object(row.values.filter { named.contains($0.key.folded) })
  }
}

extension SourceProblem {
  /// Why the reminder of a single row waits that has this problem.
  var reason: Reason {
    switch kind {
    case .condition: .ruleError
    case .watch, .unreachable: .rowInDoubt
    }
  }
}
