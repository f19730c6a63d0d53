import Foundation
import KindlyConfig
import KindlyCore
import KindlyDaemon

/// The customer databases of a configuration, each opened when it is first asked.
struct CustomerDatabases {
  let configuration: Configuration
  let now: Instant
  /// What the date columns hold, found when they are first asked about.
  let dates = DateBoard()
  private let sources: [ExactText: Result<any CustomerSource, any Error>]

  init(
    _ configuration: Configuration, now: Instant,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.configuration = configuration
    self.now = now
    sources = Dictionary(
      uniqueKeysWithValues: configuration.sources.map { settings in
        let source = Result<any CustomerSource, any Error> {
          try SourceAssembly.source(settings, environment: environment)
        }
        return (ExactText(settings.name), source)
      })
  }

  var clock: QueryClock { QueryClock(now: now, zone: configuration.timezone) }

  func source(named name: String) throws -> any CustomerSource {
    guard let source = sources[name] else {
      throw UnknownName("source", name, among: configuration.sources.map(\.name)).failure
    }
    return try source.get()
  }

  func source(of watch: Watch) throws -> any CustomerSource { try source(named: watch.source) }

  /// What a date of a watch's row is read against, for a customer in a zone.
  func context(of watch: Watch, zone: Zone?) -> MomentContext {
    MomentContext(
      zone: zone ?? configuration.timezone,
      sourceZone: configuration.source(named: watch.source)?.timezone ?? configuration.timezone,
      defaultTime: configuration.defaultTime)
  }

  /// What the columns of a watch hold.
  func dates(of watch: Watch) async throws -> DateKinds {
    try await dates.kinds(
      of: watch, columns: configuration.rules.dateColumns(of: watch.name),
      in: try source(of: watch), zone: context(of: watch, zone: nil).sourceZone, now: now)
  }

  /// Renders letters about the rows of a watch.
  func letterScope(about watch: Watch) async throws -> LetterScope {
    _ = try await dates(of: watch)
    let home = configuration.customers.flatMap { configuration.watch(named: $0.watch) }
    if let home { _ = try await dates(of: home) }
    return LetterScope(configuration: configuration, now: now, dates: dates)
  }

  /// One row as it is now, and whether conditions hold for it; nil where it is absent.
  func row(_ key: RowKey, of watch: Watch, conditions: [String] = []) async throws -> RowAnswer? {
    try await source(of: watch).rows(
      RowQuestion(watch: watch, keys: [key], conditions: conditions, clock: clock))[key]
  }

  /// A customer as the directory has them now, and whether its `if` holds; nil where they are absent.
  func customer(_ key: RowKey) async throws -> CustomerLookup.Entry? {
    try await customers([key])[key]
  }

  /// The same of many; who is missing from the answer is not in the directory.
  func customers(_ keys: Set<RowKey>) async throws -> [RowKey: CustomerLookup.Entry] {
    let watch = configuration.customers.flatMap { configuration.watch(named: $0.watch) }
    return try await CustomerLookup(
      directory: configuration.customers, watch: watch, source: try watch.map(source(of:)),
      clock: clock
    ).find(keys)
  }

  func close() async {
    // One that could not be made has nothing to close.
    for source in sources.values { await (try? source.get())?.close() }
  }
}
