/// A channel of its route that a reminder did not take, although nothing was tried over it.
package struct PassedOver: Hashable, Sendable, Codable {
  package let channel: String
  /// Why: the customer had no address for it, or it was closed for too long.
  package let reason: Reason

  package init(channel: String, reason: Reason) {
    self.channel = channel
    self.reason = reason
  }
}
