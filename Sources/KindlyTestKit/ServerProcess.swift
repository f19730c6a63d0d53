import Foundation

/// The script that runs a database server, and what it is told.
package final class ServerProcess: Sendable {
  /// Where its Unix socket is, and its certificate.
  let folder: String
  let port: Int
  /// How many connections a server takes that many tests share, each with two and some.
  package static let connections = 500

  private let process: ScriptProcess

  /// Starts a server and returns when it answers.
  init(_ script: String, _ arguments: [String]) async throws {
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

  /// Sends a line and waits for one more answer of its kind.
  func tell(_ line: String, until answer: String) async throws {
    try await process.tell(line, until: answer)
  }
}

extension ScriptProcess {
  /// Sends a line and waits for one more answer of its kind; throws what the script complained of if none comes.
  package func tell(_ line: String, until answer: String) async throws {
    let before = lines.lines.count { $0 == answer }
    say(line)
    guard await lines.wait(until: { $0.count { $0 == answer } > before }) else {
      throw FixtureFault("no answer of the script to \(line): \(complaints())")
    }
  }
}
