/// The open reminders of one rule, step, leg and position in its route; they all go over the same channel.
package struct OutboxQueue: Hashable, Sendable {
  /// The key of a queue in the ledger.
  package struct ID: Hashable, Sendable {
    package let rule: Int64
    package let step: Int64
    package let leg: Int
    /// The index of the channel in the leg's route.
    package let routePosition: Int

    package init(rule: Int64, step: Int64, leg: Int, routePosition: Int) {
      self.rule = rule
      self.step = step
      self.leg = leg
      self.routePosition = routePosition
    }
  }

  package let id: ID
  package let rule: String
  package let step: String
  /// When the first of them is due.
  package let next: Instant
  /// How many are due, counted up to `mostCounted`.
  package let due: Int

  /// A batch of claims is not larger, so more need not be counted.
  package static let mostCounted = 500

  package init(id: ID, rule: String, step: String, next: Instant, due: Int) {
    self.id = id
    self.rule = rule
    self.step = step
    self.next = next
    self.due = due
  }
}

/// How many reminders of a queue are claimed at once.
package struct ClaimShare: Hashable, Sendable {
  package let queue: OutboxQueue.ID
  package let count: Int

  package init(queue: OutboxQueue.ID, count: Int) {
    self.queue = queue
    self.count = count
  }
}
