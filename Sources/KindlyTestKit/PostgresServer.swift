#if PostgreSQL
  package import KindlyCore

  /// A real PostgreSQL server of its own, started from Debian's package by `Tests/Support/postgres_server.py`.
  ///
  /// It ends with the fixture, and with the test process however that ends.
  package final class PostgresServer: Sendable {
    private let process: ServerProcess

    /// Where its Unix socket is, and its certificate.
    package var folder: String { process.folder }
    package var port: Int { process.port }

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
      PostgresServer(process: try await ServerProcess("postgres_server.py"))
    }

    /// Starts a server that replays what this one commits, as a copy of it.
    package func replica() async throws -> PostgresServer {
      PostgresServer(process: try await ServerProcess("postgres_server.py", folder, "\(port)"))
    }

    private init(process: ServerProcess) {
      self.process = process
    }

    package func stop() async { await process.stop() }

    package func start() async { await process.start() }

    /// Where a database of it is, by its Unix socket.
    package func address(of database: String, user: String = PostgresServer.role) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: folder, port: port)], database: database, user: user,
        security: .none)
    }
  }
#endif
