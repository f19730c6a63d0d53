import KindlyCore

extension Triage {
  /// Whether a reminder can be sent, and so may supersede older steps of its row.
  enum Bid: Hashable {
    case able
    /// It has no address for its route, or its hours are closed for as long as it is of use.
    case unable
    /// Its address may be added or corrected within minutes; it is looked at again at a time.
    case undecided(until: Instant)
  }

  /// What newer steps of their rows make of reminders, by the reminders' ids.
  struct Succession {
    /// The newer reminders that supersede them.
    var successors: [Int64: Int64] = [:]
    /// Until when they wait, because a newer one may still get its address. If they left now, both might be sent.
    var undecided: [Int64: Instant] = [:]
  }

  /// Finds the reminders that a newer step of their row supersedes, or may supersede within minutes.
  ///
  /// - Parameters:
  ///   - bids: by the reminders' ids.
  ///   - carriers: the cards of open tasks, which `unless` does not end.
  func succession(
    of passed: [Passed], _ bids: [Int64: Bid], besides carriers: Set<Int64>,
    _ followed: [Int64: FollowUp.Followed]
  ) async throws -> Succession {
    var unable: Set<Int64> = []
    var ends: [Int64: Instant] = [:]
    for (id, bid) in bids {
      switch bid {
      case .able: break
      case .unable: unable.insert(id)
      case .undecided(let until): ends[id] = until
      }
    }
    // What `unless` ends must not end an older step of its row first.
    let bidding = passed.filter { $0.unless == nil || carriers.contains($0.reminder.id) }
    let roles = bidding.compactMap { one in one.role.map { (one.reminder.id, $0) } }
    let recipients = Dictionary(roles) { first, _ in first }
    var succession = Succession()
    var successors = Precedence.superseded(
      among: bidding.map(\.reminder), recipients: recipients, besides: unable.union(ends.keys),
      followed)
    if !ends.isEmpty {
      let possible = Precedence.superseded(
        among: bidding.map(\.reminder), recipients: recipients, besides: unable, followed)
      succession.undecided = possible.compactMapValues { ends[$0] }
    }
    let dated = passed.filter { $0.reminder.trigger.isDated && successors[$0.reminder.id] == nil }
    for (steps, members) in Dictionary(grouping: dated, by: \.stepsToOthers) {
      let later = try await ledger.superseded(
        members.map(\.reminder.id), besides: steps.map(\.string), now: now)
      successors.merge(later) { first, _ in first }
    }
    // The message of several rows is repeated unchanged for all of them, even if a newer one replaces its first.
    for one in passed where one.reminder.leads { successors[one.reminder.id] = nil }
    for one in passed {
      // Without its task, the card would be about nothing.
      guard let task = one.task(among: passed) else { continue }
      if let successor = successors[task] { successors[one.reminder.id] = successor }
      if let until = succession.undecided[task] { succession.undecided[one.reminder.id] = until }
    }
    succession.successors = successors
    return succession
  }
}

extension Passed {
  /// To whom its step writes.
  fileprivate var role: RecipientRole? { subject.step.leg(reminder.leg)?.recipient }

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
