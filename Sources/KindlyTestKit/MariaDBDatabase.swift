#if MariaDB
  import CMariaDB
  import Foundation
  package import KindlyCore
  package import KindlySources

  /// A database on a MariaDB server.
  package final class MariaDBDatabase: ServerDatabase {
    package static let scheme = "mysql"

    package let server: MariaDBServer
    package let name = MariaDBDatabase.freshName()
    package let writer: MariaDBSession

    package init(_ sql: String = "", on given: MariaDBServer? = nil) async throws {
      let server = if let given { given } else { try await MariaDBServer.shared }
      self.server = server
      let admin = try server.administrator()
      try admin.run("CREATE DATABASE \(name)")
      for host in ["localhost", "127.0.0.1"] {
        try admin.run("GRANT SELECT, EXECUTE ON \(name).* TO \(MariaDBServer.user)@'\(host)'")
      }
      writer = try server.administrator(of: name)
      if !sql.isEmpty { try writer.run(sql) }
    }

    package func makeSource(
      at address: ServerAddress, password: Secret?, deadline: Duration, pace: SlicePace,
      firstWait: Duration
    ) -> DatabaseSource {
      DatabaseSource(
        mariadb: address, password: password, name: "crm", deadline: deadline, pace: pace,
        firstWait: firstWait)
    }

    package func readers(asleep isAsleep: Bool) throws -> [String] {
      try rows(
        """
        SELECT id FROM information_schema.processlist
        WHERE user = '\(MariaDBServer.user)' AND db = '\(name)' AND (NOT \(isAsleep) OR state = 'User sleep')
        """
      ).compactMap { $0[0] }
    }

    package func end(_ reader: String) throws { try run("KILL \(reader)") }

    package func letWrite(_ isAllowed: Bool) throws {
      try administrator().run("SET GLOBAL read_only = \(!isAllowed)")
    }

    deinit {
      // Losing an error is right: what is left goes with the server.
      try? server.administrator().run("DROP DATABASE \(name)")
    }
  }

  /// A connection to a MariaDB server.
  package final class MariaDBSession: ServerSession {
    // libmariadb's handle may be used by one thread at a time, which the lock sees to.
    nonisolated(unsafe) private let handle: UnsafeMutablePointer<MYSQL>
    private let lock = NSLock()

    package init(_ address: ServerAddress) throws {
      guard let handle = mysql_init(nil) else { throw FixtureFault("no memory for libmariadb") }
      self.handle = handle
      mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
      let several = UInt(CLIENT_MULTI_STATEMENTS)
      guard
        mysql_real_connect(
          handle, nil, address.user, nil, address.database, 0, address.hosts[0].name, several)
          != nil
      else { throw FixtureFault(complaint) }
    }

    deinit { mysql_close(handle) }

    /// Runs a script; the client's own DELIMITER lines, which no server knows, are taken away.
    package func run(_ sql: String) throws {
      let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("DELIMITER") }
        .map { $0.hasSuffix(" //") ? $0.dropLast(3) + ";" : $0 }
      _ = try rows(lines.joined(separator: "\n"))
    }

    package func rows(_ sql: String) throws -> [[String?]] {
      try lock.withLock {
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else {
          throw FixtureFault(complaint)
        }
        var last: [[String?]] = []
        var status: Int32 = 0
        repeat {
          last = fetched()
          status = mysql_next_result(handle)
        } while status == 0
        guard status < 0 else { throw FixtureFault(complaint) }
        return last
      }
    }

    private func fetched() -> [[String?]] {
      guard let result = mysql_store_result(handle) else { return [] }
      defer { mysql_free_result(result) }
      var rows: [[String?]] = []
      while let row = mysql_fetch_row(result) {
        rows.append(
          (0..<Int(mysql_num_fields(result))).map { row[$0].map { String(cString: $0) } })
      }
      return rows
    }

    private var complaint: String { String(cString: mysql_error(handle)) }
  }
#endif
