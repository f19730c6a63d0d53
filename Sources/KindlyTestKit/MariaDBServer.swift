#if MariaDB
  package import KindlyCore

  /// A real MariaDB server of its own, started from Debian's package by `Tests/Support/mariadb_server.py`.
  ///
  /// It ends with the fixture, and with the test process however that ends.
  package final class MariaDBServer: Sendable {
    private let process: ServerProcess

    /// Where its Unix socket is, and its certificate.
    package var folder: String { process.folder }
    package var port: Int { process.port }

    /// The user that may only read what it is granted, as the documentation asks for.
    package static let user = "kindly"
    package static let password = Secret("open sesame")

    /// The one that all tests share; each has a database of its own on it.
    package static var shared: MariaDBServer {
      get async throws { try await starting.value }
    }

    // Unstructured, because it outlives the test that asks first; a static is made once.
    private static let starting = Task { try await MariaDBServer.start() }

    /// Starts a server and returns when it answers.
    package static func start() async throws -> MariaDBServer {
      MariaDBServer(process: try await ServerProcess("mariadb_server.py"))
    }

    /// Starts a server that may take part in replication, under a number of its own.
    package static func start(replicating number: Int) async throws -> MariaDBServer {
      MariaDBServer(process: try await ServerProcess("mariadb_server.py", "\(number)"))
    }

    private init(process: ServerProcess) {
      self.process = process
    }

    package func stop() async { await process.stop() }

    package func start() async { await process.start() }

    /// Where a database of it is, by its Unix socket.
    package func address(of database: String, user: String = MariaDBServer.user) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: folder + "/mysqld.sock")], database: database, user: user,
        security: .none)
    }
  }
#endif
