import KindlyCore

extension Triage {
  /// The reminders that a newer step of their row supersedes, with the newer ones, by their ids.
  ///
  /// - Parameter carriers: the carriers that `unless` does not end.
  func successors(
    of passed: [Passed], besides carriers: Set<Int64>, _ followed: [Int64: FollowUp.Followed]
  ) async throws -> [Int64: Int64] {
    // What `unless` ends must not end an older step of its row first.
    let bidding = passed.filter { $0.unless == nil || carriers.contains($0.reminder.id) }
    let recipients = bidding.compactMap { one in one.role.map { (one.reminder.id, $0) } }
    var successors = Precedence.superseded(
      among: bidding.map(\.reminder),
      recipients: Dictionary(recipients) { first, _ in first }, followed)
    let dated = passed.filter { $0.reminder.trigger.isDated && successors[$0.reminder.id] == nil }
    for (steps, members) in Dictionary(grouping: dated, by: \.stepsToOthers) {
      let later = try await ledger.superseded(
        members.map(\.reminder.id), besides: steps.map(\.string), now: now)
      successors.merge(later) { first, _ in first }
    }
    for one in passed {
      // Without its task, the card would be about nothing.
      guard let task = one.task(among: passed), let successor = successors[task] else { continue }
      successors[one.reminder.id] = successor
    }
    return successors
  }

  /// The carriers whose task already exists: the colleague must hear of it even if `unless` holds now.
  func carriersOfTasks(among passed: [Passed]) async throws -> Set<Int64> {
    let carriers = passed.filter { $0.unless != nil && $0.isCarrier }
    return carriers.isEmpty
      ? [] : try await ledger.carriersOfTasks(among: carriers.map(\.reminder.id))
  }
}

extension Passed {
  /// To whom its step writes.
  fileprivate var role: RecipientRole? { subject.step.leg(reminder.leg)?.recipient }

  fileprivate var isCarrier: Bool { subject.step.leg(reminder.leg)?.isCarrier == true }

  /// The steps of its rule that write to somebody else on the same leg.
  fileprivate var stepsToOthers: [ExactText] {
    subject.rule.steps.filter { step in
      step.leg(reminder.leg).map { $0.recipient != role } ?? false
    }.map { ExactText($0.name) }
  }

  /// The reminder whose task this one carries the card of; nil if it is no carrier, or the task is not among those
  /// given.
  fileprivate func task(among passed: [Passed]) -> Int64? {
    guard isCarrier else { return nil }
    let card = reminder
    return passed.first { one in
      let task = one.reminder
      return task.leg == card.leg - Leg.carrierDistance && task.key == card.key
        && task.cycle == card.cycle && task.step == card.step && task.rule == card.rule
    }?.reminder.id
  }
}
