import KindlyCore
import Logging

extension HandOver {
  /// Logs what happened to one reminder: sent at debug, every refusal at info in the other side's words.
  ///
  /// `journalctl KINDLY_CUSTOMER=42` finds the line.
  func tell(_ outcome: Outcome, of parcel: Parcel, _ move: Transition.Move) {
    let ready = parcel.lead
    let channel = ready.outlet.channel.name
    var metadata = Logger.Metadata.of(
      ready.reminder.publicID, rule: ready.rule.name, customer: ready.about?.key)
    metadata["channel"] = "\(channel)"
    metadata["attempt"] = "\(ready.reminder.attempts + 1)"
    let others =
      parcel.others.isEmpty ? "" : " with \(counted(parcel.others.count, "other"))"
    let whom = ready.about.map { " to customer \($0.key)" } ?? ""
    let subject = "reminder \(ready.reminder.publicID)\(others)\(whom)"
    let next = move.consequence(of: ready.reminder.publicID, in: generation.zone)
    switch outcome {
    // Nothing was handed over: Kindly itself broke it off.
    case .withdrawn: break
    case .sent(let evidence):
      log.debug("sent \(subject) over \(channel): \(evidence)", metadata: metadata)
    case .retry(let refusal), .rejected(let refusal):
      log.info(
        "channel \(channel) refused \(subject): \(refusal.text); \(next)", metadata: metadata)
    case .misconfigured(let refusal):
      // One that concerns the whole channel has its line already.
      log.log(
        level: refusal.isChannelWide ? .info : .warning,
        "channel \(channel) refused \(subject): \(refusal.text); \(next)", metadata: metadata)
    case .unknown(let refusal):
      log.info(
        "channel \(channel) gave no answer to \(subject): \(refusal.text); \(next)",
        metadata: metadata)
    }
  }
}

extension Logger {
  /// Logs at debug level what happened to a reminder that is not sent now.
  func tell(_ transition: Transition, of reminder: ClaimedReminder, in zone: Zone) {
    tell(
      of: reminder.publicID, rule: reminder.rule, customer: reminder.customer,
      "not sent now: \(transition.move.consequence(of: reminder.publicID, in: zone))")
  }
}

extension Transition.Move {
  /// What happens next, as a clause.
  func consequence(of id: String, in zone: Zone) -> String {
    switch self {
    case .sending: "it is being sent"
    case .sent, .found: "it is sent"
    case .release: "it is tried again at once"
    case .wait(let reason, let until, _, _):
      "it waits until \(zone.text(of: until)) (\(reason.words))"
    case .uncertain(_, let again):
      again.map { "it may have arrived; next step at \(zone.text(of: $0))" }
        ?? "it may have arrived; record the outcome with `kindly outbox settle \(id)`"
    case .end(let reason, _): "final state: \(reason.state.word) (\(reason.words))"
    }
  }
}
