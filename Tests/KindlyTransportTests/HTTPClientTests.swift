import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyTransport

/// Against a real server in a process of its own.
@Suite("HTTP client")
struct HTTPClientTests {
  private static let patience = Duration.seconds(60)

  private func client(
    caFile: String? = nil, proxy: String? = nil, allowsPrivate: Bool = true, connections: Int = 1,
    timeout: Duration = HTTPClientTests.patience, closing: Closing = Closing()
  ) -> HTTPClient {
    HTTPClient(
      HTTPAccess(
        caFile: caFile, proxy: proxy, allowsPrivate: allowsPrivate, connections: connections,
        timeout: timeout), closing: closing)
  }

  private func post(_ url: String, _ body: String = "{\"a\":1}") -> HTTPRequest {
    HTTPRequest(
      url: url, headers: [HTTPRequest.Header("Content-Type", "application/json")],
      body: Array(body.utf8))
  }

  private func ending(
    _ path: String, timeout: Duration = HTTPClientTests.patience
  ) async throws -> HTTPEnding {
    let server = try await HTTPServerFixture.start()
    let client = client(timeout: timeout)
    let ending = await client.send(post(server.url(path)), deadline: Self.patience)
    await client.close()
    return ending
  }

  @Test("sends method, headers and body as they are, and keeps the connection")
  func sends() async throws {
    let server = try await HTTPServerFixture.start()
    let client = client()
    let body = "{\"name\":\"张三\",\"line\":\"a\\r\\nb\"}"
    for _ in 1...2 {
      guard
        case .answered(let answer) = await client.send(
          post(server.url("/hook?a=1"), body), deadline: Self.patience)
      else {
        Issue.record("no answer")
        return
      }
      #expect(answer.status == 200)
      #expect(answer.isWhole)
      #expect(String(decoding: answer.body, as: UTF8.self) == "{\"ok\": true}")
      #expect(answer.header("content-type") == "application/json")
    }
    _ = await client.send(HTTPRequest("GET", url: server.url("/seen")), deadline: Self.patience)
    _ = await client.send(
      HTTPRequest("PUT", url: server.url("/put"), body: []), deadline: Self.patience)
    let requests = try server.requests()
    #expect(requests.map(\.method) == ["POST", "POST", "GET", "PUT"])
    #expect(requests.map(\.path) == ["/hook?a=1", "/hook?a=1", "/seen", "/put"])
    #expect(requests.map(\.body) == [body, body, "", ""])
    #expect(requests[0].headers["content-type"] == "application/json")
    #expect(requests[0].headers["expect"] == nil)
    #expect(Set(requests.map(\.connection)) == [1])
    await client.close()
  }

  @Test("returns every status as an answer, a redirect too", arguments: [204, 302, 400, 410, 503])
  func statuses(_ status: Int) async throws {
    let path = status == 302 ? "/redirect" : "/status/\(status)"
    guard case .answered(let answer) = try await ending(path) else {
      Issue.record("no answer")
      return
    }
    #expect(answer.status == status)
  }

  @Test(
    "tells what was handed over from what was not",
    arguments: [
      ("/drop", "unanswered"), ("/garbage", "unanswered"), ("/cut", "answered cut"),
      ("/long", "answered cut"), ("/early", "answered"), ("/nested", "answered"),
    ])
  func handOver(_ path: String, _ expected: String) async throws {
    #expect(try await ending(path).word == expected)
  }

  @Test("keeps at most 256 KB of an answer")
  func long() async throws {
    guard case .answered(let answer) = try await ending("/long") else {
      Issue.record("no answer")
      return
    }
    #expect(answer.body.count == HTTPAnswer.longestBody)
    #expect(!answer.isWhole)
  }

  @Test("gives up on a server that does not answer, and says that it has the request")
  func silent() async throws {
    #expect(try await ending("/hang", timeout: .seconds(3)).word == "unanswered")
    guard case .answered(let answer) = try await ending("/dribble", timeout: .seconds(3))
    else {
      Issue.record("no answer")
      return
    }
    #expect(!answer.isWhole)
  }

