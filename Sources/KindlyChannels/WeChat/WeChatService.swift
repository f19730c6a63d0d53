import KindlyConfig
import KindlyCore
import KindlyTransport

/// What the two kinds of WeChat message have in common: the account's token, the error codes and the form.
protocol WeChatService: TokenService {
  /// Where messages are posted.
  static var path: String { get }

  /// The channel's name, by which a letter names its form.
  var channel: String { get }
  var source: WeChatToken { get }
  var token: Secret? { get set }
}

extension WeChatService {
  var secrets: [Secret] { [source.secret] }
  var account: String { source.account }

  func preview(of delivery: Delivery, to address: String) throws(UnfitDelivery) -> HandOverPreview {
    // What is refused is found here as it is when it is sent.
    _ = try payload(of: delivery, to: address)
    return HandOverPreview(try WeChatForm.lines(of: delivery.message, on: channel))
  }

  /// The request for a payload that holds a body of the service's own.
  func request(posting payload: Payload) -> HTTPRequest {
    HTTPRequest(
      url: "\(source.url)\(Self.path)?access_token="
        + PercentEncoding.encoded(token?.exposed ?? ""),
      headers: [.json], body: payload.bytes)
  }

  func outcome(of answer: HTTPAnswer, at now: Instant) -> Outcome {
    WeChatCodes.table.outcome(of: answer, codeAt: "errcode", success: "0", at: now)
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
