import Foundation
import Glibc
import KindlyControl
import Synchronization
import Testing

@Suite("Control socket, beginning and end")
struct ControlLifetimeTests {
  static let pong: ControlServer.Handler = { _, _ in .ok(text: "pong", count: 1) }

  @Test("replaces the socket that a killed daemon left")
  func stale() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    try RawSocket.leaveBehind(path: path)
    try await withServer(path: path, handler: Self.pong) { path in
      let reply = try await ControlClient(path: path).send(.ping)
      #expect(reply == .ok(text: "pong", count: 1))
    }
  }

  @Test("never takes the socket from a daemon that lives")
  func alreadyServed() async throws {
    try await withServer(handler: Self.pong) { path in
      await #expect(throws: ControlError.alreadyServed(path: path)) {
        try await ControlServer(path: path, handler: Self.pong).run()
      }
      let reply = try await ControlClient(path: path).send(.ping)
      #expect(reply == .ok(text: "pong", count: 1))
    }
  }

  @Test("leaves a file that is no socket alone")
  func notASocket() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    try "precious".write(toFile: path, atomically: false, encoding: .utf8)
    await #expect(throws: ControlError.notASocket(path: path)) {
      try await ControlServer(path: path, handler: Self.pong).run()
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
  }

  @Test("names a path that is too long for a socket, and a folder that is not there")
  func badPath() async throws {
    let long = "/tmp/" + String(repeating: "k", count: 120)
    await #expect(throws: ControlError.pathTooLong(path: long)) {
      try await ControlServer(path: long, handler: Self.pong).run()
    }
    let absent = "/nonexistent/control.sock"
    await #expect(throws: ControlError.system(call: "bind", path: absent, code: ENOENT)) {
      try await ControlServer(path: absent, handler: Self.pong).run()
    }
  }

  @Test("takes the socket away when it ends")
  func unlinks() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    try await withServer(path: path, handler: Self.pong) { path in
      #expect(access(path, F_OK) == 0)
    }
    #expect(access(path, F_OK) == -1 && errno == ENOENT)
  }

  @Test("leaves a socket alone that another has put in its place")
  func replaced() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    try await withServer(path: path, handler: Self.pong) { path in
      unlink(path)
      try RawSocket.leaveBehind(path: path)
    }
    #expect(access(path, F_OK) == 0)
  }

  @Test("answers what is in flight when it is told to end")
  func drains() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let (listening, listen) = AsyncStream.makeStream(of: Void.self)
    let server = ControlServer(path: path) { _, _ in
      arrive.finish()
      // Cancellation ends the stream too, so the wait is for the test's word or for the end of the server.
      for await _ in ended {}
      return .ok(text: "finished", count: 1)
    }
    let run = Task { try await server.run { listen.finish() } }
    for await _ in listening {}
    async let reply = ControlClient(path: path).send(.ping)
    for await _ in arrived {}
    run.cancel()
    end.finish()
    #expect(try await reply == .ok(text: "finished", count: 1))
    try await run.value
  }

  @Test("silent clients keep nobody out, however many there are")
  func silentClients() async throws {
    var limits = ControlLimits()
    (limits.idle, limits.grace) = (.seconds(3600), .milliseconds(50))
    try await withServer(limits: limits, handler: Self.pong) { path in
      var silent: [RawSocket] = []
      for _ in 1...2 * ControlLimits().clients + 1 {
        silent.append(try await RawSocket.connected(to: path))
      }
      // One that cannot be served in time gives up, and the test fails instead of hanging.
      let reply = try await ControlClient(path: path, timeout: .seconds(60)).send(.ping)
      #expect(reply == .ok(text: "pong", count: 1))
      withExtendedLifetime(silent) {}
    }
  }

  @Test("a client that says nothing stays while places are free, however many came and went")
  func quietClient() async throws {
    var limits = ControlLimits()
    (limits.clients, limits.idle, limits.grace) = (4, .seconds(3600), .milliseconds(50))
    try await withServer(limits: limits, handler: Self.pong) { path in
      let quiet = try await RawSocket.connected(to: path)
      for _ in 1...50 {
        #expect(try await ControlClient(path: path).send(.ping) == .ok(text: "pong", count: 1))
      }
      let answer = try await quiet.ask("{\"version\":1,\"load\":{\"ping\":{}}}\n")
      #expect(answer.contains("pong"), "\(answer)")
    }
  }

  @Test("a client that waits for its answer keeps its place, and the silent ones make room")
  func busyClients() async throws {
    var limits = ControlLimits()
    (limits.clients, limits.idle, limits.grace) = (4, .seconds(3600), .milliseconds(1))
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
    let handler: ControlServer.Handler = { request, _ in
      guard request == .standing else { return .ok(text: "pong", count: 1) }
      arrive.yield()
      for await _ in released {}
      return .ok(text: "patience", count: 1)
    }
    try await withServer(limits: limits, handler: handler) { path in
      async let patient = ControlClient(path: path).send(.standing)
      for await _ in arrived.prefix(1) {}
      var silent: [RawSocket] = []
      for _ in 1...12 { silent.append(try await RawSocket.connected(to: path)) }
      let reply = try await ControlClient(path: path, timeout: .seconds(60)).send(.ping)
      #expect(reply == .ok(text: "pong", count: 1))
      release.finish()
      #expect(try await patient == .ok(text: "patience", count: 1))
      withExtendedLifetime(silent) {}
    }
  }

  @Test("a daemon that dies over a request leaves the client in doubt, and says so")
  func noAnswer() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/control.sock"
    let listener = try RawSocket.listening(path: path)
    async let hungUp: Void = listener.acceptAndHangUp()
    await #expect(throws: ControlError.noAnswer(path: path)) {
      _ = try await ControlClient(path: path).send(.ping)
    }
    try await hungUp
  }
}
