import KindlyCore

/// A message as the templates of an `http` channel see it; it holds no secret of the channel.
struct HTTPLetter: Hashable, Codable, Sendable {
  let id: String
  let rule: String
  let messageClass: String
  /// Empty for a message about nobody.
  let customer: String
  let key: String
  let name: String
  let to: String
  let language: String
  /// The time of the first attempt in UTC, `2026-02-10 01:30:00`, as databases take it.
  let time: String
  let subject: String
  let text: String
  let html: String
  let short: String
  let parameters: [ExactText: String]

  /// What a template may name, besides `secret.NAME` and `parameter.NAME`.
  static let fields = [
    "id", "rule", "class", "customer", "key", "name", "to", "language", "time", "subject", "text",
    "html",
    "short",
  ]

  init(_ delivery: Delivery, to address: String, on channel: String) {
    id = delivery.publicID
    rule = delivery.rule
    messageClass = delivery.messageClass.word
    customer = delivery.about ?? ""
    key = delivery.recipient.key
    name = delivery.recipient.name
    to = address
    language = delivery.recipient.language ?? ""
    time = Instant(seconds: delivery.date.seconds).description.replacing("T", with: " ")
      .replacing("Z", with: "")
    subject = delivery.message.subject
    text = delivery.message.text
    html = delivery.message.html ?? ""
    short = delivery.message.shortText ?? delivery.message.text
    let form = delivery.message.form(of: channel)
    parameters = Dictionary(
      (form?.parameters ?? []).map { (ExactText($0.name), $0.value) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The values that a template may name, some of them in groups.
  struct Values {
    enum Value {
      case text(String)
      case group([ExactText: String])
    }

    private let values: [ExactText: Value]

    fileprivate init(_ values: [ExactText: Value]) { self.values = values }

    init(group: [ExactText: String]) { values = group.mapValues(Value.text) }

    func value(_ name: String) -> Value? { values[name] }
  }

  func values(_ secrets: [ExactText: Secret]) -> Values {
    let texts = [
      id, rule, messageClass, customer, key, name, to, language, time, subject, text, html, short,
    ]
    var values: [ExactText: Values.Value] = [:]
    for (field, text) in zip(HTTPLetter.fields, texts) { values[ExactText(field)] = .text(text) }
    values["secret"] = .group(secrets.mapValues(\.exposed))
    values["parameter"] = .group(parameters)
    return Values(values)
  }
}
