import KindlyCore

/// A customer database as its driver answers it: each call blocks until it is answered.
///
/// Only `DatabaseSource` calls it, on a thread of its own. What the calls mean is written at `Source` and the protocols
/// behind it.
protocol BlockingSource: AnyObject {
  func pulse() throws(SourceProblem) -> SourcePulse
  func close()

  /// Why the last attempt to connect failed; nil while connected, and for engines without connections.
  var refusal: SourceProblem? { get }

  func columns(of watch: Watch) throws(SourceProblem) -> [String]
  func sweep(_ request: SweepRequest) throws(SourceProblem) -> SweepSlice
  func follow(_ request: CursorRequest) throws(SourceProblem) -> CursorSlice
  func places(ofRefusedIn watch: Watch) throws(SourceProblem) -> [String]
  /// Which rows of a watch could not be read when it was read last, while others could.
  func unread(of watch: Watch) -> UnreadRows

  func candidates(_ query: CandidateQuery) throws(SourceProblem) -> CandidatePage
  func rows(_ question: RowQuestion) throws(SourceProblem) -> [RowKey: RowAnswer]
  func dateEvidence(of question: DateQuestion) throws(SourceProblem) -> DateEvidence
  func judge(_ question: ChangeQuestion) throws(SourceProblem) -> Judgement
  func list(_ question: ListQuestion) throws(SourceProblem) -> ListAnswer

  func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding]
  func count(_ watch: Watch, conditions: [String], clock: QueryClock) throws(SourceProblem)
    -> MatchCount
  func sample(_ watch: Watch, limit: Int) throws(SourceProblem) -> [RowAnswer]
  func find(in watch: Watch, column: String, equals text: String, limit: Int)
    throws(SourceProblem) -> [RowAnswer]
  func census(of column: String, in watch: Watch, as use: ColumnUse) throws(SourceProblem)
    -> AnchorCensus
  func tally(_ watch: Watch, column: String, conditions: [String], clock: QueryClock)
    throws(SourceProblem) -> ValueTally
  func changeLogDDL(for watch: Watch, columns: [String]) throws(SourceProblem) -> String

  func inventory() throws(SourceProblem) -> SourceInventory
  func survey(_ relation: ListedRelation) throws(SourceProblem) -> RelationSurvey
  func grants(reading relations: [String]) throws(SourceProblem) -> String
}

extension BlockingSource {
  var refusal: SourceProblem? { nil }
  func places(ofRefusedIn watch: Watch) throws(SourceProblem) -> [String] { [] }
  func unread(of watch: Watch) -> UnreadRows { UnreadRows() }
}

/// Rows that could not be read while others could, so that nobody knows whose they are.
struct UnreadRows {
  var count = 0
  /// Where the first of them are, and what is wrong with each.
  var places: [String] = []

  /// Why it is not known whether a row is there that was not found; nil where all rows could be read.
  func doubt(of watch: Watch) -> SourceProblem? {
    guard count > 0 else { return nil }
    let others = count > places.count ? " and \(count - places.count) more" : ""
    return SourceProblem(
      .watch,
      of: .watch(watch.name),
      "the row may be on a line that cannot be read "
        + "(\(places.joined(separator: ", "))\(others))",
      hint: "fix the line; the file is read again when it has changed")
  }
}

/// What an engine provides so that it can be queried in SQL. Extensions of this protocol answer all questions.
///
/// An engine is a folder: its connection, its dialect and its error messages. The extensions are specialised for each
/// engine, because a sweep reads a million rows through them.
protocol Engine: BlockingSource {
  associatedtype Reader: EngineReader
  associatedtype Log: ChangeLog where Log.Reader == Reader
  typealias Shape = WatchShape<Reader.Dialect>

  var pace: SlicePace { get }
  /// The plan of the candidate query that was paged last.
  var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)? { get set }

  /// Answers one question in one read transaction, which is closed before this returns.
  func read<Answer>(
    asking question: Question, _ body: (Reader) throws -> Answer
  ) throws(SourceProblem) -> Answer

  /// What the operator needs to read about an error of the driver.
  func problem(_ error: any Error, asked question: Question) -> SourceProblem

  /// The cursor value up to which nothing more can be committed; read before the rows. Nil if commits are in the order
  /// of writes, so that the highest value is safe.
  func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value?

  /// Warnings for `check`: rights of kindly's user beyond reading, and server information that it is not allowed to
  /// see.
  func cautions(about shape: Shape, in reader: Reader) throws -> [String]

  func log(of shape: Shape, in reader: Reader) throws -> Log
  func logDDL(_ shape: Shape, columns: [String], in reader: Reader) throws -> String

  func catalogue(in reader: Reader) throws -> any Catalogue
}

