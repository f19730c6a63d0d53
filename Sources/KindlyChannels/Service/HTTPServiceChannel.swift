import KindlyCore
import KindlyTransport

/// A channel to a service that takes messages over HTTP.
final class HTTPServiceChannel: Channel {
  let name: String
  private let service: any HTTPService
  private let client: HTTPClient
  private let clock: any Timekeeper

  var traits: ChannelTraits { service.traits }

  /// A channel whose connections are opened by its first messages.
  init(name: String, service: any HTTPService, access: HTTPAccess, clock: any Timekeeper) {
    self.name = name
    self.service = service
    self.clock = clock
    client = HTTPClient(access)
  }

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    let bytes = try service.payload(of: delivery, to: address)
    guard bytes.count <= Payload.largest else {
      throw UnfitDelivery(
        .message,
        "the message is \(bytes.count / 1024) KB, and at most \(Payload.largest / 1024) KB can be sent"
      )
    }
    return Payload(publicID: delivery.publicID, recipient: address, bytes: bytes)
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let outcome = await handOver(payload, deadline: deadline)
    let hidden = service.secrets.map { (text: $0.exposed, stand: Mask.Stand.secret) }
    return outcome.masked(by: Mask(hidden + [(payload.recipient, .address)]))
  }

  func close() async { await client.close() }

  private func handOver(_ payload: Payload, deadline: Duration) async -> Outcome {
    guard let request = service.request(for: payload, at: clock.now) else {
      return .misconfigured(
        Refusal(
          "the stored payload was made by another channel type: was the channel's type changed?"))
    }
    switch await client.send(request, deadline: deadline) {
    case .answered(let answer): return service.outcome(of: answer, at: clock.now)
    case .unanswered(let text): return .unknown(Refusal(text))
    case .unreachable(let text): return .retry(Refusal(text, isChannelWide: true))
    case .misconfigured(let text): return .misconfigured(Refusal(text, isChannelWide: true))
    case .withdrawn(let text): return .withdrawn(Refusal(text))
    }
  }
}
