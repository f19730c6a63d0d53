import KindlyCore

extension Inquiry {
  /// Skips the reminders for which the step's `unless` holds, and returns the others. Reminders that a person sends
  /// again are exempt.
  func excused(
    _ admitted: [Admitted], _ answer: inout Answer
  ) async throws -> [Admitted] {
    let asked = admitted.filter { $0.reminder.trigger != .person }.map(\.reminder.id)
    let findings = try await generation.databases.unless(of: subject.step, now: now).ask(asked)
    if findings.isEmpty { return admitted }
    return admitted.filter { one in
      let reminder = one.reminder
      switch findings[reminder.id] {
      case .holds(let condition):
        answer.moved.append(
          Transition(
            reminder: reminder.id, lease: reminder.lease, move: reminder.ended(.unless).move,
            evidence: UnlessEvidence.text(of: condition)))
      case .fault(let problem):
        answer.faults.append(
          RowFault(watch: subject.watch.name, key: reminder.key, problem: problem))
        answer.moved.append(
          reminder.waiting(problem.reason, until: now + Triage.quarantinePause))
      case nil: return true
      }
      return false
    }
  }
}
