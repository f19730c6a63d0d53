package import KindlyCore

extension DatabaseSource {
  /// A customer database in one SQLite file, read beside the application that writes it.
  ///
  /// The file is opened read-only, and again when another file has taken its place.
  package convenience init(
    sqlite path: String, name: String,
    deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace()
  ) {
    self.init(
      name: name, engine: SQLiteEngine(source: name, path: path, deadline: deadline, pace: pace))
  }

  /// Kindly's own ledger as a source, with its published views and nothing else.
  ///
  /// A ledger that does not exist yet is empty.
  package convenience init(ledger: PublishedLedger) {
    self.init(
      name: LedgerView.source,
      engine: SQLiteEngine(
        source: LedgerView.source, path: ledger.path, deadline: LedgerAccess.deadline,
        pace: LedgerAccess.pace, ledger: ledger))
  }
}

/// Answers from one SQLite file.
final class SQLiteEngine: Engine {
  typealias Reader = SQLiteReader
  typealias Shape = WatchShape<SQLiteDialect>

  private let source: String
  private let path: String
  let pace: SlicePace
  private let diagnosis: SQLiteDiagnosis
  private let deadline: Duration
  /// The views that Kindly's own ledger publishes; nil for a customer database.
  private let ledger: PublishedLedger?
  private var connection: SQLiteConnection?
  /// The number of the open connection; a reopening counts as a change.
  private var number: Int64 = 0
  var lastPlan: (basis: CandidatePlan.Basis, plan: CandidatePlan)?

  init(
    source: String, path: String, deadline: Duration, pace: SlicePace,
    ledger: PublishedLedger? = nil
  ) {
    self.ledger = ledger
    self.source = source
    self.path = path
    self.deadline = deadline
    self.pace = pace
    diagnosis = SQLiteDiagnosis(
      source: source, path: path, deadline: deadline, isLedger: ledger != nil)
  }

  func pulse() throws(SourceProblem) -> SourcePulse {
    if ledger != nil { return try read(asking: .source) { try LedgerAccess.pulse(by: $0) } }
    let version = try read(asking: .source) { try $0.value("PRAGMA data_version") }
    guard case .integer(let version) = version,
      case .present(let identity) = connection?.file.state
    else { throw SourceProblem(.unreachable, of: .source(source), "\(path) was closed meanwhile") }
    // SQLite counts by connection, and in 32 bits.
    return SourcePulse(identity: identity, version: number << 32 | version)
  }

  func close() {
    connection?.close()
    connection = nil
  }

  func read<Answer>(
    asking question: Question, _ body: (SQLiteReader) throws -> Answer
  ) throws(SourceProblem) -> Answer {
    let file = SQLiteFile(path: path)
    // The old connection is kept until the new file is there, so that the new file cannot get the old one's inode.
    if let problem = diagnosis.problem(of: file), !isEmptyLedger(file) { throw problem }
    do {
      return try opened(file).read(body)
    } catch {
      let problem = diagnosis.problem(error, asked: question)
      if problem.kind == .unreachable { close() }
      throw problem
    }
  }

  func problem(_ error: any Error, asked question: Question) -> SourceProblem {
    diagnosis.problem(error, asked: question)
  }

  /// Whether it is a ledger that does not exist yet, before the daemon's first start.
  private func isEmptyLedger(_ file: SQLiteFile) -> Bool {
    ledger != nil && file.state == .missing
  }

  func cautions(about shape: Shape, in reader: SQLiteReader) throws -> [String] {
    // The ledger's keys and journal mode are our own.
    if ledger != nil { return [] }
    return try SQLiteKeys(shape: shape, reader: reader).cautions()
      + SQLiteEngine.journalCautions(about: shape, by: reader)
  }

  /// Warns of a rollback journal, with which readers and the application's commits block each other.
  static func journalCautions(about shape: Shape, by reader: some EngineReader) throws -> [String] {
    guard try !SQLiteReader.sharesWithWriters(reader) else { return [] }
    return [
      "watch \(shape.watch.name): its file keeps a rollback journal, so the application cannot commit while Kindly reads; set "
        + "PRAGMA busy_timeout = 5000 on the application's connections, so that they wait, or switch the file to WAL once "
        + "with PRAGMA journal_mode = WAL"
    ]
  }

  func log(of shape: Shape, in reader: SQLiteReader) throws -> SQLiteChangeLog<SQLiteReader> {
    try SQLiteChangeLog(of: shape, in: reader)
  }

  func logDDL(_ shape: Shape, columns: [String], in reader: SQLiteReader) throws -> String {
    if ledger != nil {
      throw SourceProblem(
        .watch, of: .watch(shape.watch.name), "Kindly's own ledger has no change log",
        hint: "leave out `changes:`; Kindly watches its views without a change log")
    }
    return try SQLiteChangeLogDDL(shape, columns: columns).text
  }

  func catalogue(in reader: SQLiteReader) throws -> any Catalogue {
    ledger == nil ? SQLiteCatalogue(path: path, reader: reader) : LedgerCatalogue()
  }

  /// The connection to the file that is at the path now.
  private func opened(_ file: SQLiteFile) throws -> SQLiteConnection {
    if let connection {
      if connection.file == file { return connection }
      close()
    }
    let connection = try SQLiteConnection(
      file, label: "source \(source)", deadline: deadline, ledger: ledger)
    guard SQLiteFile(path: path) == file else {
      connection.close()
      throw SourceProblem(
        .unreachable, of: .source(source), "\(path) was replaced while it was opened",
        retry: .nextPoll)
    }
    number = ConnectionNumber.next()
    self.connection = connection
    return connection
  }
}
