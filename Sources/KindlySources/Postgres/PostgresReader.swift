#if PostgreSQL
  import CPostgres
  import KindlyCore

  /// One open read transaction of a PostgreSQL connection.
  struct PostgresReader: EngineReader {
    typealias Dialect = PostgresDialect

    let connection: PostgresConnection
    let stopwatch = Stopwatch()

    /// A reader keeps nobody from writing.
    func time(at pace: SlicePace) throws -> Duration { pace.timeBesideWriters }

    func query(_ sql: String, _ parameters: [String: Value]) throws -> PostgresQuery {
      try PostgresQuery(sql, parameters, on: connection)
    }

    func prepare(_ sql: String, _ parameters: [String: Value]) throws {
      _ = try connection.describe(bound(sql, parameters).sql)
    }

    func value(_ sql: String, _ parameters: [String: Value]) throws -> Value? {
      let (sql, values) = try bound(sql, parameters)
      let result = try connection.query(sql, values)
      return result.rowCount > 0 && result.columnCount > 0 ? result.row(0).value(0) : nil
    }

    /// Uses a cursor, because otherwise the server would send every row.
    func table(
      _ sql: String, _ parameters: [String: Value], limit: Int
    ) throws -> (columns: [String], rows: [[Value]]) {
      let (sql, values) = try bound(sql, parameters)
      let cursor = connection.nextCursor()
      _ = try connection.query("DECLARE \(cursor) NO SCROLL CURSOR FOR \(sql)", values)
      let result = try connection.query("FETCH \(limit) FROM \(cursor)")
      try connection.run("CLOSE \(cursor)")
      let columns = 0..<result.columnCount
      return (
        columns.map(result.name),
        (0..<result.rowCount).map { index in columns.map(result.row(index).plainValue) }
      )
    }

    func isSelect(_ sql: String) throws -> Bool {
      let description = try connection.describe(sql)
      guard description.parameterCount == 0 else { throw PostgresFailure.placeholder("$1") }
      return description.columnCount > 0
    }

    func columns(of relation: String) throws -> [WatchColumn<PostgresDialect>] {
      let empty = try connection.query("SELECT * FROM \(relation) AS this LIMIT 0")
      return try (0..<empty.columnCount).map { index in
        let oid = empty.type(index)
        let type = try PostgresType(oid: oid) ?? PostgresType(named: typeName(oid))
        return WatchColumn(name: empty.name(index), type: type, isBlob: type.kind == .blob)
      }
    }

    /// The name of a type that is not built in, as it may be written in a cast.
    private func typeName(_ oid: Oid) throws -> String {
      try value("SELECT format_type(CAST(:oid AS oid), NULL)", ["oid": .integer(Int64(oid))])?.text
        ?? "text"
    }

    func unknownColumn(in error: any Error) -> String? {
      guard case .refused(let state, let message)? = error as? PostgresFailure else { return nil }
      return PostgresReader.unknownColumn(state, message)
    }

    /// The column that a refusal says is not there.
    static func unknownColumn(_ state: String, _ message: String) -> String? {
      guard state == "42703" else { return nil }
      // column "statu" does not exist, column this.statu does not exist: translated, but for the name.
      if let start = message.firstIndex(of: "\""),
        let end = message[message.index(after: start)...].firstIndex(of: "\"")
      {
        return String(message[message.index(after: start)..<end])
      }
      return message.split(separator: " ").first { $0.contains(".") }.map(String.init)
    }

    // MARK: Plans

    func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String
    ) throws -> QueryPlan {
      let (sql, values) = try bound(sql, parameters)
      try connection.run(PostgresReader.leavingDetours)
      let result = try connection.query("EXPLAIN (COSTS off) \(sql)", values)
      try connection.run(PostgresReader.takingDetours)
      return PostgresReader.plan(
        (0..<result.rowCount).map { result.row($0).value(0).text }, seeking: column)
    }

    /// Without these settings the planner reads a small table whole although it has the index that is asked about.
    static var leavingDetours: String {
      detours.map { "SET LOCAL \($0) = off" }.joined(separator: ";")
    }
    static var takingDetours: String {
      detours.map { "SET LOCAL \($0) TO DEFAULT" }.joined(separator: ";")
    }

    private static let detours = [
      "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin",
    ]

    /// Reads the lines of EXPLAIN: a node, and below it lines such as `Index Cond: (…)`.
    static func plan(_ lines: [String], seeking column: String) -> QueryPlan {
      var (readsWhole, sorts, seeks) = (false, false, false)
      var awaitsCondition = false
      for line in lines {
        let text = line.drop { $0 == " " || $0 == "-" || $0 == ">" }
        if text.hasPrefix("Index Cond:") {
          seeks = seeks || names(column, in: text)
          awaitsCondition = false
        }
        let isNode = line.contains("->") || line.first != " "
        guard isNode else { continue }
        // An index that is read without a condition is read whole.
        if awaitsCondition { readsWhole = true }
        awaitsCondition = text.hasPrefix("Index Scan") || text.hasPrefix("Index Only Scan")
        if text.hasPrefix("Seq Scan") || text.hasPrefix("Parallel Seq Scan") { readsWhole = true }
        if text.hasPrefix("Sort") { sorts = true }
      }
      let whole = readsWhole || awaitsCondition
      return QueryPlan(readsWhole: whole, sorts: sorts, seeks: seeks && !whole)
    }

    /// Whether an index is searched for the column, which is quoted only where it must be.
    private static func names(_ column: String, in condition: Substring) -> Bool {
      let words = condition.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }
      return words.contains { $0 == column }
        || condition.contains(PostgresDialect.quoted(column))
    }
  }

  /// A statement and its parameters in the order of their numbers.
  private func bound(
    _ sql: String, _ parameters: [String: Value]
  ) throws(PostgresFailure) -> (sql: String, values: [String?]) {
    let statement = PlaceholderSQL(sql, PostgresDialect.grammar)
    return (statement.numbered, try values(of: statement, parameters))
  }

  private func values(
    of statement: PlaceholderSQL, _ parameters: [String: Value]
  ) throws(PostgresFailure) -> [String?] {
    do {
      return try statement.values(parameters).map { $0.isNull ? nil : $0.text }
    } catch {
      throw .placeholder(error.name)
    }
  }

  /// A statement that is read through a cursor, so that a slice fetches little more than it takes.
  final class PostgresQuery: EngineQuery {
    private let statement: PlaceholderSQL
    private let connection: PostgresConnection
    private var parameters: [String?]

    /// How many rows come at once: enough that the way to the server costs little beside them.
    private static let rowsAtOnce = 1000

    fileprivate init(
      _ sql: String, _ parameters: [String: Value], on connection: PostgresConnection
    ) throws(PostgresFailure) {
      statement = PlaceholderSQL(sql, PostgresDialect.grammar)
      self.connection = connection
      self.parameters = try values(of: statement, parameters)
    }

    func bind(_ parameters: [String: Value]) throws {
      self.parameters = try values(of: statement, parameters)
    }

    /// The cursor goes with the transaction, or when its rows end.
    func each(_ body: (PostgresRow) throws -> Bool) throws {
      let cursor = connection.nextCursor()
      _ = try connection.query(
        "DECLARE \(cursor) NO SCROLL CURSOR FOR \(statement.numbered)", parameters)
      var result: PostgresResult
      repeat {
        result = try connection.query("FETCH \(PostgresQuery.rowsAtOnce) FROM \(cursor)")
        for index in 0..<result.rowCount {
          if try !body(result.row(index)) { return }
        }
      } while result.rowCount == PostgresQuery.rowsAtOnce
      try connection.run("CLOSE \(cursor)")
    }
  }
#endif
