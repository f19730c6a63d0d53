import KindlyCore

/// A claimed reminder that passed its recheck and the gate, with everything that its message needs.
struct ReadyReminder: Sendable {
  let reminder: ClaimedReminder
  let rule: Rule
  let step: Step
  let route: Route
  /// The channel it takes now and that channel's place in the route.
  let outlet: Outlet
  let routePosition: Int
  /// The customer.
  let about: Person
  /// The recipient, and the recipient's address for the channel.
  let recipient: Person
  let address: String
  /// The row as it is now; for a delete, as it was.
  let this: RowValues
  let old: RowValues?
  /// When the row was read.
  let checked: Instant
}

/// The result of triage for a claimed reminder.
enum Triaged: Sendable {
  case ready(ReadyReminder)
  case moved(Transition)
}
