/// A reminder that follows one that was sent and may not be read: `inbox else after 24 hours unread sms`.
///
/// It is a reminder of its own, so that what was sent stays sent: of the same occurrence and step, with a leg of its own
/// behind the written ones. It begins where the route goes on, and is skipped if the message was read meanwhile.
package struct FollowUp: Hashable, Sendable {
  package let due: Instant
  /// Where in the route it begins.
  package let routePosition: Int

  package init(due: Instant, routePosition: Int) {
    self.due = due
    self.routePosition = routePosition
  }

  /// The message that a follow-up follows.
  package struct Followed: Hashable, Sendable {
    package let isRead: Bool
    /// The channel that sent it; the follow-up never takes it.
    package let channel: String?
    /// When it was due, by which the follow-up is as old as its step.
    package let due: Instant

    package init(isRead: Bool, channel: String?, due: Instant) {
      self.isRead = isRead
      self.channel = channel
      self.due = due
    }
  }

  /// More legs than a step can have. A follow-up's leg is that of the message before it plus this.
  package static let legDistance = 100

  /// Whether a leg is that of a follow-up.
  package static func isFollowUp(leg: Int) -> Bool { leg >= legDistance }

  /// The leg as people count it: `leg 2`, `follow-up of leg 1`.
  package static func words(ofLeg leg: Int) -> String {
    (isFollowUp(leg: leg) ? "follow-up of " : "") + Leg.words(of: writtenLeg(of: leg))
  }

  /// The number of the leg that a reminder belongs to.
  package static func writtenLeg(of leg: Int) -> Int { leg % legDistance }
}
