#if MariaDB
  package import KindlyCore

  extension DatabaseSource {
    /// A customer database on a MariaDB or MySQL server, over one connection.
    ///
    /// `firstWait` is how long the server is left alone after it did not answer for the first time.
    package init(
      mariadb address: ServerAddress, password: Secret?, name: String,
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
      firstWait: Duration? = nil
    ) {
      self.init(
        name: name,
        engine: MariaDBEngine(
          diagnosis: MariaDBDiagnosis(source: name, address: address, deadline: deadline),
          password: password, pace: pace,
          reconnecting: firstWait.map { Reconnecting(first: $0) } ?? Reconnecting()))
    }
  }

  /// Answers from a MariaDB or MySQL server.
  final class MariaDBEngine: ServerEngine {
    typealias Reader = MariaDBReader
    typealias Shape = WatchShape<MariaDBDialect>

    let pace: SlicePace
    private let diagnosis: MariaDBDiagnosis
    private let password: Secret?
    var line: ServerLine<MariaDBConnection>
    private var logHorizons = MariaDBLogHorizons()
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(
      diagnosis: MariaDBDiagnosis, password: Secret?, pace: SlicePace, reconnecting: Reconnecting
    ) {
      self.diagnosis = diagnosis
      self.password = password
      self.pace = pace
      line = ServerLine(reconnecting)
    }

    func forget() { logHorizons.removeAll() }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      diagnosis.problem(error, asked: question)
    }

    func log(of shape: Shape, in reader: MariaDBReader) throws -> MariaDBChangeLog {
      try MariaDBChangeLog(of: shape, horizons: logHorizons, in: reader)
    }

    func logDDL(_ shape: Shape, columns: [String], in reader: MariaDBReader) throws -> String {
      try MariaDBChangeLogDDL(shape, columns: columns, in: reader).text
    }

    func catalogue(in reader: MariaDBReader) throws -> (any Catalogue)? {
      MariaDBCatalogue(reader: reader)
    }

    func cautions(about shape: Shape, in reader: MariaDBReader) throws -> [String] {
      let watch = "watch \(shape.watch.name)"
      var cautions: [String] = []
      // A user that may write is one mistake away from doing so.
      if case .table(let table) = shape.watch.relation, try mayWrite(table, in: reader) {
        cautions.append(
          "\(watch): the user \(user) may write \(table); give kindly a user of its own that may SELECT, and no more"
        )
      }
      switch shape.watch.changes {
      case .cursor:
        guard try MariaDBTransactions.seen(by: reader) == nil else { break }
        cautions.append(
          "\(watch): the user \(user) may not see open transactions, so a row that is committed late is noticed by the "
            + "sweep alone; GRANT PROCESS ON *.* TO \(user)")
      case .changelog:
        guard try reader.value("SELECT @@GLOBAL.event_scheduler") != .text("ON") else { break }
        cautions.append(
          "\(watch): the event that trims its change log does not run; write `event_scheduler = ON` in the server's "
            + "configuration, and SET GLOBAL event_scheduler = ON until it restarts")
      case nil, .snapshot: break
      }
      return cautions
    }

    private var user: String { diagnosis.address.user.map(MariaDBDialect.quoted) ?? "USER" }

    /// What was granted to the user itself, on everything, on the database and on the table.
    private func mayWrite(_ table: String, in reader: MariaDBReader) throws -> Bool {
      let (database, name) = MariaDBDialect.parts(of: table)
      let grants = [
        "user_privileges WHERE TRUE", "schema_privileges WHERE table_schema = :database",
        "table_privileges WHERE table_schema = :database AND table_name = :table",
      ].map {
        """
        SELECT 1 FROM information_schema.\($0)
          AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER')
        """
      }
      return try reader.value(
        grants.joined(separator: "\nUNION ALL\n") + "\nLIMIT 1",
        [
          "database": .text(database ?? diagnosis.address.database), "table": .text(name),
        ]) != nil
    }

    // MARK: Transactions

    func connect() throws -> MariaDBConnection {
      let connection = try opened()
      for statement in MariaDBSession.settings(connection.version, diagnosis.deadline) {
        try connection.run(statement)
      }
      return connection
    }

    func begin(on connection: MariaDBConnection) throws {
      try connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    }

    func reader(on connection: MariaDBConnection) -> MariaDBReader {
      MariaDBReader(connection: connection)
    }

    /// A connection to the first host that answers.
    private func opened() throws(MariaDBFailure) -> MariaDBConnection {
      var failure = MariaDBFailure.unreachable(code: 0, "no host")
      for host in diagnosis.address.hosts {
        do throws(MariaDBFailure) {
          let connection = try MariaDBConnection(
            to: host, of: diagnosis.address, password: password, deadline: diagnosis.deadline)
          try MariaDBSession.check(connection.version)
          return connection
        } catch {
          failure = error
        }
      }
      throw failure
    }

    // MARK: Pulse

    func pulse() throws(SourceProblem) -> SourcePulse {
      try read(asking: .source) { reader in
        let identity = try line.identity ?? identity(by: reader)
        line.identity = identity
        // Every commit writes to the log of InnoDB; what other engines write is counted row by row.
        let status = try reader.connection.query(
          """
          SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_lsn_current', 'Innodb_redo_log_current_lsn',
            'Innodb_os_log_written', 'Handler_write', 'Handler_update', 'Handler_delete')
          """)
        var hash = RowHash()
        while let row = status.next() {
          hash.combine(row.value(0))
          hash.combine(row.value(1))
        }
        return SourcePulse(identity: identity, version: hash.stored)
      }
    }

    /// The server's own name and the database's; neither moves with a backup that is restored elsewhere.
    private func identity(by reader: MariaDBReader) throws -> String {
      // MySQL calls it server_uuid, MariaDB server_uid, from 10.11.9 on.
      let names = try reader.connection.query(
        "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uid', 'server_uuid')")
      let server = names.next()?.value(1).text ?? "?"
      let database = try reader.value("SELECT DATABASE()")
      return "\(server):\(database?.text ?? "?")"
    }

    // MARK: The cursor's horizon

    func openTransactions(by reader: MariaDBReader) throws -> OpenTransactions? {
      try MariaDBTransactions.seen(by: reader)
    }
  }
#endif
