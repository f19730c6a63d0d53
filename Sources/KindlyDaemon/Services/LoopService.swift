import KindlyCore
import KindlySystemd
import ServiceLifecycle

/// One of the daemon's loops: it turns, waits for its time or its bell, and reports to the watchdog.
struct LoopService: Service, CustomStringConvertible {
  let name: String
  let bell: Bell
  let stopping: Stopping
  let clock: any Timekeeper
  let lifeline: LifelineWatchdog
  /// One turn; returns when the next one is wanted.
  let turn: @Sendable (Instant) async throws -> Instant

  /// A loop without a sign of life for this long is stuck. A long turn gives one after each slice that it reads.
  static let longestTurn = Duration.minutes(10)
  /// A loop comes round at least this often, so that clock steps are noticed.
  static let longestWait = Duration.seconds(30)

  var description: String { name }

  func run() async throws {
    let loop = Loop(name: name, bell: bell, clock: clock, lifeline: lifeline, turn: turn)
    do {
      try await cancelWhenGracefulShutdown {
        try await loop.run { stopping.isStopping || Task.isCancelled }
      }
    } catch is CancellationError where stopping.isStopping {
      // A long turn that ended early, because the daemon stops.
    }
    try await untilAskedToEnd()
  }
}

/// Turns again and again until it is over, waits between two turns, and tells the watchdog that it still turns.
struct Loop: Sendable {
  let name: String
  let bell: Bell
  let clock: any Timekeeper
  let lifeline: LifelineWatchdog
  /// One turn; returns when the next one is wanted.
  let turn: @Sendable (Instant) async throws -> Instant

  func run(until isOver: @Sendable () -> Bool) async throws {
    lifeline.register(name, limit: LoopService.longestTurn, now: clock.now)
    defer { lifeline.unregister(name) }
    var next = clock.now
    var turned = next
    while true {
      lifeline.beat(name, now: clock.now)
      // The ring is taken before `isOver` is asked: whoever ends the loop makes it true first and rings afterwards. In
      // the other order, the loop could take that ring and then wait.
      let isRung = await bell.takeRing()
      if isOver() { return }
      let now = clock.now
      // Prevents a clock that was set back from delaying the next turn.
      if isRung || now >= next || now < turned {
        let sign = LongTurn.Sign { lifeline.beat(name, now: clock.now) }
        next = try await LongTurn.$sign.withValue(sign) { try await turn(now) }
        turned = clock.now
      }
      await bell.wait(until: min(next, clock.now + LoopService.longestWait), by: clock)
    }
  }
}

extension Service {
  /// Waits until the group ends this service.
  ///
  /// `ReloadService` stops all loops at once. But the group ends services one by one, and treats a service that ends
  /// before its turn as a failure.
  func untilAskedToEnd() async throws {
    try await gracefulShutdown()
  }
}
