package import Foundation

/// A real SMTP server in a process of its own, scripted by the recipients it is sent mail for.
///
/// `Tests/Support/smtp_server.py` lists what each recipient makes it do. The process ends with the fixture, and with
/// the test process however that ends, because its standard input closes.
package final class SMTPServerFixture: Sendable {
  /// How the server protects its connections.
  package enum TLS: String, Sendable {
    case none, starttls, smtps
  }

  /// A message that the server has taken.
  package struct Accepted: Codable, Hashable, Sendable {
    package let rcpt: String
    package let sender: String
    package let messageID: String?
    /// The number of the connection it came over, counted from one.
    package let connection: Int
    package let bytes: Int
    package let tls: Bool
    package let login: Bool
    /// The parameters of MAIL FROM.
    package let options: [String]
    /// The whole message where it is under 4 KB.
    package let body: String

    enum CodingKeys: String, CodingKey {
      case rcpt, sender, connection, bytes, tls, login, options, body
      case messageID = "message_id"
    }
  }

  package let port: Int
  /// A folder of the fixture's own, removed with it.
  package let folder: URL
  private let process: ScriptProcess

  /// The login that a server started with `login: true` demands.
  package static let user = "care"
  package static let password = "open sesame"

  /// The PEM file of the server's own certificate, where it has one.
  package var certificate: String { folder.appending(path: "cert.pem").path }

  package func url(scheme: String = "smtp", host: String = "127.0.0.1") -> String {
    "\(scheme)://\(host):\(port)"
  }

  /// Starts a server and returns when it listens.
  package static func start(
    tls: TLS = .none, login: Bool = false, utf8: Bool = true, banner: String? = nil, port: Int = 0
  ) async throws -> SMTPServerFixture {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kindly-smtp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var arguments = [
      "--log", folder.appending(path: "accepted.jsonl").path, "--folder", folder.path,
      "--tls", tls.rawValue, "--port", String(port),
    ]
    if login { arguments.append("--auth") }
    if !utf8 { arguments.append("--no-utf8") }
    if let banner { arguments += ["--banner", banner] }
    let complaints = folder.appending(path: "stderr.txt")
    let process = try ScriptProcess("smtp_server.py", arguments, complaints: complaints)
    _ = await process.lines.wait { !$0.isEmpty }
    let line = process.lines.lines.first ?? ""
    guard line.hasPrefix("port "), let port = Int(line.dropFirst(5)) else {
      let text = try String(contentsOf: complaints, encoding: .utf8)
      throw FixtureFault(
        "smtp_server.py did not start; run scripts/setup if a module is missing: \(text)")
    }
    return SMTPServerFixture(port: port, folder: folder, process: process)
  }

  private init(port: Int, folder: URL, process: ScriptProcess) {
    self.port = port
    self.folder = folder
    self.process = process
  }

  deinit {
    process.stop()
    // Losing the error is right: a temporary folder that stays behind harms nobody.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Every message the server has taken so far, in order; each is there before its sender hears of it.
  package func accepted() throws -> [Accepted] {
    let text = try String(contentsOf: folder.appending(path: "accepted.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      try JSONDecoder().decode(Accepted.self, from: Data(line.utf8))
    }
  }

  /// Returns when the server hangs at what a local part makes it hang at.
  package func hangs(at local: String) async throws {
    guard await process.lines.wait(until: { $0.contains("hangs \(local)") }) else {
      throw FixtureFault("the server ended, or the test's time was over, before \(local)")
    }
  }

  /// Stops the server: connections end and the port is closed.
  package func stop() async {
    process.stop()
    await process.waitForEnd()
  }
}
