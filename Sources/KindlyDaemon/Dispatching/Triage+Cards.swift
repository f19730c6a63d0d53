import KindlyCore

extension Triage {
  /// What the tasks of cards that are carried over another channel say of them.
  struct Cards {
    /// The reminders that may leave, with and without a card.
    var remaining: [Passed] = []
    /// The cards that end or wait with their tasks.
    var moved: [Transition] = []
    /// The cards of open tasks: the colleague must hear of the task even if `unless` holds now.
    var ofOpenTasks: Set<Int64> = []
  }

  /// Ends the cards of tasks that are done or will never be made, and lets a card wait while its task is paused.
  func cards(among passed: [Passed]) async throws -> Cards {
    let carriers = passed.filter(\.isCarrier)
    if carriers.isEmpty { return Cards(remaining: passed) }
    let tasks = try await ledger.carriedTasks(of: carriers.map(\.reminder.id))
    var cards = Cards()
    for one in passed {
      let reminder = one.reminder
      switch tasks[reminder.id] {
      case .expected?:
        if isTaskPaused(of: one) {
          cards.moved.append(reminder.waiting(.paused, until: now + Gate.heldPause))
        } else {
          cards.remaining.append(one)
        }
      case .open?:
        cards.ofOpenTasks.insert(reminder.id)
        cards.remaining.append(one)
      case .done?: cards.moved.append(reminder.ended(.read))
      case .ended(let reason)?: cards.moved.append(reminder.ended(reason))
      // It is no card, or one that a person sends again by itself.
      case nil: cards.remaining.append(one)
      }
    }
    return cards
  }

  /// Whether the channel that makes the task of a card is paused; the card would tell of a task that is not there.
  private func isTaskPaused(of card: Passed) -> Bool {
    let route = card.subject.step.leg(card.reminder.leg - Leg.carrierDistance)?.route
    let turns = route?.turns(
      from: 0, preferring: card.recipient.preference, among: generation.channelNames)
    return turns?.contains { turn in
      around.pauses.pausedUntil(
        rule: card.subject.rule.name, channel: turn.channel, now: now) != nil
    } ?? false
  }
}

extension Passed {
  /// Whether it carries the card of a task over another channel.
  var isCarrier: Bool { subject.step.leg(reminder.leg)?.isCarrier == true }
}
