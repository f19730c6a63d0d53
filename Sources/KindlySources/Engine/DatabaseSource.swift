package import KindlyCore

/// A customer database that is asked in SQL, whatever its engine.
///
/// The actor runs on a queue of its own, so that the drivers' blocking calls take no thread of the cooperative pool; one
/// question is answered at a time. The database is opened when it is first asked for, and again after a failure.
package actor DatabaseSource: LookingSource, AskingSource, ExplainingSource, InspectingSource {
  package nonisolated let name: String

  private let engine: any BlockingSource
  private let executor: QueueExecutor

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// How long a question may take: a full count of a million rows fits in, and what never ends does not hold up the rest.
  package static let standardDeadline = Duration.seconds(5)

  init(name: String, engine: sending any BlockingSource) {
    self.name = name
    self.engine = engine
    executor = QueueExecutor(label: "kindly.source.\(name)")
  }

  package func pulse() throws(SourceProblem) -> SourcePulse { try engine.pulse() }

  package func close() { engine.close() }
}

extension DatabaseSource {
  package func columns(of watch: Watch) throws(SourceProblem) -> [String] {
    try engine.columns(of: watch)
  }

  package func sweep(_ request: SweepRequest) throws(SourceProblem) -> SweepSlice {
    try engine.sweep(request)
  }

  package func follow(_ request: CursorRequest) throws(SourceProblem) -> CursorSlice {
    try engine.follow(request)
  }
}

extension DatabaseSource {
  package func candidates(_ query: CandidateQuery) throws(SourceProblem) -> CandidatePage {
    try engine.candidates(query)
  }

  package func rows(_ question: RowQuestion) throws(SourceProblem) -> [RowKey: RowAnswer] {
    try engine.rows(question)
  }

  package func judge(_ question: ChangeQuestion) throws(SourceProblem) -> Set<Int64> {
    try engine.judge(question)
  }
}

extension DatabaseSource {
  package func examine(_ subject: QuerySubject) throws(SourceProblem) -> [QueryFinding] {
    try engine.examine(subject)
  }

  package func count(
    _ watch: Watch, conditions: [String], clock: QueryClock
  ) throws(SourceProblem) -> Int {
    try engine.count(watch, conditions: conditions, clock: clock)
  }

  package func sample(_ watch: Watch, limit: Int) throws(SourceProblem) -> [RowAnswer] {
    try engine.sample(watch, limit: limit)
  }

  package func find(
    in watch: Watch, column: String, equals text: String, limit: Int
  ) throws(SourceProblem) -> [RowAnswer] {
    try engine.find(in: watch, column: column, equals: text, limit: limit)
  }

  package func census(of column: String, in watch: Watch) throws(SourceProblem) -> AnchorCensus {
    try engine.census(of: column, in: watch)
  }

  package func changeLogDDL(
    for watch: Watch, columns: [String]
  ) throws(SourceProblem) -> String {
    try engine.changeLogDDL(for: watch, columns: columns)
  }
}

extension DatabaseSource {
  package func inventory() throws(SourceProblem) -> SourceInventory { try engine.inventory() }

  package func survey(_ relation: ListedRelation) throws(SourceProblem) -> RelationSurvey {
    try engine.survey(relation)
  }

  package func grants(reading relations: [String]) throws(SourceProblem) -> String {
    try engine.grants(reading: relations)
  }
}
