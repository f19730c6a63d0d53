/// Decides whether to believe a server that permanently refuses a recipient.
///
/// A relay whose directory is down answers 550 5.1.1 for everybody. So the first refusal decides nothing and the
/// recipient is tried again. A second refusal counts if the channel has accepted mail for somebody else since the
/// first.
package struct RefusalDoubt: Hashable, Sendable {
  /// When the channel first refused this reminder; nil if it never has.
  package let first: Instant?
  /// How many other customers are waiting to be tried again because the channel refused their reminders.
  package let others: Int
  /// When the most recent accepted hand-over of the channel began; nil if there was none in this process.
  package let lastAccepted: Instant?
  /// Whether the route has another channel after this one.
  package let hasNextChannel: Bool
  package let now: Instant

  /// After this long without an accepted recipient the refusal is believed anyway: the channel has too few recipients
  /// to tell.
  package static let longest = Duration.hours(1)

  package init(
    first: Instant?, others: Int, lastAccepted: Instant?, hasNextChannel: Bool, now: Instant
  ) {
    self.first = first
    self.others = others
    self.lastAccepted = lastAccepted
    self.hasNextChannel = hasNextChannel
    self.now = now
  }

  package enum Verdict: Hashable, Sendable {
    /// Tried again later, because the channel may be at fault.
    case doubted
    /// The reminder goes to its next channel or fails, and nothing is said of the address.
    case believed
    /// The channel has taken mail for others meanwhile, so it is the address.
    case proven
  }

  package var verdict: Verdict {
    guard let first else { return .doubted }
    if let lastAccepted, lastAccepted > first { return .proven }
    if others + 1 >= Breaker.mostTurnedAway { return .doubted }
    return hasNextChannel || now >= first + RefusalDoubt.longest ? .believed : .doubted
  }
}

/// What the ledger knows of a channel's refusals when it refuses a reminder.
package struct RefusalRecord: Hashable, Sendable {
  /// When the channel refused the reminder first.
  package let first: Instant?
  /// The other customers whose reminders wait because the channel refused them.
  package let others: Int

  package init(first: Instant?, others: Int) {
    self.first = first
    self.others = others
  }
}
