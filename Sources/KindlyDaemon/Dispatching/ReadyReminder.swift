import KindlyCore

/// A claimed reminder that passed its recheck and the gate, with everything that its message needs.
struct ReadyReminder: Sendable {
  let reminder: ClaimedReminder
  let rule: Rule
  let step: Step
  /// The channel it takes now, that channel's place in the route, and the turn after it; nil where it is the last.
  let outlet: Outlet
  let routePosition: Int
  let next: Route.Turn?
  /// The channels before it that it does not take.
  let passedOver: [PassedOver]
  /// The customer.
  let about: Person
  /// The recipient, and the recipient's address for the channel.
  let recipient: Person
  let address: String
  /// Whose server answers for the address; nil where the channel knows no destinations.
  let destination: ExactText?
  /// The row as it is now; for a delete, as it was.
  let this: RowValues
  let old: RowValues?
  /// When the row was read.
  let checked: Instant
}

extension ReadyReminder {
  /// The same reminder, which also passed over other channels.
  func passingOver(_ closed: [PassedOver]) -> ReadyReminder {
    ReadyReminder(
      reminder: reminder, rule: rule, step: step, outlet: outlet, routePosition: routePosition,
      next: next, passedOver: passedOver + closed, about: about, recipient: recipient,
      address: address, destination: destination, this: this, old: old, checked: checked)
  }

  /// What follows once it is sent, should it stay unread.
  func followUp(now: Instant, in zone: Zone) -> FollowUp? {
    guard outlet.channel.traits.knowsReading, let next, let period = next.unread else { return nil }
    let due = Schedule.add(period, to: now, zone: zone)
    return due < reminder.useUntil ? FollowUp(due: due, routePosition: next.position) : nil
  }
}

/// The result of triage for a claimed reminder.
enum Triaged: Sendable {
  case ready(ReadyReminder)
  case moved(Transition)
}
