import KindlyConfig
import KindlyCore
import KindlyTransport

/// Template messages of an official account: `POST /cgi-bin/message/template/send`.
///
/// `client_msg_id` is the reminder's id. WeChat refuses the same one for 60 seconds, so a message without an answer is
/// repeated within that time only. Source: WeChat documentation, "Template messages".
struct WeChat: TokenService {
  let channel: String
  let miniProgram: String?
  let source: WeChatToken
  var token: Secret?

  static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: WeChatSettings.openID,
    repeatWindow: .seconds(55))

  var traits: ChannelTraits { WeChat.traits }
  var secrets: [Secret] { [source.secret] }
  var account: String { source.account }

  private struct Body: Codable {
    struct Value: Codable {
      let value: String
    }

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
    let data: [ExactText: Value]

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
        data: Dictionary(form.parameters.map { (ExactText($0.name), Body.Value(value: $0.value)) })
        {
          first, _ in first
        }))
  }

  func preview(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> HandOverPreview {
    // What is refused is found here as it is when it is sent.
    _ = try payload(of: delivery, to: address)
    return HandOverPreview(try WeChatForm.lines(of: delivery.message, on: channel))
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(Body.self, from: payload) != nil else { return nil }
    return HTTPRequest(
      url: "\(source.url)/cgi-bin/message/template/send?access_token="
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