  @Test("knows that a body was not handed over that the server never read")
  func deaf() async throws {
    let server = try await HTTPServerFixture.start()
    let client = client(timeout: .milliseconds(900))
    // More than the sockets' buffers take in.
    let body = String(repeating: "x", count: 64 << 20)
    let ending = await client.send(post(server.url("/deaf"), body), deadline: Self.patience)
    #expect(ending.word == "unreachable", "\(ending)")
    await client.close()
  }

  @Test("never repeats a request by itself, and goes on with the next", arguments: ["{}", ""])
  func notRepeated(_ body: String) async throws {
    let server = try await HTTPServerFixture.start()
    let client = client()
    _ = await client.send(post(server.url("/first")), deadline: Self.patience)
    let dropped = await client.send(
      post(server.url("/drop-once"), body), deadline: Self.patience)
    #expect(dropped.word == "unanswered", "\(dropped)")
    let next = await client.send(post(server.url("/next")), deadline: Self.patience)
    #expect(next.word == "answered")
    #expect(try server.requests().map(\.path) == ["/first", "/drop-once", "/next"])
    await client.close()
  }

  @Test("opens a new connection where the server has closed the old one")
  func closedBetween() async throws {
    let server = try await HTTPServerFixture.start()
    let client = client()
    for _ in 1...3 {
      let ending = await client.send(post(server.url("/once")), deadline: Self.patience)
      #expect(ending.word == "answered", "\(ending)")
    }
    #expect(try server.requests().map(\.connection) == [1, 2, 3])
    await client.close()
  }

  @Test("reports a server that is not there as unreachable")
  func nobody() async throws {
    let client = client()
    let ending = await client.send(post("http://127.0.0.1:1/"), deadline: Self.patience)
    #expect(ending.word == "unreachable", "\(ending)")
    let unknown = await client.send(post("http://no-such-host.invalid/"), deadline: Self.patience)
    #expect(unknown.word == "unreachable", "\(unknown)")
    await client.close()
  }

  @Test("speaks HTTP/2 where the server offers it, over one connection")
  func http2() async throws {
    let server = try await HTTPServerFixture.start(tls: "localhost", script: "http2_server.py")
    let client = client(caFile: server.certificate)
    let body = String(repeating: "张三", count: 20_000)
    for _ in 1...3 {
      let ending = await client.send(
        post(server.url("/hook", host: "localhost"), body), deadline: Self.patience)
      #expect(ending.word == "answered", "\(ending)")
    }
    let requests = try server.requests()
    #expect(requests.map(\.taken) == ["2", "2", "2"])
    #expect(requests.allSatisfy { $0.body == body })
    #expect(Set(requests.map(\.connection)).count == 1)
    await client.close()
  }

  @Test("trusts no certificate that is not known, or is another server's")
  func certificates() async throws {
    let server = try await HTTPServerFixture.start(tls: "localhost")
    func word(_ client: HTTPClient, _ host: String) async -> String {
      let ending = await client.send(post(server.url("/", host: host)), deadline: Self.patience)
      await client.close()
      return ending.word
    }
    #expect(await word(client(), "localhost") == "misconfigured")
    #expect(await word(client(caFile: server.certificate), "localhost") == "answered")
    #expect(await word(client(caFile: server.certificate), "127.0.0.1") == "misconfigured")
    #expect(await word(client(caFile: "/no/such/file"), "localhost") == "misconfigured")
    #expect(try server.requests().count == 1)
  }

  @Test(
    "connects to no address of this machine or network unless allowed",
    arguments: [
      "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
      "127.1",
      "2130706433", "0x7f.1", "0177.0.0.1",
    ])
  func guarded(_ host: String) async throws {
    let server = try await HTTPServerFixture.start()
    let client = client(allowsPrivate: false)
    let ending = await client.send(
      post(server.url("/", host: host)), deadline: Self.patience)
    guard case .misconfigured(let text) = ending else {
      Issue.record("\(ending)")
      return
    }
    #expect(text.contains("private addresses"))
    #expect(try server.requests().isEmpty)
    await client.close()
  }

