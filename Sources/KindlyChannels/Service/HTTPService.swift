import KindlyCore
import KindlyTransport

/// A service that takes messages over HTTP: how its requests are written, and what its answers mean.
protocol HTTPService: Sendable {
  var traits: ChannelTraits { get }

  /// What must never stand in evidence.
  var secrets: [Secret] { get }

  /// What is handed over for a delivery, without secrets; equal deliveries give equal bytes.
  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8]

  /// The request of one attempt; nil where another channel type made the payload.
  func request(for payload: Payload, at now: Instant) -> HTTPRequest?

  /// What an answer means.
  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome
}
