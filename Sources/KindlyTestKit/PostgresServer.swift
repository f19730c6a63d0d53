#if PostgreSQL
  import Foundation
  package import KindlyCore

  /// A real PostgreSQL server of its own, started from Debian's package by `Tests/Support/postgres_server.py`.
  ///
  /// It ends with the fixture, and with the test process however that ends.
  package final class PostgresServer: Sendable {
    /// Where its Unix socket is, and its certificate.
    package let folder: String
    package let port: Int
    private let process: ScriptProcess

    /// The role that may only read what it is granted, as the documentation asks for.
    package static let role = "kindly"
    package static let password = Secret("open sesame")

    /// The one that all tests share; each has a database of its own on it.
    package static var shared: PostgresServer {
      get async throws { try await starting.value }
    }

    // Unstructured, because it outlives the test that asks first; a static is made once.
    private static let starting = Task { try await PostgresServer.start() }

    /// Starts a server and returns when it answers.
    package static func start() async throws -> PostgresServer {
      let complaints = FileManager.default.temporaryDirectory
        .appending(path: "kindly-postgres-\(UUID().uuidString).txt")
      let process = try ScriptProcess("postgres_server.py", [], complaints: complaints)
      _ = await process.lines.wait { !$0.isEmpty }
      let words = (process.lines.lines.first ?? "").split(separator: " ").map(String.init)
      let text = try String(contentsOf: complaints, encoding: .utf8)
      try FileManager.default.removeItem(at: complaints)
      guard words.count == 3, words[0] == "ready", let port = Int(words[2]) else {
        throw FixtureFault("postgres_server.py did not start: \(text)")
      }
      return PostgresServer(folder: words[1], port: port, process: process)
    }

    private init(folder: String, port: Int, process: ScriptProcess) {
      self.folder = folder
      self.port = port
      self.process = process
    }

    deinit { process.stop() }

    package func stop() async { await tell("stop", until: "stopped") }

    package func start() async { await tell("start", until: "started") }

    /// Sends a line and waits for one more answer of its kind.
    private func tell(_ line: String, until answer: String) async {
      let before = process.lines.lines.filter { $0 == answer }.count
      process.say(line)
      _ = await process.lines.wait { $0.filter { $0 == answer }.count > before }
    }

    /// Where a database of it is, by its Unix socket.
    package func address(of database: String, user: String = PostgresServer.role) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: folder, port: port)], database: database, user: user,
        security: .none)
    }
  }
#endif