  @Test("goes through a proxy only where one is configured")
  func proxy() async throws {
    let proxy = try await HTTPServerFixture.start()
    let url = proxy.url("")
    // The variable is the whole process's, so it is set in a process of its own.
    await #expect(processExitsWith: .success) { [url = url as String] in
      setenv("http_proxy", url, 1)
      let tests = HTTPClientTests()
      let direct = tests.client()
      let request = tests.post("http://service.invalid/")
      _ = await direct.send(request, deadline: HTTPClientTests.patience)
      await direct.close()
    }
    #expect(try proxy.requests().isEmpty)
    let client = client(proxy: url, allowsPrivate: false)
    let ending = await client.send(
      post("http://service.invalid/html"), deadline: Self.patience)
    #expect(ending.word == "answered", "\(ending)")
    #expect(try proxy.requests().map(\.path) == ["http://service.invalid/html"])
    await client.close()
  }

  @Test("closing ends what is not handed over and waits for what is")
  func closing() async throws {
    let server = try await HTTPServerFixture.start()
    let client = client(connections: 1, closing: Closing(patience: .milliseconds(100)))
    async let hanging = client.send(post(server.url("/hang")), deadline: Self.patience)
    try await server.hangs()
    async let waiting = client.send(post(server.url("/never")), deadline: Self.patience)
    await client.close()
    #expect(await hanging.word == "unanswered")
    #expect(await waiting.word == "withdrawn")
    #expect(
      await client.send(post(server.url("/late")), deadline: Self.patience).word == "withdrawn")
    #expect(try server.requests().map(\.path) == ["/hang"])
  }

  @Test("lets nothing into a request that would begin another header")
  func injection() async throws {
    let server = try await HTTPServerFixture.start()
    let client = client()
    let request = HTTPRequest(
      url: server.url("/"), headers: [HTTPRequest.Header("X-Name", "a\r\nX-Other: b")], body: [])
    #expect(await client.send(request, deadline: Self.patience).word == "misconfigured")
    #expect(try server.requests().isEmpty)
    await client.close()
  }

  @Test("reads Retry-After as seconds or a date, and nothing else")
  func retryAfter() {
    let now = Instant(seconds: 784_111_777)
    func wait(_ text: String) -> Duration? {
      HTTPAnswer(status: 503, headers: [HTTPRequest.Header("retry-after", text)])
        .retryAfter(now: now)
    }
    #expect(wait("120") == .seconds(120))
    #expect(wait("0") == .zero)
    #expect(wait("Sun, 06 Nov 1994 08:50:37 GMT") == .seconds(60))
    #expect(wait("Sunday, 06-Nov-94 08:50:37 GMT") == .seconds(60))
    #expect(wait("Sun Nov  6 08:50:37 1994") == .seconds(60))
    #expect(wait("Sun, 06 Nov 1994 08:00:00 GMT") == .zero)
    #expect(wait("99999999999999999999") == RetryAfter.longest)
    for text in ["", "-1", "1.5", "soon", "Sunday"] { #expect(wait(text) == nil, "\(text)") }
  }

  @Test(
    "knows public addresses",
    arguments: [
      ("8.8.8.8", true), ("172.15.0.1", true), ("172.16.0.1", false), ("172.31.255.255", false),
      ("172.32.0.1", true), ("10.1.2.3", false), ("192.168.1.1", false), ("169.254.169.254", false),
      ("100.64.0.1", false), ("100.128.0.1", true), ("127.8.8.8", false), ("0.0.0.0", false),
      ("224.0.0.1", false), ("255.255.255.255", false), ("198.18.0.1", false),
      ("2606:4700::1111", true), ("::1", false), ("::", false), ("fe80::1", false),
      ("fd12::1", false), ("ff02::1", false), ("::ffff:10.0.0.1", false), ("::ffff:8.8.8.8", true),
      ("64:ff9b::a00:1", false), ("64:ff9b::808:808", true), ("2002:a00:1::", false),
      ("2001:db8::1", false), ("2001::1", false), ("fec0::1", false), ("::127.0.0.1", false),
      ("::ffff:169.254.169.254", false), ("::ffff:0.0.0.0", false), ("64:ff9b:1::a00:1", false),
    ])
  func publicAddresses(_ text: String, _ isPublic: Bool) throws {
    #expect(try #require(IPAddress(text)).isPublic == isPublic)
  }
}

extension HTTPEnding {
  fileprivate var word: String {
    switch self {
    case .answered(let answer): answer.isWhole ? "answered" : "answered cut"
    case .unanswered: "unanswered"
    case .unreachable: "unreachable"
    case .misconfigured: "misconfigured"
    case .withdrawn: "withdrawn"
    }
  }
}
