import KindlyCore
import KindlyTransport

/// Subscribe messages of a mini program: `POST /cgi-bin/message/subscribe/send`.
///
/// A user allows one message at a time, and WeChat recognises no repeat. Source: WeChat documentation, "sendMessage".
struct WeChatSubscribe: WeChatService {
  static let path = "/cgi-bin/message/subscribe/send"

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

  private struct Body: Codable {
    let to: String
    let template: String
    let page: String?
    let state: String
    let language: String
    let data: [ExactText: WeChatForm.Value]

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
        data: WeChatForm.data(form)))
  }

  /// The language of the frame around the message, of the four that WeChat has.
  private static func language(of tag: String) -> String {
    let tag = tag.lowercased()
    if tag.hasPrefix("zh-hk") || tag.hasPrefix("zh-hant-hk") { return "zh_HK" }
    if tag.hasPrefix("zh-tw") || tag.hasPrefix("zh-hant") { return "zh_TW" }
    return tag.isEmpty || tag.hasPrefix("zh") ? "zh_CN" : "en_US"
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    PayloadJSON.value(Body.self, from: payload).map { _ in request(posting: payload) }
  }
}
