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
  final class MariaDBEngine: Engine {
    typealias Reader = MariaDBReader
    typealias Shape = WatchShape<MariaDBDialect>

    let pace: SlicePace
    private let diagnosis: MariaDBDiagnosis
    private let password: Secret?
    private var reconnecting: Reconnecting
    private var lastProblem: SourceProblem?
    private var connection: MariaDBConnection?
    /// What tells the database from others; asked once for each connection.
    private var identity: String?
    private var horizons: [String: CursorHorizon] = [:]
    private var logHorizons = MariaDBLogHorizons()
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(
      diagnosis: MariaDBDiagnosis, password: Secret?, pace: SlicePace, reconnecting: Reconnecting
    ) {
      self.diagnosis = diagnosis
      self.password = password
      self.pace = pace
      self.reconnecting = reconnecting
    }

    func close() {
      connection = nil
      identity = nil
      // The next connection may reach another server, and its transactions have other names.
      horizons.removeAll()
      logHorizons.removeAll()
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

    /// A user that may write is one mistake away from doing so; one that may not see transactions looks later.
    func excess(of shape: Shape, in reader: MariaDBReader) throws -> String? {
      try MariaDBEngine.excess(of: shape, user: diagnosis.address.user, in: reader)
    }

    static func excess(
      of shape: Shape, user: String?, in reader: some MariaDBAsking
    ) throws -> String? {
      let user = user.map(MariaDBDialect.quoted) ?? "USER"
      if case .table(let table) = shape.watch.relation, try mayWrite(table, in: reader) {
        return
          "watch \(shape.watch.name): the user \(user) may write \(table); give kindly a user of its own that may "
          + "SELECT, and no more"
      }
      guard case .cursor? = shape.watch.changes, try MariaDBTransactions.seen(by: reader) == nil
      else { return nil }
      return
        "watch \(shape.watch.name): the user \(user) may not see open transactions, so a row that is committed late is "
        + "noticed by the sweep alone; GRANT PROCESS ON *.* TO \(user)"
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

    func read<Answer>(
      asking question: Question, _ body: (MariaDBReader) throws -> Answer
    ) throws(SourceProblem) -> Answer {
      do {
        let connection = try begun()
        do {
          let answer = try body(MariaDBReader(connection: connection))
          // One whose rows were left is not asked again, and its transaction ends with it.
          if connection.isAlive { try connection.run("COMMIT") } else { self.connection = nil }
          return answer
        } catch {
          end(connection)
          throw error
        }
      } catch {
        throw diagnosis.problem(error, asked: question)
      }
    }

    /// Ends the transaction of a question that failed, with the connection where that is of no more use.
    private func end(_ connection: MariaDBConnection) {
      do {
        guard connection.isAlive else { return close() }
        try connection.run("ROLLBACK")
      } catch {
        // The question's own error is the one to tell.
        close()
      }
    }

    /// A connection with an open transaction; one that broke while nobody used it is replaced at once.
    private func begun() throws -> MariaDBConnection {
      if let connection {
        do {
          try connection.run(MariaDBEngine.beginning)
          return connection
        } catch {
          close()
        }
      }
      let connection = try connected()
      try connection.run(MariaDBEngine.beginning)
      return connection
    }

    /// One snapshot, and no writing.
    static let beginning = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

    private func connected() throws -> MariaDBConnection {
      if reconnecting.left != nil, let lastProblem { throw lastProblem }
      do {
        let connection = try opened()
        for statement in MariaDBSession.settings(connection.version, diagnosis.deadline) {
          try connection.run(statement)
        }
        reconnecting.succeeded()
        self.connection = connection
        return connection
      } catch {
        reconnecting.failed()
        let problem = diagnosis.problem(error, asked: .source)
        lastProblem = problem
        throw problem
      }
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
        let identity = try self.identity ?? MariaDBEngine.identity(by: reader)
        self.identity = identity
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

    func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? {
      let name = request.watch.name + " " + request.column
      if request.after == nil {
        let noted = try read(asking: .watch(request.watch)) { reader in
          let shape = try Shape(request.watch, reading: reader)
          let cursor = try shape.column(request.column, as: "cursor column")
          let head = try CursorHead.read(of: cursor, in: shape, by: reader)
          return try MariaDBTransactions.seen(by: reader).map { (head, $0) }
        }
        // Without the right to see transactions the highest value is as far as anyone knows.
        guard let (head, transactions) = noted else { return nil }
        var horizon = horizons[name] ?? CursorHorizon()
        if transactions.isFresh {
          horizon.note(head, open: transactions.open, alive: transactions.alive)
        }
        horizons[name] = horizon
      }
      return horizons[name].map { $0.settled ?? request.from }
    }
  }
#endif
