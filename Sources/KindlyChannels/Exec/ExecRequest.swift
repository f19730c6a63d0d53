import Foundation
import KindlyCore

/// What a program of an exec channel reads on its standard input: one JSON object.
///
/// ```json
/// { "id": "k3f9…", "message_id": "k3f9…@example.com", "rule": "trial", "class": "care", "attempt": 1,
///   "to": { "address": "+8613800138000", "name": "张三", "customer": "42", "language": "zh-Hans" },
///   "subject": "…", "text": "…", "html": "…", "short_text": "…",
///   "attachments": [{ "name": "terms.pdf", "media_type": "application/pdf", "base64": "…" }] }
/// ```
/// `language`, `html`, `short_text` and `attachments` are left out where there are none. `id` stays the same at every attempt.
struct ExecRequest: Hashable, Codable {
  struct To: Hashable, Codable {
    let address: String
    let name: String
    let customer: String
    let language: String?
  }

  /// A file of the message; a path would lead nowhere, because the program may run as anybody anywhere.
  struct File: Hashable, Codable {
    let name: String
    let mediaType: String
    let base64: Data

    enum CodingKeys: String, CodingKey {
      case name, base64
      case mediaType = "media_type"
    }
  }

  let id: String
  let messageID: String
  let rule: String
  let messageClass: String
  let attempt: Int
  let to: To
  let subject: String
  let text: String
  let html: String?
  let shortText: String?
  let attachments: [File]?

  enum CodingKeys: String, CodingKey {
    case id, rule, attempt, to, subject, text, html, attachments
    case messageID = "message_id"
    case messageClass = "class"
    case shortText = "short_text"
  }

  init(_ delivery: Delivery, address: String) {
    id = delivery.publicID
    messageID = delivery.messageID
    rule = delivery.rule
    messageClass = delivery.messageClass.word
    attempt = delivery.attempt
    to = To(
      address: address, name: delivery.recipient.name, customer: delivery.recipient.key,
      language: delivery.recipient.language)
    subject = delivery.message.subject
    text = delivery.message.text
    html = delivery.message.html
    shortText = delivery.message.shortText
    let files = delivery.message.attachments.map {
      File(name: $0.name, mediaType: $0.mediaType, base64: Data($0.bytes))
    }
    attachments = files.isEmpty ? nil : files
  }

  /// How many bytes the files take in base64.
  var attachedBytes: Int {
    (attachments ?? []).reduce(0) { $0 + ($1.base64.count + 2) / 3 * 4 }
  }
}
