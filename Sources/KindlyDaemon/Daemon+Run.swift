import KindlyConfig
import KindlyControl
import KindlyCore
import KindlySystemd
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

extension Daemon {
  /// How long hand-overs in flight at shutdown may take to finish; the unit's TimeoutStopSec is longer.
  private static let drainTime = Duration.seconds(80)
  /// A hint from a source waits this long, since writes come in bursts.
  private static let hintDebounce = Duration.seconds(1)
  private static let scanInterval = Duration.minutes(15)
  private static let statusInterval = Duration.seconds(10)

  /// Runs until SIGTERM or SIGINT, and returns when what was in flight has its outcome.
  package func run() async throws {
    let bells = Bells()
    let notifier = Notifier()
    let stopping = Stopping()
    let lifeline = LifelineWatchdog(askedEvery: .seconds(10), now: options.clock.now)
    func loop(
      _ name: String, _ bell: Bell, _ turn: @escaping @Sendable (Instant) async throws -> Instant
    ) -> LoopService {
      LoopService(
        name: name, bell: bell, stopping: stopping, clock: options.clock, lifeline: lifeline,
        turn: turn)
    }
    func loops(
      _ name: String, _ bells: BellBoard,
      _ turn: @escaping @Sendable (String, Instant) async throws -> Instant
    ) -> SourceLoops {
      SourceLoops(
        name: name, bells: bells, current: current, stopping: stopping, clock: options.clock,
        lifeline: lifeline, turn: turn)
    }
    let desk = ControlDesk(daemon: self, bells: bells)
    let greeting = try await statusLine().text
    let services: [any Service] = [
      WatchdogService(
        lifeline: lifeline, notifier: notifier, clock: options.clock, log: options.log),
      ControlService(
        server: ControlServer(path: configuration.socket) { await desk.answer($0, from: $1) }
      ) {
        self.options.log.notice("kindly \(self.options.version) is running: \(greeting)")
        notifier.ready()
      },
      DispatchService(
        dispatcher: dispatcher, bell: bells.dispatcher, stopping: stopping, clock: options.clock,
        lifeline: lifeline),
      hints(reloaded: bells.hints) { await bells.watchers.ring($0) },
      loops("watcher", bells.watchers) { try await self.watch($0, now: $1, bells) },
      loops("scheduler", bells.schedulers) { try await self.schedule($0, now: $1, bells) },
      loop("keeper", bells.keeper) { try await self.keep(now: $0, notifier) },
      loop("tasks", bells.tasks) { now in
        _ = try await self.tasks.runOnce(now: now)
        return self.options.clock.now + TaskReview.interval
      },
      loop("mailbox", bells.mailbox) { try await self.readMailbox(now: $0) },
      ReloadService(reloader: reloader, bells: bells, stopping: stopping, notifier: notifier),
    ]
    var group = ServiceGroupConfiguration(
      services: services.map {
        .init(
          service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .gracefullyShutdownGroup)
      }, gracefulShutdownSignals: [.sigterm, .sigint], logger: options.log)
    group.maximumGracefulShutdownDuration = Daemon.drainTime
    try await ServiceGroup(configuration: group).run()
    await close()
    options.log.notice("kindly has ended; nothing is in flight")
  }

  /// The service that calls `ring` with a source's name when that source reports a commit.
  package func hints(
    reloaded: Bell = Bell(), rest: Duration = HintService.standardRest,
    ring: @escaping @Sendable (String) async -> Void
  ) -> HintService {
    HintService(
      current: current, reloaded: reloaded, clock: options.clock, rest: rest, ring: ring)
  }

  private func watch(_ source: String, now: Instant, _ bells: Bells) async throws -> Instant {
    let summary = try await watcher.runOnce(source: source, now: now)
    if clocks.held != nil { return options.clock.now + LoopService.longestWait }
    if !summary.planned.isEmpty { await bells.dispatcher.ring() }
    if !summary.stirred.isEmpty { await bells.schedulers.ring(source) }
    if summary.changes > 0 {
      options.log.info(
        "noticed \(counted(summary.changes, "change")); \(counted(summary.planned.inserted, "reminder")) planned"
      )
    }
    let poll = await reloader.configuration.poll(ofSource: source)
    return options.clock.now + (poll ?? LoopService.longestWait)
  }

  private func schedule(_ source: String, now: Instant, _ bells: Bells) async throws -> Instant {
    let summary = try await scheduler.runOnce(source: source, now: now)
    if clocks.held != nil { return options.clock.now + LoopService.longestWait }
    if !summary.planned.isEmpty {
      await bells.dispatcher.ring()
      options.log.info(
        """
        moments: \(counted(summary.planned.inserted, "reminder")) planned, \(summary.planned.retimed) re-timed, \
        \(summary.planned.moved) moved, \(summary.planned.revived) revived
        """)
    }
    // A busy source rings all the time; scanning takes at most a tenth of it.
    let took = options.clock.now - now
    let clock = options.clock
    // Being asked to end is the same as the time having passed: a long pause must not hold up the shutdown.
    try? await cancelWhenGracefulShutdown {
      try await clock.sleep(for: max(Daemon.hintDebounce, took * 10))
    }
    return options.clock.now + Daemon.scanInterval
  }

