import Foundation
import KindlyConfig
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

/// Channels of type `http`, from their YAML to the service.
@Suite("A channel of type http")
struct TemplatedHTTPTests {
  /// The examples that are shipped, each with an address and another that the service refuses.
  enum Example: String, CaseIterable, Sendable {
    case ntfy, gotify, bark, slack, telegram, voice

    var address: String {
      switch self {
      case .ntfy: "care-42"
      case .gotify, .slack: "42"
      case .bark: "dev-1"
      case .telegram: "77"
      case .voice: "+442071838750"
      }
    }

    /// Nil where the service has one recipient only.
    var refused: String? {
      switch self {
      case .ntfy: "no topic!"
      case .gotify, .slack: nil
      case .bark: "dev-2"
      case .telegram: "blocked"
      case .voice: nil
      }
    }

    var text: String {
      let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config/channels/\(rawValue).yaml")
      // Losing the error is right: an empty text is no channel, which the test then sees.
      return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    }
  }

  /// The only channel of some YAML; secrets are what the environment says.
  private func channel(_ yaml: String, token: String = "tk_0") throws -> any Channel {
    let settings = try #require(try configuration(yaml).channels.first)
    return try settings.type.channel(
      in: ChannelSurroundings(
        name: "out", concurrency: settings.concurrency,
        sender: try Mailbox("Example <care@example.com>"), zone: .utc,
        ledger: MemoryChannelLedger(), clock: ManualClock(ProviderStandIn.now),
        environment: ["TOKEN": token]))
  }

  private func configuration(_ yaml: String) throws -> Configuration {
    let folder = try TemporaryFolder()
    // A column for a kind of address that no channel needs would be an unknown key.
    let kinds = ["ntfy", "bark", "telegram"].filter { yaml.contains("address: \($0)") }
    let main = """
      sources:
        crm: { url: "sqlite:///srv/crm.db" }
      watches:
        customers: { source: crm, table: customers, key: id }
      customers: { watch: customers, email: email, phone: phone\(kinds.map { ", \($0): \($0)" }.joined()) }

      """
    try Data((main + yaml).utf8).write(to: folder.url.appending(path: "kindly.yaml"))
    return try ConfigurationLoader.load(folder: folder.url.path)
  }

  private func send(
    _ channel: any Channel, to address: String, text: String = "Line \"one\"\nline two — 张三"
  ) async throws -> Outcome {
    let message = Message(subject: "It's \"due\"", html: nil, text: text, shortText: text)
    return await channel.send(
      try channel.prepare(.fixture(to: address, message: message)),
      deadline: ProviderStandIn.patience)
  }

