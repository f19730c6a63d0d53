package import KindlyConfig
package import KindlyCore
package import KindlyTransport

/// A service that takes messages over HTTP: how its requests are written, and what its answers mean.
package protocol HTTPService: Sendable {
  var traits: ChannelTraits { get }

  /// What must never stand in evidence.
  var secrets: [Secret] { get }

  /// What is handed over for a delivery, without secrets; equal deliveries give equal bytes.
  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8]

  /// The request of one attempt; nil where another channel type made the payload.
  func request(for payload: Payload, at now: Instant) -> HTTPRequest?

  /// What an answer means.
  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome

  /// What is handed over for a delivery, for people.
  func preview(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> HandOverPreview

  /// The service as one whose requests need an access token; nil for one that needs none.
  var asTokenService: (any TokenService)? { get }

  /// The service as one that can be asked about an earlier send; nil for one that cannot.
  var asAnsweringService: (any AnsweringService)? { get }
}

extension HTTPService {
  package var asAnsweringService: (any AnsweringService)? { nil }

  package var asTokenService: (any TokenService)? { nil }

  /// The request, of which the parts that change with time and secrets are left out.
  package func preview(
    of delivery: Delivery, to address: String
  ) throws(UnfitDelivery) -> HandOverPreview {
    let payload = Payload(
      publicID: delivery.publicID, recipient: address,
      bytes: try payload(of: delivery, to: address))
    guard let request = request(for: payload, at: delivery.date) else { return HandOverPreview([]) }
    // The query may hold a signature or a token.
    let target = "\(request.method) \(request.url.prefix { $0 != "?" })"
    return HandOverPreview(
      [target, String(decoding: request.body ?? [], as: UTF8.self)].filter { !$0.isEmpty })
  }
}

/// A service whose requests need an access token.
package protocol TokenService: HTTPService {
  /// The account that the token is of; channels of one account share it.
  var account: String { get }

  /// The service with a token, which its requests then carry.
  func with(_ token: Secret) -> any HTTPService

  /// The request for a token.
  ///
  /// - Parameter refused: whether the provider has refused the token that it gave out last.
  func tokenRequest(refused: Bool) -> HTTPRequest

  /// What an answer to the request for a token means.
  func token(in answer: HTTPAnswer, at now: Instant) -> TokenAnswer

  /// Whether an answer to a message says that its token is not valid any more.
  func refusesToken(_ answer: HTTPAnswer) -> Bool
}

/// What became of the request for a token.
package enum TokenAnswer: Sendable {
  case token(AccessToken)
  /// The outcome of the message that needs a token; nothing of it was handed over.
  case refused(Outcome)
}

extension TokenService {
  package var asTokenService: (any TokenService)? { self }
}
