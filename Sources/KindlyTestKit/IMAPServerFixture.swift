import Foundation

/// A real IMAP server with one mailbox, in a process of its own: `Tests/Support/imap_server.py`.
package final class IMAPServerFixture: Sendable {
  package let port: Int
  package let tlsPort: Int
  private let folder: String
  private let process: ScriptProcess

  /// The mailbox's login.
  package static let user = "care"
  package static let password = "open sesame"

  /// The PEM file of the server's own certificate.
  package var certificate: String { folder + "/cert.pem" }

  /// Starts a server and returns when it answers.
  package static func start(offersMove: Bool = true) async throws -> IMAPServerFixture {
    let complaints = FileManager.default.temporaryDirectory
      .appending(path: "kindly-imap-\(UUID().uuidString).txt")
    let process = try ScriptProcess(
      "imap_server.py", offersMove ? [] : ["--no-move"], complaints: complaints)
    _ = await process.lines.wait { !$0.isEmpty }
    let words = (process.lines.lines.first ?? "").split(separator: " ").map(String.init)
    let text = try String(contentsOf: complaints, encoding: .utf8)
    try FileManager.default.removeItem(at: complaints)
    guard words.count == 4, words[0] == "ready", let port = Int(words[2]), let tls = Int(words[3])
    else { throw FixtureFault("imap_server.py did not start: \(text)") }
    return IMAPServerFixture(port: port, tlsPort: tls, folder: words[1], process: process)
  }

  private init(port: Int, tlsPort: Int, folder: String, process: ScriptProcess) {
    self.port = port
    self.tlsPort = tlsPort
    self.folder = folder
    self.process = process
  }

  deinit { process.stop() }

  /// Puts a mail into the mailbox, or into its folder `.Other`; mails are numbered in the order of their names.
  package func deliver(_ bytes: [UInt8], named name: String, in place: String = ".") throws {
    let box = "\(folder)/mail/\(place)"
    let temporary = "\(box)/tmp/\(name)"
    try Data(bytes).write(to: URL(filePath: temporary))
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: temporary)
    try FileManager.default.moveItem(atPath: temporary, toPath: "\(box)/new/\(name)")
  }

  /// Puts many short mails in.
  package func fill(_ count: Int) async throws {
    try await process.tell("fill \(count)", until: "filled")
  }

  /// Restarts the server, which ends its connections.
  package func restart() async throws { try await process.tell("restart", until: "restarted") }

  /// The names of the files that a folder's mails are in: `new`, `cur`, or `.Done/cur`.
  package func files(in place: String) -> [String] {
    // Losing the error is right: a folder that is not there has no mails.
    (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/mail/\(place)")) ?? []
  }
}
