/// Keeps a channel from being tried while it fails as a whole.
///
/// Three hand-overs without an answer in a row, one refusal that concerns the whole channel, or three different
/// recipients in a row for whom it is set up wrongly, open it; a success closes it. Each time it opens again without a success in between it stays open twice as long.
package struct Breaker: Hashable, Sendable {
  package private(set) var openUntil: Instant?
  private var unknownInARow = 0
  /// Those whose mail a server refused as a matter of policy since the last success.
  private var refusedRecipients: Set<ExactText> = []
  private var openings = 0

  /// As many unanswered hand-overs in a row open it.
  package static let mostUnknown = 3
  /// One or two recipients may be refused for what they are; so many different ones are refused for what the channel is.
  package static let mostRefused = 3
  package static let firstOpening = Duration.minutes(1)
  package static let longestOpening = Duration.minutes(30)

  package init() {}

  /// What an outcome does to the breaker; true where it opens.
  ///
  /// - Parameter recipient: what tells recipients apart, such as the customer's key.
  package mutating func note(_ outcome: Outcome, to recipient: String, now: Instant) -> Bool {
    switch outcome {
    case .sent:
      self = Breaker()
      return false
    case .rejected:
      unknownInARow = 0
      return false
    case .retry(let refusal):
      unknownInARow = 0
      return refusal.isChannelWide ? open(for: refusal.retryAfter, now: now) : false
    case .misconfigured(let refusal):
      // Once they are so many each further one opens it again, so the set stays small.
      refusedRecipients.insert(recipient)
      guard refusal.isChannelWide || refusedRecipients.count >= Breaker.mostRefused else {
        return false
      }
      return open(for: Disposition.misconfiguredPause, now: now)
    case .unknown:
      unknownInARow += 1
      return unknownInARow >= Breaker.mostUnknown ? open(for: nil, now: now) : false
    }
  }

  /// Until when the channel is down at an instant; nil while it is up.
  package func downUntil(at now: Instant) -> Instant? {
    openUntil.flatMap { $0 > now ? $0 : nil }
  }

  private mutating func open(for asked: Duration?, now: Instant) -> Bool {
    // Several connections report the same failure; it opens the breaker once.
    if let openUntil, openUntil > now { return false }
    let doubled = Breaker.firstOpening * (1 << min(openings, 5))
    openUntil = now + max(asked ?? .zero, min(doubled, Breaker.longestOpening))
    openings += 1
    return true
  }
}
