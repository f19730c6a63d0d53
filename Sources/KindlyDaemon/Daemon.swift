package import KindlyConfig
package import KindlyControl
package import KindlyCore
import KindlySystemd
package import Logging
import ServiceLifecycle
import Synchronization

/// What a daemon is started with.
package struct DaemonOptions: Sendable {
  /// Reads the configuration; asked at start and at each reload.
  package var load: Reloader.Load
  package var clock: any Timekeeper
  package var environment: [String: String]
  package var version: String
  /// A time before this version was made; a clock that shows less is wrong.
  package var madeAfter: Instant
  /// An identity of this machine, for recognising a copied ledger; nil skips that check.
  package var machine: String?
  package var log: Logger
  /// Takes the configured level of the log, nil where none is configured, and the configured zone; called at start and at
  /// each reload.
  package var setLog: @Sendable (Logger.Level?, Zone) -> Void
  /// Channels to use instead of the configured ones of the same name, whatever the delivery mode.
  package var channels: [ExactText: any Channel]
  /// Says in a few words what a reload would change in the coming days; nil says nothing.
  package var outlook: Reloader.Outlook?
  /// Called when the ledger's disk fails under a commit; expected to end the process.
  package var fatal: @Sendable (LedgerProblem) -> Void
  /// Told of each commit of the ledger; nil outside of tests.
  package var commits: CommitWitness?

  package init(
    load: @escaping Reloader.Load, clock: any Timekeeper, environment: [String: String],
    version: String, madeAfter: Instant = .distantPast, machine: String? = nil, log: Logger,
    setLog: @escaping @Sendable (Logger.Level?, Zone) -> Void = { _, _ in },
    channels: [ExactText: any Channel] = [:], outlook: Reloader.Outlook? = nil,
    fatal: @escaping @Sendable (LedgerProblem) -> Void
  ) {
    self.load = load
    self.clock = clock
    self.environment = environment
    self.version = version
    self.madeAfter = madeAfter
    self.machine = machine
    self.log = log
    self.setLog = setLog
    self.channels = channels
    self.outlook = outlook
    self.fatal = fatal
  }
}

