package import KindlyCore

/// A customer database that is queried in SQL, for any engine.
///
/// A server gets two connections, one for scans of many rows and one for questions about waiting reminders, so that
/// neither waits for the other. If only one connection is available, both share it. A file has one reader, because each
/// reader may block its writers. Connections are opened when first needed, and again after a failure.
package final class DatabaseSource: LookingSource, AskingSource, ExplainingSource, InspectingSource
{
  package let name: String

  /// Looks at the rows of whole watches.
  private let looking: EngineDesk
  /// Answers about single rows, and to people; the same desk where there is one connection.
  private let asking: EngineDesk
  private let listener: (any CommitListener)?
  private let board = RemarkBoard()

  /// How long a question may take: a full count of a million rows fits in, and what never ends does not hold up the rest.
  package static let standardDeadline = Duration.seconds(5)

  /// A source with one connection, or none.
  init(name: String, engine: sending any BlockingSource) {
    self.name = name
    looking = EngineDesk("kindly.source.\(name)", engine)
    asking = looking
    listener = nil
  }

  /// A source on a server, each of whose engines has a connection of its own.
  init(
    name: String, looking: sending any BlockingSource, asking: sending (any BlockingSource)?,
    listener: (any CommitListener)? = nil
  ) {
    self.name = name
    let first = EngineDesk("kindly.source.\(name)", looking)
    self.looking = first
    self.asking =
      if let asking { EngineDesk("kindly.source.\(name).asking", asking) } else { first }
    self.listener = listener
  }

  package var remarks: [String] { board.all }

  package func close() async {
    await looking.close()
    await asking.close()
  }

  /// Asks over one connection, or over the other one where its own cannot be had.
  private func ask<Answer: Sendable>(
    _ own: EngineDesk, otherwise other: EngineDesk,
    _ question: @Sendable (any BlockingSource) throws(SourceProblem) -> Answer
  ) async throws(SourceProblem) -> Answer {
    do throws(SourceProblem) {
      let answer = try await own.answer(question)
      if other.refusal == nil { board.set(nil, about: .connections) }
      return answer
    } catch {
      guard own !== other, let refusal = own.refusal, other.refusal == nil else { throw error }
      let answer = try await other.answer(question)
      board.set(
        refusal.description + "; until then looks and rechecks share one connection",
        about: .connections)
      return answer
    }
  }

  private func look<Answer: Sendable>(
    _ question: @Sendable (any BlockingSource) throws(SourceProblem) -> Answer
  ) async throws(SourceProblem) -> Answer {
    try await ask(looking, otherwise: asking, question)
  }

  private func ask<Answer: Sendable>(
    _ question: @Sendable (any BlockingSource) throws(SourceProblem) -> Answer
  ) async throws(SourceProblem) -> Answer {
    try await ask(asking, otherwise: looking, question)
  }
}

extension DatabaseSource {
  package func pulse() async throws(SourceProblem) -> SourcePulse {
    try await look { (engine) throws(SourceProblem) in try engine.pulse() }
  }

  package func columns(of watch: Watch) async throws(SourceProblem) -> [String] {
    try await look { (engine) throws(SourceProblem) in try engine.columns(of: watch) }
  }

  package func sweep(_ request: SweepRequest) async throws(SourceProblem) -> SweepSlice {
    try await look { (engine) throws(SourceProblem) in try engine.sweep(request) }
  }

  package func follow(_ request: CursorRequest) async throws(SourceProblem) -> CursorSlice {
    try await look { (engine) throws(SourceProblem) in try engine.follow(request) }
  }

  package func places(ofRefusedIn watch: Watch) async throws(SourceProblem) -> [String] {
    try await look { (engine) throws(SourceProblem) in try engine.places(ofRefusedIn: watch) }
  }

  package func candidates(_ query: CandidateQuery) async throws(SourceProblem) -> CandidatePage {
    try await look { (engine) throws(SourceProblem) in try engine.candidates(query) }
  }

