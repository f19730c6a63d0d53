import KindlyCore
import Logging

extension HandOver {
  /// Asks the channel about a reminder that may have arrived; true if its message certainly did not, and it is handed over
  /// once more.
  ///
  /// If false, the transition to record has been added to `owed`.
  func isMissing(
    _ unanswered: UnansweredReminder, _ owed: inout [Transition]
  ) async throws -> Bool {
    let reminder = unanswered.reminder
    let channel = unanswered.outlet.channel
    guard let answering = channel.asAnswering,
      let send = try await ledger.earlierSend(of: reminder.id, over: channel.name)
    else {
      owed.append(withoutAnswer(reminder))
      return false
    }
    let began = clock.now
    let answer = await answering.answer(about: send, deadline: unanswered.outlet.deadline)
    let decision = send.decide(
      answer, uncertainties: reminder.uncertainties, useUntil: reminder.useUntil, now: clock.now)
    tell(answer, decision, unanswered)
    switch decision {
    case .sent(let evidence):
      let record = AttemptRecord(
        channel: channel.name, began: began, ended: clock.now, outcome: .sent(evidence: evidence))
      // What is known of the message holds for every reminder in it.
      owed.append(
        reminder.move(
          record.map(Transition.Move.found) ?? .release, leads: reminder.leads))
    case .handOver: return true
    case .ask(let again): owed.append(reminder.move(.uncertain(nil, again: again)))
    case .end(let reason): owed.append(reminder.move(.end(reason, nil)))
    }
    return false
  }

  /// What becomes of a reminder that cannot be asked about, because its payload was not stored or the channel is another
  /// one now: a person decides.
  private func withoutAnswer(_ reminder: ClaimedReminder) -> Transition {
    clock.now < reminder.useUntil
      ? reminder.move(.uncertain(nil, again: reminder.useUntil))
      : reminder.move(.end(.unresolved, nil))
  }

  private func tell(
    _ answer: EarlierSend.Answer, _ decision: EarlierSend.Decision,
    _ unanswered: UnansweredReminder
  ) {
    let reminder = unanswered.reminder
    let channel = unanswered.outlet.channel.name
    let found =
      switch answer {
      case .sent(let evidence): "has the message of reminder \(reminder.publicID): \(evidence)"
      case .absent: "has no message of reminder \(reminder.publicID)"
      case .unknown(let text):
        "cannot tell whether it has the message of reminder \(reminder.publicID): \(text)"
      }
    let next =
      switch decision {
      case .sent: "it is sent"
      case .handOver: "it is sent once more if it still applies"
      case .ask(let again) where again >= reminder.useUntil:
        "record the outcome with `kindly outbox settle \(reminder.publicID)`"
      case .ask(let again): "asking again at \(generation.zone.text(of: again))"
      case .end(let reason): "final state: \(reason.state.word) (\(reason.words))"
      }
    var metadata = Logger.Metadata.of(
      reminder.publicID, rule: reminder.rule, customer: reminder.customer)
    metadata["channel"] = "\(channel)"
    log.info("channel \(channel) \(found); \(next)", metadata: metadata)
  }
}
