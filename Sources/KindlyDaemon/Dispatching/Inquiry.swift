import KindlyCore

/// Asks the source about the rows and customers of one step's reminders, all at once.
struct Inquiry {
  let generation: Generation
  let ledger: any NoticingLedger
  let subject: Subject
  let now: Instant

  struct Answer: Sendable {
    var passed: [Passed] = []
    var moved: [Transition] = []
  }

  func ask(_ reminders: [ClaimedReminder]) async throws -> Answer {
    let rows = try await subject.source.rows(
      RowQuestion(
        watch: subject.watch, keys: Array(Set(reminders.map(\.key))),
        conditions: asksCondition ? subject.step.conditions : [],
        clock: generation.clock(at: now)))
    let changes = try await ledger.changes(reminders.compactMap(\.change))
    let keys = reminders.compactMap { customerKey(of: $0, rows[$0.key]) }
    let customers = try await CustomerLookup(generation: generation, now: now).find(Set(keys))
    var answer = Answer()
    for reminder in reminders {
      let row = rows[reminder.key]
      let change = reminder.change.flatMap { changes[$0] }
      let entry = customerKey(of: reminder, row).flatMap { customers[$0] } ?? deleted(change)
      switch verdict(on: reminder, row, entry) {
      case .good:
        // The verdict is good only where the customer was found.
        guard let customer = entry?.customer else { continue }
        answer.passed.append(
          Passed(
            reminder: reminder, subject: subject, customer: customer,
            this: row?.values ?? change?.new ?? change?.old ?? [:], old: change?.old))
      case .wait(let reason, let until):
        answer.moved.append(reminder.waiting(reason, until: until))
      case .end(let reason):
        // What may have arrived already cannot be taken back by the data.
        let ending: Reason = reminder.uncertainties > 0 ? .unresolved : reason
        answer.moved.append(
          Transition(
            reminder: reminder.id, lease: reminder.lease, move: .end(ending, nil),
            evidence: evidence(of: reminder, row)))
      }
    }
    return answer
  }

  private var asksCondition: Bool {
    subject.step.recheck == .condition && subject.step.when.asksConditionAtHandOver
  }

  private func verdict(
    on reminder: ClaimedReminder, _ row: RowAnswer?, _ entry: CustomerLookup.Entry?
  ) -> RecheckVerdict {
    let recheck = Recheck(
      now: now, step: subject.step,
      context: generation.momentContext(of: subject.watch, zone: entry?.customer.zone))
    let verdict = recheck.verdict(on: reminder, answer: row)
    guard verdict == .good else { return verdict }
    guard let entry else { return recheck.missing(reminder, as: .rowMissing, end: .rowGone) }
    return entry.holds ? .good : .end(.condition)
  }

  /// The customer as their deleted row of the directory had them; its `if` can no longer be asked.
  private func deleted(_ change: NoticedChange?) -> CustomerLookup.Entry? {
    guard let change, change.operation == .delete, let old = change.old,
      let directory = generation.directory, directory.watch == subject.watch.name
    else { return nil }
    return CustomerLookup.Entry(customer: directory.customer(key: change.key, old), holds: true)
  }

  private func customerKey(of reminder: ClaimedReminder, _ row: RowAnswer?) -> RowKey? {
    row?.customer ?? reminder.customer
  }

  /// The values that the step's `when` and conditions name: what decided, without names and addresses.
  private func evidence(of reminder: ClaimedReminder, _ row: RowAnswer?) -> String? {
    guard let row else { return nil }
    var named: Set<ExactText> = []
    for condition in subject.step.conditions {
      // A condition that cannot be read names nothing; it has failed before this.
      guard let text = try? ConditionText(condition) else { continue }
      named.formUnion(text.identifiers.map { ($0.parts.last ?? "").folded })
    }
    if let column = subject.step.when.schedule?.column { named.insert(column.folded) }
    named.subtract(
      (generation.directory?.secretColumns(of: subject.watch) ?? []).map(\.folded))
    return JSONText.object(row.values.filter { named.contains($0.key.folded) })
  }
}

extension When {
  /// Whether a condition is asked of the row as it is at hand-over: an update's was asked of the change, a delete has no row.
  fileprivate var asksConditionAtHandOver: Bool {
    switch self {
    case .insert, .dated: true
    case .update, .delete: false
    }
  }
}
