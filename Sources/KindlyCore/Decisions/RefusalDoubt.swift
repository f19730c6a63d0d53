/// Whether a server that refuses a recipient for good is believed.
///
/// A relay whose directory is away answers 550 5.1.1 to everybody. So the first refusal decides nothing: the recipient is
/// asked for again, and a second refusal counts where the channel has taken mail for somebody else since the first.
package struct RefusalDoubt: Hashable, Sendable {
  /// When the channel refused this reminder first; nil where it never did before.
  package let first: Instant?
  /// The other customers whose reminders it refused and who wait to be asked for again.
  package let others: Int
  /// When the last hand-over began that the channel accepted; nil where this process has seen none.
  package let lastAccepted: Instant?
  /// Whether the route has another channel to go on with.
  package let hasNextChannel: Bool
  package let now: Instant

  /// A channel with so few recipients that none was accepted for so long is believed: nobody else can vouch for it.
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
    /// Asked for again later: it may be the channel's fault.
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
