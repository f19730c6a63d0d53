#if PostgreSQL
  import CPostgres
  import Foundation
  package import KindlyCore
  package import KindlySources

  /// A database on a PostgreSQL server.
  package final class PostgresDatabase: ServerDatabase {
    package static let scheme = "postgresql"

    package let server: PostgresServer
    package let name = PostgresDatabase.freshName()
    package let writer: PostgresSession

    package convenience init(_ sql: String = "", on given: PostgresServer? = nil) async throws {
      try await self.init(sql, on: given, encoding: "UTF8")
    }

    /// A database that keeps its texts in an encoding.
    package init(_ sql: String, on given: PostgresServer?, encoding: String) async throws {
      let server = if let given { given } else { try await PostgresServer.shared }
      self.server = server
      let own =
        encoding == "UTF8"
        ? ""
        : " ENCODING '\(encoding)' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
      try server.administrator().run("CREATE DATABASE \(name)\(own)")
      writer = try server.administrator(of: name)
      try writer.run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \(PostgresServer.user)")
      if !sql.isEmpty { try writer.run(sql) }
    }

    package func makeSource(
      at address: ServerAddress, password: Secret?, deadline: Duration, pace: SlicePace,
      firstWait: Duration
    ) -> DatabaseSource {
      DatabaseSource(
        postgres: address, password: password, name: "crm", deadline: deadline, pace: pace,
        firstWait: firstWait)
    }

    package func readers(asleep isAsleep: Bool) throws -> [String] {
      try rows(
        """
        SELECT pid FROM pg_stat_activity WHERE usename = '\(PostgresServer.user)' AND datname = '\(name)'
          AND (NOT \(isAsleep) OR wait_event = 'PgSleep')
        """
      ).compactMap { $0[0] }
    }

    package func end(_ reader: String) throws { try run("SELECT pg_terminate_backend(\(reader))") }

    package func letWrite(_ isAllowed: Bool) throws {
      try administrator().run(
        "ALTER DATABASE \(name) SET default_transaction_read_only = \(!isAllowed)")
    }

    deinit {
      // Losing an error is right: what is left goes with the server.
      try? server.administrator().run("DROP DATABASE \(name) WITH (FORCE)")
    }
  }

  /// A connection to a PostgreSQL server.
  package final class PostgresSession: ServerSession {
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
