import Foundation
import Glibc
import KindlyControl
import KindlyCore
import Testing

@Suite("Control socket")
struct ControlServerTests {
  static let requests: [ControlRequest] = [
    .pause(.all, seconds: nil, because: "maintenance"),
    .pause(.rule("trial"), seconds: 7200, because: "wrong text"),
    .resume(.channel("email")),
    .outboxRetry(.ids(["k7f", "k8a"])),
    .outboxRetry(
      .matching(
        .init(
          rule: "trial", channel: "email", state: .failed, reason: .rejected,
          since: Instant(seconds: 1_767_225_600), until: Instant(seconds: 1_767_312_000)))),
    .outboxCancel(.matching(.init()), because: "客户要求"),
    .outboxSettle(id: "k7f", as: .sent, because: "seen in the relay's log"),
    .resend(id: "k7f", because: "lost by the customer"),
    .sourceAccept("customers", because: "the nightly reload"),
    .sourceIgnore("crm", because: "an old backup"),
    .inboxRead(ids: [1, 2, 3]),
    .reload(acceptDrop: true),
    .sendTest(channel: "email", address: "ops@example.com", template: nil, parameters: []),
    .ping,
  ]

  @Test("carries every request whole, and the answer back", arguments: requests)
  func roundTrip(request: ControlRequest) async throws {
    try await withServer { received, _ in
      received == request ? .ok(text: "\(request.verb) of\n2", count: 2) : .refused(text: "another")
    } body: { path in
      let reply = try await ControlClient(path: path).send(request)
      #expect(reply == .ok(text: "\(request.verb) of\n2", count: 2))
    }
  }

  @Test("tells the handler who asks, as the kernel knows it")
  func peer() async throws {
    try await withServer { _, peer in
      .ok(text: "\(peer.uid) \(peer.gid) \(peer.pid) \(peer.user)", count: 0)
    } body: { path in
      let reply = try await ControlClient(path: path).send(.ping)
      let user = try #require(getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) })
      #expect(reply == .ok(text: "\(geteuid()) \(getegid()) \(getpid()) \(user)", count: 0))
    }
  }

  @Test("is open to owner and group only")
  func mode() async throws {
    try await withServer { _, _ in
      .ok(text: "", count: 0)
    } body: { path in
      var status = stat()
      #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
      await #expect(processExitsWith: .success) { [path = path as String] in
        // Root may do everything, so a child stops being root; anyone else is kept out by the mode alone.
        if geteuid() == 0 {
          try #require(setgid(65534) == 0 && setuid(65534) == 0)
        } else {
          chmod(path, 0)
        }
        let error = await #expect(throws: ControlError.self) {
          try await ControlClient(path: path).send(.ping)
        }
        #expect(error == .notPermitted(path: path))
        #expect(error?.description.contains("group kindly") == true)
      }
    }
  }

  @Test("without a daemon the client says how to start it", arguments: [true, false])
  func daemonNotRunning(leavesSocket: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    if leavesSocket { try RawSocket.leaveBehind(path: path) }
    let error = await #expect(throws: ControlError.self) {
      try await ControlClient(path: path).send(.ping)
    }
    #expect(error == .daemonNotRunning(path: path))
    #expect(error?.description.contains("systemctl start kindly") == true)
  }

  @Test("serves more clients than it has places, a few at a time")
  func places() async throws {
    var limits = ControlLimits()
    limits.clients = 2
    try await withServer(limits: limits) { request, _ in
      .ok(text: request.verb, count: 1)
    } body: { path in
      try await withThrowingTaskGroup(of: ControlReply.self) { group in
        for _ in 1...20 { group.addTask { try await ControlClient(path: path).send(.ping) } }
        for try await reply in group { #expect(reply == .ok(text: "ping", count: 1)) }
      }
    }
  }

  @Test("sends away a client that says nothing")
  func idle() async throws {
    var limits = ControlLimits()
    limits.idle = .milliseconds(10)
    try await withServer(limits: limits) { _, _ in
      .ok(text: "", count: 0)
    } body: { path in
      let answer = try await RawSocket.exchange(path: path, sending: "{\"version\":1,")
      #expect(answer == "")
    }
  }

  @Test(
    "refuses what it does not understand, and answers the next line",
    arguments: [
      (#"garbage"#, "expected a line of JSON"),
      (#"{"version":2,"load":{"ping":{}}}"#, "restart the daemon after an upgrade"),
      (#"{"version":1,"load":{"explode":{}}}"#, "one this release does not know"),
      (#"{"version":1}"#, "one this release does not know"),
    ])
  func refuses(line: String, words: String) async throws {
    try await withServer { _, _ in
      .ok(text: "pong", count: 1)
    } body: { path in
      let ping = #"{"version":1,"load":{"ping":{}}}"#
      let answer = try await RawSocket.exchange(
        path: path, sending: line + "\n" + ping + "\n", lines: 2)
      let replies = answer.split(separator: "\n")
      #expect(replies.count == 2)
      #expect(replies.first?.contains("refused") == true && replies.first?.contains(words) == true)
      #expect(replies.last?.contains("pong") == true)
    }
  }

  @Test("a line without end is refused at the limit, and the connection closed")
  func tooLong() async throws {
    try await withServer { _, _ in
      .ok(text: "", count: 0)
    } body: { path in
      let long = String(repeating: "x", count: ControlLimits().lineBytes + 1)
      let answer = try await RawSocket.exchange(path: path, sending: long)
      #expect(answer.contains("at most 64 KB"))
    }
    await #expect(throws: ControlError.requestTooLong(limit: 64 * 1024)) {
      let ids = Array(repeating: "k7f3a9c1", count: 10_000)
      _ = try await ControlClient(path: "/nonexistent").send(.outboxRetry(.ids(ids)))
    }
  }

  @Test("an answer that is too long ends early, and says how many lines are left out")
  func longAnswer() async throws {
    let lines = (1...5_000).map { "rules.d/\($0).yaml:3:5: error: \"客户\" is no key" }
    try await withServer { _, _ in
      .refused(text: lines.joined(separator: "\n"))
    } body: { path in
      let reply = try await ControlClient(path: path).send(.reload(acceptDrop: false))
      guard case .refused(let text) = reply else {
        Issue.record("\(reply)")
        return
      }
      let told = text.split(separator: "\n").map(String.init)
      let kept = told.dropLast()
      #expect(kept.count > 500)
      #expect(Array(kept) == Array(lines.prefix(kept.count)))
      let left = lines.count - kept.count
      #expect(
        told.last
          == "… and \(left) more lines; for errors in the configuration, run `kindly check`")
    }
  }

  @Test("an answer of one line that is too long ends with an ellipsis")
  func longLine() async throws {
    try await withServer { _, _ in
      .ok(text: String(repeating: "客", count: 100_000), count: 7)
    } body: { path in
      let reply = try await ControlClient(path: path).send(.ping)
      guard case .ok(let text, 7) = reply else {
        Issue.record("\(reply)")
        return
      }
      #expect(text.utf8.count > ControlLimits().lineBytes - 200)
      #expect(text.last == "…" && text.dropLast().allSatisfy { $0 == "客" })
    }
  }
}
