import KindlyCore
import KindlySystemd
import ServiceLifecycle

/// Runs the dispatcher until shutdown, and then until what is in flight has its outcome.
struct DispatchService: Service, CustomStringConvertible {
  let dispatcher: Dispatcher
  let bell: Bell
  let stopping: Stopping
  let clock: any Timekeeper
  let lifeline: LifelineWatchdog

  var description: String { "dispatcher" }

  func run() async throws {
    lifeline.register(description, limit: LoopService.longestTurn, now: clock.now)
    defer { lifeline.unregister(description) }
    try await dispatcher.run(bell: bell, stopping: stopping) {
      lifeline.beat(description, now: clock.now)
    }
    try await untilAskedToEnd()
  }
}
