#if ODBC && MariaDB
  import CODBC
  import KindlyCore

  /// MariaDB and MySQL servers behind a driver such as that of Debian's odbc-mariadb.
  ///
  /// The driver gives each value as the server writes it.
  enum MariaDBByODBC: ODBCDatabase {
    typealias Dialect = MariaDBDialect

    static let products = ["MariaDB", "MySQL"]
    static let endsStatements = true
    static let isPaged = true

    static func setUp(_ connection: ODBCConnection, deadline: Duration) throws {
      let version = try connection.text("SELECT VERSION()")
      do {
        try MariaDBSession.check(version)
      } catch {
        throw ODBCFailure.tooOld(version, needed: "MariaDB 10.6 or MySQL 8.0.21")
      }
      // The encoding is between the driver and the server.
      for statement in MariaDBSession.settings(version, deadline)
      where !statement.hasPrefix("SET NAMES") {
        try connection.run(statement)
      }
    }

    static func endings(of question: Question) -> [String] { MariaDBEngine.endings(of: question) }

    static func beginning(on connection: ODBCConnection, deadline: Duration) -> [String] {
      [MariaDBEngine.beginning]
    }

    // MARK: Values

    static func kind(of column: ODBCColumn, in reader: Reader) -> MariaDBType.Kind {
      switch column.type {
      case SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT: .integer
      case SQL_REAL, SQL_FLOAT, SQL_DOUBLE: .real
      case SQL_DECIMAL, SQL_NUMERIC: .decimal
      case SQL_BIT: .bit
      case SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY: column.typeName == "bit" ? .bit : .blob
      case SQL_TYPE_DATE: .date
      case SQL_TYPE_TIMESTAMP: column.typeName.hasPrefix("timestamp") ? .instant : .datetime
      case SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR: .text
      default: .other
      }
    }

    static func isBinary(_ kind: MariaDBType.Kind) -> Bool { kind == .bit }
    static func isBlob(_ kind: MariaDBType.Kind) -> Bool { kind == .blob }

    static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: MariaDBType.Kind) -> Value {
      kind.value(bytes)
    }

    static func keyValue(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: MariaDBType.Kind) -> Value? {
      kind.keyValue(bytes)
    }

    static func literal(_ text: String) -> String {
      text.contains("\0")
        ? "CONVERT(x'\(text.utf8.hexadecimal)' USING utf8mb4)" : KindlySources.literal(text)
    }

    // MARK: Asking

    static func columns(
      of relation: String, in reader: Reader
    ) throws -> [WatchColumn<MariaDBDialect>] {
      let found = try reader.rows("SELECT * FROM \(relation) AS this LIMIT 0").columns
      let enumerations = try enumerations(among: found, in: reader)
      let columns = found.map { column in
        let isEnumeration = enumerations.contains(column.origin)
        var type = MariaDBType(kind: isEnumeration ? .other : kind(of: column, in: reader))
        type.isUnsigned = column.isUnsigned
        type.decimals = type.kind == .instant ? UInt32(column.decimals) : 0
        return (name: column.name, type: type)
      }
      return try reader.collated(columns, in: relation)
    }

    /// The columns of ENUM and SET, which sort by numbers of their own and are CHAR to the driver.
    private static func enumerations(
      among columns: [ODBCColumn], in reader: Reader
    ) throws -> Set<ODBCColumn.Origin> {
      var found: Set<ODBCColumn.Origin> = []
      let doubtful = columns.filter { $0.typeName == "char" && !$0.origin.table.isEmpty }
      for (place, _) in Dictionary(grouping: doubtful, by: { [$0.catalog, $0.origin.table] }) {
        try reader.each(
          """
          SELECT column_name FROM information_schema.columns
          WHERE table_schema = :database AND table_name = :table AND data_type IN ('enum', 'set')
          """, ["database": .text(place[0]), "table": .text(place[1])]
        ) { row in
          found.insert(ODBCColumn.Origin(table: place[1], column: row.value(0).text))
          return true
        }
      }
      return found
    }

    static func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String, in reader: Reader
    ) throws -> QueryPlan {
      // As it is asked: one row is enough to see whether an index gives the order.
      let asked = sql + (Reader.Query.hasOrder(sql) ? "\nLIMIT 1" : "")
      let rows = try reader.rows(
        "EXPLAIN " + reader.text(of: asked, parameters))
      // By the names that EXPLAIN has for its columns.
      var lines: [[String: String]] = []
      while let row = try rows.next() {
        let cells = rows.columns.enumerated().map { ($1.name, row.value($0).text) }
        lines.append(Dictionary(cells) { first, _ in first })
      }
      return try reader.plan(lines, seeking: column)
    }

    static func time(at pace: SlicePace, in reader: Reader) throws -> Duration {
      pace.timeBesideWriters
    }

    static func unknownColumn(in refusal: ODBCDiagnostic) -> String? {
      MariaDBDiagnosis.unknownColumn(Int(refusal.code), refusal.message)
    }

    static func identity(by reader: Reader) throws -> String {
      try MariaDBEngine.identity(by: reader)
    }

    static func version(by reader: Reader) throws -> Value {
      .integer(try MariaDBEngine.version(by: reader))
    }

    static func reach(
      of cursor: WatchColumn<MariaDBDialect>, in reader: Reader
    ) throws -> CursorReach {
      try MariaDBTransactions.seen(by: reader).map { .behind($0) } ?? .head
    }

    static func catalogue(in reader: Reader) -> any Catalogue { MariaDBCatalogue(reader: reader) }

    static func cautions(about shape: Shape, user: String?, in reader: Reader) throws -> [String] {
      try MariaDBEngine.cautions(about: shape, user: user, in: reader)
    }

    // MARK: The change log

    static func newMemory() -> MariaDBLogHorizons { MariaDBLogHorizons() }

    static func log(
      of shape: Shape, _ memory: MariaDBLogHorizons, in reader: Reader
    ) throws -> MariaDBChangeLog<Reader> {
      try MariaDBChangeLog(of: shape, horizons: memory, in: reader)
    }

    static func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String {
      try MariaDBChangeLogDDL(shape, columns: columns, in: reader).text
    }

    // MARK: Refusals

    static func verdict(on refusal: ODBCDiagnostic) -> Verdict {
      // Without a number of the server's it is the driver's own word, of which nothing says what it repeats.
      guard refusal.code > 0 else {
        return .blame("the driver refused it with SQLSTATE \(refusal.state)")
      }
      return MariaDBDiagnosis.verdict(UInt32(refusal.code), refusal.message)
    }

    static let lockHolders = MariaDBDiagnosis.lockHolders

    static func grant(to user: String?) -> String? { MariaDBDiagnosis.grant(on: "…", to: user) }
  }

  extension ODBCReader: MariaDBAsking where Database == MariaDBByODBC {
    func refusal(in error: any Error) -> (code: Int, message: String)? {
      guard case .refused(let refusal)? = error as? ODBCFailure else { return nil }
      return (Int(refusal.code), refusal.message)
    }
  }
#endif
