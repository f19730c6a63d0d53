#if ODBC && PostgreSQL
  import CODBC
  import KindlyCore

  /// PostgreSQL servers behind Debian's odbc-postgresql driver.
  ///
  /// The driver parses dates and formats them itself: it drops the zone of a `timestamptz`, which is UTC in our
  /// session, and cannot represent infinity.
  enum PostgresByODBC: ODBCDatabase {
    typealias Dialect = PostgresDialect

    static let products = ["PostgreSQL"]
    static let endsStatements = true
    static let isPaged = true

    /// Each transaction has its own settings.
    static func setUp(_ connection: ODBCConnection, deadline: Duration) throws {
      connection.isUnchecked = try connection.text("SHOW server_encoding") == "SQL_ASCII"
    }

    static func endings(of question: Question) -> [String] { PostgresEngine.endings(of: question) }

    static func beginning(on connection: ODBCConnection, deadline: Duration) -> [String] {
      [PostgresEngine.beginning(deadline: deadline)]
        + (connection.isUnchecked ? [PostgresEngine.unchecked] : [])
    }

    // MARK: Values

    /// The built-in types by the names that the driver has for them, with the numbers that the server has.
    private static let numbers: [String: UInt32] = [
      "bool": 16, "bytea": 17, "int8": 20, "bigserial": 20, "int2": 21, "int4": 23, "serial": 23,
      "text": 25, "oid": 26, "float4": 700, "float8": 701, "char": 1042, "bpchar": 1042,
      "varchar": 1043, "date": 1082, "timestamp": 1114, "timestamp without time zone": 1114,
      "timestamptz": 1184, "timestamp with time zone": 1184, "numeric": 1700, "uuid": 2950,
    ]

    private static func type(of column: ODBCColumn) -> PostgresType? {
      numbers[column.typeName].flatMap { PostgresType(oid: $0) }
    }

    static func kind(of column: ODBCColumn, in reader: Reader) -> PostgresType.Kind {
      type(of: column)?.kind ?? .other
    }

    static func isBlob(_ kind: PostgresType.Kind) -> Bool { kind == .blob }

    static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: PostgresType.Kind) -> Value {
      // Two digits for each byte.
      if kind == .blob { return .blob([UInt8](repeating: 0, count: bytes.count / 2)) }
      guard var text = restored(bytes, kind) else { return kind.value(bytes) }
      return text.withUTF8 { kind.value($0) }
    }

    static func keyValue(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: PostgresType.Kind) -> Value? {
      guard var text = restored(bytes, kind) else { return kind.keyValue(bytes) }
      return text.withUTF8 { kind.keyValue($0) }
    }

    /// What the driver makes of `-infinity`.
    private static let past = "9999-01-01 00:00:00 BC"

    /// The server's original text, if the driver changed it.
    private static func restored(
      _ bytes: UnsafeBufferPointer<UInt8>, _ kind: PostgresType.Kind
    ) -> String? {
      let text = { String(decoding: bytes, as: UTF8.self) }
      switch kind {
      case .boolean: return bytes.first == UInt8(ascii: "1") ? "t" : "f"
      case .uuid: return text().lowercased()
      case .instant:
        let written = text()
        return written == past ? "-infinity" : written.hasSuffix("C") ? written : written + "+00"
      case .timestamp:
        let written = text()
        return written == past ? "-infinity" : written
      case .date:
        let written = text()
        return written == "0000-00-00" ? "infinity" : written
      case .integer, .real, .numeric, .text, .caseless, .padded, .blob, .other: return nil
      }
    }

    /// The server's texts hold no NUL, so none is equal to one that has.
    static func literal(_ text: String) -> String {
      KindlySources.literal(text.replacing("\0", with: "\u{FFFD}"))
    }

    // MARK: Asking

    static func columns(
      of relation: String, in reader: Reader
    ) throws -> [WatchColumn<PostgresDialect>] {
      let found = try reader.rows("SELECT * FROM \(relation) AS this LIMIT 0").columns
      return try found.map { column in
        let type = try type(of: column) ?? other(column.name, of: relation, in: reader)
        return WatchColumn(name: column.name, type: type, isBlob: type.kind == .blob)
      }
    }

    /// A type that is not built in, by the name that it may be cast to; the one row that is asked for comes from nowhere.
    private static func other(
      _ column: String, of relation: String, in reader: Reader
    ) throws -> PostgresType {
      let name = try reader.value(
        """
        SELECT CAST(pg_typeof(this.\(PostgresDialect.quoted(column))) AS text)
        FROM (SELECT 1) AS one LEFT JOIN \(relation) AS this ON FALSE
        """)
      return PostgresType(named: name?.text ?? "text")
    }

    static func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String, in reader: Reader
    ) throws -> QueryPlan {
      try reader.run(PostgresReader.leavingDetours)
      var lines: [String] = []
      try reader.each("EXPLAIN (COSTS off) " + sql, parameters) { row in
        lines.append(row.value(0).text)
        return true
      }
      try reader.run(PostgresReader.takingDetours)
      return PostgresReader.plan(lines, seeking: column)
    }

    static func time(at pace: SlicePace, in reader: Reader) throws -> Duration {
      pace.timeBesideWriters
    }

    static func unknownColumn(in refusal: ODBCDiagnostic) -> String? {
      PostgresReader.unknownColumn(refusal.state, refusal.message)
    }

    static func identity(by reader: Reader) throws -> String {
      try PostgresEngine.identity(by: reader)
    }

    static func version(by reader: Reader) throws -> Value {
      try PostgresEngine.version(by: reader)
    }

    static func reach(
      of cursor: WatchColumn<PostgresDialect>, in reader: Reader
    ) throws -> CursorReach { .behind(try PostgresEngine.openTransactions(by: reader)) }

    static func catalogue(in reader: Reader) -> any Catalogue { PostgresCatalogue(reader: reader) }

    static func cautions(about shape: Shape, user: String?, in reader: Reader) throws -> [String] {
      try PostgresEngine.cautions(about: shape, by: reader)
    }

    // MARK: The change log

    static func newMemory() {}

    static func log(
      of shape: Shape, _ memory: Void, in reader: Reader
    ) throws -> PostgresChangeLog<Reader> { try PostgresChangeLog(of: shape, in: reader) }

    static func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String {
      try PostgresChangeLogDDL(shape, columns: columns, in: reader).text
    }

    // MARK: Refusals

    static func verdict(on refusal: ODBCDiagnostic) -> Verdict {
      PostgresDiagnosis.verdict(refusal.state, plain(refusal.message))
    }

    /// The server's message without what the driver puts around it.
    private static func plain(_ message: String) -> String {
      var text = message[...]
      if text.hasPrefix("ERROR: ") { text = text.dropFirst("ERROR: ".count) }
      if let end = text.firstRange(of: ";; Error while") { text = text[..<end.lowerBound] }
      return String(text)
    }

    static let lockHolders = PostgresDiagnosis.lockHolders

    static func grant(to user: String?) -> String? { PostgresDiagnosis.grant(to: user) }
  }
#endif
