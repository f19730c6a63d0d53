/// Stops the use of a channel for one destination, such as a mail domain behind a relay, while the destination turns
/// everyone away and others accept.
///
/// It opens after five different recipients in a row were turned away. An accepted recipient closes it.
package struct DestinationBreaker: Hashable, Sendable {
  package private(set) var circuit = Circuit()
  /// When the most recent accepted hand-over to this destination began.
  package private(set) var lastAccepted: Instant?
  /// The recipients turned away since then, each with the time at which the hand-over began.
  private var turnedAway: [ExactText: Instant] = [:]

  init() {}

  /// Whether it has no failure to remember.
  var isBlank: Bool { turnedAway.isEmpty && !circuit.hasOpened }

  /// Whether more than one recipient was turned away and none accepted since.
  var isInDoubt: Bool { turnedAway.count > 1 }

  mutating func accept(_ began: Instant) {
    circuit = Circuit()
    lastAccepted = max(lastAccepted ?? began, began)
    turnedAway = turnedAway.filter { $0.value > began }
  }

  /// Records a recipient that was turned away; returns true if the breaker opens because of it.
  mutating func turnAway(_ recipient: ExactText, began: Instant, now: Instant) -> Bool {
    guard turnedAway.updateValue(began, forKey: recipient) == nil else { return false }
    return turnedAway.count >= Breaker.mostTurnedAway && circuit.open(now: now)
  }
}
