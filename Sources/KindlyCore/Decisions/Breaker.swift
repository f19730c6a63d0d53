/// Keeps a channel from being tried while it fails as a whole.
///
/// Three hand-overs without an answer in a row, one refusal that concerns the whole channel, three different recipients
/// in a row for whom it is set up wrongly, or five whom it turns away, for now or for good, open it; a success closes it.
/// Each time it opens again without a success in between it stays open twice as long.
package struct Breaker: Hashable, Sendable {
  package private(set) var openUntil: Instant?
  /// When the last hand-over began that was accepted.
  package private(set) var lastAccepted: Instant?
  private var unknownInARow = 0
  /// Those whose mail a server refused as a matter of policy since the last success.
  private var refusedRecipients: Set<ExactText> = []
  /// Those who were turned away since, and when. What was under way before says nothing about a failure that began since.
  private var turnedAway: [ExactText: Instant] = [:]
  private var openings = 0

  /// As many unanswered hand-overs in a row open it.
  package static let mostUnknown = 3
  /// One or two recipients may be refused for what they are; so many different ones are refused for what the channel is.
  package static let mostRefused = 3
  /// Of old customers many have moved, so a few dead addresses in a row are no sign; this many hardly ever are.
  package static let mostTurnedAway = 5
  package static let firstOpening = Duration.minutes(1)
  package static let longestOpening = Duration.minutes(30)

  package init() {}

  /// What an outcome does to the breaker; true where it opens.
  ///
  /// - Parameters:
  ///   - recipient: what tells recipients apart, such as the customer's key.
  ///   - began: when the hand-over began.
  package mutating func note(
    _ outcome: Outcome, to recipient: String, began: Instant, now: Instant
  ) -> Bool {
    switch outcome {
    case .sent:
      accept(began)
      return false
    case .rejected(let refusal):
      unknownInARow = 0
      return refusal.isRepeatable ? turnAway(recipient, now: now) : false
    case .retry(let refusal):
      unknownInARow = 0
      if refusal.isChannelWide { return open(for: refusal.retryAfter, now: now) }
      return turnAway(recipient, now: now)
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
    case .withdrawn: return false
    }
  }

  /// Until when the channel is down at an instant; nil while it is up.
  package func downUntil(at now: Instant) -> Instant? {
    openUntil.flatMap { $0 > now ? $0 : nil }
  }

  private mutating func accept(_ began: Instant) {
    let later = turnedAway.filter { $0.value > began }
    let accepted = max(lastAccepted ?? began, began)
    self = Breaker()
    lastAccepted = accepted
    turnedAway = later
  }

  /// Notes a recipient who was turned away. One who was before opens nothing: those are the first to be tried when it
  /// closes, and dead addresses among them must not keep it open.
  private mutating func turnAway(_ recipient: String, now: Instant) -> Bool {
    guard turnedAway.updateValue(now, forKey: ExactText(recipient)) == nil else { return false }
    return turnedAway.count >= Breaker.mostTurnedAway ? open(for: nil, now: now) : false
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
