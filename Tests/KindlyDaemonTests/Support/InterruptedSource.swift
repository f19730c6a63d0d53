import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlySources
import KindlyTestKit
import Logging
import Synchronization

/// A real source to which an application commits between two of its slices.
final class InterruptedSource: LookingSource, AskingSource, ExplainingSource, InspectingSource {
  private let base: DatabaseSource
  private let interrupt: Mutex<(slice: Int, commit: @Sendable () -> Void)?>
  private let slices = Mutex(0)
  private let answering: @Sendable () throws(SourceProblem) -> Void

  /// Runs `answering` before each answer about rows, which fails if it throws.
  init(
    _ base: DatabaseSource, answering: @escaping @Sendable () throws(SourceProblem) -> Void
  ) {
    self.base = base
    interrupt = Mutex(nil)
    self.answering = answering
  }

  /// Runs `commit` once, before the slice of that number is read.
  init(_ base: DatabaseSource, before slice: Int, commit: @escaping @Sendable () -> Void) {
    self.base = base
    interrupt = Mutex((slice, commit))
    answering = {}
  }

  var name: String { base.name }
  var remarks: [String] { base.remarks }

  /// How many slices were read.
  var count: Int { slices.withLock { $0 } }

  func sweep(_ request: SweepRequest) async throws(SourceProblem) -> SweepSlice {
    meet()
    return try await base.sweep(request)
  }

  func candidates(_ query: CandidateQuery) async throws(SourceProblem) -> CandidatePage {
    meet()
    return try await base.candidates(query)
  }

  private func meet() {
    let number = slices.withLock { slices in
      slices += 1
      return slices
    }
    let commit = interrupt.withLock { interrupt -> (@Sendable () -> Void)? in
      guard let (slice, commit) = interrupt, slice == number else { return nil }
      interrupt = nil
      return commit
    }
    commit?()
  }

  func pulse() async throws(SourceProblem) -> SourcePulse { try await base.pulse() }
  func close() async { await base.close() }
  func columns(of watch: Watch) async throws(SourceProblem) -> [String] {
    try await base.columns(of: watch)
  }
  func follow(_ request: CursorRequest) async throws(SourceProblem) -> CursorSlice {
    try await base.follow(request)
  }
  func places(ofRefusedIn watch: Watch) async throws(SourceProblem) -> [String] {
    try await base.places(ofRefusedIn: watch)
  }
  func rows(_ question: RowQuestion) async throws(SourceProblem) -> [RowKey: RowAnswer] {
    try answering()
    return try await base.rows(question)
  }
  func judge(_ question: ChangeQuestion) async throws(SourceProblem) -> Judgement {
    try await base.judge(question)
  }
  func list(_ question: ListQuestion) async throws(SourceProblem) -> ListAnswer {
    try await base.list(question)
  }
  func examine(_ subject: QuerySubject) async throws(SourceProblem) -> [QueryFinding] {
    try await base.examine(subject)
  }
  func count(
    _ watch: Watch, conditions: [String], clock: QueryClock
  ) async throws(SourceProblem) -> MatchCount {
    try await base.count(watch, conditions: conditions, clock: clock)
  }
  func sample(_ watch: Watch, limit: Int) async throws(SourceProblem) -> [RowAnswer] {
    try await base.sample(watch, limit: limit)
  }
  func find(
    in watch: Watch, column: String, equals text: String, limit: Int
  ) async throws(SourceProblem) -> [RowAnswer] {
    try await base.find(in: watch, column: column, equals: text, limit: limit)
  }
  func census(
    of column: String, in watch: Watch, as use: ColumnUse
  ) async throws(SourceProblem) -> AnchorCensus {
    try await base.census(of: column, in: watch, as: use)
  }
  func dateEvidence(
    of question: DateQuestion
  ) async throws(SourceProblem) -> DateEvidence {
    try await base.dateEvidence(of: question)
  }
  func tally(
    _ watch: Watch, column: String, conditions: [String], clock: QueryClock
  ) async throws(SourceProblem) -> ValueTally {
    try await base.tally(watch, column: column, conditions: conditions, clock: clock)
  }
  func changeLogDDL(for watch: Watch, columns: [String]) async throws(SourceProblem) -> String {
    try await base.changeLogDDL(for: watch, columns: columns)
  }
  func inventory() async throws(SourceProblem) -> SourceInventory { try await base.inventory() }
  func survey(_ relation: ListedRelation) async throws(SourceProblem) -> RelationSurvey {
    try await base.survey(relation)
  }
  func grants(reading relations: [String]) async throws(SourceProblem) -> String {
    try await base.grants(reading: relations)
  }
}

extension Company {
  /// Runs SQL as an application does that commits in between.
  static func commit(_ sql: String, in path: String) {
    // Losing the error is right: the test fails where nothing was committed.
    try? run(sql, in: path)
  }

  /// The company's own generation with another source in the place of its only one.
  func generation(over source: any CustomerSource) async throws -> CurrentGeneration {
    let configuration = daemon.configuration
    let own = try await GenerationAssembly(
      configuration: configuration, ledger: daemon.ledger, clock: clock, environment: [:],
      channels: [ExactText(channel.name): channel]
    ).make(archivedIn: daemon.ledger, now: clock.now)
    return CurrentGeneration(
      Generation(
        number: own.number, rules: configuration.rules,
        databases: CustomerDatabases(
          sources: [source],
          sourceZones: Dictionary(
            uniqueKeysWithValues: configuration.sources.map { (ExactText($0.name), $0.timezone) }),
          watches: configuration.watches, rules: configuration.rules, directory: own.directory,
          zone: own.zone, defaultTime: configuration.defaultTime),
        outlets: [], letters: own.letters))
  }

  func watcher(of current: CurrentGeneration) -> Watcher {
    Watcher(
      current: current, ledger: daemon.ledger, health: daemon.health, clocks: daemon.clocks,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func scheduler(of current: CurrentGeneration) -> Scheduler {
    Scheduler(
      current: current, ledger: daemon.ledger, health: daemon.health, clocks: daemon.clocks,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Looks once through another source in the place of the company's only one.
  func turn(over source: any CustomerSource) async throws -> Watcher.Summary {
    try await watcher(of: generation(over: source)).runOnce(now: clock.now)
  }
}
