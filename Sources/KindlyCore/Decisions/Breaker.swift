/// Stops the use of a channel while the channel fails as a whole, or while one of its destinations does.
///
/// For the whole channel it opens after:
/// - three hand-overs in a row without an answer;
/// - one refusal that concerns the whole channel;
/// - misconfiguration reported for three different recipients in a row;
/// - five different recipients in a row turned away, temporarily or permanently. All recipients of a destination that
///   is closed count as one.
///
/// For a destination see `DestinationBreaker`. A success closes the channel and the destination that accepted. How long
/// an opening lasts is said by `Circuit`.
package struct Breaker: Hashable, Sendable {
  private var circuit = Circuit()
  /// When the most recent accepted hand-over began.
  package private(set) var lastAccepted: Instant?
  private var unknownInARow = 0
  /// The recipients refused as misconfigured since the last success.
  private var refusedRecipients: Set<ExactText> = []
  /// The recipients turned away whose hand-over began after that of the last accepted one. The accepted one says nothing
  /// about a failure that started after it began.
  private var turnedAway: [ExactText: TurnedAway] = [:]
  private var destinations: [ExactText: DestinationBreaker] = [:]

  private struct TurnedAway: Hashable {
    let began: Instant
    let destination: ExactText?
  }

  /// What an outcome makes the breaker do.
  package enum Opening: Hashable, Sendable {
    case nothing
    case channel
    case destination
  }

  /// This many unanswered hand-overs in a row open the breaker.
  package static let mostUnknown = 3
  /// One or two recipients may be refused because of who they are; this many different ones point to the channel.
  package static let mostRefused = 3
  /// A few dead addresses in a row are normal among old customers; this many in a row are unlikely to be chance.
  package static let mostTurnedAway = 5
  /// A company that writes to more domains than this in trouble at once has a different problem.
  static let mostDestinations = 1_000

  package init() {}

  /// The end of the channel's most recent opening.
  package var openUntil: Instant? { circuit.openUntil }

  /// Records an outcome; returns what the breaker opens because of it.
  ///
  /// - Parameters:
  ///   - recipient: an identifier that is unique to the recipient, such as the customer's key.
  ///   - destination: whose server answers for the recipient; nil where the channel knows no destinations.
  ///   - began: when the hand-over began.
  package mutating func note(
    _ outcome: Outcome, to recipient: String, at destination: ExactText? = nil, began: Instant,
    now: Instant
  ) -> Opening {
    switch outcome {
    case .sent:
      accept(began, destination)
      return .nothing
    case .rejected(let refusal):
      unknownInARow = 0
      return refusal.isRepeatable
        ? turnAway(recipient, at: destination, began: began, now: now) : .nothing
    case .retry(let refusal):
      unknownInARow = 0
      if refusal.isChannelWide { return opening(circuit.open(asked: refusal.retryAfter, now: now)) }
      return turnAway(recipient, at: destination, began: began, now: now)
    case .misconfigured(let refusal):
      // Past the limit each further refusal opens the breaker again, so the set stays small.
      refusedRecipients.insert(ExactText(recipient))
      guard refusal.isChannelWide || refusedRecipients.count >= Breaker.mostRefused else {
        return .nothing
      }
      return opening(circuit.open(atLeast: Disposition.misconfiguredPause, now: now))
    case .unknown:
      unknownInARow += 1
      return unknownInARow >= Breaker.mostUnknown ? opening(circuit.open(now: now)) : .nothing
    case .withdrawn: return .nothing
    }
  }

  /// The end of the channel's downtime as of `now`; nil while the channel is up.
  package func downUntil(at now: Instant) -> Instant? { circuit.downUntil(at: now) }

  /// The end of a destination's downtime as of `now`; nil while it is up.
  package func downUntil(_ destination: ExactText, at now: Instant) -> Instant? {
    destinations[destination]?.circuit.downUntil(at: now)
  }

  /// When the most recent accepted hand-over began that shows that a refusal concerns the recipient alone.
  ///
  /// Where several recipients of one destination were turned away, only an acceptance by that destination does.
  package func lastAccepted(speakingFor destination: ExactText?) -> Instant? {
    guard let breaker = destination.flatMap({ destinations[$0] }), breaker.isInDoubt else {
      return lastAccepted
    }
    return breaker.lastAccepted
  }

  private mutating func accept(_ began: Instant, _ destination: ExactText?) {
    let before = self
    self = Breaker()
    lastAccepted = max(before.lastAccepted ?? began, began)
    turnedAway = before.turnedAway.filter { $0.value.began > began }
    destinations = before.destinations
    if let destination { destinations[destination]?.accept(began) }
  }

  /// Records a recipient that was turned away, and opens the breaker if there are too many. A recipient already
  /// recorded never opens it: those are the first to be retried when it closes, and dead addresses among them must not
  /// keep it open.
  private mutating func turnAway(
    _ recipient: String, at destination: ExactText?, began: Instant, now: Instant
  ) -> Opening {
    let recipient = ExactText(recipient)
    let opensDestination =
      destination.map { note(recipient, turnedAwayBy: $0, began: began, now: now) } ?? false
    let isKnown =
      turnedAway.updateValue(TurnedAway(began: began, destination: destination), forKey: recipient)
      != nil
    if opensDestination { return .destination }
    guard !isKnown, turnedAwayInARow >= Breaker.mostTurnedAway else { return .nothing }
    return opening(circuit.open(now: now))
  }

  /// How many were turned away in a row, where those of a closed destination count as one.
  private var turnedAwayInARow: Int {
    var closed: Set<ExactText> = []
    var others = 0
    for destination in turnedAway.values.map(\.destination) {
      if let destination, destinations[destination]?.circuit.hasOpened == true {
        closed.insert(destination)
      } else {
        others += 1
      }
    }
    return closed.count + others
  }

  private mutating func note(
    _ recipient: ExactText, turnedAwayBy destination: ExactText, began: Instant, now: Instant
  ) -> Bool {
    if destinations[destination] == nil, destinations.count >= Breaker.mostDestinations {
      destinations = destinations.filter { !$0.value.isBlank }
      if destinations.count >= Breaker.mostDestinations { return false }
    }
    return destinations[destination, default: DestinationBreaker()]
      .turnAway(recipient, began: began, now: now)
  }

  private func opening(_ opens: Bool) -> Opening { opens ? .channel : .nothing }
}
