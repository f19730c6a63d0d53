package import KindlyCore

/// A reminder that may not be in the ledger yet.
package struct ForeseenReminder: Hashable, Sendable {
  package let rule: String
  package let step: Step
  package let customer: RowKey?
  package let key: RowKey
  package let due: Instant
  package let useUntil: Instant

  package init(
    rule: String, step: Step, customer: RowKey?, key: RowKey, due: Instant, useUntil: Instant
  ) {
    self.rule = rule
    self.step = step
    self.customer = customer
    self.key = key
    self.due = due
    self.useUntil = useUntil
  }

  /// Its row in the view `reminders`, with the values that are known before it is planned.
  fileprivate func values(now: Instant) -> RowValues {
    var values: RowValues = [:]
    for column in LedgerView.reminders.columns { values[ExactText(column.name)] = .null }
    values["rule"] = .text(rule)
    values["step"] = .text(step.name)
    values["customer"] = customer.map { .text($0.description) } ?? .null
    values["row_key"] = .text(key.description)
    values["class"] = .text(step.messageClass.word)
    values["state"] = .text(ReminderState.waiting.word)
    values["attempts"] = .integer(0)
    values["depth"] = .integer(0)
    values["due"] = .integer(due.milliseconds)
    values["use_until"] = .integer(useUntil.milliseconds)
    values["created_at"] = .integer(now.milliseconds)
    return values
  }
}

extension UnlessInquiry {
  /// The findings about reminders that may not be planned yet, by position in the list.
  package func foresee(
    _ reminders: [ForeseenReminder]
  ) async throws(SourceProblem) -> [Int: Finding] {
    guard !conditions.isEmpty, !reminders.isEmpty,
      let source = databases.sources[LedgerView.source]
    else { return [:] }
    var findings: [Int: Finding] = [:]
    for start in stride(from: 0, to: reminders.count, by: RowQuestion.mostKeys) {
      let places = start..<min(start + RowQuestion.mostKeys, reminders.count)
      // No reminder has the number 0, so no stored reminder is read.
      let rows = places.map { place in
        NoticedChange(
          id: Int64(place), operation: .insert, key: RowKey("0"), old: nil,
          new: reminders[place].values(now: now), changed: [], noticed: now)
      }
      for condition in conditions {
        let judgement = try await source.judge(
          ChangeQuestion(
            watch: Watch(of: .reminders), changes: rows, conditions: [condition],
            clock: databases.clock(at: now)))
        for place in places where findings[place] == nil {
          if judgement.satisfied.contains(Int64(place)) {
            findings[place] = .holds(condition)
          } else if let problem = judgement.faults[Int64(place)] {
            findings[place] = .fault(problem)
          }
        }
      }
    }
    return findings
  }
}
