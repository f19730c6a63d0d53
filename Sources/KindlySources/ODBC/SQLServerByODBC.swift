#if ODBC
  import KindlyCore

  /// SQL Server behind a driver such as Microsoft's or FreeTDS; everything here is by Microsoft's documentation.
  ///
  /// Where the database allows it, a transaction is one snapshot; else each statement sees what is committed when it runs.
  enum SQLServerByODBC: ODBCDatabase {
    typealias Dialect = SQLServerDialect

    static let products = ["Microsoft SQL Server"]
    /// The server has no deadline for a statement; the driver tells it to cancel.
    static let endsStatements = false
    static let isPaged = false

    /// The level from which on OPENJSON is there.
    private static let leastLevel = 130

    static func setUp(_ connection: ODBCConnection, deadline: Duration) throws {
      let level = try connection.text(
        "SELECT compatibility_level FROM sys.databases WHERE database_id = DB_ID()"
      )
      guard let number = Int(level), number >= leastLevel else {
        throw ODBCFailure.tooOld(
          "compatibility level \(level)",
          needed: "a database of SQL Server 2016 with compatibility level \(leastLevel)")
      }
      // English, because a message is read for the column that it names; the order of dates is said behind it.
      try connection.run(
        """
        SET LANGUAGE us_english;
        SET DATEFORMAT ymd;
        SET LOCK_TIMEOUT \(Int(ODBCSource.lockWait.inSeconds * 1000));
        SET DEADLOCK_PRIORITY LOW;
        SET XACT_ABORT OFF;
        SET QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
        SET TEXTSIZE 2147483647;
        """)
    }

    /// The number up to which everything is settled is read before the snapshot is taken, so that the snapshot contains
    /// all of it.
    static func beginning(on connection: ODBCConnection, deadline: Duration) -> [String] {
      [
        """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @settled bigint = CONVERT(bigint, MIN_ACTIVE_ROWVERSION()) - 1;
        EXEC sp_set_session_context N'kindly settled', @settled;
        IF (SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()) = 1
          SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        """
      ]
    }

    /// The rowversion up to which nothing can be committed any more that this transaction does not see.
    static func settled(_ reader: Reader) throws -> Int64 {
      try reader.integer("SELECT CONVERT(bigint, SESSION_CONTEXT(N'kindly settled'))")
    }

    /// Whether the transaction is one snapshot.
    static func hasSnapshot(_ reader: some EngineReader) throws -> Bool {
      try reader.value(
        "SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID")
        == .integer(5)
    }

    // MARK: Values

    static func kind(of column: ODBCColumn, in reader: Reader) -> SQLServerType.Kind {
      SQLServerType.Kind(column)
    }

    static func isBinary(_ kind: SQLServerType.Kind) -> Bool { kind == .rowversion }
    static func isBlob(_ kind: SQLServerType.Kind) -> Bool { kind == .blob }

    static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: SQLServerType.Kind) -> Value {
      kind.value(bytes)
    }

    static func keyValue(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: SQLServerType.Kind) -> Value?
    { kind.keyValue(bytes) }

    static func literal(_ text: String) -> String {
      guard text.contains("\0") else { return "N" + KindlySources.literal(text) }
      let bytes = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      return "CONVERT(nvarchar(max), 0x\(bytes.hexadecimal))"
    }

    // MARK: Asking

    /// The server describes what a statement would give, with all that its types are.
    static func columns(
      of relation: String, in reader: Reader
    ) throws -> [WatchColumn<SQLServerDialect>] {
      var columns: [WatchColumn<SQLServerDialect>] = []
      var refusal: ODBCDiagnostic?
      try reader.each(
        """
        SELECT name, system_type_name, collation_name, error_number, error_message
        FROM sys.dm_exec_describe_first_result_set(:sql, NULL, 0)
        WHERE is_hidden = 0 OR error_number IS NOT NULL
        ORDER BY column_ordinal
        """, ["sql": .text("SELECT * FROM \(relation) AS this")]
      ) { row in
        if case .integer(let number) = row.value(3) {
          refusal = ODBCDiagnostic(
            state: "42000", code: Int32(truncatingIfNeeded: number), message: row.value(4).text)
          return false
        }
        let name = row.value(1).isNull ? nil : row.value(1).text
        let type = SQLServerType(name, collation: row.value(2).isNull ? "" : row.value(2).text)
        columns.append(
          WatchColumn(name: row.value(0).text, type: type, isBlob: type.kind == .blob))
        return true
      }
      if let refusal { throw ODBCFailure.refused(refusal) }
      return columns
    }

    /// Without the right to see plans nothing is known of them, and candidates are read in key order.
    static func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String, in reader: Reader
    ) throws -> QueryPlan {
      let text = try reader.text(of: sql, parameters)
      guard try mayExplain(reader) else {
        return QueryPlan(readsWhole: false, sorts: false, seeks: false)
      }
      try reader.run("SET SHOWPLAN_TEXT ON")
      let lines: [String]
      do {
        lines = try reader.texts(text)
      } catch {
        try reader.run("SET SHOWPLAN_TEXT OFF")
        throw error
      }
      try reader.run("SET SHOWPLAN_TEXT OFF")
      return plan(lines, seeking: column)
    }

    private static func mayExplain(_ reader: Reader) throws -> Bool {
      try reader.integer("SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'SHOWPLAN')") == 1
    }

    /// Reads the lines of SHOWPLAN_TEXT: `|--Index Seek(OBJECT:(…), SEEK:([this].[due] >= …) ORDERED FORWARD)`.
    static func plan(_ lines: [String], seeking column: String) -> QueryPlan {
      var (readsWhole, sorts, seeks) = (false, false, false)
      let name = "." + SQLServerDialect.quoted(column)
      for line in lines {
        guard let start = line.firstRange(of: "|--") else { continue }
        let node = line[start.upperBound...]
        if ["Table Scan(", "Clustered Index Scan(", "Index Scan("].contains(where: node.hasPrefix) {
          readsWhole = true
        }
        if node.hasPrefix("Sort(") { sorts = true }
        let isSeek = node.hasPrefix("Index Seek(") || node.hasPrefix("Clustered Index Seek(")
        if isSeek, let range = node.firstRange(of: "SEEK:("),
          node[range.upperBound...].contains(name)
        {
          seeks = true
        }
      }
      return QueryPlan(readsWhole: readsWhole, sorts: sorts, seeks: seeks && !readsWhole)
    }

    /// A snapshot does not block writers; without one, a look must be as short as on a file.
    static func time(at pace: SlicePace, in reader: Reader) throws -> Duration {
      try hasSnapshot(reader) ? pace.timeBesideWriters : pace.time
    }

    static func unknownColumn(in refusal: ODBCDiagnostic) -> String? {
      switch refusal.code {
      // Invalid column name 'statu'.
      case 207: part(of: refusal.message, between: "'", "'")
      // The multi-part identifier "this.statu" could not be bound.
      case 4104: part(of: refusal.message, between: "\"", "\"")
      default: nil
      }
    }

    private static func part(of text: String, between start: Character, _ end: Character) -> String?
    {
      guard let first = text.firstIndex(of: start) else { return nil }
      let rest = text[text.index(after: first)...]
      return rest.firstIndex(of: end).map { String(rest[..<$0]) }
    }

    /// The server's name and the database's number, which a backup that is restored elsewhere does not keep.
    static func identity(by reader: Reader) throws -> String {
      try reader.value(
        """
        SELECT CONCAT(@@SERVERNAME, N':', DB_NAME(), N':', (
          SELECT database_guid FROM sys.database_recovery_status WHERE database_id = DB_ID()))
        """)?.text ?? "?"
    }

    /// The end of the database's log. If our user may not see it, each answer is different, so that every poll leads to
    /// a look.
    static func version(by reader: Reader) throws -> Value {
      do {
        return try reader.value("SELECT log_end_lsn FROM sys.dm_db_log_stats(DB_ID())") ?? .null
      } catch ODBCFailure.refused {
        return .integer(Int64(reader.nextNumber()))
      }
    }

    static func reach(
      of cursor: WatchColumn<SQLServerDialect>, in reader: Reader
    ) throws -> CursorReach {
      if cursor.type.kind == .rowversion { return .settled(.integer(try settled(reader))) }
      do {
        var open: Set<String> = []  // in ASCII, by the server
        try reader.each(
          "SELECT CONVERT(nvarchar(20), transaction_id)\n" + openOfOthers
        ) { row in
          open.insert(row.value(0).text)
          return true
        }
        return .behind(OpenTransactions(open: open, alive: open))
      } catch  where lacksRight(error) {
        return .head
      }
    }

    /// What others have open on the whole server, and may write.
    static let openOfOthers = """
      FROM sys.dm_tran_active_transactions
      WHERE transaction_type IN (1, 4) AND transaction_id <> CURRENT_TRANSACTION_ID()
      """

    static func catalogue(in reader: Reader) -> any Catalogue { SQLServerCatalogue(reader: reader) }

    /// Warns of write access, which is one mistake away from writing, and of missing rights, which make looks late or
    /// more frequent.
    static func cautions(about shape: Shape, user: String?, in reader: Reader) throws -> [String] {
      var cautions: [String] = []
      let user = user.map(SQLServerDialect.quoted) ?? "USER"
      if case .table(let table) = shape.watch.relation {
        let may = try ["INSERT", "UPDATE", "DELETE"].contains { right in
          try reader.value(
            "SELECT HAS_PERMS_BY_NAME(:name, N'OBJECT', :right)",
            ["name": .text(SQLServerDialect.table(table)), "right": .text(right)]) == .integer(1)
        }
        if may {
          cautions.append(
            "watch \(shape.watch.name): the user \(user) has write access to \(table); give kindly its own user "
              + "with SELECT only")
        }
      }
      if try !mayExplain(reader) {
        cautions.append(
          "watch \(shape.watch.name): the user \(user) cannot see query plans, so kindly finds due dates without an index; "
            + "GRANT SHOWPLAN TO \(user)")
      }
      return cautions
    }

    // MARK: The change log

    static func newMemory() {}

    static func log(
      of shape: Shape, _ memory: Void, in reader: Reader
    ) throws -> SQLServerChangeLog { try SQLServerChangeLog(of: shape, in: reader) }

    static func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String {
      try SQLServerChangeLogDDL(shape, columns: columns, in: reader).text
    }

    // MARK: Refusals

    /// What a user may not, by number.
    private static let rights: Set<Int32> = [229, 230, 262, 297, 300, 371, 916]

    /// Whether an error says that the user may not do it.
    static func lacksRight(_ error: any Error) -> Bool {
      guard case .refused(let refusal)? = error as? ODBCFailure else { return false }
      return rights.contains(refusal.code)
    }

    /// The numbers are those of sys.messages, which are the same in every language.
    static func verdict(on refusal: ODBCDiagnostic) -> Verdict {
      let what = withoutData(refusal)
      switch refusal.code {
      case 1222: return .locked
      case let code where rights.contains(code): return .forbidden(what)
      // Deadlocks, snapshots of an altered table, memory, disk, failover, a database being restored, Azure's limits:
      // the server's own fault, whatever was asked.
      case 1205, 3960, 3961, 701, 802, 8645, 8651, 9001, 9002, 823, 824, 825, 927, 976, 978, 983,
        988,
        1101, 1105, 6005, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920:
        return .unreachable(
          what, hint: "nothing to do if it passes; otherwise check the server's log")
      default: return ["HYT00", "HY008"].contains(refusal.state) ? .tooSlow : .blame(what)
      }
    }

    /// The server's message without what it repeats of a row; a function of the customer's may say anything.
    private static func withoutData(_ refusal: ODBCDiagnostic) -> String {
      switch refusal.code {
      case 50000...: "a function of the database raised an error (\(refusal.code))"
      case 220, 232, 235, 241, 242, 244, 245, 246, 248, 295, 296, 2628, 8114, 8115, 8169, 9803,
        9807,
        13609:
        "a row has a value that cannot be converted to the type that the query needs (\(refusal.code))"
      default: refusal.message
      }
    }

    static let lockHolders = "a transaction that the application leaves open"

    static func grant(to user: String?) -> String? {
      "as the owner, in the database: GRANT SELECT ON … TO \(user.map(SQLServerDialect.quoted) ?? "USER")"
    }
  }
#endif
