import Foundation
import KindlyConfig
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

/// What holds for every provider that is spoken to over HTTP, against stand-ins that check each request.
@Suite("Providers")
struct ProviderTests {
  /// The providers, each with what its stand-in knows and the address of a recipient.
  enum Provider: String, CaseIterable, Sendable {
    case webhook
    case weComRobot = "wecom-robot"
    case dingTalkRobot = "dingtalk-robot"
    case feishuRobot = "feishu-robot"
    case aliyunSMS = "aliyun-sms"
    case tencentSMS = "tencent-sms"
    case twilio
    case weChat = "wechat"
    case weChatSubscribe = "wechat-subscribe"
    case weCom = "wecom"

    static let webhookSecrets = [
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzISEhISEhISE=",
    ]

    /// What the stand-in knows of its customer, as JSON.
    private var options: String {
      switch self {
      case .webhook: "\"secrets\": [\"\(Self.webhookSecrets[0])\"]"
      case .weComRobot: "\"key\": \"693a-91\""
      case .dingTalkRobot: "\"token\": \"t0\", \"secret\": \"SEC+/=\""
      case .feishuRobot: "\"token\": \"t0\", \"secret\": \"demo\""
      case .aliyunSMS: "\"key\": \"LTAI5t\", \"secret\": \"s3cr3t\", \"sign\": \"阿里云\""
      case .tencentSMS: "\"key\": \"AKID\", \"secret\": \"s3cr3t\", \"app\": \"1400006666\""
      case .twilio: "\"account\": \"AC0123\", \"token\": \"s3cr3t\""
      case .weChat, .weChatSubscribe: "\"app\": \"wx01\", \"secret\": \"s3cr3t\""
      case .weCom: "\"corp\": \"ww01\", \"secret\": \"s3cr3t\", \"agent\": 1000002"
      }
    }

    private func service(_ url: String) throws -> any HTTPService {
      switch self {
      case .webhook: try WebhookService.fixture(url + "/hook", Self.webhookSecrets)
      case .weComRobot: WeComRobot(url: url, key: Secret("693a-91"))
      case .dingTalkRobot: DingTalkRobot(url: url, token: Secret("t0"), signing: Secret("SEC+/="))
      case .feishuRobot: FeishuRobot(url: url, token: Secret("t0"), signing: Secret("demo"))
      case .aliyunSMS:
        AliyunSMS(
          channel: "out", url: url, sign: "阿里云",
          signature: ACS3(key: Secret("LTAI5t"), secret: Secret("s3cr3t")))
      case .tencentSMS:
        TencentSMS(
          channel: "out", url: url, region: "ap-guangzhou", app: "1400006666", sign: "腾讯云",
          signature: TC3(key: Secret("AKID"), secret: Secret("s3cr3t")))
      case .twilio:
        Twilio(
          url: url, account: "AC0123", token: Secret("s3cr3t"), sender: .number("+15005550006"),
          validity: .hours(1))
      case .weChat:
        WeChat(
          channel: "out", miniProgram: "wx02",
          source: WeChatToken(url: url, app: "wx01", secret: Secret("s3cr3t")))
      case .weChatSubscribe:
        WeChatSubscribe(
          channel: "out", state: .formal,
          source: WeChatToken(url: url, app: "wx01", secret: Secret("s3cr3t")))
      case .weCom:
        WeCom(url: url, corporation: "ww01", agent: 1_000_002, secret: Secret("s3cr3t"))
      }
    }

    func start(timeout: Duration = ProviderStandIn.patience) async throws -> ProviderStandIn {
      try await .start(rawValue, options, timeout: timeout, service)
    }

    /// A second channel to the same stand-in, with the same ledger.
    func start(sharing first: ProviderStandIn) throws -> ProviderStandIn {
      ProviderStandIn(
        server: first.server,
        channel: ProviderStandIn.channel(
          to: try service(first.server.url("")), ledger: first.ledger),
        ledger: first.ledger)
    }

    /// A secret that the provider's channel has.
    var secret: String {
      switch self {
      case .webhook: Self.webhookSecrets[1]
      case .weComRobot: "693a-91"
      case .dingTalkRobot: "SEC+/="
      case .feishuRobot: "demo"
      case .aliyunSMS, .tencentSMS, .twilio, .weChat, .weChatSubscribe, .weCom: "s3cr3t"
      }
    }

    var address: String {
      switch self {
      case .webhook, .weComRobot, .dingTalkRobot, .feishuRobot: "42"
      case .weChat, .weChatSubscribe: "oABC-123_x"
      case .weCom: "ZhangSan"
      case .aliyunSMS, .tencentSMS, .twilio: "+86 138 0013 8000"
      }
    }

