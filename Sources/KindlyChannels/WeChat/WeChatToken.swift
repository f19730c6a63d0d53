import KindlyCore
import KindlyTransport

/// The stable access token of a WeChat account: `POST /cgi-bin/stable_token`.
///
/// Every caller gets the same token until shortly before it expires, so Kindly does not invalidate the token of another
/// program. A refused token is replaced by force, which WeChat allows 20 times a day. Source: WeChat documentation,
/// "getStableAccessToken".
struct WeChatToken: Sendable {
  let url: String
  let app: String
  let secret: Secret

  private struct Body: Codable {
    var grantType = "client_credential"
    let app: String
    let secret: String
    let force: Bool

    enum CodingKeys: String, CodingKey {
      case grantType = "grant_type"
      case app = "appid"
      case secret
      case force = "force_refresh"
    }
  }

  var account: String { "wechat \(app)" }

  func request(refused: Bool) -> HTTPRequest {
    // Losing the error is right: three short texts can always be written.
    let bytes = try? PayloadJSON.bytes(of: Body(app: app, secret: secret.exposed, force: refused))
    return HTTPRequest(url: "\(url)/cgi-bin/stable_token", headers: [.json], body: bytes ?? [])
  }

  func token(in answer: HTTPAnswer, at now: Instant) -> TokenAnswer {
    TokenReply(answer).answer(WeChatCodes.table, at: now)
  }

  static func refuses(_ answer: HTTPAnswer) -> Bool {
    ["40001", "40014", "42001"].contains(JSONAnswer(answer)?.text("errcode") ?? "")
  }
}

/// The answer of WeChat or WeCom to a request for a token.
struct TokenReply {
  private let answer: HTTPAnswer

  /// In seconds; two hours is usual.
  private static let lives = 60...86_400

  init(_ answer: HTTPAnswer) { self.answer = answer }

  func answer(_ codes: CodeTable, at now: Instant) -> TokenAnswer {
    guard let json = JSONAnswer(answer) else {
      return .refused(
        (200...299).contains(answer.status)
          ? .retry(
            Refusal(
              "no access token: the service gave an answer that is not its JSON (status \(answer.status)); is a proxy or"
                + " a login page in between?", isChannelWide: true))
          : answer.refusal(at: now))
    }
    if let token = json.text("access_token") {
      // The answer is not shown: it holds the token.
      guard let seconds = json.number("expires_in"), TokenReply.lives.contains(seconds) else {
        return .refused(
          .retry(
            Refusal(
              "no access token: the service does not say how long it lasts", isChannelWide: true)))
      }
      return .token(AccessToken(Secret(token), until: now + .seconds(seconds)))
    }
    let code = json.text("errcode") ?? ""
    // A secret that is refused cannot be replaced by another token.
    let outcome =
      code == "40001"
      ? Outcome.misconfigured(
        Refusal(
          "no access token: \(answer.evidence); the app's secret is wrong", isChannelWide: true))
      : codes.outcome(of: code, said: "no access token: \(answer.evidence)")
    return .refused(outcome)
  }
}
