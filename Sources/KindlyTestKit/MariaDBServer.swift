#if MariaDB
  package import KindlyCore

  /// A MariaDB server of its own.
  package final class MariaDBServer: DatabaseServer {
    package static let script = "mariadb_server.py"
    package static let administrator = (user: "root", database: "mysql")

    package static var shared: MariaDBServer {
      get async throws { try await starting.value }
    }

    // Unstructured, because it outlives the test that asks first; a static is made once.
    private static let starting = Task { try await MariaDBServer.start() }

    package let process: ServerProcess

    /// Starts a server that may take part in replication, under a number of its own.
    package static func start(replicating number: Int) async throws -> MariaDBServer {
      MariaDBServer(
        process: try await ServerProcess(script, ["--server-id", "\(number)"]))
    }

    package init(process: ServerProcess) {
      self.process = process
    }

    package func address(of database: String, user: String) -> ServerAddress {
      ServerAddress(
        hosts: [ServerAddress.Host(name: folder + "/mysqld.sock")], database: database, user: user,
        security: .none)
    }

    package func database(_ sql: String = "") async throws -> MariaDBDatabase {
      try await MariaDBDatabase(sql, on: self)
    }
  }
#endif
