#if PostgreSQL
  package import KindlyCore

  /// A PostgreSQL server of its own.
  package final class PostgresServer: DatabaseServer {
    package static let script = "postgres_server.py"
    package static let administrator = (user: "postgres", database: "postgres")

    package static var shared: PostgresServer {
      get async throws { try await starting.value }
    }

    // Unstructured, because it outlives the test that asks first; a static is made once.
    private static let starting = Task { try await PostgresServer.start() }

    package let process: ServerProcess

    /// Starts a server that replays what this one commits, as a copy of it.
    package func replica() async throws -> PostgresServer {
      let arguments = [
        "--connections", "\(ServerProcess.connections)", "--replica-of", folder, "\(port)",
      ]
      return PostgresServer(process: try await ServerProcess(Self.script, arguments))
    }

    package init(process: ServerProcess) {
      self.process = process
    }

    package func address(of database: String, user: String) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: folder, port: port)], database: database, user: user,
        security: .none)
    }

    package func database(_ sql: String = "") async throws -> PostgresDatabase {
      try await PostgresDatabase(sql, on: self)
    }
  }
#endif
