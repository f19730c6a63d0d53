import KindlyCore
import KindlyTransport

/// An endpoint that takes signed JSON after the Standard Webhooks specification.
///
/// `webhook-id` is the reminder's id and the same at every attempt, so that the endpoint can tell a repeat. The
/// signature covers id, time and body, and is made for each attempt, once with each secret.
struct WebhookService: HTTPService {
  let url: String
  let keys: [WebhookKey]
  let traits: ChannelTraits

  var secrets: [Secret] { keys.map(\.secret) }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    try PayloadJSON.bytes(of: WebhookBody(delivery, address: address))
  }

  func request(for payload: Payload, at now: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(WebhookBody.self, from: payload) != nil else { return nil }
    let body = String(decoding: payload.bytes, as: UTF8.self)
    let signatures = keys.map {
      $0.signature(id: payload.publicID, timestamp: now.seconds, body: body)
    }
    return HTTPRequest(
      url: url,
      headers: [
        HTTPRequest.Header("Content-Type", "application/json"),
        HTTPRequest.Header("webhook-id", payload.publicID),
        HTTPRequest.Header("webhook-timestamp", String(now.seconds)),
        HTTPRequest.Header("webhook-signature", signatures.joined(separator: " ")),
      ], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    switch answer.status {
    case 200...299: .sent(evidence: "status \(answer.status)")
    case 410:
      .misconfigured(
        Refusal(
          "\(answer.evidence); the endpoint says that it is gone for good; pause or remove the channel, or change its"
            + " `url`", isChannelWide: true))
    default: answer.refusal(at: now)
    }
  }
}

/// The body of a webhook.
///
/// ```json
/// { "type": "customer.reminder.due", "timestamp": "2026-02-10T01:30:00Z",
///   "data": { "id": "k3f9…", "rule": "trial", "class": "care", "customer": "42",
///     "to": { "key": "42", "name": "张三", "address": "42", "language": "zh-Hans" },
///     "subject": "…", "text": "…", "html": "…", "short_text": "…" } }
/// ```
/// `timestamp` is the time of the first attempt. `customer`, `language`, `html` and `short_text` are left out where there
/// are none.
struct WebhookBody: Hashable, Codable {
  struct To: Hashable, Codable {
    let key: String
    let name: String
    let address: String
    let language: String?
  }

  struct Content: Hashable, Codable {
    let id: String
    let rule: String
    let messageClass: String
    let customer: String?
    let to: To
    let subject: String
    let text: String
    let html: String?
    let shortText: String?

    enum CodingKeys: String, CodingKey {
      case id, rule, customer, to, subject, text, html
      case messageClass = "class"
      case shortText = "short_text"
    }
  }

  let type: String
  let timestamp: String
  let data: Content

  init(_ delivery: Delivery, address: String) {
    type = "customer.reminder.due"
    timestamp = delivery.date.description
    let recipient = delivery.recipient
    let message = delivery.message
    data = Content(
      id: delivery.publicID, rule: delivery.rule, messageClass: delivery.messageClass.word,
      customer: delivery.about,
      to: To(
        key: recipient.key, name: recipient.name, address: address, language: recipient.language),
      subject: message.subject, text: message.text, html: message.html, shortText: message.shortText
    )
  }
}
