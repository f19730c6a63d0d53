package import KindlyConfig
package import KindlyCore

/// What surrounds a desk: a running daemon that acts at once, or the ledger alone, whose changes wait for the daemon's
/// start.
package protocol DeskSetting: Sendable {
  var isRunning: Bool { get }

  /// Whether anything of a watch is held until the next look, as far as the ledger does not know.
  func holds(_ watch: String) -> Bool

  /// Applies a committed pause; when it returns, no further hand-over begins.
  func apply(_ pause: Pause)

  /// Lifts a pause that the ledger has ended.
  func lift(_ scope: PauseScope)

  /// Wakes a part of the daemon that may have something to do.
  func wake(_ part: DeskPart) async

  /// Whether the clock holds planning and sending, or would hold them at the daemon's start.
  func doubtsClock(_ ledger: any KeepingLedger, now: Instant) async throws -> Bool

  /// Trusts the clock as it is now.
  ///
  /// - Returns: how many reminders wait again that a clock ahead of it had ended.
  func acceptClock(_ ledger: any ActingLedger, _ note: ActionNote, now: Instant) async throws -> Int
}

/// The part of the daemon that a request may have given something to do.
package enum DeskPart: Hashable, Sendable {
  case outbox
  case sources
  case everything
}

/// The ledger without a daemon.
package struct LedgerAlone: DeskSetting {
  package init() {}

  package var isRunning: Bool { false }
  package func holds(_: String) -> Bool { false }
  package func apply(_: Pause) {}
  package func lift(_: PauseScope) {}
  package func wake(_: DeskPart) {}

  /// Without a daemon nothing is known of steps, so only the recorded time can speak against the clock.
  package func doubtsClock(_ ledger: any KeepingLedger, now: Instant) async throws -> Bool {
    let last = try await ledger.lastTime()
    return last > now || ClockGuard.isFarAhead(now, of: last)
  }

  package func acceptClock(
    _ ledger: any ActingLedger, _ note: ActionNote, now: Instant
  ) async throws -> Int {
    try await ledger.acceptClock(note, now: now)
  }
}

/// What a desk needs to know of the configuration.
package struct DeskNames: Sendable {
  let rules: [String]
  let channels: [String]
  let watches: [(name: String, source: String)]
  let sources: [String]
  /// The customers' own watch; nil if there is none.
  let home: String?
  /// Where the rows of watches name their customer.
  let customerColumns: [CustomerColumn]
  /// In which times are told.
  let zone: Zone

  package init(_ configuration: Configuration) {
    rules = configuration.rules.map(\.name)
    channels = configuration.channels.map(\.name)
    watches = configuration.watches.map { ($0.name, $0.source) }
    sources = configuration.sources.map(\.name)
    home = configuration.customers?.watch
    customerColumns = configuration.watches.compactMap(CustomerColumn.init)
    zone = configuration.timezone
  }

  init(_ generation: Generation) {
    rules = generation.rules.keys.sorted().map(\.string)
    channels = generation.outlets.keys.sorted().map(\.string)
    watches = generation.watches.sorted { $0.key < $1.key }.map { ($0.value.name, $0.value.source) }
    sources = generation.sources.keys.sorted().map(\.string)
    home = generation.directory?.watch
    customerColumns = generation.watches.sorted { $0.key < $1.key }.compactMap {
      CustomerColumn(of: $0.value)
    }
    zone = generation.zone
  }
}
