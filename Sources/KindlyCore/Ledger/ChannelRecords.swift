/// What the ledger knows of channels.
package struct ChannelRecords: Hashable, Sendable {
  /// The waiting reminders at one position of a route; the configuration says which channel is at that position.
  package struct Queue: Hashable, Sendable {
    package let rule: String
    package let step: String
    package let leg: Int
    package let routePosition: Int
    package let count: Int

    package init(rule: String, step: String, leg: Int, routePosition: Int, count: Int) {
      self.rule = rule
      self.step = step
      self.leg = leg
      self.routePosition = routePosition
      self.count = count
    }
  }

  /// How many reminders were sent, and when the last one was.
  package struct Sent: Hashable, Sendable {
    package let count: Int
    package let last: Instant

    package init(count: Int, last: Instant) {
      self.count = count
      self.last = last
    }
  }

  /// The last attempt that was not sent.
  package struct Failure: Hashable, Sendable {
    package let at: Instant
    package let outcome: AttemptOutcome
    /// The other side's words, masked, with what to do about them where that is known.
    package let text: String

    package init(at: Instant, outcome: AttemptOutcome, text: String) {
      self.at = at
      self.outcome = outcome
      self.text = text
    }
  }

  package var waiting: [Queue]
  package var sent: [ExactText: Sent]
  package var failures: [ExactText: Failure]

  package init(
    waiting: [Queue] = [], sent: [ExactText: Sent] = [:], failures: [ExactText: Failure] = [:]
  ) {
    self.waiting = waiting
    self.sent = sent
    self.failures = failures
  }
}
