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

    static let webhookSecrets = [
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzISEhISEhISE=",
    ]

    func start(timeout: Duration = ProviderStandIn.patience) async throws -> ProviderStandIn {
      switch self {
      case .webhook:
        try await .start(
          rawValue, "\"secrets\": [\"\(Self.webhookSecrets[0])\"]", timeout: timeout
        ) { try .webhook($0 + "/hook", Self.webhookSecrets) }
      case .weComRobot:
        try await .start(rawValue, "\"key\": \"693a-91\"", timeout: timeout) {
          WeComRobot(url: $0, key: Secret("693a-91"))
        }
      case .dingTalkRobot:
        try await .start(rawValue, "\"token\": \"t0\", \"secret\": \"SEC+/=\"", timeout: timeout) {
          DingTalkRobot(url: $0, token: Secret("t0"), signing: Secret("SEC+/="))
        }
      case .feishuRobot:
        try await .start(rawValue, "\"token\": \"t0\", \"secret\": \"demo\"", timeout: timeout) {
          FeishuRobot(url: $0, token: Secret("t0"), signing: Secret("demo"))
        }
      }
    }
  }

  private static let delivery = Delivery.fixture(
    to: "42",
    message: Message(
      subject: "续费提醒", html: "<p>张三 “&”</p>", text: "张三 \"quoted\"\nsecond line — ✓", shortText: nil
    ))

  @Test("take what is sent, with every field and signature right", arguments: Provider.allCases)
  func sends(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    let outcome = try await standIn.send(Self.delivery)
    #expect(outcome.word == "sent", "\(outcome)")
    let requests = try standIn.server.requests()
    #expect(requests.map(\.fault) == [nil])
    #expect(requests[0].body.contains("张三 \\\"quoted\\\"\\nsecond line — ✓"))
    await standIn.channel.close()
  }

  @Test(
    "that answer nothing, half, a page or nonsense leave the outcome unknown",
    arguments: Provider.allCases, ["drop", "cut", "html", "nested"])
  func nonsense(_ provider: Provider, _ what: String) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell("{\"do\": \"\(what)\"}")
    let outcome = try await standIn.send(Self.delivery)
    // The status of a webhook says all.
    let isSent = provider == .webhook && what != "drop"
    #expect(outcome.word == (isSent ? "sent" : "unknown"), "\(outcome)")
    #expect(!outcome.text.contains("张三"))
    // Whatever it was, the next message goes.
    let next = try await standIn.send(.fixture(id: "next", to: "42"))
    #expect(next.word == "sent", "\(next)")
    await standIn.channel.close()
  }

  @Test("that are silent leave the outcome unknown", arguments: Provider.allCases)
  func silent(_ provider: Provider) async throws {
    let standIn = try await provider.start(timeout: .milliseconds(900))
    try await standIn.server.tell("{\"do\": \"hang\"}")
    let outcome = try await standIn.send(Self.delivery)
    #expect(outcome.word == "unknown", "\(outcome)")
    await standIn.channel.close()
  }

  @Test(
    "that refuse by the status alone are understood", arguments: Provider.allCases,
    [
      (429, "retry", true), (503, "retry", true), (401, "misconfigured", true),
      (404, "misconfigured", true), (302, "misconfigured", true), (400, "rejected", false),
    ])
  func statuses(_ provider: Provider, _ line: (Int, String, Bool)) async throws {
    let standIn = try await provider.start()
    let (status, word, isChannelWide) = line
    try await standIn.server.tell(
      "{\"status\": \(status), \"body\": \"<html>\", \"headers\": {\"Retry-After\": \"7\"}}")
    let outcome = try await standIn.send(Self.delivery)
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == isChannelWide)
    if word == "retry" { #expect(outcome.refusal?.retryAfter == .seconds(7)) }
    await standIn.channel.close()
  }

  @Test("that are not there are tried again, and nothing was sent", arguments: Provider.allCases)
  func absent(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    await standIn.server.stop()
    let outcome = try await standIn.send(Self.delivery)
    #expect(outcome.word == "retry", "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    await standIn.channel.close()
  }

  @Test("never see a secret in evidence", arguments: Provider.allCases)
  func secrets(_ provider: Provider) async throws {
    let standIn = try await provider.start()
    let words = ["693a-91", "SEC+/=", "demo"] + Provider.webhookSecrets
    let body = words.map { "\($0) for 42" }.joined(separator: " ")
    try await standIn.server.tell("{\"status\": 400, \"body\": \"\(body)\"}")
    let text = try await standIn.send(Self.delivery).text
    let own: [String] =
      switch provider {
      case .webhook: Provider.webhookSecrets
      case .weComRobot: ["693a-91"]
      case .dingTalkRobot: ["SEC+/="]
      case .feishuRobot: ["demo"]
      }
    for word in own { #expect(!text.contains(word), "\(text)") }
    await standIn.channel.close()
  }
}

extension HTTPService where Self == WebhookService {
  static func webhook(_ url: String, _ secrets: [String]) throws -> WebhookService {
    WebhookService(
      url: url,
      keys: try secrets.map { try WebhookKey(Secret($0), from: .environment("HOOK")) },
      traits: ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key))
  }
}
