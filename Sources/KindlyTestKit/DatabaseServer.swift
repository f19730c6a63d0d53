package import KindlyCore

/// A real server of its own, started from Debian's package by a script of `Tests/Support`.
///
/// It ends with the fixture, and with the test process however that ends.
package protocol DatabaseServer: AnyObject, Sendable {
  associatedtype Database: ServerDatabase where Database.Server == Self

  /// The script that starts it.
  static var script: String { get }
  /// The one that tests share; each has a database of its own on it.
  static var shared: Self { get async throws }

  /// The user that may do everything, and the server's own database.
  static var administrator: (user: String, database: String) { get }

  var process: ServerProcess { get }
  init(process: ServerProcess)

  /// Where a database of it is, by its Unix socket.
  func address(of database: String, user: String) -> ServerAddress

  /// Makes a database on it, and runs `sql` there.
  func database(_ sql: String) async throws -> Database
}

extension DatabaseServer {
  /// The user that may only read what it is granted, as the documentation asks for.
  package static var user: String { "kindly" }
  package static var password: Secret { Secret("open sesame") }

  /// Starts a server that takes so many connections, and returns when it answers.
  package static func start(connections: Int = ServerProcess.connections) async throws -> Self {
    Self(process: try await ServerProcess(script, ["--connections", "\(connections)"]))
  }

  /// Where its Unix socket is, and its certificate.
  package var folder: String { process.folder }
  package var port: Int { process.port }

  package func stop() async throws { try await process.tell("stop", until: "stopped") }

  package func start() async throws { try await process.tell("start", until: "started") }

  /// Gives it an expired certificate.
  package func expireCertificate() async throws {
    try await process.tell("expire", until: "expired")
  }

  /// Where a database of it is, for the user that only reads.
  package func address(of database: String) -> ServerAddress {
    address(of: database, user: Self.user)
  }

  /// A connection of the administrator, in a database of tests or in none of them.
  package func administrator(of database: String? = nil) throws -> Database.Session {
    let (user, own) = Self.administrator
    return try Database.Session(address(of: database ?? own, user: user))
  }

  /// Where a database of it is, over TCP; `port` is a proxy's where it is given.
  package func addressOverTCP(
    of database: String, host: String = "127.0.0.1", port: Int? = nil, user: String? = nil,
    security: ServerAddress.Security = .none, certificates: String? = nil
  ) -> ServerAddress {
    ServerAddress(
      hosts: [ServerAddress.Host(name: host, port: port ?? self.port)], database: database,
      user: user ?? Self.user, security: security, certificates: certificates)
  }
}