/// The daemon: its ledger and its services, put together; embeddable in a test, which turns it by hand.
package final class Daemon: Sendable {
  package let configuration: Configuration
  package let ledger: any SharedLedger
  package let health = Health()
  let current: CurrentGeneration
  let pauses = PauseBoard()
  let breakers = BreakerBoard()
  package let clocks: ClockBoard
  let watcher: Watcher
  let scheduler: Scheduler
  let surroundings: Surroundings
  let dispatcher: Dispatcher
  package let keeper: Keeper
  package let tasks: TaskReview
  package let mailbox: MailboxReader
  package let reloader: Reloader
  let options: DaemonOptions
  /// When the status line was counted last, and when it is counted again.
  let lastCount = Mutex((counted: Instant.distantPast, next: Instant.distantPast))

  /// Loads the configuration, opens the ledger, and takes over what an ended process left in it.
  package init(_ options: DaemonOptions) async throws {
    self.options = options
    let configuration = try options.load()
    self.configuration = configuration
    options.setLog(configuration.level, configuration.timezone)
    let now = options.clock.now
    ledger = try LedgerAssembly.open(configuration, options: options, now: now)
    let last = try await ledger.lastTime()
    // A new ledger has no time yet, and nothing has piled up.
    if last > Instant(milliseconds: 0), now - last > Fuse.longStop {
      try await ledger.noteResumption(now: now)
    }
    let generation = try await GenerationAssembly(
      configuration: configuration, ledger: ledger, clock: options.clock,
      environment: options.environment, channels: options.channels
    ).make(archivedIn: ledger, now: now)
    let current = CurrentGeneration(generation)
    clocks = ClockBoard(
      judge: ClockGuard(
        built: options.madeAfter, latest: try await ledger.lastTime(),
        // If no service manager started the daemon, a person did, and can see the clock.
        awaitsTimeServer: options.environment["NOTIFY_SOCKET"] != nil),
      clock: options.clock, zone: { current.value.zone }, log: options.log)
    // A rule starts from its activation, so it waits for a clock that is right: the services activate when they begin.
    if clocks.hold() == nil { _ = try await ledger.activate(generation.activations, now: now) }
    self.current = current
    watcher = Watcher(
      current: current, ledger: ledger, health: health, clocks: clocks, log: options.log)
    scheduler = Scheduler(
      current: current, ledger: ledger, health: health, clocks: clocks, log: options.log)
    surroundings = Surroundings(
      ledger: ledger, health: health, pauses: pauses, breakers: breakers, clocks: clocks,
      clock: options.clock, log: options.log)
    dispatcher = Dispatcher(current: current, in: surroundings)
    keeper = Keeper(
      current: current, ledger: ledger, health: health, breakers: breakers, clocks: clocks,
      log: options.log)
    tasks = TaskReview(
      current: current, ledger: ledger, health: health, clocks: clocks, log: options.log)
    mailbox = MailboxReader(
      current: current, ledger: ledger, health: health, log: options.log)
    reloader = Reloader(
      configuration: configuration, current: current, ledger: ledger, health: health,
      breakers: breakers, clocks: clocks, options: options)
    try await takeOver(now: now)
  }

  private func takeOver(now: Instant) async throws {
    let repeats = current.value.outlets.mapValues { $0.channel.traits.afterUnknown.repeats }
    let recovered = try await ledger.recover(now: now, repeats: repeats)
    if recovered != RecoverySummary() {
      options.log.notice(
        """
        kindly did not stop cleanly last time: \(counted(recovered.released, "reminder")) back in the queue, \
        \(recovered.uncertain) uncertain, which may or may not have arrived
        """)
    }
    try await restoreHolds()
    try await FuseMending(ledger: ledger, log: options.log, now: now).run(current.value.rules)
    health.restore(
      try await ledger.problems(), now: now, where: current.value.has)
    if case .disarmed(let breach) = ledger.fence {
      options.log.critical(
        """
        the ledger \(ledger.place) is disarmed and nothing is sent: \(breach.text(in: current.value.zone)). If this is the right \
        ledger, run `kindly arm --because "…"`; kindly will then send again any reminders whose sending it does not record
        """)
    }
  }

  /// Restores holds, so that what was held stays held: the first claim happens before the first look.
  private func restoreHolds() async throws {
    let watches = current.value.watches
    for (watch, standing) in try await ledger.standings() where watches[watch] != nil {
      health.setHold(standing.hold, of: watch.string)
    }
    for (watch, standing) in try await ledger.momentStandings() where watches[watch] != nil {
      health.setHold(standing.hold, of: watch.string, .moments)
    }
  }

  /// What one turn of everything came to.
  package struct Turn: Sendable {
    package var watched: Watcher.Summary
    package var scheduled: Scheduler.Summary
    package var dispatched: Dispatcher.Summary
  }

  /// Looks, scans and drains once, in this order: what tests call instead of `run`.
  @discardableResult
  package func turn() async throws -> Turn {
    let now = options.clock.now
    return Turn(
      watched: try await watcher.runOnce(now: now),
      scheduled: try await scheduler.runOnce(now: now),
      dispatched: try await dispatcher.runOnce(now: now))
  }

  /// The daemon's description of itself for commands.
  package var standing: DaemonStanding {
    DaemonStanding(
      version: options.version, ledger: ledger.place)
  }

  /// Trusts the clock as it is from now on, because a person says it is right.
  ///
  /// - Returns: how many reminders wait again that a clock ahead of it had ended.
  @discardableResult
  package func acceptClock(_ note: ActionNote) async throws -> Int {
    let revived = try await ledger.acceptClock(note, now: options.clock.now)
    clocks.accept()
    // Their times are those of the clock before.
    breakers.reset()
    return revived
  }

  /// Ends everything; what was submitted is committed first.
  package func close() async {
    await mailbox.close()
    for outlet in current.value.outlets.values { await outlet.channel.close() }
    for source in current.value.sources.values { await source.close() }
    await ledger.close(now: options.clock.now)
  }
}

extension Configuration {
  /// The configured level as the log knows it.
  var level: Logger.Level? { logLevel.flatMap { Logger.Level(rawValue: $0.rawValue) } }
}
