#if PostgreSQL
  package import KindlyCore

  extension DatabaseSource {
    /// A customer database on a PostgreSQL server, over one connection.
    ///
    /// `firstWait` is how long the server is left alone after it did not answer for the first time.
    package init(
      postgres address: ServerAddress, password: Secret?, name: String,
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
      firstWait: Duration? = nil
    ) {
      self.init(
        name: name,
        engine: PostgresEngine(
          diagnosis: PostgresDiagnosis(source: name, address: address, deadline: deadline),
          password: password, pace: pace,
          reconnecting: firstWait.map { Reconnecting(first: $0) } ?? Reconnecting()))
    }
  }

  /// Answers from a PostgreSQL server.
  final class PostgresEngine: Engine {
    typealias Reader = PostgresReader
    typealias Shape = WatchShape<PostgresDialect>

    let pace: SlicePace
    private let diagnosis: PostgresDiagnosis
    private let password: Secret?
    private var reconnecting: Reconnecting
    private var lastProblem: SourceProblem?
    private var connection: PostgresConnection?
    /// What tells the database from others; asked once for each connection.
    private var identity: String?
    private var horizons: [String: CursorHorizon] = [:]
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(
      diagnosis: PostgresDiagnosis, password: Secret?, pace: SlicePace, reconnecting: Reconnecting
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
    }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      diagnosis.problem(error, asked: question)
    }

    func log(of shape: Shape, in reader: PostgresReader) throws -> PostgresChangeLog<PostgresReader>
    {
      try PostgresChangeLog(of: shape, in: reader)
    }

    func logDDL(_ shape: Shape, columns: [String], in reader: PostgresReader) throws -> String {
      try PostgresChangeLogDDL(shape, columns: columns, in: reader).text
    }

    func excess(of shape: Shape, in reader: PostgresReader) throws -> String? {
      try PostgresEngine.excess(of: shape, by: reader)
    }

    /// A role that may write is one mistake away from doing so.
    static func excess(of shape: Shape, by reader: some EngineReader) throws -> String? {
      guard case .table(let table) = shape.watch.relation else { return nil }
      let may = try reader.value(
        """
        SELECT current_user FROM (SELECT to_regclass(:name) AS oid) AS this
        WHERE has_table_privilege(this.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        """, ["name": .text(PostgresDialect.table(table))])
      return may.map { role in
        "watch \(shape.watch.name): the role \(role.text) may write \(table); give kindly a role of its own that may "
          + "SELECT, and no more"
      }
    }

    // MARK: Transactions

    func read<Answer>(
      asking question: Question, _ body: (PostgresReader) throws -> Answer
    ) throws(SourceProblem) -> Answer {
      do {
        let connection = try begun()
        do {
          let answer = try body(PostgresReader(connection: connection))
          try connection.run("COMMIT")
          return answer
        } catch {
          end(connection, after: error)
          throw error
        }
      } catch {
        throw diagnosis.problem(error, asked: question)
      }
    }

    /// Ends the transaction of a question that failed, with the connection where that is of no more use.
    private func end(_ connection: PostgresConnection, after error: any Error) {
      let isSilent = (error as? PostgresFailure)?.isSilence == true
      do {
        if isSilent || !connection.isAlive { throw error }
        try connection.run("ROLLBACK")
      } catch {
        // The question's own error is the one to tell.
        close()
      }
    }

    /// A connection with an open transaction; one that broke while nobody used it is replaced at once.
    private func begun() throws -> PostgresConnection {
      if let connection {
        do {
          try connection.run(PostgresEngine.beginning(deadline: diagnosis.deadline))
          return connection
        } catch {
          close()
        }
      }
      let connection = try connected()
      try connection.run(PostgresEngine.beginning(deadline: diagnosis.deadline))
      return connection
    }

    private func connected() throws -> PostgresConnection {
      if reconnecting.left != nil, let lastProblem { throw lastProblem }
      do {
        let connection = try PostgresConnection(
          to: diagnosis.address, password: password, deadline: diagnosis.deadline)
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

    /// One snapshot, no writing, an end to everything, and nothing assumed of the role's settings.
    ///
    /// Set for each transaction, so that a pool such as PgBouncer between us and the server loses none of it.
    static func beginning(deadline: Duration) -> String {
      """
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL statement_timeout = \(deadline.inMilliseconds);
      SET LOCAL lock_timeout = \(PostgresEngine.lockWait.inMilliseconds);
      SET LOCAL idle_in_transaction_session_timeout = \(PostgresEngine.idleLimit.inMilliseconds);
      SET LOCAL timezone = 'UTC';
      SET LOCAL datestyle = 'ISO, YMD';
      SET LOCAL intervalstyle = 'postgres';
      SET LOCAL extra_float_digits = 1;
      SET LOCAL bytea_output = 'hex';
      SET LOCAL standard_conforming_strings = on
      """
    }

    /// How long a statement waits for a lock: an ALTER TABLE holds up the readers that come after us.
    static let lockWait = Duration.seconds(1)
    /// When the server gives up a transaction that we left open; only a process that was stopped does so.
    static let idleLimit = Duration.seconds(30)

    // MARK: Pulse

    func pulse() throws(SourceProblem) -> SourcePulse {
      try read(asking: .source) { reader in
        let identity = try self.identity ?? PostgresEngine.identity(by: reader)
        self.identity = identity
        var hash = RowHash()
        hash.combine(try PostgresEngine.version(by: reader))
        return SourcePulse(identity: identity, version: hash.stored)
      }
    }

    /// A commit changes the snapshot: its transaction is no longer open, or the next number is higher. A standby replays
    /// commits in the order of its log.
    static func version(by reader: some EngineReader) throws -> Value {
      try reader.value(
        """
        SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_last_wal_replay_lsn() AS text)
          ELSE CAST(pg_current_snapshot() AS text) END
        """) ?? .null
    }

    /// The cluster's number and the database's.
    ///
    /// A failover to a standby keeps both, and goes on; the timeline, which it changes, is no part of it. A backup that
    /// was restored into another cluster or database changes one of them.
    static func identity(by reader: some EngineReader) throws -> String {
      let mayAsk = try reader.value(
        "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')")
      let cluster =
        mayAsk == .integer(1)
        ? try reader.value("SELECT system_identifier FROM pg_catalog.pg_control_system()") : nil
      let database = try reader.value(
        "SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()")
      return "\(cluster?.text ?? "?"):\(database?.text ?? "?")"
    }

    // MARK: The cursor's horizon

    func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? {
      let name = request.watch.name + " " + request.column
      if request.after == nil {
        let (head, open) = try read(asking: .watch(request.watch)) { reader in
          let shape = try Shape(request.watch, reading: reader)
          let cursor = try shape.column(request.column, as: "cursor column")
          let head = try CursorHead.read(of: cursor, in: shape, by: reader)
          return (head, try PostgresEngine.openTransactions(by: reader))
        }
        horizons[name, default: CursorHorizon()].note(head, open: open)
      }
      return horizons[name]?.settled ?? request.from
    }

    /// The transactions that others have open in this database, by the names that locks give them.
    ///
    /// Every transaction holds a lock on its own virtual number from its beginning, before it writes; one that was prepared
    /// holds it under its number alone, and so does each that has written. Locks are seen as they are, not as in the snapshot.
    static func openTransactions(by reader: some EngineReader) throws -> Set<String> {
      let open = try reader.value(
        """
        SELECT string_agg(DISTINCT name, ' ') FROM (
          SELECT coalesce(l.virtualxid, CAST(l.transactionid AS text)) AS name
          FROM pg_catalog.pg_locks AS l
          LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
          LEFT JOIN pg_catalog.pg_prepared_xacts AS p ON p.transaction = l.transactionid
          WHERE l.locktype IN ('virtualxid', 'transactionid') AND l.granted
            AND l.mode = 'ExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
            AND (
              a.datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                AND a.usesysid IS NOT NULL
              OR p.database = current_database())
        ) AS open
        """)
      guard case .text(let names) = open else { return [] }
      return Set(names.split(separator: " ").map(String.init))
    }
  }

  extension PostgresFailure {
    /// Whether the server may still be at work on the last statement, so that the connection is of no more use.
    fileprivate var isSilence: Bool {
      if case .silent = self { true } else { false }
    }
  }

  extension Duration {
    fileprivate var inMilliseconds: Int64 { Int64((inSeconds * 1000).rounded(.up)) }
  }
#endif