extension Engine {
  func settledHead(of request: CursorRequest) throws(SourceProblem) -> Value? { nil }

  func cautions(about shape: Shape, in reader: Reader) throws -> [String] { [] }

  /// A watch's columns, read in the same transaction as the question. A fault in them is blamed on the watch.
  func shape(of watch: Watch, in reader: Reader) throws(SourceProblem) -> Shape {
    do {
      return try Shape(watch, reading: reader)
    } catch {
      throw problem(error, asked: .watch(watch))
    }
  }
}

/// One open read transaction, and the statements that run in it.
protocol EngineReader {
  associatedtype Dialect: SQLDialect
  associatedtype Query: EngineQuery
  typealias Row = Query.Row

  /// Since the transaction began.
  var stopwatch: Stopwatch { get }

  /// How long the transaction may go on fetching rows.
  func time(at pace: SlicePace) throws -> Duration

  /// Returns a check for whether a writer is waiting for the transaction to end, or soon will be.
  func waiting() throws -> () -> Bool

  /// A statement that may run more than once with other parameters; every placeholder must have one.
  func query(_ sql: String, _ parameters: [String: Value]) throws -> Query

  /// Has the database prepare a statement without running it.
  func prepare(_ sql: String, _ parameters: [String: Value]) throws

  /// The first column of the first row; nil where there is no row.
  func value(_ sql: String, _ parameters: [String: Value]) throws -> Value?

  /// Runs a statement from the configuration; returns its column names and at most `limit` rows.
  func table(
    _ sql: String, _ parameters: [String: Value], limit: Int
  ) throws -> (columns: [String], rows: [[Value]])

  /// How the database would find the rows, which are bounded by a range of the column.
  func plan(
    of sql: String, _ parameters: [String: Value], seeking column: String
  ) throws -> QueryPlan

  /// The SQL after FROM for a table or view that the configuration names.
  func table(_ name: String) -> String

  /// The columns of what stands behind FROM.
  func columns(of relation: String) throws -> [WatchColumn<Dialect>]

  /// A relation for FROM with its texts in their real encoding, and its columns.
  func decoded(
    _ relation: String, _ columns: [WatchColumn<Dialect>]
  ) throws -> (relation: String, columns: [WatchColumn<Dialect>])

  /// Whether SQL that another person wrote is one statement that gives rows and has no placeholder.
  func isSelect(_ sql: String) throws -> Bool

  /// The column that an error says is not there, or nil where the error is another.
  func unknownColumn(in error: any Error) -> String?
}

extension EngineReader {
  func waiting() throws -> () -> Bool { { false } }

  func table(_ name: String) -> String { Dialect.table(name) }

  func decoded(
    _ relation: String, _ columns: [WatchColumn<Dialect>]
  ) throws -> (relation: String, columns: [WatchColumn<Dialect>]) { (relation, columns) }

  /// Gives each row to `body` until it answers false.
  func each(
    _ sql: String, _ parameters: [String: Value] = [:], _ body: (Row) throws -> Bool
  ) throws {
    try query(sql, parameters).each(body)
  }

  func value(_ sql: String) throws -> Value? { try value(sql, [:]) }

  func count(_ sql: String, _ parameters: [String: Value] = [:]) throws -> Int {
    guard case .integer(let count) = try value(sql, parameters) else { return 0 }
    return Int(count)
  }
}

/// A statement with its parameters.
protocol EngineQuery {
  associatedtype Row: EngineRow

  func bind(_ parameters: [String: Value]) throws

  /// Gives each row to `body` until it answers false.
  func each(_ body: (Row) throws -> Bool) throws
}

/// The row that a statement stands on.
protocol EngineRow {
  /// A column's value. A BLOB becomes as many zero bytes as it has bytes, because its content is never used.
  func value(_ index: Int) -> Value

  /// A column's value as rules and templates see it: a BLOB is NULL.
  func plainValue(_ index: Int) -> Value

  /// A value that can name a row, or nil.
  ///
  /// Refused are NULL, a BLOB, a number that is not whole (but for those that `Value.key` takes, in SQLite), and text that
  /// is no UTF-8, by which the row could not be found again. The padding of CHAR columns is cut off, and is theirs alone:
  /// in any other column blanks at the end are a part of the key.
  func keyValue(_ index: Int) -> Value?

  /// Whether a condition holds.
  func isTrue(_ index: Int) -> Bool
}

/// How a database would find the rows of a query, as far as advice about indexes needs it.
struct QueryPlan: Hashable, Sendable {
  /// Whether a table is read from its beginning to its end.
  let readsWhole: Bool
  /// Whether the rows are sorted after they were found.
  let sorts: Bool
  /// Whether the range is found in an index, and nothing else is read.
  let seeks: Bool
}
