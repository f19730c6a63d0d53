import KindlyConfig
import KindlyCore
import KindlyTransport

/// Subscribe messages of a mini program: `POST /cgi-bin/message/subscribe/send`.
///
/// A user allows one message at a time, and WeChat recognises no repeat. Source: WeChat documentation, "sendMessage".
struct WeChatSubscribe: TokenService {
  /// Which version of the mini program a tap opens.
  enum State: String, Sendable {
    case formal, trial, developer
  }

  let channel: String
  let state: State
  let source: WeChatToken
  var token: Secret?

  static let traits = ChannelTraits(
    rings: true, afterUnknown: .waitForPerson, address: WeChatSubscribeSettings.openID)

  var traits: ChannelTraits { WeChatSubscribe.traits }
  var secrets: [Secret] { [source.secret] }
  var account: String { source.account }

  private struct Body: Codable {
    struct Value: Codable {
      let value: String
    }

    let to: String
    let template: String
    let page: String?
    let state: String
    let language: String
    let data: [ExactText: Value]

    enum CodingKeys: String, CodingKey {
      case page, data
      case to = "touser"
      case template = "template_id"
      case state = "miniprogram_state"
      case language = "lang"
    }
  }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    let (template, form) = try WeChatForm.form(of: delivery.message, on: channel)
    return try PayloadJSON.bytes(
      of: Body(
        to: address, template: template, page: form.page, state: state.rawValue,
        language: WeChatSubscribe.language(of: delivery.message.language),
        data: Dictionary(form.parameters.map { (ExactText($0.name), Body.Value(value: $0.value)) })
        {
          first, _ in first
        }))
  }

  /// The language of the frame around the message, of the four that WeChat has.
  private static func language(of tag: String) -> String {
    let tag = tag.lowercased()
    if tag.hasPrefix("zh-hk") || tag.hasPrefix("zh-hant-hk") { return "zh_HK" }
    if tag.hasPrefix("zh-tw") || tag.hasPrefix("zh-hant") { return "zh_TW" }
    return tag.isEmpty || tag.hasPrefix("zh") ? "zh_CN" : "en_US"
  }

  func preview(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> HandOverPreview {
    // What is refused is found here as it is when it is sent.
    _ = try payload(of: delivery, to: address)
    return HandOverPreview(try WeChatForm.lines(of: delivery.message, on: channel))
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(Body.self, from: payload) != nil else { return nil }
    return HTTPRequest(
      url: "\(source.url)/cgi-bin/message/subscribe/send?access_token="
        + PercentEncoding.encoded(token?.exposed ?? ""),
      headers: [.json], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    guard let json = JSONAnswer(answer), let code = json.text("errcode") else {
      return answer.notJSON(at: now)
    }
    return code == "0"
      ? .sent(evidence: answer.evidence)
      : WeChatCodes.table.outcome(of: code, said: answer.evidence)
  }

  func with(_ token: Secret) -> any HTTPService {
    var service = self
    service.token = token
    return service
  }

  func tokenRequest(refused: Bool) -> HTTPRequest { source.request(refused: refused) }

  func token(in answer: HTTPAnswer, at now: Instant) -> TokenAnswer {
    source.token(in: answer, at: now)
  }

  func refusesToken(_ answer: HTTPAnswer) -> Bool { WeChatToken.refuses(answer) }
}
