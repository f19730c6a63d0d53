#if MariaDB
  import KindlyCore

  /// What a server tells of its part in replication, where MariaDB and MySQL differ in every word.
  enum MariaDBReplication {
    /// How far behind the server is, by the farthest of its primaries; nil where the user may not see it.
    static func lag(of connection: MariaDBConnection) throws(MariaDBFailure) -> ReplicaLag? {
      if connection.hidesReplication { return nil }
      let result: MariaDBResult
      do throws(MariaDBFailure) {
        result = try connection.query(
          connection.isMariaDB ? "SHOW ALL SLAVES STATUS" : "SHOW REPLICA STATUS")
      } catch {
        // The right is missing; or, before MySQL 8.0.22, the statement does not exist.
        guard case .refused(let code, _) = error, [1227, 1064].contains(code) else { throw error }
        connection.hidesReplication = true
        return nil
      }
      let column = result.columns.firstIndex {
        ["Seconds_Behind_Master", "Seconds_Behind_Source"].contains($0.name)
      }
      var lag = ReplicaLag.none
      while let row = result.next() {
        // NULL if it has no connection to its primary, or does not apply what it receives.
        guard let column, case .integer(let seconds) = row.value(column) else { return .unknown }
        if lag.exceeds(.seconds(seconds)) { continue }
        lag = .behind(.seconds(seconds))
      }
      return lag
    }

    /// Whether a server has the role that its URL's `target_session_attrs` demands; a preference demands nothing.
    static func suits(
      _ target: ServerAddress.Target, _ connection: MariaDBConnection
    ) throws(MariaDBFailure) -> Bool {
      switch target {
      case .any, .preferStandby: true
      case .primary, .readWrite: try !isReadOnly(connection)
      case .standby, .readOnly: try isReadOnly(connection)
      }
    }

    static func isReadOnly(_ connection: MariaDBConnection) throws(MariaDBFailure) -> Bool {
      let row = try connection.query("SELECT @@GLOBAL.read_only").next()
      return row.map { !["0", "OFF"].contains($0.value(0).text) } ?? false
    }

    /// The right by which a user sees how far behind a replica is.
    static func right(_ isMariaDB: Bool) -> String {
      isMariaDB ? "SLAVE MONITOR" : "REPLICATION CLIENT"
    }
  }
#endif
