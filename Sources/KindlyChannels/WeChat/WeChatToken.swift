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

  /// In seconds; two hours is usual. A provider gives out its token until the last second, and a message may use it.
  private static let lives = 1...86_400

  init(_ answer: HTTPAnswer) { self.answer = answer }

  func answer(_ codes: CodeTable, at now: Instant) -> TokenAnswer {
    let json = JSONAnswer(answer)
    guard let token = json?.text("access_token"), !token.isEmpty else {
      return .refused(outcome(of: json?.text("errcode"), codes, at: now))
    }
    // The answer is not shown: it holds the token.
    guard let seconds = json?.number("expires_in"), TokenReply.lives.contains(seconds) else {
      return .refused(
        TokenReply.concerningAll(.retry(Refusal("the service does not say how long it lasts"))))
    }
    return .token(AccessToken(Secret(token), until: now + .seconds(seconds)))
  }

  /// The outcome of an answer without a token; a code that Kindly knows counts more than the status.
  private func outcome(of code: String?, _ codes: CodeTable, at now: Instant) -> Outcome {
    let outcome: Outcome
    if let code, code.isExactly("40001") {
      // A secret that is refused cannot be replaced by another token.
      outcome = .misconfigured(Refusal("\(answer.evidence); the app's secret is wrong"))
    } else if answer.isTemporary, code.flatMap({ codes.row(of: $0) }) == nil {
      outcome = .retry(Refusal(answer.evidence, retryAfter: answer.retryAfter(now: now)))
    } else if let code {
      outcome = codes.outcome(of: code, in: answer, at: now)
    } else if answer.isSuccess {
      outcome = .retry(
        Refusal(
          "the service gave an answer that is not its JSON (status \(answer.status)); is a proxy or a login page in"
            + " between?"))
    } else {
      outcome = answer.refusal(at: now)
    }
    return TokenReply.concerningAll(outcome)
  }

  /// The outcome of a message that needs the token, and of every other one of the account.
  ///
  /// Nothing of the message was handed over, so it is neither sent nor uncertain, and its recipient refused nothing.
  private static func concerningAll(_ outcome: Outcome) -> Outcome {
    let text = "no access token: \(outcome.text)"
    return switch outcome {
    case .retry(let refusal), .unknown(let refusal):
      .retry(Refusal(text, retryAfter: refusal.retryAfter, isChannelWide: true))
    case .sent, .rejected, .misconfigured, .withdrawn:
      .misconfigured(Refusal(text, isChannelWide: true))
    }
  }
}