  private func channel(_ example: Example, at server: HTTPServerFixture) throws -> any Channel {
    let text = example.text.replacing(#/\{ credential: [a-z-]+ \}/#, with: "{ env: TOKEN }")
    var lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    lines = lines.map { line in
      line.contains("    url:") ? line.replacing(#/https://[a-z.]+/#, with: server.url("")) : line
    }
    return try channel((lines + ["    private addresses: yes"]).joined(separator: "\n"))
  }

  @Test("delivers as each shipped example says", arguments: Example.allCases)
  func examples(_ example: Example) async throws {
    let server = try await HTTPServerFixture.start(
      script: "providers.py", ["--provider", example.rawValue])
    let channel = try channel(example, at: server)
    let outcome = try await send(channel, to: example.address)
    #expect(outcome.word == "sent", "\(outcome)")
    let requests = try server.requests()
    #expect(requests.compactMap(\.fault).isEmpty)
    #expect(requests.first?.taken?.contains("Line \"one\"\nline two — 张三") == true)
    if let refused = example.refused {
      #expect(try await send(channel, to: refused).word == "rejected")
    }
    try await server.tell("{\"status\": 429, \"body\": {}, \"headers\": {\"Retry-After\": \"5\"}}")
    let strained = try await send(channel, to: example.address)
    #expect(strained.word == "retry")
    #expect(strained.refusal?.retryAfter == .seconds(5))
    await channel.close()
  }

  @Test("loads each shipped example as it is, without a warning", arguments: Example.allCases)
  func loads(_ example: Example) throws {
    #expect(try configuration(example.text).warnings.isEmpty)
  }

  @Test("obeys a wait that the service writes into its JSON")
  func retryAfter() async throws {
    let server = try await HTTPServerFixture.start(
      script: "providers.py", ["--provider", "telegram"])
    let channel = try channel(.telegram, at: server)
    try await server.tell(
      "{\"status\": 429, \"body\": {\"ok\": false, \"error_code\": 429, \"parameters\": {\"retry_after\": 33}}}"
    )
    let outcome = try await send(channel, to: "77")
    #expect(outcome.word == "retry")
    #expect(outcome.refusal?.retryAfter == .seconds(33))
    #expect(outcome.refusal?.isChannelWide == true)
    await channel.close()
  }

  @Test("writes each value as its place demands")
  func escapes() async throws {
    let server = try await HTTPServerFixture.start()
    let channel = try channel(
      """
      channels:
        out:
          type: http
          url: "\(server.url(""))/{{rule}}?to={{to}}&k={{secret.key}}"
          address: email
          private addresses: yes
          secrets: { key: { env: TOKEN } }
          headers: { X-Title: "{{subject}}", Content-Type: application/x-www-form-urlencoded }
          body: "text={{text}}&html={{#html}}yes{{/html}}{{^html}}no{{/html}}"
      """, token: "a/b?c=d&e")
    _ = try await send(channel, to: "li+x@example.com", text: "a&b=c d\nü")
    let request = try #require(try server.requests().first)
    #expect(request.method == "POST")
    #expect(request.path == "/trial?to=li%2Bx%40example.com&k=a%2Fb%3Fc%3Dd%26e")
    #expect(request.headers["x-title"] == "It's \"due\"")
    #expect(request.body == "text=a%26b%3Dc%20d%0A%C3%BC&html=no")
    await channel.close()
  }

  @Test("lets no value mention a whole channel of Slack")
  func slackMarkup() async throws {
    let server = try await HTTPServerFixture.start(script: "providers.py", ["--provider", "slack"])
    let channel = try channel(.slack, at: server)
    #expect(try await send(channel, to: "42", text: "<!channel> R&D").word == "sent")
    let taken = try #require(try server.requests().first?.taken)
    #expect(taken == "*It's \"due\"*\n&lt;!channel&gt; R&amp;D")
    await channel.close()
  }

  @Test("escapes markup in the body alone, and not in secrets")
  func markup() async throws {
    let server = try await HTTPServerFixture.start()
    let channel = try channel(
      """
      channels:
        out:
          type: http
          url: "\(server.url(""))/{{rule}}"
          address: email
          private addresses: yes
          secrets: { key: { env: TOKEN } }
          escape markup: yes
          headers: { X-Title: "{{text}}" }
          body: '{"text": "{{text}}", "key": "{{secret.key}}"}'
      """, token: "a<b&c")
    _ = try await send(channel, to: "li@example.com", text: "<b> & \"c\"")
    let request = try #require(try server.requests().first)
    #expect(request.headers["x-title"] == "<b> & \"c\"")
    #expect(request.body == "{\"text\": \"&lt;b&gt; &amp; \\\"c\\\"\", \"key\": \"a<b&c\"}")
    await channel.close()
  }

  @Test(
    "tells by its tests what an answer means",
    arguments: [
      ("{\"errcode\": 0}", "sent"), ("{\"errcode\": 40241}", "sent"),
      ("{\"errcode\": 45009}", "retry"), ("{\"errcode\": 45011}", "retry"),
      ("{\"errcode\": 40003}", "rejected"), ("{\"errcode\": \"48001\"}", "misconfigured"),
      ("{\"errcode\": 7}", "unknown"), ("{}", "unknown"), ("hello", "unknown"),
    ])
  func tests(_ body: String, _ word: String) async throws {
    let channel = try channel(
      """
      channels:
        out:
          type: http
          url: https://api.example.com/send
          body: "{}"
          sent if: status 200 and errcode = 0
          already sent if: errcode = 40241
          retry if: "errcode = 45009, 45011"
          rejected if: [errcode = 40003, errcode = 43004]
          misconfigured if: errcode = 48001
      """)
    let service = try #require(
      Mirror(reflecting: channel).descendant("service") as? any HTTPService)
    let outcome = service.outcome(
      of: HTTPAnswer(status: 200, body: Array(body.utf8)), at: ProviderStandIn.now)
    #expect(outcome.word == word, "\(outcome)")
    await channel.close()
  }

  @Test(
    "closes the channel if the service is overloaded, though a test asks for a retry",
    arguments: [(429, true), (503, true), (500, false)])
  func overloaded(_ status: Int, _ isChannelWide: Bool) async throws {
    let channel = try channel(
      """
      channels:
        out:
          type: http
          url: https://api.example.com/send
          body: "{}"
          retry if: [status 429, status 500-599]
      """)
    let service = try #require(
      Mirror(reflecting: channel).descendant("service") as? any HTTPService)
    let outcome = service.outcome(of: HTTPAnswer(status: status), at: ProviderStandIn.now)
    #expect(outcome.word == "retry", "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == isChannelWide)
    await channel.close()
  }