    /// A message that every provider takes.
    func delivery(id: String = "k3f9q2") -> Delivery {
      .fixture(
        id: id, to: address,
        message: Message(
          subject: "续费提醒", html: "<p>张三 “&”</p>",
          text: "张三 \"quoted\"\nsecond line — ✓ \(id)",
          forms: [
            ChannelForm(
              channel: "out", template: "SMS_154950909",
              parameters: [
                ChannelForm.Parameter(name: "thing1", value: "张三 \"&+\" \(id)"),
                ChannelForm.Parameter(name: "number2", value: "7"),
              ], page: "pages/lease?id=1")
          ]))
    }
  }

  @Test("take what is sent, with every field and signature right", arguments: Provider.allCases)
  func sends(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == "sent", "\(outcome)")
    let requests = try standIn.server.requests()
    #expect(requests.compactMap(\.fault).isEmpty)
    #expect(requests.last?.taken?.isEmpty == false)
    await standIn.channel.close()
  }

  @Test(
    "that answer nothing, half, a page or nonsense leave the outcome unknown",
    arguments: Provider.allCases, ["drop", "cut", "html", "nested"])
  func nonsense(_ provider: Provider, _ what: String) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell("{\"do\": \"\(what)\"}")
    let outcome = try await standIn.send(provider.delivery())
    // The status of a webhook says all.
    let isSent = provider == .webhook && what != "drop"
    #expect(outcome.word == (isSent ? "sent" : "unknown"), "\(outcome)")
    #expect(!outcome.text.contains("张三"))
    // Whatever it was, the next message goes.
    let next = try await standIn.send(provider.delivery(id: "next"))
    #expect(next.word == "sent", "\(next)")
    await standIn.channel.close()
  }

  @Test("that are silent leave the outcome unknown", arguments: Provider.allCases)
  func silent(_ provider: Provider) async throws {
    let standIn = try await provider.start(timeout: .seconds(3))
    try await standIn.server.tell("{\"do\": \"hang\"}")
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == "unknown", "\(outcome)")
    await standIn.channel.close()
  }

  @Test(
    "that refuse by the status alone are understood", arguments: Provider.allCases,
    [
      (429, "retry", true), (503, "retry", true), (401, "misconfigured", true),
      (404, "misconfigured", true), (302, "misconfigured", true), (422, "misconfigured", false),
    ])
  func statuses(_ provider: Provider, _ line: (Int, String, Bool)) async throws {
    let standIn = try await provider.start()
    let (status, word, isChannelWide) = line
    try await standIn.server.tell(
      "{\"status\": \(status), \"body\": \"<html>\", \"headers\": {\"Retry-After\": \"7\"}}")
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == isChannelWide)
    if word == "retry" { #expect(outcome.refusal?.retryAfter == .seconds(7)) }
    await standIn.channel.close()
  }

  @Test(
    "that answer with an unknown code are understood by the status", arguments: Provider.allCases,
    [
      (429, "retry", true), (503, "retry", true), (408, "retry", false), (500, "unknown", false),
      (422, "misconfigured", false),
    ])
  func unknownCodes(_ provider: Provider, _ line: (Int, String, Bool)) async throws {
    let standIn = try await provider.start()
    let (status, word, isChannelWide) = line
    // Each provider finds its code in another place.
    let body =
      "{\"errcode\": 123456, \"code\": 123456, \"Code\": \"Never.Seen\","
      + " \"Response\": {\"Error\": {\"Code\": \"Never.Seen\"}}}"
    try await standIn.server.tell(
      "{\"status\": \(status), \"body\": \(body), \"headers\": {\"Retry-After\": \"7\"}}")
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == isChannelWide)
    if word == "retry" { #expect(outcome.refusal?.retryAfter == .seconds(7)) }
    await standIn.channel.close()
  }

  @Test("that are not there are tried again, and nothing was sent", arguments: Provider.allCases)
  func absent(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    await standIn.server.stop()
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == "retry", "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    await standIn.channel.close()
  }

  @Test("never see a secret in evidence", arguments: Provider.allCases)
  func secrets(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell(
      "{\"status\": 422, \"body\": \"\(provider.secret) is not for \(provider.address)\"}")
    let text = try await standIn.send(provider.delivery()).text
    #expect(!text.contains(provider.secret), "\(text)")
    #expect(text.contains("<secret> is not for"), "\(text)")
    await standIn.channel.close()
  }
}

extension WebhookService {
  static func fixture(_ url: String, _ secrets: [String]) throws -> WebhookService {
    WebhookService(
      url: url,
      keys: try secrets.map { try WebhookKey(Secret($0), from: .environment("HOOK")) },
      traits: ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key))
  }
}
