import KindlyCore

extension Route {
  /// Whether a reminder may take the route: a follow-up only if the route follows unread messages where it began, or
  /// before.
  ///
  /// A person's word stands, and what may have arrived stays with its channel, whatever the route says.
  func mayCarry(_ reminder: ClaimedReminder) -> Bool {
    guard FollowUp.isFollowUp(leg: reminder.leg), reminder.trigger != .person,
      reminder.uncertainties == 0
    else { return true }
    return unread.keys.contains { $0 <= reminder.routePosition }
  }
}
