#if MariaDB
  import CMariaDB
  import KindlyCore

  /// One open read transaction of a MariaDB connection.
  struct MariaDBReader: MariaDBAsking {
    typealias Dialect = MariaDBDialect

    let connection: MariaDBConnection
    /// What columns of latin1 are read as; nil where they are what they say.
    let characterSet: String?
    let stopwatch = Stopwatch()

    /// A reader keeps nobody from writing.
    func time(at pace: SlicePace) throws -> Duration { pace.timeBesideWriters }

    func query(_ sql: String, _ parameters: [String: Value]) throws -> MariaDBQuery {
      MariaDBQuery(sql, parameters, on: connection)
    }

    func prepare(_ sql: String, _ parameters: [String: Value]) throws {
      _ = try connection.prepare(text(of: sql, parameters))
    }

    func value(_ sql: String, _ parameters: [String: Value]) throws -> Value? {
      try connection.query(text(of: sql, parameters)).next()?.value(0)
    }

    /// The limit applies only to a query that has no `LIMIT` of its own.
    func table(
      _ sql: String, _ parameters: [String: Value], limit: Int
    ) throws -> (columns: [String], rows: [[Value]]) {
      let statement = try text(of: sql, parameters)
      try connection.run("SET SESSION sql_select_limit = \(limit)")
      let result: MariaDBResult
      do {
        result = try connection.query(statement)
      } catch {
        // Losing this error is right: the connection is then useless, and its owner gets the first error.
        if connection.isAlive { try? connection.run(MariaDBReader.unlimited) }
        throw error
      }
      try connection.run(MariaDBReader.unlimited)
      var rows: [[Value]] = []
      while rows.count < limit, let row = result.next() {
        rows.append(result.columns.indices.map(row.plainValue))
      }
      return (result.columns.map(\.name), rows)
    }

    private static let unlimited = "SET SESSION sql_select_limit = DEFAULT"

    func isSelect(_ sql: String) throws -> Bool { try connection.prepare(sql) > 0 }

    func columns(of relation: String) throws -> [WatchColumn<MariaDBDialect>] {
      let columns = try connection.query("SELECT * FROM \(relation) AS this LIMIT 0").columns
      return try collated(columns, in: relation)
    }

    /// With its columns of latin1 as what they really are, where that is known.
    func decoded(
      _ relation: String, _ columns: [WatchColumn<MariaDBDialect>]
    ) throws -> (relation: String, columns: [WatchColumn<MariaDBDialect>]) {
      guard let characterSet else { return (relation, columns) }
      let isDecoded = columns.map { $0.type.collation.hasPrefix("latin1_") }
      guard isDecoded.contains(true) else { return (relation, columns) }
      let list = zip(columns, isDecoded).map { column, isDecoded in
        isDecoded
          ? "\(MariaDBEncoding.decoded(column.quoted, as: characterSet)) AS \(column.quoted)"
          : column.quoted
      }
      let relation = "(SELECT \(list.joined(separator: ", ")) FROM \(relation) AS kindly_stored)"
      let decoded = try zip(self.columns(of: relation), isDecoded).map { column, isDecoded in
        var type = column.type
        if isDecoded { type.decoding = characterSet }
        return WatchColumn<MariaDBDialect>(
          name: column.name, type: type, isBlob: column.isBlob)
      }
      return (relation, decoded)
    }

    func nextNumber() -> Int { connection.nextNumber() }

    func refusal(in error: any Error) -> (code: Int, message: String)? {
      guard case .refused(let code, let message)? = error as? MariaDBFailure else { return nil }
      return (Int(code), message)
    }

    // MARK: Plans

    func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String
    ) throws -> QueryPlan {
      // As it is asked: one row is enough to see whether an index gives the order.
      let asked = sql + (MariaDBQuery.hasOrder(sql) ? "\nLIMIT 1" : "")
      let result = try connection.query("EXPLAIN " + text(of: asked, parameters))
      // By the names that EXPLAIN has for its columns.
      var lines: [[String: String]] = []
      while let row = result.next() {
        let cells = result.columns.enumerated().map { ($1.name, row.value($0).text) }
        lines.append(Dictionary(cells) { first, _ in first })
      }
      return try plan(lines, seeking: column)
    }
  }

  /// A statement as the server takes it.
  ///
  /// The literals are those of the session's own settings: UTF-8, and a backslash that is a character like others, so that
  /// a doubled quote is all that a text needs.
  private func text(
    of statement: PlaceholderSQL, _ parameters: [String: Value]
  ) throws(MariaDBFailure) -> String {
    do {
      return try statement.text(parameters)
    } catch {
      throw .placeholder(error.name)
    }
  }

  private func text(
    of sql: String, _ parameters: [String: Value]
  ) throws(MariaDBFailure) -> String {
    try text(of: PlaceholderSQL(sql, MariaDBDialect.grammar), parameters)
  }

  /// A statement whose rows are read as they are needed.
  ///
  /// The server would send an ordered table to its end, so ordered statements are read in pages. All pages are from one
  /// snapshot. Rows whose order is undefined do not differ in anything that is compared.
  final class MariaDBQuery: EngineQuery {
    private let statement: PlaceholderSQL
    private let connection: MariaDBConnection
    private var parameters: [String: Value]
    private let isOrdered: Bool

    /// Larger than a slice, with room for the rows that it refuses.
    private static let firstPage = 8192
    /// The growth factor of pages: each page has to skip all the earlier ones.
    private static let growth = 4

    fileprivate init(
      _ sql: String, _ parameters: [String: Value], on connection: MariaDBConnection
    ) {
      isOrdered = MariaDBQuery.hasOrder(sql)
      statement = PlaceholderSQL(
        sql + (isOrdered ? "\nLIMIT :kindly_page OFFSET :kindly_start" : ""),
        MariaDBDialect.grammar)
      self.connection = connection
      self.parameters = parameters
    }

    /// Whether a statement of ours, which has a line for each clause, ends with its order.
    static func hasOrder(_ sql: String) -> Bool {
      sql.split(separator: "\n").last?.hasPrefix("ORDER BY ") == true
    }

    func bind(_ parameters: [String: Value]) throws { self.parameters = parameters }

    func each(_ body: (MariaDBRow) throws -> Bool) throws {
      guard isOrdered else {
        _ = try connection.stream(text(of: statement, parameters), mayBeMany: true, body)
        return
      }
      var (start, page) = (0, MariaDBQuery.firstPage)
      while true {
        parameters["kindly_start"] = .integer(Int64(start))
        parameters["kindly_page"] = .integer(Int64(page))
        let (rows, isOver) = try connection.stream(
          text(of: statement, parameters), mayBeMany: false, body)
        if !isOver || rows < page { return }
        start += page
        page *= MariaDBQuery.growth
      }
    }
  }
#endif
