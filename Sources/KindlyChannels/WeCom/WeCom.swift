import KindlyCore
import KindlyTransport

/// Messages of a WeCom application to a member: `POST /cgi-bin/message/send`.
///
/// The text ends with the beginning of the reminder's id, so that the same text about two customers is two messages.
/// `enable_duplicate_check` makes WeCom drop the same JSON within four hours, so a message without an answer is repeated
/// byte for byte within that time. Source: WeCom developer documentation, "Send application messages".
struct WeCom: TokenService {
  let url: String
  let corporation: String
  let agent: Int
  let secret: Secret
  var token: Secret?

  /// The longest that WeCom remembers a message.
  private static let duplicateInterval = Duration.hours(4)
  /// Long enough to tell the reminders of a few hours apart, and for `kindly outbox show`.
  private static let markLength = 8
  /// The most bytes that WeCom takes of a text.
  static let longestText = 2048

  static let traits = ChannelTraits(
    rings: true, afterUnknown: .tryAgain, address: WeComSettings.userID,
    repeatWindow: duplicateInterval - .minutes(5), avoidsHalfHours: true)

  var traits: ChannelTraits { WeCom.traits }
  var secrets: [Secret] { [secret] }
  var account: String { "wecom \(corporation) \(agent)" }

  private struct Body: Codable {
    struct Text: Codable {
      let content: String
    }

    let to: String
    var messageType = "text"
    let agent: Int
    let text: Text
    var checksDuplicates = 1
    let duplicateInterval: Int

    enum CodingKeys: String, CodingKey {
      case text
      case to = "touser"
      case messageType = "msgtype"
      case agent = "agentid"
      case checksDuplicates = "enable_duplicate_check"
      case duplicateInterval = "duplicate_check_interval"
    }
  }

  func payload(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> [UInt8] {
    guard !address.utf8.contains(UInt8(ascii: "|")), address.trimmed.utf8.first != UInt8(ascii: "@")
    else {
      throw UnfitDelivery(
        .address, "the WeCom UserID holds a | or begins with @, so it would mean several members")
    }
    return try PayloadJSON.bytes(
      of: Body(
        to: address, agent: agent,
        text: Body.Text(content: try WeCom.text(of: delivery)),
        duplicateInterval: Int(WeCom.duplicateInterval.components.seconds)))
  }

  private static func text(of delivery: Delivery) throws(UnfitDelivery) -> String {
    let mark = "\n[\(delivery.publicID.prefix(markLength))]"
    return try GroupRobot.text(of: delivery.message, atMost: longestText - mark.utf8.count) + mark
  }

  func request(for payload: Payload, at _: Instant) -> HTTPRequest? {
    guard PayloadJSON.value(Body.self, from: payload) != nil else { return nil }
    return HTTPRequest(
      url: "\(url)/cgi-bin/message/send?access_token="
        + PercentEncoding.encoded(token?.exposed ?? ""),
      headers: [.json], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    guard let json = JSONAnswer(answer), let code = json.text("errcode") else {
      return answer.notJSON(at: now)
    }
    guard code.isExactly("0") else { return WeCom.codes.outcome(of: code, in: answer, at: now) }
    // The message has one recipient, so a list of refused recipients can only mean this one.
    if json.text("invaliduser")?.isEmpty == false {
      return .rejected(
        Refusal(
          "\(answer.evidence); the member does not exist or may not see the application",
          isRepeatable: true))
    }
    if json.text("unlicenseduser")?.isEmpty == false {
      return .rejected(
        Refusal("\(answer.evidence); the member has no licence for interfaces", isRepeatable: true))
    }
    return answer.acceptance
  }

  func with(_ token: Secret) -> any HTTPService {
    var service = self
    service.token = token
    return service
  }

  func tokenRequest(refused _: Bool) -> HTTPRequest {
    let query = PercentEncoding.form([("corpid", corporation), ("corpsecret", secret.exposed)])
    return HTTPRequest("GET", url: "\(url)/cgi-bin/gettoken?\(query)")
  }

  func token(in answer: HTTPAnswer, at now: Instant) -> TokenAnswer {
    TokenReply(answer).answer(WeCom.codes, at: now)
  }

  func refusesToken(_ answer: HTTPAnswer) -> Bool {
    ["40014", "42001", "41001"].contains(JSONAnswer(answer)?.text("errcode") ?? "")
  }

  static let codes = CodeTable([
    .init(["-1"], .channelRetry(), "the service is busy"),
    .init(
      ["45009", "45033"], .channelRetry(after: .minutes(1)),
      "too many requests, or too many at once"),
    .init(
      ["40014", "42001", "41001"], .channelRetry(), "the access token was refused twice in a row"),
    .init(
      ["81013", "60111", "40003"], .rejected(suppresses: false),
      "the member does not exist or may not see the application"),
    .init(
      ["60020"], .misconfigured, "this machine's address is not in the application's trusted list"),
    .init(
      ["301002", "40056", "48002", "48001"], .misconfigured,
      "`agent id` and `secret` are not of the same application, or the application may not send"),
    .init(["40013", "40091", "40001", "41004"], .misconfigured, "`corp id` or `secret` is wrong"),
    .init(["40008", "40058", "44004", "45002"], .badMessage, "the text is empty or too long"),
  ])
}
