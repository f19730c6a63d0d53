import Foundation

/// A real database server of its own, started by a Python script of `Tests/Support`.
///
/// It ends with this value, and with the test process however that ends.
final class ServerProcess: Sendable {
  /// Where its Unix socket is, and its certificate.
  let folder: String
  let port: Int
  private let process: ScriptProcess

  /// Starts a server and returns when it answers.
  init(_ script: String, _ arguments: String...) async throws {
    let complaints = FileManager.default.temporaryDirectory
      .appending(path: "kindly-server-\(UUID().uuidString).txt")
    let process = try ScriptProcess(script, arguments, complaints: complaints)
    _ = await process.lines.wait { !$0.isEmpty }
    let words = (process.lines.lines.first ?? "").split(separator: " ").map(String.init)
    let text = try String(contentsOf: complaints, encoding: .utf8)
    try FileManager.default.removeItem(at: complaints)
    guard words.count == 3, words[0] == "ready", let port = Int(words[2]) else {
      throw FixtureFault("\(script) did not start: \(text)")
    }
    folder = words[1]
    self.port = port
    self.process = process
  }

  deinit { process.stop() }

  func stop() async { await tell("stop", until: "stopped") }

  func start() async { await tell("start", until: "started") }

  /// Sends a line and waits for one more answer of its kind.
  private func tell(_ line: String, until answer: String) async {
    let before = process.lines.lines.filter { $0 == answer }.count
    process.say(line)
    _ = await process.lines.wait { $0.filter { $0 == answer }.count > before }
  }
}
