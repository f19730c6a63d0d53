import KindlyCore
import KindlyTransport

/// A robot in a group of DingTalk: `POST /robot/send?access_token=…&timestamp=…&sign=…`.
///
/// The signature is base64(HMAC-SHA256(key: secret, "timestamp\nsecret")), with the time in milliseconds. Source:
/// DingTalk Open Platform, "Custom robot".
struct DingTalkRobot: HTTPService {
  let url: String
  let token: Secret
  let signing: Secret?

  var traits: ChannelTraits { GroupRobot.traits }
  var secrets: [Secret] { [token, signing].compactMap(\.self) }

  /// The most bytes that the robot takes of a message.
  static let longestText = 20_000

  func payload(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> [UInt8] {
    let text = try GroupRobot.text(of: delivery.message, atMost: DingTalkRobot.longestText)
    return try PayloadJSON.bytes(of: GroupRobot.TextBody(text))
  }

  func request(for payload: Payload, at now: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(GroupRobot.TextBody.self, from: payload) != nil else { return nil }
    var query = [(name: "access_token", value: token.exposed)]
    if let signing {
      query.append(("timestamp", String(now.milliseconds)))
      query.append(
        ("sign", DingTalkRobot.signature(at: now.milliseconds, secret: signing.exposed)))
    }
    return HTTPRequest(
      url: "\(url)/robot/send?\(PercentEncoding.form(query))", headers: [.json],
      body: payload.bytes)
  }

  static func signature(at milliseconds: Int64, secret: String) -> String {
    Signature.base64(
      Signature.hmacSHA256(key: Array(secret.utf8), "\(milliseconds)\n\(secret)"))
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    DingTalkRobot.codes.outcome(of: answer, codeAt: "errcode", success: "0", at: now)
  }

  static let codes = CodeTable([
    .init(["-1"], .channelRetry(), "the service is busy"),
    .init(
      ["130101", "660026"], .channelRetry(after: .minutes(10)),
      "the robot accepts 20 messages a minute; after more, it accepts none for 10 minutes"),
    .init(
      ["310000"], .badMessage,
      "the signature, a keyword or this machine's address is not what the robot's security settings demand"
    ),
    .init(
      ["300001", "300005", "40035"], .misconfigured, "the token is wrong, or the robot was removed"),
    .init(["400013", "400101", "400102"], .misconfigured, "the robot or its group is disabled"),
    .init(["400105", "43004", "460101"], .badMessage, "the message is not what the robot takes"),
  ])
}