  package func listen(_ heard: @escaping @Sendable () async -> Void) async throws(SourceProblem) {
    guard let listener else { return }
    do throws(SourceProblem) {
      try await listener.listen { [board] in
        board.set(nil, about: .hints)
        await heard()
      }
    } catch {
      board.set(
        error.description
          + "; until it reports commits again, only polling notices changes",
        about: .hints)
      throw error
    }
  }
}

extension DatabaseSource {
  package func rows(_ question: RowQuestion) async throws(SourceProblem) -> [RowKey: RowAnswer] {
    let rows = try await ask { (engine) throws(SourceProblem) in try engine.rows(question) }
    var misread = MisreadColumns()
    for row in rows.values.sorted(by: { $0.key < $1.key }) { misread.take(row) }
    for (column, text) in misread.sentences {
      board.setOnce(
        "watch \(question.watch.name): \(text)",
        about: .text(watch: question.watch.name, column: column))
    }
    return rows
  }

  package func dateEvidence(
    of question: DateQuestion
  ) async throws(SourceProblem) -> DateEvidence {
    try await ask { (engine) throws(SourceProblem) in try engine.dateEvidence(of: question) }
  }

  package func list(_ question: ListQuestion) async throws(SourceProblem) -> ListAnswer {
    try await ask { (engine) throws(SourceProblem) in try engine.list(question) }
  }

  package func judge(_ question: ChangeQuestion) async throws(SourceProblem) -> Judgement {
    try await ask { (engine) throws(SourceProblem) in try engine.judge(question) }
  }
}

extension DatabaseSource {
  package func examine(_ subject: QuerySubject) async throws(SourceProblem) -> [QueryFinding] {
    try await ask { (engine) throws(SourceProblem) in try engine.examine(subject) }
  }

  package func count(
    _ watch: Watch, conditions: [String], clock: QueryClock
  ) async throws(SourceProblem) -> MatchCount {
    try await ask { (engine) throws(SourceProblem) in
      try engine.count(watch, conditions: conditions, clock: clock)
    }
  }

  package func sample(_ watch: Watch, limit: Int) async throws(SourceProblem) -> [RowAnswer] {
    try await ask { (engine) throws(SourceProblem) in try engine.sample(watch, limit: limit) }
  }

  package func find(
    in watch: Watch, column: String, equals text: String, limit: Int
  ) async throws(SourceProblem) -> [RowAnswer] {
    try await ask { (engine) throws(SourceProblem) in
      try engine.find(in: watch, column: column, equals: text, limit: limit)
    }
  }

  package func census(
    of column: String, in watch: Watch, as use: ColumnUse
  ) async throws(SourceProblem) -> AnchorCensus {
    try await ask { (engine) throws(SourceProblem) in
      try engine.census(of: column, in: watch, as: use)
    }
  }

  package func tally(
    _ watch: Watch, column: String, conditions: [String], clock: QueryClock
  ) async throws(SourceProblem) -> ValueTally {
    try await ask { (engine) throws(SourceProblem) in
      try engine.tally(watch, column: column, conditions: conditions, clock: clock)
    }
  }

  package func changeLogDDL(
    for watch: Watch, columns: [String]
  ) async throws(SourceProblem) -> String {
    try await ask { (engine) throws(SourceProblem) in
      try engine.changeLogDDL(for: watch, columns: columns)
    }
  }
}

extension DatabaseSource {
  package func inventory() async throws(SourceProblem) -> SourceInventory {
    try await ask { (engine) throws(SourceProblem) in try engine.inventory() }
  }

  package func survey(
    _ relation: ListedRelation
  ) async throws(SourceProblem) -> RelationSurvey {
    try await ask { (engine) throws(SourceProblem) in try engine.survey(relation) }
  }

  package func grants(reading relations: [String]) async throws(SourceProblem) -> String {
    try await ask { (engine) throws(SourceProblem) in try engine.grants(reading: relations) }
  }
}
