/// The servers that Kindly reads through a client library of their own.
///
/// What they must do alike is tested by one suite with `arguments: ServerKind.allCases`. Another way to a server, such as a
/// driver manager's, joins those suites as a case of its own, with a database that makes its source another way.
package enum ServerKind: Sendable, CaseIterable {
  #if PostgreSQL
    case postgres
  #endif
  #if MariaDB
    case mariadb
  #endif

  /// Starts a server of its own, for a test that stops it, fills it or changes its settings.
  package func start(connections: Int = ServerProcess.connections) async throws
    -> any DatabaseServer
  {
    switch self {
    #if PostgreSQL
      case .postgres: try await PostgresServer.start(connections: connections)
    #endif
    #if MariaDB
      case .mariadb: try await MariaDBServer.start(connections: connections)
    #endif
    }
  }

  /// The server that all tests share.
  package var sharedServer: any DatabaseServer {
    get async throws {
      switch self {
      #if PostgreSQL
        case .postgres: try await PostgresServer.shared
      #endif
      #if MariaDB
        case .mariadb: try await MariaDBServer.shared
      #endif
      }
    }
  }

  /// An empty database on the server that all tests share; `sql` is run in it.
  package func database(_ sql: String = "") async throws -> any ServerDatabase {
    try await sharedServer.database(sql)
  }

  /// A database whose cursor horizon is not held back by other tests' transactions.
  ///
  /// PostgreSQL tells which database a transaction belongs to. MariaDB has one list for all databases, so there this
  /// takes a server of its own.
  package func quietDatabase(_ sql: String = "") async throws -> any ServerDatabase {
    switch self {
    #if PostgreSQL
      case .postgres: try await PostgresDatabase(sql)
    #endif
    #if MariaDB
      case .mariadb: try await MariaDBServer.start().database(sql)
    #endif
    }
  }
}

// MARK: - Where they differ in what tests write

extension ServerKind {
  /// The numbers from one, as the column `n`, behind FROM.
  package func numbers(_ count: Int) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "generate_series(1, \(count)) AS n"
    #endif
    #if MariaDB
      case .mariadb: "(SELECT seq AS n FROM seq_1_to_\(count)) AS numbers"
    #endif
    }
  }

  /// A type for a time of microseconds, and the time of the server's clock in the middle of a transaction.
  package var time: (type: String, now: String) {
    switch self {
    #if PostgreSQL
      case .postgres: ("timestamptz", "clock_timestamp()")
    #endif
    #if MariaDB
      case .mariadb: ("datetime(6)", "NOW(6)")
    #endif
    }
  }

  /// A statement that takes a random time of at most so many seconds.
  package func pause(upTo seconds: Double) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "SELECT pg_sleep(random() * \(seconds))"
    #endif
    #if MariaDB
      case .mariadb: "DO SLEEP(RAND() * \(seconds))"
    #endif
    }
  }

  /// The SQL that asks how much deleted data the server has yet to purge, because purging is a write too.
  package var leftovers: String {
    switch self {
    #if PostgreSQL
      case .postgres: "SELECT 0"
    #endif
    #if MariaDB
      case .mariadb:
        """
        SELECT variable_value FROM information_schema.global_status
        WHERE variable_name = 'INNODB_HISTORY_LIST_LENGTH'
        """
    #endif
    }
  }

  /// Whether two values differ, NULL among them.
  package func differ(_ one: String, _ other: String) -> String {
    switch self {
    #if PostgreSQL
      case .postgres: "\(one) IS DISTINCT FROM \(other)"
    #endif
    #if MariaDB
      case .mariadb: "NOT (\(one) <=> \(other))"
    #endif
    }
  }
}
