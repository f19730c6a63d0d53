package import KindlyCore
package import KindlyTransport

/// A service that can be asked whether it took an earlier message, by requests that change nothing there.
package protocol AnsweringService: HTTPService {
  /// The first request of the question; nil where another channel type made the payload.
  func question(about send: EarlierSend) -> HTTPRequest?

  /// What an answer says.
  func finding(in answer: HTTPAnswer, about send: EarlierSend) -> Finding
}

extension AnsweringService {
  package var asAnsweringService: (any AnsweringService)? { self }
}

/// What one answer to a question about an earlier send says.
package enum Finding: Hashable, Sendable {
  case decided(EarlierSend.Answer)
  /// Nothing so far; the list goes on.
  case more(HTTPRequest)
}

/// Asks a service about earlier sends.
struct EarlierSendInquiry: AnswersForEarlierSends {
  let service: any AnsweringService
  let client: HTTPClient
  /// Hides what must not be stored or logged.
  let mask: @Sendable (Payload) -> Mask

  /// The most requests of one question. A list that is longer leaves the question open.
  static let mostRequests = 50

  func answer(about send: EarlierSend, deadline: Duration) async -> EarlierSend.Answer {
    await ask(about: send, by: Uptime.reading().advanced(by: deadline))
      .masked(by: mask(send.payload))
  }

  private func ask(about send: EarlierSend, by end: Uptime) async -> EarlierSend.Answer {
    guard var request = service.question(about: send) else {
      return .unknown("the stored payload was made by another channel type")
    }
    for _ in 1...EarlierSendInquiry.mostRequests {
      switch await client.send(request, deadline: Uptime.reading().duration(to: end)) {
      case .answered(let answer):
        switch service.finding(in: answer, about: send) {
        case .decided(let decided): return decided
        case .more(let next): request = next
        }
      case .unanswered(let text), .unreachable(let text), .misconfigured(let text),
        .withdrawn(let text):
        return .unknown(text)
      }
    }
    return .unknown("the list of messages to this recipient has too many pages")
  }
}
