import KindlyCore
import KindlyTransport

/// A channel to a service that takes messages over HTTP.
final class HTTPServiceChannel: Channel {
  let name: String
  private let service: any HTTPService
  private let client: HTTPClient
  private let clock: any Timekeeper
  private let tokens: (cabinet: TokenCabinet, service: any TokenService)?

  var traits: ChannelTraits { service.traits }

  /// A channel whose connections are opened by its first messages.
  ///
  /// - Parameter ledger: where an access token is shared, if the service needs one.
  init(
    name: String, service: any HTTPService, access: HTTPAccess, clock: any Timekeeper,
    ledger: any TokenLedger
  ) {
    self.name = name
    self.service = service
    self.clock = clock
    let client = HTTPClient(access)
    self.client = client
    tokens = service.asTokenService.map { service in
      (TokenCabinet(service: service, client: client, ledger: ledger, clock: clock), service)
    }
  }

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    return Payload(
      publicID: delivery.publicID, recipient: address,
      bytes: try service.payload(of: delivery, to: address))
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let outcome = await handOver(payload, by: Uptime.reading().advanced(by: deadline))
    return outcome.masked(by: HTTPServiceChannel.mask(service.secrets, payload))
  }

  func close() async { await client.close() }

  var asAnswering: (any AnswersForEarlierSends)? {
    service.asAnsweringService.map { service in
      EarlierSendInquiry(service: service, client: client) {
        HTTPServiceChannel.mask(service.secrets, $0)
      }
    }
  }

  private static func mask(_ secrets: [Secret], _ payload: Payload) -> Mask {
    Mask(
      secrets.map { ($0.exposed, .secret) }
        + PhoneNumber.spellings(of: payload.recipient).map { ($0, .address) })
  }

  private func handOver(_ payload: Payload, by end: Uptime) async -> Outcome {
    guard let tokens else { return await exchange(payload, over: service, by: end).outcome }
    switch await tokens.cabinet.token(deadline: end.remaining) {
    case .refused(let outcome): return outcome
    case .token(let token):
      let first = await exchange(payload, with: token, of: tokens.service, by: end)
      guard let answer = first.answer, tokens.service.refusesToken(answer) else {
        return first.outcome
      }
      // The refused request did nothing. A token may end before its time, so it is replaced once.
      switch await tokens.cabinet.token(replacing: token.secret, deadline: end.remaining) {
      case .refused(let outcome): return outcome
      case .token(let fresh):
        return await exchange(payload, with: fresh, of: tokens.service, by: end).outcome
      }
    }
  }

  private struct Exchange {
    let outcome: Outcome
    /// Nil where there was no answer.
    var answer: HTTPAnswer?
  }

  private func exchange(
    _ payload: Payload, with token: AccessToken, of service: any TokenService, by end: Uptime
  ) async -> Exchange {
    let exchange = await exchange(payload, over: service.with(token.secret), by: end)
    return Exchange(
      outcome: exchange.outcome.masked(by: HTTPServiceChannel.mask([token.secret], payload)),
      answer: exchange.answer)
  }

  private func exchange(
    _ payload: Payload, over service: any HTTPService, by end: Uptime
  ) async -> Exchange {
    guard let request = service.request(for: payload, at: clock.now) else {
      return Exchange(
        outcome: .misconfigured(
          Refusal(
            "the stored payload was made by another channel type: was the channel's type changed?"))
      )
    }
    switch await client.send(request, deadline: end.remaining) {
    case .answered(let answer):
      return Exchange(outcome: service.outcome(of: answer, at: clock.now), answer: answer)
    case .unanswered(let text): return Exchange(outcome: .unknown(Refusal(text)))
    case .unreachable(let text):
      return Exchange(outcome: .retry(Refusal(text, isChannelWide: true)))
    case .misconfigured(let text):
      return Exchange(outcome: .misconfigured(Refusal(text, isChannelWide: true)))
    case .withdrawn(let text): return Exchange(outcome: .withdrawn(Refusal(text)))
    }
  }
}

extension Uptime {
  /// The time from now until this reading.
  fileprivate var remaining: Duration { Uptime.reading().duration(to: self) }
}
