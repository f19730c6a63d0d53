package import Foundation
import Synchronization

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
    let line = await process.firstLine()
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

  /// Stops the server: connections end and the port is closed.
  package func stop() async {
    process.stop()
    await process.ended()
  }
}

/// A Python script of `Tests/Support` that runs until its standard input closes.
private final class ScriptProcess: Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let state = Mutex((isOver: false, waiters: [CheckedContinuation<Void, Never>]()))

  init(_ script: String, _ arguments: [String], complaints: URL) throws {
    try Data().write(to: complaints)
    process.executableURL = PythonScript.interpreter
    process.arguments = [PythonScript.path(of: script)] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: complaints)
    process.terminationHandler = { [weak self] _ in self?.over() }
    try process.run()
  }

  /// The first line of standard output, empty where there was none.
  func firstLine() async -> String {
    await withCheckedContinuation { continuation in
      // Reading blocks, so it has a thread of its own.
      Thread.detachNewThread { [output] in
        var bytes = Data()
        while !bytes.contains(0x0A) {
          let more = output.fileHandleForReading.availableData
          if more.isEmpty { break }
          bytes += more
        }
        let line = bytes.prefix { $0 != 0x0A }
        continuation.resume(returning: String(decoding: line, as: UTF8.self))
      }
    }
  }

  func stop() {
    // Losing the error is right: a pipe that is closed already has stopped the script.
    try? input.fileHandleForWriting.close()
  }

  func ended() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isOver { state.waiters.append(continuation) }
        return state.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  private func over() {
    let waiters = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}

/// Where the tests' Python scripts and their interpreter are.
package enum PythonScript {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The one that `scripts/setup` made, with the packages the scripts need; else the system's.
  package static var interpreter: URL {
    let own = root.appending(path: ".venv/bin/python")
    let isThere = FileManager.default.isExecutableFile(atPath: own.path)
    return isThere ? own : URL(filePath: "/usr/bin/python3")
  }

  package static func path(of script: String) -> String {
    root.appending(path: "Tests/Support/\(script)").path
  }
}

/// Why a fixture could not be set up.
package struct FixtureFault: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
