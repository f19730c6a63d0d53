/// A configured way out.
///
/// `prepare` turns a delivery into the exact bytes to hand over, so that an uncertain reminder can be resent as the
/// same bytes. `send` hands them over and returns the outcome. Neither throws for a failure of the other side: a
/// failure is an outcome.
package protocol Channel: Sendable {
  var name: String { get }
  var traits: ChannelTraits { get }

  /// Where a message to a customer's address goes, as `prepare` writes it into the payload: the address in the channel's
  /// form, or the one that everything is redirected to.
  func recipient(of address: String) throws(UnfitDelivery) -> String

  /// The payload for a delivery, or why this delivery can never be one.
  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload

  /// Hands a payload over; returns within `deadline`.
  ///
  /// Cancelling the task does not take back a hand-over.
  func send(_ payload: Payload, deadline: Duration) async -> Outcome

  /// Ends connections; nothing is sent after it returned.
  func close() async

  /// The channel as one that can be asked about an earlier send; nil for one that cannot.
  var asAnswering: (any AnswersForEarlierSends)? { get }
}

extension Channel {
  package var asAnswering: (any AnswersForEarlierSends)? { nil }
}

/// The envelope and the bytes that a channel hands over.
///
/// It is stored together with the state `sending` if the channel's repeats must be byte for byte, and dropped once the
/// outcome is known.
package struct Payload: Hashable, Sendable {
  package let publicID: String
  package let recipient: String
  package let bytes: [UInt8]

  /// The largest payload that is stored, and the largest message without its attachments: a larger one is refused as unfit.
  package static let largest = 256 * 1024

  package init(publicID: String, recipient: String, bytes: [UInt8]) {
    self.publicID = publicID
    self.recipient = recipient
    self.bytes = bytes
  }
}

/// Why a delivery cannot be put into a channel's form.
package struct UnfitDelivery: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Fault: Hashable, Sendable {
    /// The customer's address is malformed or unsafe.
    case address
    /// The template lacks what this channel needs, or makes too much of it.
    case message
  }

  package let fault: Fault
  /// For the operator; holds no address.
  package let description: String

  package init(_ fault: Fault, _ description: String) {
    self.fault = fault
    self.description = description
  }
}
