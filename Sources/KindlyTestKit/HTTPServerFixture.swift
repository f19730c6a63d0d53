package import Foundation

/// A real HTTP server in a process of its own, scripted by the paths it is asked for.
///
/// `Tests/Support/http_server.py` lists what each path makes it do. The process ends with the fixture, and with the
/// test process however that ends, because its standard input closes.
package final class HTTPServerFixture: Sendable {
  /// A request that the server has read.
  package struct Request: Codable, Hashable, Sendable {
    package let method: String
    package let path: String
    /// Names in lower case.
    package let headers: [String: String]
    package let body: String
    /// The number of the connection it came over, counted from one.
    package let connection: Int
    /// What a provider's stand-in found wrong with it; nil where nothing is.
    package let fault: String?
    /// The id or text of the message that a stand-in took with it.
    package let taken: String?
  }

  package let port: Int
  /// A folder of the fixture's own, removed with it.
  package let folder: URL
  private let scheme: String
  private let process: ScriptProcess

  /// The PEM file of the server's own certificate, where it has one.
  package var certificate: String { folder.appending(path: "cert.pem").path }

  package func url(_ path: String, host: String = "127.0.0.1") -> String {
    "\(scheme)://\(host):\(port)\(path)"
  }

  /// Starts a server and returns when it listens.
  ///
  /// - Parameters:
  ///   - tls: the name in its certificate; nil for a server without TLS.
  ///   - script: one that takes the same arguments and prints the same lines.
  package static func start(
    tls: String? = nil, port: Int = 0, script: String = "http_server.py", _ more: [String] = []
  ) async throws -> HTTPServerFixture {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kindly-http-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var arguments = [
      "--log", folder.appending(path: "requests.jsonl").path, "--folder", folder.path,
      "--port", String(port),
    ]
    if let tls { arguments += ["--tls", tls] }
    let complaints = folder.appending(path: "stderr.txt")
    let process = try ScriptProcess(script, arguments + more, complaints: complaints)
    _ = await process.lines.wait { !$0.isEmpty }
    let line = process.lines.lines.first ?? ""
    guard line.hasPrefix("port "), let port = Int(line.dropFirst(5)) else {
      let text = try String(contentsOf: complaints, encoding: .utf8)
      throw FixtureFault(
        "\(script) did not start; run scripts/setup if a module is missing: \(text)")
    }
    return HTTPServerFixture(
      port: port, folder: folder, scheme: tls == nil ? "http" : "https", process: process)
  }

  private init(port: Int, folder: URL, scheme: String, process: ScriptProcess) {
    self.port = port
    self.folder = folder
    self.scheme = scheme
    self.process = process
  }

  deinit {
    process.stop()
    // Losing the error is right: a temporary folder that stays behind harms nobody.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Every request that the server has read so far, in order; each is there before its sender hears of it.
  package func requests() throws -> [Request] {
    let text = try String(contentsOf: folder.appending(path: "requests.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      try JSONDecoder().decode(Request.self, from: Data(line.utf8))
    }
  }

  /// Returns when the server leaves a request without an answer.
  package func hangs() async throws {
    guard await process.lines.wait(until: { $0.contains("hangs") }) else {
      throw FixtureFault("the server ended, or the test's time was over, before it hung")
    }
  }

  /// Tells the server what to do with later requests, and returns when it knows.
  package func tell(_ line: String) async throws {
    let count = process.lines.lines.count
    process.say(line)
    guard await process.lines.wait(until: { $0.count > count }) else {
      throw FixtureFault("the server ended before it was told \(line)")
    }
  }

  /// Stops the server: connections end and the port is closed.
  package func stop() async {
    process.stop()
    await process.waitForEnd()
  }
}
