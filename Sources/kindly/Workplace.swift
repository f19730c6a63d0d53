import KindlyConfig
import KindlyControl
import KindlyCore
import KindlyDaemon
import KindlyDesk

/// What a verb works with: the configuration, the time it was asked, and ways to the ledger and the sources.
struct Workplace {
  let configuration: Configuration
  let now: Instant
  /// The daemon's socket: the one that it uses, or the one that the files name if no daemon answers.
  let socket: String
  let ledgerPath: String
  /// Where the running daemon works, if that is elsewhere than the files say, in one line; otherwise nil.
  let move: String?
  /// Why the configuration is not that of the files; nil where it is.
  let fault: ConfigurationFault?

  init(
    _ configuration: Configuration, socket: String? = nil, ledger: String? = nil,
    move: String? = nil, fault: ConfigurationFault? = nil
  ) {
    self.configuration = configuration
    now = SystemClock().now
    self.socket = socket ?? configuration.socket
    ledgerPath = ledger ?? StatePaths(configuration).ledger
    self.move = move
    self.fault = fault
  }

  var zone: Zone { configuration.timezone }
  var time: TimeText { TimeText(zone: zone, now: now) }
  var inquiry: CustomerInquiry { CustomerInquiry(configuration, now: now) }

  /// Runs a body with the ledger opened for reading, whether or not a daemon writes it, and closes it.
  func reading<Result>(_ body: (any ForecastingLedger) async throws -> Result) async throws
    -> Result
  {
    try await LedgerAssembly.reading(ledgerPath, body)
  }

  /// The same where there may be no ledger yet, before the daemon's first start.
  func readingIfThere<Result>(
    _ body: ((any ForecastingLedger)?) async throws -> Result
  ) async throws -> Result {
    do {
      return try await reading(body)
    } catch let problem as LedgerProblem where problem.kind == .missing {
      return try await body(nil)
    }
  }

  /// The rule of a name, or an error that names those there are.
  func rule(_ name: String) throws -> Rule {
    if let rule = configuration.rule(named: name) { return rule }
    throw UnknownName("rule", name, among: configuration.rules.map(\.name)).failure
  }

  /// The channel of a name, or an error that names those there are.
  func channel(_ name: String) throws -> ChannelSettings {
    if let channel = configuration.channel(named: name) { return channel }
    throw UnknownName("channel", name, among: configuration.channels.map(\.name)).failure
  }

  func watch(_ name: String) throws -> Watch {
    if let watch = configuration.watch(named: name) { return watch }
    throw UnknownName("watch", name, among: configuration.watches.map(\.name), plural: "watches")
      .failure
  }

  /// A customer's key as a person types it.
  func customerKey(_ text: String) -> RowKey {
    let directory = configuration.customers.flatMap { configuration.watch(named: $0.watch) }
    return RowKey.typed(text, columns: directory?.key.count ?? 1)
  }
}
