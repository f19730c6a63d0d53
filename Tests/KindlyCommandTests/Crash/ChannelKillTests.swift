import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// The real daemon is killed while it hands messages over to a provider's stand-in.
@Suite("Kill -9 during a hand-over")
struct ChannelKillTests {
  /// A channel type, with what becomes of a message whose hand-over the kill has cut off.
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

    enum Repeat {
      /// The provider recognises it, so that it is taken once.
      case recognised
      /// The provider tells whether it was taken; what was not is sent again later.
      case asked
      /// It waits for a person.
      case never
    }

    var repeats: Repeat {
      switch self {
      case .webhook, .weChat, .weCom: .recognised
      case .twilio: .asked
      case .weComRobot, .dingTalkRobot, .feishuRobot, .aliyunSMS, .tencentSMS, .weChatSubscribe:
        .never
      }
    }

    /// What the stand-in knows.
    var options: String {
      switch self {
      case .webhook: "\"secrets\": [\"\(ChannelKillTests.secret)\"]"
      case .weComRobot: "\"key\": \"\(ChannelKillTests.secret)\""
      case .dingTalkRobot, .feishuRobot:
        "\"token\": \"\(ChannelKillTests.secret)\", \"secret\": \"\(ChannelKillTests.secret)\""
      case .aliyunSMS:
        "\"key\": \"\(ChannelKillTests.secret)\", \"secret\": \"\(ChannelKillTests.secret)\", \"sign\": \"Example\""
      case .tencentSMS:
        "\"key\": \"\(ChannelKillTests.secret)\", \"secret\": \"\(ChannelKillTests.secret)\", \"app\": \"1400006666\""
      case .twilio: "\"account\": \"AC0123\", \"token\": \"\(ChannelKillTests.secret)\""
      case .weChat, .weChatSubscribe:
        "\"app\": \"wx01\", \"secret\": \"\(ChannelKillTests.secret)\""
      case .weCom:
        "\"corp\": \"ww01\", \"agent\": 1000002, \"secret\": \"\(ChannelKillTests.secret)\""
      }
    }

    /// The channel's own keys; SECRET stands for where the secret is kept.
    var keys: String {
      switch self {
      case .webhook: "secret: SECRET"
      case .weComRobot: "key: SECRET, rate: 1000/s"
      case .dingTalkRobot, .feishuRobot: "token: SECRET, secret: SECRET, rate: 1000/s"
      case .aliyunSMS: "access key: SECRET, access secret: SECRET, sign: Example"
      case .tencentSMS: "secret id: SECRET, secret key: SECRET, app: 1400006666"
      case .twilio: "account: AC0123, token: SECRET, from: \"+15005550006\""
      case .weChat, .weChatSubscribe: "app id: wx01, secret: SECRET"
      case .weCom: "corp id: ww01, agent id: 1000002, secret: SECRET"
      }
    }

    /// The word of `customers:` for the address, where there is one besides the key.
    var kind: String? {
      switch self {
      case .webhook, .weComRobot, .dingTalkRobot, .feishuRobot: nil
      case .aliyunSMS, .tencentSMS, .twilio: "phone"
      case .weChat: "wechat"
      case .weChatSubscribe: "wechat-mini"
      case .weCom: "wecom"
      }
    }
  }

  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  /// `KINDLY_KILLS=30` asks for more.
  private static let kills = Int(ProcessInfo.processInfo.environment["KINDLY_KILLS"] ?? "") ?? 10
  /// The customers that come between one kill and the next: few enough to be no mass change.
  private static let portion = 10

  private func company(_ provider: Provider, at port: Int) throws -> MailCompany {
    let company = try MailCompany(port: port)
    try company.folder.write(Self.secret, to: "secret")
    let keys = provider.keys.replacing("SECRET", with: "{ file: \(company.folder.path)/secret }")
    let path = provider == .webhook ? "/hook" : ""
    try company.use(
      channel:
        "{ type: \(provider.rawValue), url: \"http://127.0.0.1:\(port)\(path)\", private addresses: yes, \(keys) }",
      address: provider.kind)
    try company.folder.write(
      """
      ---
      subject: Welcome
      sms: "Welcome, {{customer.name}}"
      channels:
        email: { template: SMS_1, parameters: { thing1: "{{customer.name}}" } }
      ---
      """, to: "templates/welcome.html")
    return company
  }

  @Test("nothing is lost, and nothing is taken twice that may not be", arguments: Provider.allCases)
  func killed(_ provider: Provider) async throws {
    let standIn = try await HTTPServerFixture.start(
      script: "providers.py",
      [
        "--provider", provider.rawValue, "--options", "{\(provider.options)}", "--delay", "0.02",
      ])
    let company = try company(provider, at: standIn.port)
    var daemon = try await DaemonProcess.start(company)
    var chance = SeededRandom(seed: 20_260_210)
    let total = Self.kills * Self.portion
    for first in stride(from: 1, to: total, by: Self.portion) {
      try await company.plans(first - 1)
      let before = try taken(standIn).count
      try company.insert(first...first + Self.portion - 1) { "+8613800\(100_000 + $0)" }
      let wanted = before + chance.number(in: 1...Self.portion / 2)
      try await Eventually.holds("\(wanted) messages") { try taken(standIn).count >= wanted }
      #expect(await daemon.kill())
      daemon = try DaemonProcess(company)
    }
    try await company.plans(total)
    try await Eventually.holds("a known end of every message") {
      let states = try await company.states()
      let (sent, uncertain) = (states[.sent] ?? 0, states[.uncertain] ?? 0)
      return switch provider.repeats {
      // WeChat recognises a repeat for a minute, which a strained machine may need to start again.
      case .recognised: sent + (provider == .weChat ? uncertain : 0) == total
      // Whatever was taken is known to be sent.
      case .asked: try sent + uncertain == total && sent == taken(standIn).count
      case .never: sent + uncertain == total
      }
    }
    // Before it runs, a signal to end would end it at once.
    try await daemon.says("is running: ")
    #expect(await daemon.stop() == 0)
    try await check(provider, company, standIn)
  }

  private func check(
    _ provider: Provider, _ company: MailCompany, _ standIn: HTTPServerFixture
  ) async throws {
    let messages = try taken(standIn)
    let total = Self.kills * Self.portion
    let repeats = messages.count - Set(messages).count
    let uncertain = try await company.states()[.uncertain] ?? 0
    // What a kill has cut off before it was handed over may be uncertain all the same.
    #expect(Set(messages).count + uncertain >= total)
    switch provider.repeats {
    case .recognised: #expect(repeats == 0)
    case .asked, .never:
      #expect(repeats == 0)
      #expect(uncertain <= Self.kills * MailCompany.connections)
    }
    let faults = try standIn.requests().compactMap(\.fault).filter { $0 != "a repeat" }
    #expect(faults.isEmpty)
  }

  private func taken(_ standIn: HTTPServerFixture) throws -> [String] {
    try standIn.requests().compactMap(\.taken)
  }
}
