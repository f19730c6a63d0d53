import KindlyCore
import KindlyTransport

/// A service that an `http` channel describes by templates and tests.
struct TemplatedService: HTTPService {
  let channel: String
  let exchange: TemplatedExchange
  let traits: ChannelTraits
  let named: [ExactText: Secret]

  var secrets: [Secret] { Array(named.values) }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    try PayloadJSON.bytes(of: HTTPLetter(delivery, to: address, on: channel))
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    PayloadJSON.value(HTTPLetter.self, from: payload).map { exchange.request($0, named) }
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    let text = answer.evidence
    // Many services repeat the message in their answer, and evidence holds none of it.
    let success = "status \(answer.status)"
    let json = JSONAnswer(answer)
    switch exchange.meaning(of: answer, json) {
    case .sent: return .sent(evidence: success)
    case .alreadySent: return .sent(evidence: "taken before: \(success)")
    case .retry:
      let said = exchange.retryAfter.flatMap { json?.number($0) }.map(RetryAfter.wait)
      let wait = said ?? answer.retryAfter(now: now)
      return .retry(
        Refusal(text, retryAfter: wait, isChannelWide: [429, 503].contains(answer.status)))
    case .rejected: return .rejected(Refusal(text))
    case .misconfigured: return .misconfigured(Refusal(text, isChannelWide: true))
    case nil:
      guard answer.isSuccess else { return refusal(of: answer, at: now) }
      return exchange.saysWhatIsSent
        ? .unknown(Refusal("\(text); no test of the channel says what this answer means"))
        : .sent(evidence: success)
    }
  }

  /// Where the URL names the customer, an address that is not there says nothing of the service.
  private func refusal(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    guard exchange.urlNamesCustomer, [403, 404, 410].contains(answer.status) else {
      return answer.refusal(at: now)
    }
    return .misconfigured(Refusal(answer.evidence))
  }
}
