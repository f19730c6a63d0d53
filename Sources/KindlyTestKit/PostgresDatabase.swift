#if PostgreSQL
  import CPostgres
  import Foundation
  package import KindlyCore

  /// An empty database on a PostgreSQL server, with a connection that writes as a customer's application would.
  ///
  /// The role that kindly reads as may read every table of it. The database is dropped when the value goes away.
  package final class PostgresDatabase: Sendable {
    package let server: PostgresServer
    package let name: String
    package let writer: PostgresSession

    package init(_ sql: String = "", on given: PostgresServer? = nil) async throws {
      let server = if let given { given } else { try await PostgresServer.shared }
      self.server = server
      name = "kindly_" + UUID().uuidString.lowercased().replacing("-", with: "")
      let admin = try PostgresSession(server.address(of: "postgres", user: "postgres"))
      try admin.run("CREATE DATABASE \(name)")
      writer = try PostgresSession(server.address(of: name, user: "postgres"))
      try writer.run(
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \(PostgresServer.role)")
      if !sql.isEmpty { try writer.run(sql) }
    }

    package func run(_ sql: String) throws { try writer.run(sql) }

    /// Another connection, for what two do at once.
    package func session() throws -> PostgresSession {
      try PostgresSession(server.address(of: name, user: "postgres"))
    }

    /// Where it is, for kindly's own role.
    package var address: ServerAddress { server.address(of: name) }

    /// The same as a configuration's `url`.
    package var url: String {
      let folder = server.folder.replacing("/", with: "%2F")
      return "postgresql://\(PostgresServer.role)@\(folder):\(server.port)/\(name)"
    }

    deinit {
      // Losing an error is right: what is left goes with the server.
      try? PostgresSession(server.address(of: "postgres", user: "postgres"))
        .run("DROP DATABASE \(name) WITH (FORCE)")
    }
  }

  /// A connection of the customer's application; statements are run one at a time, and block.
  package final class PostgresSession: Sendable {
    // libpq's handle may be used by one thread at a time, which the lock sees to.
    nonisolated(unsafe) private let handle: OpaquePointer
    private let lock = NSLock()

    package init(_ address: ServerAddress) throws {
      let host = address.hosts[0]
      let settings =
        "host=\(host.name) port=\(host.port ?? 5432) dbname=\(address.database) "
        + "user=\(address.user ?? "postgres") client_encoding=UTF8"
      guard let handle = PQconnectdb(settings) else { throw FixtureFault("no memory for libpq") }
      self.handle = handle
      guard PQstatus(handle) == CONNECTION_OK else { throw FixtureFault(complaint) }
      _ = PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    package func run(_ sql: String) throws { _ = try rows(sql) }

    /// The rows of the last statement as texts; NULL is nil.
    package func rows(_ sql: String) throws -> [[String?]] {
      try lock.withLock {
        guard let result = PQexec(handle, sql) else { throw FixtureFault(complaint) }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return []
        case PGRES_TUPLES_OK:
          return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
              guard PQgetisnull(result, row, column) == 0 else { return nil }
              return PQgetvalue(result, row, column).map { String(cString: $0) }
            }
          }
        default: throw FixtureFault(complaint)
        }
      }
    }

    private var complaint: String {
      PQerrorMessage(handle).map { String(cString: $0) } ?? "libpq says nothing"
    }
  }
#endif
