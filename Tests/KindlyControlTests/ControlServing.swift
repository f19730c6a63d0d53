import Foundation
import Glibc
import KindlyControl

/// Runs a server around `body`, which begins when clients can connect, and ends it afterwards.
func withServer(
  path given: String? = nil, limits: ControlLimits = ControlLimits(),
  handler: @escaping ControlServer.Handler, body: @Sendable (String) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  let path = given ?? folder.path + "/control.sock"
  let (listening, listen) = AsyncStream.makeStream(of: Void.self)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { listen.finish() }
      try await ControlServer(path: path, limits: limits, handler: handler)
        .run { listen.finish() }
    }
    for await _ in listening {}
    try await body(path)
    group.cancelAll()
    try await group.waitForAll()
  }
}

/// A folder that is there as long as the test holds it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kindly-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit {
    // What cannot be removed is left to the machine's own tidying of /tmp.
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// A call of the system that did not work.
struct SystemFailure: Error, CustomStringConvertible {
  let description: String

  init(_ call: String) {
    description = "\(call): \(String(cString: strerror(errno)))"
  }
}

/// A unix stream socket without our protocol, to play peers that misbehave.
final class RawSocket: Sendable {
  private let descriptor: Int32

  private init() throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
  }

  deinit { close(descriptor) }

  static func listening(path: String) throws -> RawSocket {
    let made = try RawSocket()
    guard made.with(path: path, bind) == 0, listen(made.descriptor, 1) == 0 else {
      throw SystemFailure("bind \(path)")
    }
    return made
  }

  /// A socket file that nobody listens at.
  static func leaveBehind(path: String) throws {
    _ = try listening(path: path)
  }

  /// A client that has connected and says nothing; it is gone when the value is.
  static func connected(to path: String) async throws -> RawSocket {
    try await onThread {
      let client = try RawSocket()
      guard client.with(path: path, connect) == 0 else { throw SystemFailure("connect") }
      return client
    }
  }

  /// Sends a text as it is, and returns the first part of what comes back; empty where the server has closed.
  func ask(_ text: String) async throws -> String {
    try await onThread {
      let bytes = Array(text.utf8)
      guard send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
        return ""
      }
      var answer = [UInt8](repeating: 0, count: 4096)
      let count = recv(self.descriptor, &answer, answer.count, 0)
      return String(decoding: answer.prefix(max(count, 0)), as: UTF8.self)
    }
  }

  /// Takes one client and closes it with its request unanswered.
  func acceptAndHangUp() async throws {
    try await onThread {
      let client = accept(self.descriptor, nil, nil)
      guard client >= 0 else { throw SystemFailure("accept") }
      var byte: UInt8 = 0
      recv(client, &byte, 1, 0)
      close(client)
    }
  }

  /// Sends a text as it is, and returns what comes back until the server closes or so many lines have come.
  static func exchange(path: String, sending text: String, lines: Int = .max) async throws -> String
  {
    try await onThread {
      let client = try RawSocket()
      guard client.with(path: path, connect) == 0 else { throw SystemFailure("connect") }
      let sent = text.utf8.withContiguousStorageIfAvailable {
        send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // It may have closed already.
      if sent == -1, errno == EPIPE { return "" }
      guard sent == text.utf8.count else { throw SystemFailure("send") }
      var answer: [UInt8] = []
      var bytes = [UInt8](repeating: 0, count: 4096)
      while answer.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
        let count = recv(client.descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { break }
        answer += bytes[..<count]
      }
      return String(decoding: answer, as: UTF8.self)
    }
  }

  private func with(
    path: String, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// Runs blocking calls away from the cooperative pool.
private func onThread<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Swift.Result(catching: body)) }.start()
  }
}
