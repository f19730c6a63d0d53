import KindlyCore

extension Inquiry {
  /// The reminders, each with the `unless` of its step that holds for it now. If evaluating it fails, the reminder
  /// waits. Reminders that a person sends again are exempt, and messages of several rows that may have arrived.
  func withUnless(
    _ admitted: [Admitted], _ answer: inout Answer
  ) async throws -> [Admitted] {
    let asked = admitted.map(\.reminder).filter { $0.trigger != .person && !$0.leads }.map(\.id)
    let findings = try await generation.databases.unless(of: subject.step, now: now).ask(asked)
    if findings.isEmpty { return admitted }
    return admitted.compactMap { one in
      let reminder = one.reminder
      var one = one
      switch findings[reminder.id] {
      case .holds(let condition): one.unless = condition
      case .fault(let problem):
        answer.faults.append(
          RowFault(watch: subject.watch.name, key: reminder.key, problem: problem))
        answer.moved.append(
          reminder.waiting(problem.reason, until: now + Triage.quarantinePause))
        return nil
      case nil: break
      }
      return one
    }
  }
}
