/// Stops the use of a channel while the channel fails as a whole.
///
/// It opens after:
/// - three hand-overs in a row without an answer;
/// - one refusal that concerns the whole channel;
/// - misconfiguration reported for three different recipients in a row;
/// - five different recipients in a row turned away, temporarily or permanently.
///
/// A success closes it. Each opening without a success in between lasts twice as long as the one before. If the other
/// side says how long it wants to be left alone, the opening lasts exactly so long.
package struct Breaker: Hashable, Sendable {
  package private(set) var openUntil: Instant?
  /// When the most recent accepted hand-over began.
  package private(set) var lastAccepted: Instant?
  private var unknownInARow = 0
  /// The recipients refused as misconfigured since the last success.
  private var refusedRecipients: Set<ExactText> = []
  /// The recipients turned away whose hand-over began after that of the last accepted one, each with that time. The
  /// accepted one says nothing about a failure that started after it began.
  private var turnedAway: [ExactText: Instant] = [:]
  private var openings = 0

  /// This many unanswered hand-overs in a row open the breaker.
  package static let mostUnknown = 3
  /// One or two recipients may be refused because of who they are; this many different ones point to the channel.
  package static let mostRefused = 3
  /// A few dead addresses in a row are normal among old customers; this many in a row are unlikely to be chance.
  package static let mostTurnedAway = 5
  package static let firstOpening = Duration.minutes(1)
  /// Some services ask for no wait at all, and mean a little one.
  package static let shortestOpening = Duration.seconds(1)
  package static let longestOpening = Duration.minutes(30)

  package init() {}

  /// Records an outcome; returns true if the breaker opens because of it.
  ///
  /// - Parameters:
  ///   - recipient: an identifier that is unique to the recipient, such as the customer's key.
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
      return refusal.isRepeatable ? turnAway(recipient, began: began, now: now) : false
    case .retry(let refusal):
      unknownInARow = 0
      if refusal.isChannelWide { return open(asked: refusal.retryAfter, now: now) }
      return turnAway(recipient, began: began, now: now)
    case .misconfigured(let refusal):
      // Past the limit each further refusal opens the breaker again, so the set stays small.
      refusedRecipients.insert(recipient)
      guard refusal.isChannelWide || refusedRecipients.count >= Breaker.mostRefused else {
        return false
      }
      return open(atLeast: Disposition.misconfiguredPause, now: now)
    case .unknown:
      unknownInARow += 1
      return unknownInARow >= Breaker.mostUnknown ? open(now: now) : false
    case .withdrawn: return false
    }
  }

  /// The end of the channel's downtime as of `now`; nil while the channel is up.
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

  /// Records a recipient that was turned away, and opens the breaker if there are too many. A recipient already
  /// recorded never opens it: those are the first to be retried when it closes, and dead addresses among them must not
  /// keep it open.
  private mutating func turnAway(_ recipient: String, began: Instant, now: Instant) -> Bool {
    guard turnedAway.updateValue(began, forKey: ExactText(recipient)) == nil else { return false }
    return turnedAway.count >= Breaker.mostTurnedAway ? open(now: now) : false
  }

  private mutating func open(
    atLeast least: Duration = .zero, asked: Duration? = nil, now: Instant
  ) -> Bool {
    // Several connections report the same failure; it opens the breaker once.
    if let openUntil, openUntil > now { return false }
    if let asked {
      openUntil = now + max(asked, Breaker.shortestOpening)
      return true
    }
    let doubled = Breaker.firstOpening * (1 << min(openings, 5))
    openUntil = now + max(least, min(doubled, Breaker.longestOpening))
    openings += 1
    return true
  }
}
