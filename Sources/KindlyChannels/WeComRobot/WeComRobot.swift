import KindlyCore
import KindlyTransport

/// A robot in a group of WeCom: `POST /cgi-bin/webhook/send?key=…` with a text of at most 2,048 bytes.
///
/// Source: WeCom developer documentation, "Group robot".
struct WeComRobot: HTTPService {
  let url: String
  let key: Secret

  var traits: ChannelTraits { GroupRobot.traits }
  var secrets: [Secret] { [key] }

  /// The most bytes that the robot takes of a text.
  static let longestText = 2048

  func payload(of delivery: Delivery, to _: String) throws(UnfitDelivery) -> [UInt8] {
    let text = try GroupRobot.text(of: delivery.message, atMost: WeComRobot.longestText)
    return try PayloadJSON.bytes(of: GroupRobot.TextBody(text))
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(GroupRobot.TextBody.self, from: payload) != nil else { return nil }
    return HTTPRequest(
      url: "\(url)/cgi-bin/webhook/send?key=\(PercentEncoding.encoded(key.exposed))",
      headers: [.json], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    WeComRobot.codes.outcome(of: answer, codeAt: "errcode", success: "0", at: now)
  }

  static let codes = CodeTable([
    .init(["-1"], .channelRetry(), "the service is busy"),
    .init(["45009"], .channelRetry(after: .minutes(1)), "the robot takes 20 messages a minute"),
    .init(
      ["93000"], .misconfigured, "the robot's key is wrong, or the robot was removed from its group"
    ),
    .init(["93004", "93008"], .misconfigured, "the robot was disabled; enable it in its group"),
    .init(["40058", "44004"], .badMessage, "the text is empty or too long"),
  ])
}
