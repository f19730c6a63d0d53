import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

/// Access tokens, against stand-ins that give them out and refuse them.
@Suite("Access tokens")
struct TokenTests {
  private static let providers: [ProviderTests.Provider] = [.weChat, .weChatSubscribe, .weCom]

  private func tokenRequests(_ standIn: ProviderStandIn) throws -> Int {
    try standIn.server.requests().count { $0.path.contains("token") && !$0.path.contains("send") }
  }

  @Test("are fetched once for all lanes, and kept in the ledger", arguments: providers)
  func shared(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    await withTaskGroup(of: String.self) { group in
      for number in 1...12 {
        group.addTask {
          // Losing the error is right: its word is no success.
          (try? await standIn.send(provider.delivery(id: "id\(number)")))?.word ?? "failed"
        }
      }
      for await word in group { #expect(word == "sent") }
    }
    #expect(try tokenRequests(standIn) == 1)
    #expect(standIn.ledger.tokens.count == 1)
    #expect(standIn.ledger.tokens.first?.value.until == ProviderStandIn.now + .seconds(7200))
    await standIn.channel.close()
  }

  @Test("that another process keeps are used", arguments: providers)
  func fromLedger(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    #expect(try await standIn.send(provider.delivery()).word == "sent")
    let second = try provider.start(sharing: standIn)
    #expect(try await second.send(provider.delivery(id: "other")).word == "sent")
    #expect(try tokenRequests(standIn) == 1)
    await second.channel.close()
    await standIn.channel.close()
  }

  @Test("that are refused before their time are replaced once", arguments: providers)
  func replaced(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    #expect(try await standIn.send(provider.delivery(id: "1")).word == "sent")
    try await standIn.server.tell("{\"do\": \"expire\"}")
    #expect(try await standIn.send(provider.delivery(id: "2")).word == "sent")
    // WeChat gives out the same token again until it is asked for another one by force.
    #expect(try tokenRequests(standIn) >= 2)
    // The fault of the refused request is the only one.
    #expect(try standIn.server.requests().compactMap(\.fault) == ["an old token"])
    await standIn.channel.close()
  }

  @Test(
    "that cannot be had leave the message unsent",
    arguments: providers,
    [
      ("{\"do\": \"drop\"}", "retry"), ("{\"do\": \"html\"}", "retry"),
      ("{\"do\": \"cut\"}", "retry"),
      ("{\"body\": {\"errcode\": 40013, \"errmsg\": \"invalid appid\"}}", "misconfigured"),
      ("{\"body\": {\"errcode\": 40001, \"errmsg\": \"invalid credential\"}}", "misconfigured"),
      ("{\"body\": {\"errcode\": 45009, \"errmsg\": \"limit\"}}", "retry"),
      ("{\"status\": 503, \"body\": \"\"}", "retry"),
      ("{\"status\": 500, \"body\": \"<html>\"}", "retry"),
      ("{\"status\": 502, \"body\": \"<html>\"}", "retry"),
      ("{\"status\": 504, \"body\": \"<html>\"}", "retry"),
      ("{\"status\": 408, \"body\": \"<html>\"}", "retry"),
      ("{\"status\": 500, \"body\": {\"message\": \"failed\"}}", "retry"),
      ("{\"status\": 502, \"body\": {\"errcode\": 123456, \"errmsg\": \"failed\"}}", "retry"),
      ("{\"status\": 504, \"body\": {}}", "retry"),
      ("{\"status\": 500, \"body\": {\"errcode\": 40013}}", "misconfigured"),
      ("{\"body\": {\"access_token\": \"\", \"expires_in\": 7200}}", "retry"),
    ])
  func none(_ provider: ProviderTests.Provider, _ line: (order: String, word: String)) async throws
  {
    let standIn = try await provider.start()
    try await standIn.server.tell("{\"token\": \(line.order)}")
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == line.word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    #expect(outcome.text.contains("no access token"), "\(outcome)")
    #expect(!outcome.text.contains("does not know this code"), "\(outcome)")
    #expect(!outcome.text.contains("s3cr3t"))
    #expect(try standIn.server.requests().count == 1)
    #expect(try await standIn.send(provider.delivery()).word == "sent")
    await standIn.channel.close()
  }

  @Test("that fail at the provider are asked for again when it says", arguments: providers)
  func failing(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell(
      "{\"token\": {\"status\": 502, \"body\": \"<html>\", \"headers\": {\"Retry-After\": \"7\"}}}")
    let outcome = try await standIn.send(provider.delivery())
    #expect(outcome.word == "retry", "\(outcome)")
    #expect(outcome.refusal?.retryAfter == .seconds(7))
    await standIn.channel.close()
  }

  @Test("that live only for seconds are used, and then replaced", arguments: providers)
  func lastSeconds(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell(
      "{\"token\": {\"body\": {\"errcode\": 0, \"access_token\": \"TOKEN_1\", \"expires_in\": 20}}}"
    )
    let first = try await standIn.send(provider.delivery(id: "1"))
    #expect(first.word == "sent", "\(first)")
    #expect(try await standIn.send(provider.delivery(id: "2")).word == "sent")
    #expect(try tokenRequests(standIn) == 2)
    await standIn.channel.close()
  }

  @Test("are hidden in evidence", arguments: providers)
  func hidden(_ provider: ProviderTests.Provider) async throws {
    let standIn = try await provider.start()
    try await standIn.server.tell(
      "{\"status\": 422, \"body\": \"TOKEN_1 and s3cr3t for \(provider.address)\"}")
    let text = try await standIn.send(provider.delivery()).text
    #expect(text.contains("<secret> and <secret> for <address>"), "\(text)")
    await standIn.channel.close()
  }
}

/// WeChat and WeCom by their documentation.
@Suite("WeChat and WeCom")
struct WeChatTests {
  private let weChat = WeChat(
    channel: "out", miniProgram: nil,
    source: WeChatToken(url: "https://w.example.com", app: "wx01", secret: Secret("s")))
  private let weCom = WeCom(
    url: "https://w.example.com", corporation: "ww01", agent: 1, secret: Secret("s"))

