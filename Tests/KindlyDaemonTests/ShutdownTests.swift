import KindlyCore
import KindlySystemd
import KindlyTestKit
import Logging
import ServiceLifecycle
import Testing

@testable import KindlyDaemon

@Suite("The end of the daemon's services")
struct ShutdownTests {
  /// Does what `DispatchService` does while nothing is due.
  private struct IdleDispatcher: Service {
    let bell: Bell
    let clock: any Timekeeper
    let hasEnded: Stopping

    func run() async throws {
      await bell.wait(until: clock.now + .hours(24), by: clock)
      hasEnded.stop()
      try await gracefulShutdown()
    }
  }

  @Test("a turn that takes long delays no other service's end, and is cancelled")
  func longTurns() async throws {
    let company = try await Simple.company()
    let (clock, stopping, bells, hasEnded) = (company.clock, Stopping(), Bells(), Stopping())
    let lifeline = LifelineWatchdog(askedEvery: .hours(24), now: clock.now)
    let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    func loop(
      _ name: String, _ bell: Bell, until isOver: @escaping @Sendable () -> Bool
    ) -> LoopService {
      LoopService(name: name, bell: bell, stopping: stopping, clock: clock, lifeline: lifeline) {
        begin.yield()
        answer.yield(await ShutdownTests.holds(stopping, isOver))
        return $0 + .hours(24)
      }
    }
    let services: [any Service] = [
      IdleDispatcher(bell: bells.dispatcher, clock: clock, hasEnded: hasEnded),
      loop("keeper", bells.keeper) { hasEnded.isStopping },
      loop("tasks", bells.tasks) { Task.isCancelled },
      ReloadService(
        reloader: company.daemon.reloader, bells: bells, stopping: stopping, notifier: Notifier()),
    ]
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: services, logger: log))
    let run = Task { try await group.run() }
    var turns = begun.makeAsyncIterator()
    for _ in 1...2 { _ = await turns.next() }
    await group.triggerGracefulShutdown()
    var results = answers.makeAsyncIterator()
    for _ in 1...2 { #expect(await results.next() == true) }
    try await run.value
    await company.close()
  }

  /// Waits until the daemon stops, and says whether a condition holds soon afterwards.
  private static func holds(
    _ stopping: Stopping, _ condition: @Sendable () -> Bool
  ) async -> Bool {
    while !stopping.isStopping { await Task.yield() }
    for _ in 1...1_000_000 {
      if condition() { return true }
      await Task.yield()
    }
    return false
  }
}
