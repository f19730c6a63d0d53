#if PostgreSQL
  package import KindlyCore

  extension DatabaseSource {
    /// A customer database on a PostgreSQL server.
    ///
    /// `firstWait` is how long the server is left alone after it did not answer for the first time.
    package convenience init(
      postgres address: ServerAddress, password: Secret?, name: String,
      manners: ServerManners = ServerManners(),
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
      firstWait: Duration? = nil
    ) {
      let diagnosis = PostgresDiagnosis(source: name, address: address, deadline: deadline)
      func engine() -> PostgresEngine {
        PostgresEngine(
          diagnosis: diagnosis, password: password, manners: manners, pace: pace,
          reconnecting: firstWait.map { Reconnecting(first: $0) } ?? Reconnecting())
      }
      let hasTwo = manners.connections > 1
      self.init(
        name: name, looking: engine(), asking: hasTwo ? engine() : nil,
        listener: hasTwo ? PostgresListener(diagnosis: diagnosis, password: password) : nil)
    }
  }

  /// Answers from a PostgreSQL server.
  final class PostgresEngine: ServerEngine {
    typealias Reader = PostgresReader
    typealias Shape = WatchShape<PostgresDialect>

    let pace: SlicePace
    let diagnosis: PostgresDiagnosis
    private let password: Secret?
    let manners: ServerManners
    var line: ServerLine<PostgresConnection>
    var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

    init(
      diagnosis: PostgresDiagnosis, password: Secret?, manners: ServerManners, pace: SlicePace,
      reconnecting: Reconnecting
    ) {
      self.diagnosis = diagnosis
      self.password = password
      self.manners = manners
      self.pace = pace
      line = ServerLine(reconnecting)
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

    func catalogue(in reader: PostgresReader) throws -> any Catalogue {
      PostgresCatalogue(reader: reader)
    }

    func cautions(about shape: Shape, in reader: PostgresReader) throws -> [String] {
      try PostgresEngine.cautions(about: shape, by: reader)
    }

    /// A role that may write is one mistake away from doing so.
    static func cautions(about shape: Shape, by reader: some EngineReader) throws -> [String] {
      guard case .table(let table) = shape.watch.relation else { return [] }
      let may = try reader.value(
        """
        SELECT current_user FROM (SELECT to_regclass(:name) AS oid) AS this
        WHERE has_table_privilege(this.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        """, ["name": .text(PostgresDialect.table(table))])
      guard let role = may else { return [] }
      return [
        "watch \(shape.watch.name): the role \(role.text) has write access to \(table); give kindly its own role "
          + "with SELECT only"
      ]
    }

    // MARK: Transactions

    func connect() throws -> PostgresConnection {
      try PostgresConnection(
        to: diagnosis.address, password: password, deadline: diagnosis.deadline)
    }

    func begin(on connection: PostgresConnection) throws -> ReplicaLag {
      var beginning = PostgresEngine.beginning(deadline: diagnosis.deadline)
      if connection.isUnchecked { beginning += ";\n" + PostgresEngine.unchecked }
      let answer = try connection.runAll(beginning + ";" + PostgresEngine.lag).row(0)
      guard answer.isTrue(0) else { return .none }
      return answer.value(1).number.map { .behind(.milliseconds(Int64($0 * 1000))) } ?? .unknown
    }

    /// Gives texts as the bytes that they are.
    ///
    /// Nothing was checked when they were written, and one byte that is no UTF-8 would fail every statement that meets it.
    static let unchecked = "SET LOCAL client_encoding = 'SQL_ASCII'"

    /// Whether the server is a replica, and its lag in seconds.
    ///
    /// A replica that has replayed everything it received, and is still receiving, is not behind, however long ago the
    /// last commit was.
    private static let lag = """
      SELECT pg_is_in_recovery(), CASE
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
          AND EXISTS (SELECT 1 FROM pg_catalog.pg_stat_wal_receiver) THEN 0
        ELSE CAST(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS float8) END
      """

    /// A setting goes with the transaction that set it, but a session's advisory lock does not.
    func endings(of question: Question) -> [String] {
      PostgresEngine.endings(of: question)
    }

    static func endings(of question: Question) -> [String] {
      ["ROLLBACK"] + (question.hasForeignSQL ? ["SELECT pg_catalog.pg_advisory_unlock_all()"] : [])
    }

    func reader(on connection: PostgresConnection) -> PostgresReader {
      PostgresReader(connection: connection)
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
    /// When the server ends a transaction that we left open; this happens only if our process was stopped.
    static let idleLimit = Duration.seconds(30)

    // MARK: Pulse

    func pulse() throws(SourceProblem) -> SourcePulse {
      try read(asking: .source) { reader in
        let identity = try line.identity ?? PostgresEngine.identity(by: reader)
        line.identity = identity
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

    /// The identifiers of the cluster and the database.
    ///
    /// A failover to a standby keeps both, and kindly continues; the timeline, which a failover changes, is left out. A
    /// backup restored into another cluster or database changes one of them.
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

    func openTransactions(by reader: PostgresReader) throws -> OpenTransactions? {
      try PostgresEngine.openTransactions(by: reader)
    }

    /// The open transactions of others in this database, by the names that locks give them.
    ///
    /// Every transaction holds a lock on its virtual number from its beginning, before it writes, and on its real
    /// number from its first write. A prepared transaction keeps only the real number, and nothing tells when it began;
    /// so each virtual number may continue as one of the prepared ones. Locks are shown as they are now, not as of the
    /// snapshot.
    static func openTransactions(by reader: some EngineReader) throws -> OpenTransactions {
      let prepared = "prepared"
      var transactions = OpenTransactions()
      try reader.each(
        """
        SELECT coalesce(l.virtualxid, CAST(l.transactionid AS text)), l.virtualxid IS NOT NULL, l.pid IS NULL
        FROM pg_catalog.pg_locks AS l
        LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
        LEFT JOIN pg_catalog.pg_prepared_xacts AS p ON p.transaction = l.transactionid
        WHERE l.locktype IN ('virtualxid', 'transactionid') AND l.granted
          AND l.mode = 'ExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
          AND (
            a.datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              AND a.usesysid IS NOT NULL
            -- One that was prepared after the list of those was made has no database here.
            OR l.pid IS NULL AND coalesce(p.database = current_database(), TRUE))
        """
      ) { row in
        let name = row.value(0).text
        transactions.open.insert(name)
        transactions.alive.insert(name)
        if row.isTrue(1) { transactions.open.insert(prepared) }
        if row.isTrue(2) { transactions.alive.insert(prepared) }
        return true
      }
      return transactions
    }
  }

  extension Duration {
    fileprivate var inMilliseconds: Int64 { Int64((inSeconds * 1000).rounded(.up)) }
  }
#endif