  private func summary(_ service: any HTTPService, _ body: String) -> String {
    let outcome = service.outcome(
      of: HTTPAnswer(status: 200, body: Array(body.utf8)), at: ProviderStandIn.now)
    guard let refusal = outcome.refusal else { return outcome.word }
    return outcome.word + (refusal.isChannelWide ? " all" : "")
      + (refusal.suppressesAddress ? " suppressed" : "")
  }

  @Test(
    "WeChat's codes are understood",
    arguments: [
      (0, "sent"), (-1, "retry all"), (40241, "sent"), (45011, "retry all"), (45047, "retry all"),
      (43117, "retry"), (45009, "retry all"), (48001, "misconfigured all"),
      (50002, "misconfigured all"), (40164, "misconfigured all"), (43107, "misconfigured all"),
      (40003, "rejected suppressed"), (43004, "rejected"),
      (43019, "rejected"), (43101, "rejected"), (40037, "misconfigured"),
      (47003, "misconfigured"), (47001, "misconfigured"), (41030, "misconfigured"),
      (45168, "misconfigured"), (12345, "misconfigured"),
    ])
  func weChatCodes(_ code: Int, _ expected: String) {
    #expect(summary(weChat, "{\"errcode\": \(code), \"errmsg\": \"said\"}") == expected)
  }

  @Test(
    "WeCom's codes are understood",
    arguments: [
      ("{\"errcode\": 0, \"errmsg\": \"ok\"}", "sent"),
      ("{\"errcode\": 0, \"invaliduser\": \"ZhangSan\"}", "rejected"),
      ("{\"errcode\": 0, \"invaliduser\": \"\", \"unlicenseduser\": \"ZhangSan\"}", "rejected"),
      ("{\"errcode\": 81013}", "rejected"), ("{\"errcode\": -1}", "retry all"),
      ("{\"errcode\": 45009}", "retry all"), ("{\"errcode\": 60020}", "misconfigured all"),
      ("{\"errcode\": 301002}", "misconfigured all"), ("{\"errcode\": 40058}", "misconfigured"),
    ])
  func weComCodes(_ body: String, _ expected: String) {
    #expect(summary(weCom, body) == expected)
  }

  @Test(
    "a field is checked by its type",
    arguments: [
      ("thing1", "二十个字二十个字二十个字二十个字二十个字", true),
      ("thing1", "二十个字二十个字二十个字二十个字二十个字多", false), ("thing1", "", false),
      ("number1", "12.5", true), ("number1", "12 days", false), ("letter1", "abc", true),
      ("letter1", "ab1", false), ("phrase1", "已发货", true), ("phrase1", "shipped", false),
      ("phrase1", "已经发货出库", false), ("character_string1", "KD-2026/7", true),
      ("character_string1", "单号1", false), ("phone_number1", "+86-13800138000", true),
      ("phone_number1", "call me", false), ("car_number1", "粤A8Z888挂", true),
      ("name1", "张三", true), ("date1", "2026年12月1日", true), ("amount1", "¥199.00", true),
      ("other1", "二十一个字二十一个字二十一个字二十一个字一", false),
    ])
  func fields(_ name: String, _ value: String, _ isGood: Bool) {
    let form = ChannelForm(
      channel: "out", template: "T", parameters: [.init(name: name, value: value)])
    let delivery = Delivery.fixture(message: Message(subject: "s", text: "t", forms: [form]))
    // Losing the error is right: the test asks only whether there is one.
    #expect(((try? weChat.payload(of: delivery, to: "o1")) != nil) == isGood)
  }

  @Test("a page needs the channel's mini program")
  func page() {
    let form = ChannelForm(channel: "out", template: "T", page: "pages/a")
    let delivery = Delivery.fixture(message: Message(subject: "s", text: "t", forms: [form]))
    let error = #expect(throws: UnfitDelivery.self) { try weChat.payload(of: delivery, to: "o1") }
    #expect(error?.description.contains("mini program") == true)
  }

  @Test(
    "a UserID of WeCom means one member",
    arguments: [
      ("ZhangSan", true), ("li@example.com", true), ("ZhangSan|LiSi", false), ("@all", false),
      (" @ALL", false),
    ])
  func oneMember(_ address: String, _ isGood: Bool) {
    // Losing the error is right: the test asks only whether there is one.
    #expect(((try? weCom.payload(of: .fixture(), to: address)) != nil) == isGood)
  }

  @Test("WeCom takes the same bytes once")
  func recognised() async throws {
    let standIn = try await ProviderTests.Provider.weCom.start()
    for _ in 1...2 {
      #expect(try await standIn.send(ProviderTests.Provider.weCom.delivery()).word == "sent")
    }
    #expect(try standIn.taken().count == 1)
    await standIn.channel.close()
  }

  @Test("WeChat says of a repeat that it has the message")
  func duplicate() async throws {
    let standIn = try await ProviderTests.Provider.weChat.start()
    #expect(try await standIn.send(ProviderTests.Provider.weChat.delivery()).word == "sent")
    let again = try await standIn.send(ProviderTests.Provider.weChat.delivery())
    #expect(again.word == "sent")
    #expect(again.text.contains("taken before"))
    await standIn.channel.close()
  }
}
