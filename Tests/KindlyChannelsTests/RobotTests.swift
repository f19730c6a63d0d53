import KindlyConfig
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

/// The answers of group robots, by their documentation.
@Suite("Group robots")
struct RobotTests {
  private func outcome(_ service: any HTTPService, _ body: String) -> Outcome {
    service.outcome(
      of: HTTPAnswer(status: 200, body: Array(body.utf8)), at: ProviderStandIn.now)
  }

  @Test(
    "WeCom's codes are understood",
    arguments: [
      ("0", "sent", false), ("-1", "retry", true), ("45009", "retry", true),
      ("93000", "misconfigured", true), ("40058", "misconfigured", false),
      ("123456", "misconfigured", false),
    ])
  func weCom(_ code: String, _ word: String, _ isChannelWide: Bool) {
    let robot = WeComRobot(url: "https://w.example.com", key: Secret("k"))
    let outcome = outcome(robot, "{\"errcode\": \(code), \"errmsg\": \"said\"}")
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide ?? false == isChannelWide)
    #expect(outcome.text.contains("said"))
  }

  @Test(
    "DingTalk's codes are understood",
    arguments: [
      ("0", "sent", false), ("-1", "retry", true), ("130101", "retry", true),
      ("660026", "retry", true), ("310000", "misconfigured", false),
      ("300005", "misconfigured", true), ("400105", "misconfigured", false),
    ])
  func dingTalk(_ code: String, _ word: String, _ isChannelWide: Bool) {
    let robot = DingTalkRobot(url: "https://d.example.com", token: Secret("t"), signing: nil)
    let outcome = outcome(robot, "{\"errcode\": \(code), \"errmsg\": \"said\"}")
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide ?? false == isChannelWide)
    if code == "130101" { #expect(outcome.refusal?.retryAfter == .minutes(10)) }
  }

  @Test(
    "Feishu's codes are understood",
    arguments: [
      ("0", "sent", false), ("11232", "retry", true), ("19021", "misconfigured", true),
      ("19022", "misconfigured", true), ("19024", "misconfigured", false),
      ("9499", "misconfigured", false),
    ])
  func feishu(_ code: String, _ word: String, _ isChannelWide: Bool) {
    let robot = FeishuRobot(url: "https://f.example.com", token: Secret("t"), signing: nil)
    let outcome = outcome(robot, "{\"code\": \(code), \"msg\": \"said\", \"data\": {}}")
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide ?? false == isChannelWide)
  }

  @Test("Feishu's own header says how long to wait")
  func feishuWait() {
    let robot = FeishuRobot(url: "https://f.example.com", token: Secret("t"), signing: nil)
    let outcome = robot.outcome(
      of: HTTPAnswer(
        status: 429, headers: [HTTPRequest.Header("X-Ogw-Ratelimit-Reset", "12")],
        body: Array("{\"code\": 11232, \"msg\": \"frequency limited\"}".utf8)),
      at: ProviderStandIn.now)
    #expect(outcome.refusal?.retryAfter == .seconds(12))
  }

  @Test("signatures equal the documented ones")
  func signatures() {
    #expect(
      DingTalkRobot.signature(at: 1_577_262_236_757, secret: "this is secret")
        == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=")
    #expect(
      FeishuRobot.signature(at: 1_599_360_473, secret: "demo")
        == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=")
  }

  @Test("a value can neither mention anyone nor hide a link, whichever form it has")
  func markup() throws {
    let secret = Secret("k")
    let services: [any HTTPService] = [
      WeComRobot(url: "https://w.example.com", key: secret),
      DingTalkRobot(url: "https://d.example.com", token: secret, signing: nil),
      FeishuRobot(url: "https://f.example.com", token: secret, signing: nil),
      WeCom(url: "https://w.example.com", corporation: "ww01", agent: 1, secret: secret),
    ]
    let tags = [
      "<at user_id=\"all\"></at>", "<AT user_id='all'>", "<@all>", "<@ZhangSan>",
      "<a href=\"https://example.net\">sign in</a>", "<\u{338}at user_id=\"all\">",
    ]
    for service in services {
      for tag in tags {
        let messages = [
          Message(subject: "Call Li \(tag)", text: "a & b"),
          Message(subject: "s", text: "Call Li \(tag)"),
          Message(subject: "s", text: "t", shortText: "Call Li \(tag)"),
        ]
        for message in messages {
          let bytes = try service.payload(of: .fixture(to: "42", message: message), to: "42")
          #expect(!bytes.contains(UInt8(ascii: "<")), "\(service): \(tag)")
          #expect(String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{FF1C}"))
        }
      }
    }
  }

  @Test("a text longer than the robot takes is unfit, counted in bytes")
  func tooLong() {
    let robot = WeComRobot(url: "https://w.example.com", key: Secret("k"))
    let longest = String(repeating: "你", count: 682)
    func fits(_ text: String) -> Bool {
      // Losing the error is right: the test asks only whether there is one.
      (try? robot.payload(
        of: .fixture(message: Message(subject: "s", text: "t", shortText: text)), to: "42")) != nil
    }
    #expect(fits(longest))
    #expect(!fits(longest + "你"))
  }
}

/// Standard Webhooks.
@Suite("Webhooks")
struct WebhookTests {
  @Test("the signature equals the specification's")
  func vector() throws {
    let key = try WebhookKey(
      Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), from: .environment("HOOK"))
    #expect(
      key.signature(
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: "{\"test\": 2432232314}"
      )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test("a request is signed with every secret, so that either side may change first")
  func severalSecrets() async throws {
    for known in ProviderTests.Provider.webhookSecrets {
      let standIn = try await ProviderStandIn.start("webhook", "\"secrets\": [\"\(known)\"]") {
        try WebhookService.fixture($0 + "/hook", ProviderTests.Provider.webhookSecrets)
      }
      #expect(try await standIn.send(.fixture(to: "42")).word == "sent")
      await standIn.channel.close()
    }
    let standIn = try await ProviderStandIn.start("webhook", "\"secrets\": [\"whsec_b3RoZXI=\"]") {
      try WebhookService.fixture($0 + "/hook", ProviderTests.Provider.webhookSecrets)
    }
    #expect(try await standIn.send(.fixture(to: "42")).word == "misconfigured")
    await standIn.channel.close()
  }

  @Test("an endpoint that says it is gone closes the channel")
  func gone() async throws {
    let standIn = try await ProviderTests.Provider.webhook.start()
    try await standIn.server.tell("{\"status\": 410, \"body\": \"\"}")
    let outcome = try await standIn.send(.fixture(to: "42"))
    #expect(outcome.word == "misconfigured")
    #expect(outcome.refusal?.isChannelWide == true)
    #expect(outcome.text.contains("gone for good"))
    await standIn.channel.close()
  }

  @Test(
    "a secret of another form is refused without being repeated",
    arguments: ["whsec_", "hello", "whsec_YQ=="])
  func badSecret(_ text: String) {
    let problem = #expect(throws: SecretProblem.self) {
      try WebhookKey(Secret(text), from: .credential("hook"))
    }
    #expect(problem?.description.contains("credential hook") == true)
  }
}
