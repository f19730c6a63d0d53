import KindlyConfig
import KindlyCore
import KindlyDaemon

/// Says why a step has made no reminder of a row: the rule does not apply to it, or nothing is planned for it now.
package struct Absence {
  let inquiry: CustomerInquiry
  let ledger: any ReadingLedger
  let standings: [ExactText: WatchStanding]
  let start: RuleStart
  let rule: String
  let step: Step
  let watch: Watch
  let key: RowKey
  /// The customer, by whose clocks and calendar moments are due; nil where they are not in the directory.
  let customer: Person?

  /// Which of the two it is.
  package enum Cause: String, Encodable {
    case rule
    case window
  }

  package struct Finding {
    package let cause: Cause
    package let text: String

    package static func rule(_ text: String) -> Finding { Finding(cause: .rule, text: text) }
    package static func window(_ text: String) -> Finding { Finding(cause: .window, text: text) }

    /// The finding as a sentence.
    package var sentence: String {
      switch cause {
      case .rule: "the rule does not apply: \(text)"
      case .window: "not planned: \(text)"
      }
    }
  }

  /// The newest noticed changes of a row that are looked at; a row with more has a reminder by then, or never will.
  private static let mostChanges = 100

  package func find() async throws -> Finding {
    let standing = try await standing()
    if let fault = standing.fault {
      return .rule("error on the customer's row: \(fault.description)")
    }
    if let view = watch.ledgerView, let finding = try await excluded(from: view) {
      return finding
    }
    return try await find(outside: standing.outside)
  }

  /// Why the rule makes no reminder about a row of the ledger, whatever its condition.
  private func excluded(from view: LedgerView) async throws -> Finding? {
    guard let lineage = try await ledger.lineages(of: [key], in: view)[key] else { return nil }
    switch lineage.verdict(for: rule) {
    case .made: return nil
    case .ownDoing:
      return .rule("the rule itself led to this row, and a rule never acts on rows that it caused")
    case .tooDeep: return .rule(TooDeep.words)
    }
  }

  /// The customer's standing in the step's segments.
  private func standing() async throws -> SegmentMembership.Standing {
    guard let customer else { return SegmentMembership.Standing() }
    return try await inquiry.databases.membership(in: step.segments, now: inquiry.now)
      .ask([customer.key])[customer.key] ?? SegmentMembership.Standing()
  }

  private func find(outside: [String]) async throws -> Finding {
    let row = try await inquiry.row(key, of: watch, conditions: conditionsNow)
    if let row, row.mayBeAbsent, let fault = row.fault {
      return .rule("it is not known whether the row is there: \(fault.description)")
    }
    if step.when.change == .delete { return try await deleted(row, outside) }
    guard let row else { return .rule("the row is not in \(watch.name)") }
    if let fault = row.fault { return .rule("error on this row: \(fault.description)") }
    if step.when.isChange, let heldChanges { return heldChanges }
    switch step.when {
    case .change(.insert, _): return try await inserted(row, outside)
    case .change(.update(let columns), _): return try await updated(columns, row, outside)
    case .change(.insertOrUpdate(let columns), _):
      // The newest change tells more than the first.
      return try await changes(.update).isEmpty
        ? try await inserted(row, outside) : try await updated(columns, row, outside)
    case .change(.delete, _): preconditionFailure("a delete was answered above")
    case .dated(let schedule):
      let dates = try await inquiry.dates(of: watch)
      let context = try await inquiry.context(
        of: watch, for: step, about: customer, this: row.values)
      let finding = DatedAbsence(
        schedule: schedule, dates: dates, step: step,
        late: step.late.resolved(in: row.values, as: dates, in: context), row: row,
        outside: outside,
        start: start,
        context: context, time: inquiry.time.about(readerIn: customer?.zone)
      ).find()
      return held(finding)
    }
  }

  /// That changes of the watch are held; nil if they are not.
  private var heldChanges: Finding? {
    standings[watch.name]?.hold.map { hold in
      Finding.window("changes of \(watch.name) are held since \(time(hold.since)): \(hold.text)")
    }
  }

  /// A finding about a moment, with the hold that keeps moments of the watch from being planned.
  private func held(_ finding: Finding) -> Finding {
    guard case .window = finding.cause, let hold = standings[watch.name]?.momentHold else {
      return finding
    }
    return .window(
      "\(finding.text); moments of \(watch.name) are held since \(time(hold.since)): \(hold.text)")
  }

  private var time: TimeText { inquiry.time }

  /// An update's condition is about the change, and may name `old`, which a row as it is now does not have.
  private var conditionsNow: [String] {
    switch step.when {
    case .change(.insert, _), .change(.insertOrUpdate, _), .dated: step.conditions
    case .change(.update, _), .change(.delete, _): []
    }
  }

  private func changes(_ operation: ChangeOperation) async throws -> [NoticedChange] {
    try await ledger.changes(ofRow: key, watch: watch.name, limit: Absence.mostChanges)
      .filter { $0.operation == operation }
  }

  private func inserted(_ row: RowAnswer, _ outside: [String]) async throws -> Finding {
    guard standings[watch.name]?.hasBaseline == true else {
      return .window(
        "Kindly has not finished its first look at \(watch.name); the rows that it finds count as known and fire no rule"
      )
    }
    guard let change = try await changes(.insert).first else {
      return .window("the row was there before Kindly began watching \(watch.name)")
    }
    return try await late(change, row.holds, row, outside)
  }

  private func updated(
    _ columns: [String], _ row: RowAnswer, _ outside: [String]
  ) async throws -> Finding {
    let named = Set(columns.map(\.folded))
    let touched = try await changes(.update).filter { change in
      named.isEmpty || change.changed.contains { named.contains($0.folded) }
    }
    guard let last = touched.first else {
      let what = columns.isEmpty ? "the row" : columns.joined(separator: " or ")
      return .rule("no update of \(what) has been noticed in the changes that are kept")
    }
    let judgement = try await inquiry.source(of: watch).judge(
      ChangeQuestion(
        watch: watch, changes: touched, conditions: step.conditions, clock: inquiry.clock))
    guard let change = touched.first(where: { judgement.satisfied.contains($0.id) }) else {
      if let fault = judgement.faults[last.id] {
        return .rule(
          "its update was noticed \(time(last.noticed)), but there is an error on this row: \(fault.description)"
        )
      }
      return .rule(
        "\(counted(touched.count, "update")) noticed, the last \(time(last.noticed)), and the condition held for none"
      )
    }
    return try await late(change, true, row, outside)
  }

  private func deleted(_ row: RowAnswer?, _ outside: [String]) async throws -> Finding {
    if row != nil { return .rule("the row is there") }
    guard let change = try await changes(.delete).first else {
      if let heldChanges { return heldChanges }
      return .window("the row is not there, and no delete of it has been noticed")
    }
    return try await late(change, true, nil, outside)
  }

  /// A change was noticed but made no reminder: it is too recent or too old for the rule.
  private func late(
    _ change: NoticedChange, _ holds: Bool, _ row: RowAnswer?, _ outside: [String]
  ) async throws -> Finding {
    let this = row?.values ?? change.old ?? [:]
    let context = try await inquiry.context(of: watch, for: step, about: customer, this: this)
    let late = step.late.resolved(
      in: this, as: try await inquiry.dates(of: watch), in: context)
    let moment = step.moment(ofChangeAt: change.noticed, late: late, in: context)
    var noticed = "its \(change.operation.word) was noticed \(time(change.noticed))"
    guard let moment else { return .window("\(noticed), which gives no moment") }
    if step.delay != nil { noticed += ", so its moment is \(time(moment.due))" }
    let end = moment.useUntil
    if end <= inquiry.now {
      return .window("\(noticed); it is too late: the reminder could be sent until \(time(end))")
    }
    if !holds { return .rule("\(noticed), and the condition does not hold now: \(condition)") }
    if !outside.isEmpty { return .rule("\(noticed), and \(Segment.absence(from: outside))") }
    return .window("\(noticed)\(start.remark(on: change.noticed, of: step, "look", time))")
  }

  private var condition: String { step.conditions.joined(separator: " AND ") }
}
