#if ODBC
  import KindlyCore

  /// SQLite files behind Debian's libsqliteodbc driver.
  ///
  /// Each SQLite value has its own type, but the driver returns only its text. A column with a declared type is read by
  /// that type. In an expression or a column without a type, what looks like a number is read as one.
  enum SQLiteByODBC: ODBCDatabase {
    typealias Dialect = SQLiteDialect

    enum Kind: Hashable, Sendable {
      case affinity(ColumnAffinity)
      case blob
    }

    static let products = ["SQLite"]
    static let takesUTF8 = true
    /// SQLite has no deadlines.
    static let endsStatements = false
    static let isPaged = true

    /// Attributes that the driver needs before it opens a file, if the driver is known by its name.
    ///
    /// Without them it would create a missing file, and wait 100 seconds for a lock.
    static func restraints(on address: ODBCAddress) -> [ODBCAddress.Attribute] {
      guard address.value("driver")?.lowercased().contains("sqlite") == true else { return [] }
      return [
        ODBCAddress.Attribute("NoCreat", "1"), ODBCAddress.Attribute("Timeout", lockMilliseconds),
      ]
    }

    private static let lockMilliseconds = "\(Int(ODBCSource.lockWait.inSeconds * 1000))"

    static func setUp(_ connection: ODBCConnection, deadline: Duration) throws {
      for statement in [
        "PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF",
        "PRAGMA busy_timeout = \(lockMilliseconds)",
      ] {
        try connection.run(statement)
      }
    }

    static func beginning(on connection: ODBCConnection, deadline: Duration) -> [String] {
      ["BEGIN"]
    }

    // MARK: Values

    static func kind(of column: ODBCColumn, in reader: Reader) -> Kind {
      reader.declarations[column.origin].map(kind) ?? .affinity(.none)
    }

    private static func kind(_ declared: String) -> Kind {
      declared.uppercased().contains("BLOB")
        ? .blob : .affinity(ColumnAffinity(declaredType: declared))
    }

    static func isBlob(_ kind: Kind) -> Bool { kind == .blob }

    static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> Value {
      let text = String(decoding: bytes, as: UTF8.self)
      switch kind {
      case .blob: return .blob([UInt8](repeating: 0, count: bytes.count))
      case .affinity(.text): return .text(text)
      case .affinity(.numeric): return number(bytes, text) ?? .text(text)
      case .affinity(.none):
        // As SQLite writes it: a text such as 007 or 1.50 is itself.
        guard let number = number(bytes, text), number.text == text else { return .text(text) }
        return number
      }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> Value? {
      if bytes.isEmpty { return nil }
      if let number = bytes.wholeNumber { return .integer(number) }
      guard bytes.allSatisfy({ "-+.0123456789e".utf8.contains($0) }) else { return nil }
      return Double(text).map(Value.real)
    }

    static func keyValue(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> Value? {
      switch value(bytes, kind) {
      case .integer(let number): .integer(number)
      // The driver rounds to 15 digits, so that the text of 0.1 + 0.2 would be the key 0.3.
      case .real(let number): Int64(exactly: number).map(Value.integer)
      // What is no UTF-8 would not be found again.
      case .text(let text):
        String(validating: bytes, as: UTF8.self) == nil ? nil : .text(text)
      case .null, .blob: nil
      }
    }

    /// The driver ends a statement at a NUL.
    static func literal(_ text: String) -> String {
      text.contains("\0")
        ? "CAST(x'\(text.utf8.hexadecimal)' AS TEXT)" : KindlySources.literal(text)
    }

    // MARK: Asking

    static func columns(
      of relation: String, in reader: Reader
    ) throws -> [WatchColumn<SQLiteDialect>] {
      let found = try reader.rows("SELECT * FROM \(relation) AS this LIMIT 0").columns
      for table in Set(found.map(\.origin.table)) where !table.isEmpty {
        try reader.each(
          "SELECT name, type FROM pragma_table_info(:table)", ["table": .text(table)]
        ) { row in
          let origin = ODBCColumn.Origin(table: table, column: row.value(0).text)
          reader.declarations[origin] = row.value(1).text
          return true
        }
      }
      return found.map { column in
        let kind = kind(of: column, in: reader)
        return switch kind {
        case .affinity(let affinity): WatchColumn(name: column.name, type: affinity, isBlob: false)
        case .blob: WatchColumn(name: column.name, type: .none, isBlob: true)
        }
      }
    }

    static func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String, in reader: Reader
    ) throws -> QueryPlan {
      var lines: [String] = []
      try reader.each("EXPLAIN QUERY PLAN " + sql, parameters) { row in
        lines.append(row.value(3).text)
        return true
      }
      return SQLiteReader.plan(lines)
    }

    static func time(at pace: SlicePace, in reader: Reader) throws -> Duration {
      try SQLiteReader.sharesWithWriters(reader) ? pace.timeBesideWriters : pace.time
    }

    static func unknownColumn(in refusal: ODBCDiagnostic) -> String? {
      SQLiteReader.unknownColumn(in: plain(refusal.message))
    }

    static func identity(by reader: Reader) throws -> String {
      guard case .present(let identity) = SQLiteFile(path: try path(by: reader)).state else {
        return "?"
      }
      return identity
    }

    /// The file that is open.
    private static func path(by reader: Reader) throws -> String {
      try reader.value("SELECT file FROM pragma_database_list WHERE name = 'main'")?.text ?? ""
    }

    static func version(by reader: Reader) throws -> Value {
      try reader.value("PRAGMA data_version") ?? .null
    }

    static func reach(
      of cursor: WatchColumn<SQLiteDialect>, in reader: Reader
    ) throws -> CursorReach { .head }

    static func catalogue(in reader: Reader) throws -> any Catalogue {
      SQLiteCatalogue(path: try path(by: reader), reader: reader)
    }

    static func cautions(about shape: Shape, user: String?, in reader: Reader) throws -> [String] {
      try SQLiteKeys(shape: shape, reader: reader).cautions()
        + SQLiteEngine.journalCautions(about: shape, by: reader)
    }

    // MARK: The change log

    static func newMemory() {}

    static func log(
      of shape: Shape, _ memory: Void, in reader: Reader
    ) throws -> SQLiteChangeLog<Reader> { try SQLiteChangeLog(of: shape, in: reader) }

    static func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String {
      try SQLiteChangeLogDDL(shape, columns: columns).text
    }

    // MARK: Refusals

    /// The codes are SQLite's own (sqlite.org/rescode.html).
    static func verdict(on refusal: ODBCDiagnostic) -> Verdict {
      let message = SQLiteDiagnosis.withoutData(plain(refusal.message))
      return switch refusal.code & 0xFF {
      case 5, 6: .locked
      case 9: .tooSlow
      case 7, 10, 11, 13, 14, 15, 22, 26:
        .unreachable(message, hint: "check the file and the disk it is on")
      default: .blame(message)
      }
    }

    static let lockHolders = "a transaction that the application leaves open"

    static func grant(to user: String?) -> String? { nil }

    /// The driver puts the code in brackets behind a message.
    private static func plain(_ message: String) -> String {
      guard message.hasSuffix(")"), let bracket = message.lastIndex(of: "("),
        Int(message[message.index(after: bracket)...].dropLast()) != nil
      else { return message }
      return message[..<bracket].trimmed
    }
  }
#endif