  @Test(
    "reports what is wrong with its keys",
    arguments: [
      ("body: \"{}\"", "expected channel out to have `url:`"),
      ("url: ftp://example.com", "expected `url` to be an http:// or https:// URL"),
      ("url: https://example.com/a b", "expected `url` to be an http:// or https:// URL"),
      ("url: https://me:pw@example.com/", "expected `url` to have no user or password in it"),
      ("url: https://10.0.0.1/", "expected `url` to have a public address, got 10.0.0.1"),
      ("url: \"http://[::1]:80/\"", "expected `url` to have a public address, got ::1"),
      ("url: \"https://{{to}}.example.com/\"", "no tags in its host"),
      ("url: https://e.com/{{too}}", "no message has `too`; did you mean `to`?"),
      ("url: https://e.com/{{secret.x}}", "`secret.x` is not defined"),
      ("url: https://e.com/{{#html}}", "cannot be read"),
      ("url: https://e.com/{{secret}}", "`secret` needs the name of one"),
      ("url: https://e.com/\n    sent if: errcode == 0", "expected `sent if` to be tests such as"),
      ("url: https://e.com/\n    body: \"{\\\"a\\\": {{text}}}\"", "expected `body` to be JSON"),
      ("url: https://e.com/\n    headers: { \"a b\": x }", "the names of HTTP headers, got `a b`"),
      ("url: https://e.com/\n    method: FETCH", "expected `method` to be POST, PUT, PATCH, GET"),
      ("url: https://e.com/\n    sent if: state 200", "expected `sent if` to be tests such as"),
      ("url: https://e.com/\n    retry if: status 700", "expected `retry if` to be tests such as"),
      ("url: https://e.com/\n    if unanswered: never", "expected `if unanswered` to be try again"),
      ("url: https://e.com/\n    timeout: 1h", "expected `timeout` to be a time from 1s to 2m"),
      ("url: https://e.com/\n    secrets: { k: abc }", "where the secret is kept"),
    ])
  func problems(_ keys: String, _ text: String) {
    let problems = #expect(throws: ConfigurationProblems.self) {
      _ = try configuration("channels:\n  out:\n    type: http\n    \(keys)\n")
    }
    let all = (problems?.problems ?? []).map(\.text)
    #expect(all.contains { $0.contains(text) }, "\(all)")
  }

  @Test("an answer of 100,000 brackets is no JSON, and harms nobody")
  func nested() {
    #expect(JSONAnswer(bytes: Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
    #expect(JSONAnswer(bytes: Array("{\"a\": [1, {\"b\": \"c\"}]}".utf8))?.text("a.1.b") == "c")
    #expect(JSONAnswer(bytes: Array("{\"a\": 12345678901}".utf8))?.text("a") == "12345678901")
  }
}

/// A ledger for channels that keep nothing in it.
private struct MemoryChannelLedger: ChannelLedger {
  func deliver(_: InboxDelivery, now _: Instant) async throws {}
  func keep(_: TaskDelivery, now _: Instant) async throws {}
  func token(of _: String) async throws -> AccessToken? { nil }
  func keep(_: AccessToken, of _: String) async throws {}
}
