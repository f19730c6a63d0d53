#if ODBC
  import KindlyCore

  /// One open read transaction of a connection through a driver.
  final class ODBCReader<Database: ODBCDatabase>: EngineReader {
    typealias Dialect = Database.Dialect
    typealias Query = ODBCQuery<Database>

    let stopwatch = Stopwatch()
    private let connection: ODBCConnection
    /// What columns of tables are declared as, where their driver does not tell it with the rows.
    var declarations: [ODBCColumn.Origin: String] = [:]

    init(_ connection: ODBCConnection) { self.connection = connection }

    func time(at pace: SlicePace) throws -> Duration { try Database.time(at: pace, in: self) }

    func query(_ sql: String, _ parameters: [String: Value]) throws -> ODBCQuery<Database> {
      ODBCQuery(sql, parameters, in: self)
    }

    func prepare(_ sql: String, _ parameters: [String: Value]) throws {
      _ = try prepared(text(of: sql, parameters))
    }

    func value(_ sql: String, _ parameters: [String: Value]) throws -> Value? {
      let rows = try rows(text(of: sql, parameters))
      guard let row = try rows.next() else { return nil }
      return row.value(0)
    }

    func table(
      _ sql: String, _ parameters: [String: Value], limit: Int
    ) throws -> (columns: [String], rows: [[Value]]) {
      let found = try rows(text(of: sql, parameters))
      var rows: [[Value]] = []
      while rows.count < limit, let row = try found.next() {
        rows.append(found.columns.indices.map(row.plainValue))
      }
      return (found.columns.map(\.name), rows)
    }

    /// The semicolon is looked for here, because drivers run several statements at once.
    func isSelect(_ sql: String) throws -> Bool {
      let statement = PlaceholderSQL(sql, Dialect.grammar)
      if statement.hasSemicolon { throw ODBCFailure.severalStatements }
      return try prepared(text(of: statement, [:])) > 0
    }

    func columns(of relation: String) throws -> [WatchColumn<Dialect>] {
      try Database.columns(of: relation, in: self)
    }

    func plan(
      of sql: String, _ parameters: [String: Value], seeking column: String
    ) throws -> QueryPlan {
      try Database.plan(of: sql, parameters, seeking: column, in: self)
    }

    func unknownColumn(in error: any Error) -> String? {
      guard case .refused(let refusal)? = error as? ODBCFailure else { return nil }
      return Database.unknownColumn(in: refusal)
    }

    // MARK: Statements

    func text(of sql: String, _ parameters: [String: Value]) throws(ODBCFailure) -> String {
      try text(of: PlaceholderSQL(sql, Dialect.grammar), parameters)
    }

    fileprivate func text(
      of statement: PlaceholderSQL, _ parameters: [String: Value]
    ) throws(ODBCFailure) -> String {
      // A driver would wait for a value of it.
      if statement.hasQuestionMark { throw .placeholder("?") }
      do {
        return try statement.text(parameters, writing: Database.literal)
      } catch {
        throw .placeholder(error.name)
      }
    }

    private func prepared(_ sql: String) throws(ODBCFailure) -> Int {
      try connection.prepare(sql)
    }

    /// Runs statements that give no rows.
    func run(_ sql: String) throws(ODBCFailure) { try connection.run(sql) }

    /// Runs one statement without placeholders.
    func rows(_ sql: String) throws(ODBCFailure) -> ODBCRows<Database> {
      ODBCRows(try connection.open(sql), in: self)
    }

    /// The first column of all rows of all results of what is run.
    func texts(_ sql: String) throws(ODBCFailure) -> [String] {
      let statement = try connection.open(sql)
      var texts: [String] = []
      repeat {
        while try statement.fetch() {
          texts.append(statement.cells.read(0) { String(decoding: $0, as: UTF8.self) } ?? "")
        }
      } while try statement.next()
      return texts
    }

    /// A whole number; 0 where there is none.
    func integer(_ sql: String) throws -> Int64 {
      if case .integer(let number)? = try value(sql) { number } else { 0 }
    }

    func nextNumber() -> Int { connection.nextNumber() }
  }

  /// The rows of a statement that runs.
  struct ODBCRows<Database: ODBCDatabase> {
    private let statement: ODBCStatement
    private let kinds: [Database.Kind]

    fileprivate init(_ statement: ODBCStatement, in reader: ODBCReader<Database>) {
      self.statement = statement
      kinds = statement.columns.map { Database.kind(of: $0, in: reader) }
      statement.binary = Set(kinds.indices.filter { Database.isBinary(kinds[$0]) })
    }

    var columns: [ODBCColumn] { statement.columns }

    /// The next row, valid until the one after it is fetched; nil after the last.
    func next() throws(ODBCFailure) -> ODBCRow<Database>? {
      try statement.fetch() ? ODBCRow(cells: statement.cells, kinds: kinds) : nil
    }
  }

  /// One row of a statement.
  struct ODBCRow<Database: ODBCDatabase>: EngineRow {
    fileprivate let cells: ODBCCells
    fileprivate let kinds: [Database.Kind]

    func value(_ index: Int) -> Value {
      cells.read(index) { Database.value($0, kinds[index]) } ?? .null
    }

    func plainValue(_ index: Int) -> Value {
      if Database.isBlob(kinds[index]) { return .null }
      let value = value(index)
      if case .blob = value { return .null }
      return value
    }

    func keyValue(_ index: Int) -> Value? {
      cells.read(index) { Database.keyValue($0, kinds[index]) } ?? nil
    }

    func isTrue(_ index: Int) -> Bool { value(index).number.map { $0 != 0 } ?? false }
  }

  /// A statement with its parameters.
  ///
  /// One with an order is asked in pages where the driver would fetch the whole table first. All pages are of one snapshot,
  /// and rows that the order leaves open differ in nothing that is compared.
  final class ODBCQuery<Database: ODBCDatabase>: EngineQuery {
    private let statement: PlaceholderSQL
    private let reader: ODBCReader<Database>
    private var parameters: [String: Value]
    private let isPaged: Bool

    /// More than a slice takes, with room for those it refuses.
    private static var firstPage: Int { 8192 }
    /// By how much each page is larger than the one before, because it passes over all of them.
    private static var growth: Int { 4 }

    fileprivate init(
      _ sql: String, _ parameters: [String: Value], in reader: ODBCReader<Database>
    ) {
      isPaged = Database.isPaged && ODBCQuery.hasOrder(sql)
      statement = PlaceholderSQL(
        sql + (isPaged ? "\nLIMIT :kindly_page OFFSET :kindly_start" : ""),
        Database.Dialect.grammar)
      self.reader = reader
      self.parameters = parameters
    }

    /// Whether a statement of ours, which has a line for each clause, ends with its order.
    static func hasOrder(_ sql: String) -> Bool {
      sql.split(separator: "\n").last?.hasPrefix("ORDER BY ") == true
    }

    func bind(_ parameters: [String: Value]) throws { self.parameters = parameters }

    func each(_ body: (ODBCRow<Database>) throws -> Bool) throws {
      var (start, page) = (0, isPaged ? ODBCQuery.firstPage : Int.max)
      while true {
        parameters["kindly_start"] = .integer(Int64(start))
        parameters["kindly_page"] = .integer(Int64(page))
        let rows = try reader.rows(reader.text(of: statement, parameters))
        var count = 0
        while let row = try rows.next() {
          count += 1
          if try !body(row) { return }
        }
        if count < page { return }
        start += page
        page *= ODBCQuery.growth
      }
    }
  }
#endif
