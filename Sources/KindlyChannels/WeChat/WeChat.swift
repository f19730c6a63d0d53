import KindlyCore
import KindlyTransport

/// Template messages of an official account: `POST /cgi-bin/message/template/send`.
///
/// `client_msg_id` is the reminder's id. WeChat refuses the same one for 60 seconds, so a message without an answer is
/// repeated within that time only. Source: WeChat documentation, "Template messages".
struct WeChat: WeChatService {
  static let path = "/cgi-bin/message/template/send"

  let channel: String
  let miniProgram: String?
  let source: WeChatToken
  var token: Secret?

  static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: WeChatSettings.openID,
    repeatWindow: .seconds(55))

  var traits: ChannelTraits { WeChat.traits }

  private struct Body: Codable {
    struct MiniProgram: Codable {
      let app: String
      let page: String

      enum CodingKeys: String, CodingKey {
        case app = "appid"
        case page = "pagepath"
      }
    }

    let to: String
    let template: String
    let url: String?
    let miniProgram: MiniProgram?
    let id: String
    let data: [ExactText: WeChatForm.Value]

    enum CodingKeys: String, CodingKey {
      case url, data
      case to = "touser"
      case template = "template_id"
      case miniProgram = "miniprogram"
      case id = "client_msg_id"
    }
  }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    let (template, form) = try WeChatForm.form(of: delivery.message, on: channel)
    var page: Body.MiniProgram?
    if let path = form.page {
      guard let miniProgram else {
        throw UnfitDelivery(
          .message, "the letter names a `page`, and channel \(channel) has no `mini program:`")
      }
      page = Body.MiniProgram(app: miniProgram, page: path)
    }
    return try PayloadJSON.bytes(
      of: Body(
        to: address, template: template, url: form.url, miniProgram: page, id: delivery.publicID,
        data: WeChatForm.data(form)))
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    PayloadJSON.value(Body.self, from: payload).map { _ in request(posting: payload) }
  }
}
