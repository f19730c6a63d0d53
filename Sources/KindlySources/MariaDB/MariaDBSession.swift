#if MariaDB
  import KindlyCore

  /// What is asked of each session, and where MariaDB and MySQL differ in it.
  ///
  /// The differences elsewhere: the pulse and the identity have other names (`MariaDBEngine`), and MySQL does not end a
  /// transaction that was left open.
  enum MariaDBSession {
    /// How long a statement waits for an ALTER TABLE to end: it holds up the readers that come after it.
    static let lockWait = Duration.seconds(1)
    /// When the server ends a transaction that we left open; this happens only if our process was stopped.
    private static let idleLimit = Duration.seconds(30)

    static func isMariaDB(_ version: String) -> Bool { version.contains("MariaDB") }

    /// Nothing is assumed of the server's settings; zero dates are read as they are, so no mode forbids them.
    static func settings(_ version: String, _ deadline: Duration) -> [String] {
      let own =
        isMariaDB(version)
        ? """
        max_statement_time = \(deadline.inSeconds),
          idle_transaction_timeout = \(Int(idleLimit.inSeconds))
        """
        : """
        max_execution_time = \(Int((deadline.inSeconds * 1000).rounded(.up))),
          information_schema_stats_expiry = 0
        """
      return [
        "SET NAMES utf8mb4",
        """
        SET SESSION time_zone = '+00:00',
          sql_mode = 'STRICT_TRANS_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
          lock_wait_timeout = \(Int(lockWait.inSeconds)),
          autocommit = 1,
          sql_auto_is_null = 0,
          sql_select_limit = DEFAULT,
          group_concat_max_len = 1048576,
          \(own)
        """,
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
      ]
    }

    /// Refuses a server without JSON_TABLE and JSON_VALUE, by which all keys of a question go in one statement.
    static func check(_ version: String) throws(MariaDBFailure) {
      let needed = isMariaDB(version) ? [10, 6] : [8, 0, 21]
      // Old drivers were told that MariaDB is version 5.5.5.
      let numbers = version.replacing("5.5.5-", with: "").prefix { $0.isNumber || $0 == "." }
        .split(separator: ".").compactMap { Int($0) }
      if numbers.lexicographicallyPrecedes(needed) { throw .tooOld(version) }
    }
  }
#endif
