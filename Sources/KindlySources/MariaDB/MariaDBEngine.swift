#if MariaDB
  package import KindlyCore

  extension DatabaseSource {
    /// A customer database on a MariaDB or MySQL server.
    ///
    /// `firstWait` is how long the server is left alone after it did not answer for the first time.
    package convenience init(
      mariadb address: ServerAddress, password: Secret?, name: String,
      manners: ServerManners = ServerManners(),
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
      firstWait: Duration? = nil
    ) {
      let diagnosis = MariaDBDiagnosis(source: name, address: address, deadline: deadline)
      func engine() -> MariaDBEngine {
        MariaDBEngine(
          diagnosis: diagnosis, password: password, manners: manners, pace: pace,
          reconnecting: firstWait.map { Reconnecting(first: $0) } ?? Reconnecting())
      }
      let hasTwo = manners.connections > 1
      self.init(
        name: name, looking: engine(), asking: hasTwo ? engine() : nil)
    }
  }

  /// Answers from a MariaDB or MySQL server.
  final class MariaDBEngine: ServerEngine {
    typealias Reader = MariaDBReader
    typealias Shape = WatchShape<MariaDBDialect>

    let pace: SlicePace
    let diagnosis: MariaDBDiagnosis
    private let password: Secret?
    let manners: ServerManners
    var line: ServerLine<MariaDBConnection>
    private var logHorizons = MariaDBLogHorizons()
    /// What columns of latin1 are read as; nil where they are what they say.
    private var characterSet: String?
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(
      diagnosis: MariaDBDiagnosis, password: Secret?, manners: ServerManners, pace: SlicePace,
      reconnecting: Reconnecting
    ) {
      self.diagnosis = diagnosis
      self.password = password
      self.manners = manners
      self.pace = pace
      line = ServerLine(reconnecting)
    }

    func forget() { logHorizons.removeAll() }

    func endings(of question: Question) -> [String] { MariaDBEngine.endings(of: question) }

    /// A lock of GET_LOCK is the session's, not the transaction's.
    static func endings(of question: Question) -> [String] {
      ["ROLLBACK"] + (question.hasForeignSQL ? ["DO RELEASE_ALL_LOCKS()"] : [])
    }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      diagnosis.problem(error, asked: question)
    }

    func log(of shape: Shape, in reader: MariaDBReader) throws -> MariaDBChangeLog<MariaDBReader> {
      try MariaDBChangeLog(of: shape, horizons: logHorizons, in: reader)
    }

    func logDDL(_ shape: Shape, columns: [String], in reader: MariaDBReader) throws -> String {
      try MariaDBChangeLogDDL(shape, columns: columns, in: reader).text
    }

    func catalogue(in reader: MariaDBReader) throws -> any Catalogue {
      MariaDBCatalogue(reader: reader)
    }

    func cautions(about shape: Shape, in reader: MariaDBReader) throws -> [String] {
      let user = diagnosis.address.user
      var cautions = try MariaDBEngine.cautions(about: shape, user: user, in: reader)
      let connection = reader.connection
      if try MariaDBReplication.isReadOnly(connection),
        try MariaDBReplication.lag(of: connection) == nil
      {
        let right = MariaDBReplication.right(connection.isMariaDB)
        cautions.append(
          "watch \(shape.watch.name): its server is read-only, as a replica is, and the user \(MariaDBEngine.quoted(user)) "
            + "cannot see how far behind it is; GRANT \(right) ON *.* TO \(MariaDBEngine.quoted(user))"
        )
      }
      return cautions
    }

    private static func quoted(_ user: String?) -> String {
      user.map(MariaDBDialect.quoted) ?? "USER"
    }

    /// Warnings that apply with any driver.
    static func cautions(
      about shape: Shape, user: String?, in reader: some MariaDBAsking
    ) throws -> [String] {
      let watch = "watch \(shape.watch.name)"
      let user = quoted(user)
      var cautions: [String] = []
      // A user with write access is one mistake away from writing.
      if case .table(let table) = shape.watch.relation, try mayWrite(table, in: reader) {
        cautions.append(
          "\(watch): the user \(user) has write access to \(table); give kindly its own user with SELECT only"
        )
      }
      switch shape.watch.changes {
      case .cursor:
        guard try MariaDBTransactions.seen(by: reader) == nil else { break }
        cautions.append(
          "\(watch): the user \(user) cannot see open transactions, so only the sweep notices a row that is "
            + "committed late; GRANT PROCESS ON *.* TO \(user)")
      case .changelog:
        guard try reader.value("SELECT @@GLOBAL.event_scheduler") != .text("ON") else { break }
        cautions.append(
          "\(watch): the event that trims its change log does not run; write `event_scheduler = ON` in the server's "
            + "configuration, and SET GLOBAL event_scheduler = ON until it restarts")
      case nil, .snapshot: break
      }
      return cautions
    }

    /// What was granted to the user itself, on everything, on the database and on the table.
    private static func mayWrite(_ table: String, in reader: some MariaDBAsking) throws -> Bool {
      let (database, name) = MariaDBDialect.parts(of: table)
      let isThere = "table_schema = COALESCE(:database, DATABASE())"
      let grants = [
        "user_privileges WHERE TRUE", "schema_privileges WHERE \(isThere)",
        "table_privileges WHERE \(isThere) AND table_name = :table",
      ].map {
        """
        SELECT 1 FROM information_schema.\($0)
          AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER')
        """
      }
      return try reader.value(
        grants.joined(separator: "\nUNION ALL\n") + "\nLIMIT 1",
        ["database": database.map { .text($0) } ?? .null, "table": .text(name)]) != nil
    }

    // MARK: Transactions

    func connect() throws -> MariaDBConnection {
      let connection = try opened()
      characterSet = try manners.encoding.map { encoding in
        try MariaDBEncoding.characterSet(encoding, isMariaDB: connection.isMariaDB)
      }
      for statement in MariaDBSession.settings(connection.version, diagnosis.deadline) {
        try connection.run(statement)
      }
      return connection
    }

    func begin(on connection: MariaDBConnection) throws -> ReplicaLag {
      // A server may become read-only and keep its connections.
      guard try MariaDBReplication.suits(diagnosis.address.target, connection) else {
        throw MariaDBFailure.unsuited(diagnosis.address.target)
      }
      let lag = try MariaDBReplication.lag(of: connection)
      try connection.run(MariaDBEngine.beginning)
      return lag ?? .none
    }

    /// One snapshot, and no writing.
    static let beginning = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

    func reader(on connection: MariaDBConnection) -> MariaDBReader {
      MariaDBReader(connection: connection, characterSet: characterSet)
    }

    /// Connects to the first host that answers and has the wanted role. If a standby is only preferred, it then accepts
    /// any host.
    private func opened() throws(MariaDBFailure) -> MariaDBConnection {
      let target = diagnosis.address.target
      guard target == .preferStandby else { return try opened(target) }
      do throws(MariaDBFailure) {
        return try opened(.standby)
      } catch {
        return try opened(.any)
      }
    }

    private func opened(_ target: ServerAddress.Target) throws(MariaDBFailure) -> MariaDBConnection
    {
      var failure = MariaDBFailure.unreachable(code: 0, "no host")
      for host in diagnosis.address.hosts {
        do throws(MariaDBFailure) {
          let connection = try MariaDBConnection(
            to: host, of: diagnosis.address, password: password, deadline: diagnosis.deadline)
          try MariaDBSession.check(connection.version)
          if try MariaDBReplication.suits(target, connection) { return connection }
          failure = .unsuited(target)
        } catch {
          failure = error
        }
      }
      throw failure
    }

    // MARK: Pulse

    func pulse() throws(SourceProblem) -> SourcePulse {
      try read(asking: .source) { reader in
        let identity = try line.identity ?? MariaDBEngine.identity(by: reader)
        line.identity = identity
        return SourcePulse(identity: identity, version: try MariaDBEngine.version(by: reader))
      }
    }

    /// Every commit writes to the log of InnoDB; what other engines write is counted row by row.
    static func version(by reader: some MariaDBAsking) throws -> Int64 {
      var hash = RowHash()
      try reader.each(
        """
        SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_lsn_current', 'Innodb_redo_log_current_lsn',
          'Innodb_os_log_written', 'Handler_write', 'Handler_update', 'Handler_delete')
        """
      ) { row in
        hash.combine(row.value(0))
        hash.combine(row.value(1))
        return true
      }
      return hash.stored
    }

    /// The server's own name and the database's; neither moves with a backup that is restored elsewhere.
    static func identity(by reader: some MariaDBAsking) throws -> String {
      // MySQL calls it server_uuid, MariaDB server_uid, from 10.11.9 on.
      var server = "?"
      try reader.each("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uid', 'server_uuid')")
      { row in
        server = row.value(1).text
        return true
      }
      let database = try reader.value("SELECT DATABASE()")
      return "\(server):\(database?.text ?? "?")"
    }

    // MARK: The cursor's horizon

    func openTransactions(by reader: MariaDBReader) throws -> OpenTransactions? {
      try MariaDBTransactions.seen(by: reader)
    }
  }
#endif