  private func keep(now: Instant, _ notifier: Notifier) async throws -> Instant {
    _ = try await keeper.runOnce(now: now)
    let counting = options.clock.now
    let (counted, next) = lastCount.withLock { $0 }
    if counting < counted || counting >= next {
      notifier.status(try await statusLine().text)
      // Counting a million reminders takes a while; it takes at most a thousandth of the time.
      let took = options.clock.now - counting
      lastCount.withLock { $0 = (counting, options.clock.now + took * 1000) }
    }
    return options.clock.now + Daemon.statusInterval
  }

  private func readMailbox(now: Instant) async throws -> Instant {
    // A wrong time would be recorded with each reply.
    if clocks.hold() != nil { return options.clock.now + LoopService.longestWait }
    let mailbox = mailbox
    let summary = try await withGracefulShutdownHandler {
      try await mailbox.runOnce(now: now)
    } onGracefulShutdown: {
      // Unstructured, because a shutdown handler cannot wait; closing breaks off the exchange above.
      Task { await mailbox.close() }
    }
    if summary.hasMore { return options.clock.now }
    return options.clock.now + (summary.poll ?? LoopService.longestWait)
  }

  private func statusLine() async throws -> StatusLine {
    let generation = current.value
    // A reload may have changed the delivery mode.
    let configuration = await reloader.configuration
    let now = options.clock.now
    return StatusLine(
      mode: "\(configuration.delivery)", isLive: configuration.delivery.isLive,
      rules: generation.rules.count, status: try await ledger.status(now: now),
      problems: health.problems(now: now).count(where: \.counts),
      holds: health.heldWatches.count, isArmed: ledger.fence.isArmed,
      isClockHeld: clocks.held != nil, zone: generation.zone)
  }
}

/// The bells of the loops, so that each can wake the one that has work now.
struct Bells: Sendable {
  let watchers = BellBoard()
  let schedulers = BellBoard()
  let dispatcher = Bell()
  let keeper = Bell()
  let tasks = Bell()
  let mailbox = Bell()
  let hints = Bell()

  /// Wakes everyone: after a reload or a person's word.
  func ringAll() async {
    for board in [watchers, schedulers] { await board.ringAll() }
    for bell in [dispatcher, keeper, tasks, mailbox, hints] { await bell.ring() }
  }
}

/// Serves the control socket until shutdown.
///
/// The daemon counts as started when people can ask it something. By then a signal ends it as it should.
struct ControlService: Service, CustomStringConvertible {
  let server: ControlServer
  /// Called once when clients can connect.
  let isReady: @Sendable () -> Void

  var description: String { "control socket" }

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      try await server.run(whenListening: isReady)
    }
  }
}

/// Reloads at each SIGHUP, and stops all loops at a shutdown.
///
/// As the last service of the group, it is told of the shutdown first. The others are told one by one, each after the
/// previous one has ended. So this service stops all loops at once, and reports the end to the service manager.
struct ReloadService: Service, CustomStringConvertible {
  let reloader: Reloader
  let bells: Bells
  let stopping: Stopping
  let notifier: Notifier

  var description: String { "reload" }

  func run() async throws {
    await withGracefulShutdownHandler {
      await cancelWhenGracefulShutdown { await reloadAtSignals() }
    } onGracefulShutdown: {
      stopping.stop()
      // Unstructured, because a shutdown handler cannot wait; the bells only wake the loops.
      Task { await bells.ringAll() }
    }
    notifier.stopping()
    notifier.status("stopping; waiting for the outcome of messages in flight")
  }

  private func reloadAtSignals() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      notifier.reloading()
      // Losing the error is right: the reloader has logged why it refused, and the old configuration stays active.
      _ = try? await reloader.reload(acceptDrop: false)
      notifier.ready()
      await bells.ringAll()
    }
  }
}

/// Tells the service manager of life while every loop turns.
struct WatchdogService: Service, CustomStringConvertible {
  let lifeline: LifelineWatchdog
  let notifier: Notifier
  let clock: any Timekeeper
  let log: Logger

  var description: String { "watchdog" }

  func run() async throws {
    let interval = WatchdogSchedule()?.interval ?? .seconds(10)
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let silent = lifeline.silentLoops(now: clock.now)
        if silent.isEmpty {
          notifier.watchdog()
        } else {
          log.critical(
            "no sign of life for too long: \(silent.joined(separator: ", ")); the service manager will restart kindly"
          )
        }
        // Cancellation ends the loop above.
        try? await clock.sleep(for: min(interval, .seconds(10)))
      }
    }
  }
}
