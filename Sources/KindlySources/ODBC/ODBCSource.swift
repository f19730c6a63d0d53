#if ODBC
  package import KindlyCore

  extension DatabaseSource {
    /// A customer database that an ODBC driver reaches, over one connection.
    ///
    /// `firstWait` is how long the database is left alone after it did not answer for the first time.
    package convenience init(
      odbc address: ODBCAddress, password: Secret?, name: String,
      deadline: Duration = DatabaseSource.standardDeadline, pace: SlicePace = SlicePace(),
      firstWait: Duration? = nil
    ) {
      self.init(
        name: name,
        engine: ODBCSource(
          link: ODBCLink(
            diagnosis: ODBCDiagnosis(source: name, address: address, deadline: deadline),
            password: password,
            reconnecting: firstWait.map { Reconnecting(first: $0) } ?? Reconnecting()),
          pace: pace))
    }
  }

  /// Answers from whatever database a driver reaches, with the engine for its kind.
  final class ODBCSource: BlockingSource {
    private let link: ODBCLink
    private let pace: SlicePace
    private var engine: (product: String, source: any BlockingSource)?

    /// How long a statement waits for a lock: longer than a commit takes, and short enough that the other watches wait little.
    static let lockWait = Duration.seconds(1)

    /// A kind of database with how an engine for it is made.
    private struct Kind: Sendable {
      let products: [String]
      let engine: @Sendable (ODBCLink, SlicePace) -> any BlockingSource

      init<Database: ODBCDatabase>(_ database: Database.Type) {
        products = Database.products
        engine = { ODBCEngine<Database>(link: $0, pace: $1) }
      }
    }

    /// A new one is a line here; a dialect comes with its engine.
    private static let kinds =
      [Kind(SQLServerByODBC.self), Kind(SQLiteByODBC.self)] + postgres + mariadb

    #if PostgreSQL
      private static let postgres = [Kind(PostgresByODBC.self)]
    #else
      private static let postgres: [Kind] = []
    #endif
    #if MariaDB
      private static let mariadb = [Kind(MariaDBByODBC.self)]
    #else
      private static let mariadb: [Kind] = []
    #endif

    /// Their names, for the operator.
    static var known: String {
      kinds.flatMap(\.products).joined(separator: ", ")
    }

    init(link: ODBCLink, pace: SlicePace) {
      self.link = link
      self.pace = pace
    }

    /// The engine for what answers now; a data source may come to name another database.
    private func answering() throws(SourceProblem) -> any BlockingSource {
      let product = try link.connected().product
      if let engine, engine.product == product { return engine.source }
      let kind = ODBCSource.kinds.first { $0.products.contains { product.hasPrefix($0) } }
      guard let kind else {
        let problem = link.diagnosis.problem(
          ODBCFailure.unknown(product: product), asked: .source)
        link.drop(because: problem)
        throw problem
      }
      let source = kind.engine(link, pace)
      engine = (product, source)
      return source
    }

    func close() {
      engine?.source.close()
      link.close()
    }

    func pulse() throws(SourceProblem) -> SourcePulse { try answering().pulse() }

    func columns(of watch: Watch) throws(SourceProblem) -> [String] {
      try answering().columns(of: watch)
    }

    func sweep(_ request: SweepRequest) throws(SourceProblem) -> SweepSlice {
      try answering().sweep(request)
    }

    func follow(_ request: CursorRequest) throws(SourceProblem) -> CursorSlice {
      try answering().follow(request)
    }

    func candidates(_ query: CandidateQuery) throws(SourceProblem) -> CandidatePage {
      try answering().candidates(query)
    }

    func rows(_ question: RowQuestion) throws(SourceProblem) -> [RowKey: RowAnswer] {
      try answering().rows(question)
    }

    func dateEvidence(of question: DateQuestion) throws(SourceProblem) -> DateEvidence {
      try answering().dateEvidence(of: question)
    }

    func judge(_ question: ChangeQuestion) throws(SourceProblem) -> Judgement {
      try answering().judge(question)
    }

    func list(_ question: ListQuestion) throws(SourceProblem) -> ListAnswer {
      try answering().list(question)
    }

    func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding] {
      try answering().examine(subject)
    }

    func count(
      _ watch: Watch, conditions: [String], clock: QueryClock
    ) throws(SourceProblem) -> MatchCount {
      try answering().count(watch, conditions: conditions, clock: clock)
    }

    func sample(_ watch: Watch, limit: Int) throws(SourceProblem) -> [RowAnswer] {
      try answering().sample(watch, limit: limit)
    }

    func find(
      in watch: Watch, column: String, equals text: String, limit: Int
    ) throws(SourceProblem) -> [RowAnswer] {
      try answering().find(in: watch, column: column, equals: text, limit: limit)
    }

    func tally(
      _ watch: Watch, column: String, conditions: [String], clock: QueryClock
    ) throws(SourceProblem) -> ValueTally {
      try answering().tally(watch, column: column, conditions: conditions, clock: clock)
    }

    func census(
      of column: String, in watch: Watch, as use: ColumnUse
    ) throws(SourceProblem) -> AnchorCensus {
      try answering().census(of: column, in: watch, as: use)
    }

    func changeLogDDL(for watch: Watch, columns: [String]) throws(SourceProblem) -> String {
      try answering().changeLogDDL(for: watch, columns: columns)
    }

    func inventory() throws(SourceProblem) -> SourceInventory { try answering().inventory() }

    func survey(_ relation: ListedRelation) throws(SourceProblem) -> RelationSurvey {
      try answering().survey(relation)
    }

    func grants(reading relations: [String]) throws(SourceProblem) -> String {
      try answering().grants(reading: relations)
    }
  }
#endif
