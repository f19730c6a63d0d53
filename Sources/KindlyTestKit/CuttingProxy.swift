import Foundation

/// A TCP proxy in a process of its own, whose connections break when a test says so: `Tests/Support/cutting_proxy.py`.
package final class CuttingProxy: Sendable {
  package let port: Int
  private let process: ScriptProcess

  /// Starts a proxy to a port of this machine, and returns when it listens.
  package static func start(to port: Int) async throws -> CuttingProxy {
    let complaints = FileManager.default.temporaryDirectory
      .appending(path: "kindly-proxy-\(UUID().uuidString).txt")
    let process = try ScriptProcess("cutting_proxy.py", ["\(port)"], complaints: complaints)
    _ = await process.lines.wait { !$0.isEmpty }
    let text = try String(contentsOf: complaints, encoding: .utf8)
    try FileManager.default.removeItem(at: complaints)
    guard let line = process.lines.lines.first, line.hasPrefix("port "),
      let port = Int(line.dropFirst(5))
    else { throw FixtureFault("cutting_proxy.py did not start: \(text)") }
    return CuttingProxy(port: port, process: process)
  }

  private init(port: Int, process: ScriptProcess) {
    self.port = port
    self.process = process
  }

  deinit { process.stop() }

  /// A network fault in the middle of an answer.
  package enum Break: String, Sendable, CaseIterable {
    /// Both ends are told that it is over.
    case cut
    /// Nothing arrives any more, and neither end is told.
    case hush
  }

  /// Breaks the connection on which the server has sent this many more bytes, counted over all connections.
  package func plan(_ break: Break, afterBytes count: Int) {
    process.say("\(`break`.rawValue) \(count)")
  }

  /// Returns when so many connections were broken by plan in all.
  package func hasBroken(_ count: Int = 1) async {
    _ = await process.lines.wait { $0.count { $0 == "cut" || $0 == "hushed" } >= count }
  }

  /// Resets every connection, and every new one.
  package func refuse() async throws { try await process.tell("refuse", until: "refusing") }

  /// Makes a word of the server's unreadable from now on, as if the server had not sent it.
  package func hide(_ word: String) async throws {
    try await process.tell("hide \(word)", until: "hiding")
  }

  /// What an IMAP server does when it is to open a mail that is damaged.
  package enum Withholding: String, Sendable, CaseIterable {
    case refused = "refuse-mail"
    /// The connection is reset.
    case dropped = "drop-mail"
  }

  /// Makes an IMAP server fail from now on when it is to open one of these mails, even for its size.
  package func withhold(_ uids: [UInt32], _ way: Withholding = .refused) async throws {
    let numbers = uids.map(String.init).joined(separator: ",")
    try await process.tell("\(way.rawValue) \(numbers)", until: "withholding")
  }

  package func accept() async throws { try await process.tell("accept", until: "accepting") }
}
