import KindlyConfig
import KindlyCore
import KindlyTransport

/// Who a message over Twilio comes from.
enum TwilioSender: Hashable, Sendable {
  /// A number or an alphanumeric sender.
  case number(String)
  /// A messaging service, which chooses the number.
  case service(String)
}

/// Twilio's Messages resource: `POST /2010-04-01/Accounts/AC…/Messages.json`.
///
/// It has no repeat guard, but it can be asked about earlier messages. Source: Twilio documentation, "Messages resource" and "Error and warning dictionary".
struct Twilio: HTTPService {
  let url: String
  let account: String
  let token: Secret
  let sender: TwilioSender
  let validity: Duration?

  /// An unanswered message is looked for in the list of messages.
  static let traits = ChannelTraits(rings: true, afterUnknown: .ask, address: .mobile)

  var traits: ChannelTraits { Twilio.traits }
  var secrets: [Secret] { [token, Secret(login)] }

  /// The most characters that Twilio takes.
  static let longestText = 1600

  struct Letter: Codable {
    let to: String
    let text: String
  }

  /// The path of the account's messages.
  var messages: String { "/2010-04-01/Accounts/\(account)/Messages.json" }
  var authorization: HTTPRequest.Header { HTTPRequest.Header("Authorization", "Basic \(login)") }

  private var login: String { Signature.base64(Array("\(account):\(token.exposed)".utf8)) }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    try PayloadJSON.bytes(of: Letter(to: address, text: try text(of: delivery.message)))
  }

  func preview(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> HandOverPreview {
    SMSPreview.preview(try text(of: delivery.message), of: delivery)
  }

  private func text(of message: Message) throws(UnfitDelivery) -> String {
    let text = (message.shortText ?? message.text).trimmed
    guard text.utf16.count <= Twilio.longestText else {
      throw UnfitDelivery(
        .message,
        "the text has \(text.utf16.count) characters, and Twilio takes at most \(Twilio.longestText); write a shorter one"
          + " as `sms:` in the letter's head")
    }
    return text
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    guard let letter = PayloadJSON.value(Letter.self, from: payload) else { return nil }
    var fields = [(name: "To", value: letter.to), (name: "Body", value: letter.text)]
    switch sender {
    case .number(let number): fields.append(("From", number))
    case .service(let service): fields.append(("MessagingServiceSid", service))
    }
    if let validity { fields.append(("ValidityPeriod", String(validity.components.seconds))) }
    return HTTPRequest(
      url: url + messages,
      headers: [
        HTTPRequest.Header("Content-Type", "application/x-www-form-urlencoded"),
        authorization,
      ], body: Array(PercentEncoding.form(fields).utf8))
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    guard let json = JSONAnswer(answer) else {
      return answer.withoutLetters.notJSON(at: now)
    }
    if answer.status == 201, let sid = json.text("sid") {
      // A message may be refused at once all the same.
      guard let code = json.text("error_code") else {
        return .sent(evidence: "status 201: \(sid) \(json.text("status") ?? "")")
      }
      return Twilio.codes.outcome(
        of: code, in: answer, said: "status 201: \(sid), error \(code)", at: now)
    }
    guard let code = json.text("code"), Twilio.codes.row(of: code) != nil else {
      return answer.isSuccess
        ? answer.withoutLetters.notJSON(at: now)
        : answer.refusal(at: now)
    }
    return Twilio.codes.outcome(of: code, in: answer, at: now)
  }

  static let codes = CodeTable([
    .init(["20429", "14107", "30001"], .channelRetry()),
    .init(["21611"], .channelRetry(after: .minutes(10)), "the sender's queue is full"),
    .init(["30003"], .retry(after: .hours(1)), "the phone is unreachable"),
    .init(["21211", "21217", "21614", "30005", "30006"], .rejected()),
    .init(["21610"], .rejected(), "the customer has opted out with STOP"),
    .init(["21612", "30004", "30007"], .rejected(suppresses: false)),
    .init(
      ["30036"], .rejected(suppresses: false), "the message was not delivered within `valid for`"),
    .init(
      ["20003", "20404", "20005"], .misconfigured,
      "`account` or `token` is wrong, or the account is suspended"),
    .init(
      ["21606", "21212", "21603", "21703"], .misconfigured, "`from` is not a sender of this account"
    ),
    .init(["21608"], .badMessage, "a trial account sends to verified numbers only"),
    .init(
      ["21408"], .badMessage, "the account may not send to that country; allow it in the console"
    ),
    .init(["21602", "21617", "21605"], .badMessage, "the text is empty or too long"),
  ])
}
