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
    let json = JSONAnswer(answer)
    switch exchange.meaning(of: answer, json) {
    case .sent: return .sent(evidence: text)
    case .alreadySent: return .sent(evidence: "taken before: \(text)")
    case .retry:
      let said = exchange.retryAfter.flatMap { json?.number($0) }.map { Duration.seconds($0) }
      let wait = said ?? answer.retryAfter(now: now)
      return .retry(Refusal(text, retryAfter: wait, isChannelWide: answer.status == 429))
    case .rejected: return .rejected(Refusal(text))
    case .misconfigured: return .misconfigured(Refusal(text, isChannelWide: true))
    case nil:
      guard (200...299).contains(answer.status) else {
        return answer.refusal(at: now, recognisesRepeats: traits.afterUnknown == .tryAgain)
      }
      return exchange.saysWhatIsSent
        ? .unknown(Refusal("\(text); no test of the channel says what this answer means"))
        : .sent(evidence: text)
    }
  }
}
