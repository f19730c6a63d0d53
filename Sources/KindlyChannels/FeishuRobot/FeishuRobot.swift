import KindlyCore
import KindlyTransport

/// A robot in a group of Feishu or Lark: `POST /open-apis/bot/v2/hook/TOKEN`.
///
/// The signature is base64(HMAC-SHA256(key: "timestamp\nsecret", "")), with the time in seconds: key and message are
/// swapped against DingTalk's. Source: Feishu Open Platform, "Custom bot usage guide".
struct FeishuRobot: HTTPService {
  let url: String
  let token: Secret
  let signing: Secret?

  var traits: ChannelTraits { GroupRobot.traits }
  var secrets: [Secret] { [token, signing].compactMap(\.self) }

  /// The robot takes bodies of 20 KB; a tenth of it is for what surrounds the text and its escapes.
  static let longestText = 18_000

  private struct Body: Codable {
    struct Content: Codable {
      let text: String
    }

    var timestamp: String?
    var sign: String?
    var messageType = "text"
    let content: Content

    enum CodingKeys: String, CodingKey {
      case timestamp, sign, content
      case messageType = "msg_type"
    }
  }

  func payload(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> [UInt8] {
    let text = try GroupRobot.text(of: delivery.message, atMost: FeishuRobot.longestText)
    return try PayloadJSON.bytes(of: Body(content: Body.Content(text: text)))
  }

  func request(for payload: Payload, at now: Instant) -> HTTPRequest? {
    guard var body = PayloadJSON.value(Body.self, from: payload) else { return nil }
    if let signing {
      body.timestamp = String(now.seconds)
      body.sign = FeishuRobot.signature(at: now.seconds, secret: signing.exposed)
    }
    // Losing the error is right: what was a payload can be written again.
    guard let bytes = try? PayloadJSON.bytes(of: body) else { return nil }
    return HTTPRequest(
      url: "\(url)/open-apis/bot/v2/hook/\(PercentEncoding.encoded(token.exposed))",
      headers: [.json], body: bytes)
  }

  static func signature(at seconds: Int64, secret: String) -> String {
    Signature.base64(Signature.hmacSHA256(key: Array("\(seconds)\n\(secret)".utf8), ""))
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    FeishuRobot.codes.outcome(
      of: answer, codeAt: "code", success: "0", asked: wait(in: answer), at: now)
  }

  /// The seconds until Feishu's limit is over, which it tells in a header of its own.
  private func wait(in answer: HTTPAnswer) -> Duration? {
    answer.header("x-ogw-ratelimit-reset").flatMap { Int($0) }
      .flatMap { (0...86_400).contains($0) ? .seconds($0) : nil }
  }

  static let codes = CodeTable([
    .init(
      ["11232", "99991400"], .channelRetry(after: .minutes(1)),
      "the robot takes 100 messages a minute and 5 a second, and less at the full and half hour"),
    .init(
      ["19021"], .misconfigured,
      "the signature does not match the robot's secret, or this machine's clock is over an hour wrong"
    ),
    .init(["19022"], .misconfigured, "this machine's address is not in the robot's list"),
    .init(["19024"], .badMessage, "the text lacks the keyword that the robot's settings demand"),
    .init(["19001", "19007"], .misconfigured, "the token is wrong, or the robot was removed"),
    .init(["9499", "19002"], .badMessage, "the message is not what the robot takes"),
  ])
}
