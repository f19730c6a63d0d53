import KindlyCore
import KindlySystemd
import ServiceLifecycle
import Synchronization

/// Runs one loop for each source, so that each has its own pace and a slow one does not delay another.
///
/// A reload starts a loop for a new source; the loop of a removed source ends after its turn.
struct SourceLoops: Service, CustomStringConvertible {
  let name: String
  let bells: BellBoard
  let current: CurrentGeneration
  let stopping: Stopping
  let clock: any Timekeeper
  let lifeline: LifelineWatchdog
  /// One turn at a source; returns when its next one is wanted.
  let turn: @Sendable (_ source: String, Instant) async throws -> Instant

  var description: String { name }

  /// The sources that have a loop.
  private final class Roster: Sendable {
    private let names = Mutex<Set<ExactText>>([])

    func begin(_ name: String) -> Bool { names.withLock { $0.insert(name) } }
    func end(_ name: String) { names.withLock { _ = $0.remove(ExactText(name)) } }
  }

  func run() async throws {
    try await cancelWhenGracefulShutdown { try await runLoops() }
    try await untilAskedToEnd()
  }

  private func runLoops() async throws {
    let roster = Roster()
    // A failed loop cancels the others, but not this task.
    let failed = Stopping()
    try await withThrowingDiscardingTaskGroup { group in
      while !stopping.isStopping, !failed.isStopping, !Task.isCancelled {
        for source in current.value.sources.keys.map(\.string) where roster.begin(source) {
          group.addTask {
            do {
              try await loop(of: source).run { isOver(source) }
            } catch is CancellationError {
              // A long turn that ended early, because the daemon stops.
            } catch {
              failed.stop()
              await bells.roster.ring()
              throw error
            }
            roster.end(source)
            // It may be back already.
            await bells.roster.ring()
          }
        }
        await bells.roster.wait(until: clock.now + LoopService.longestWait, by: clock)
        _ = await bells.roster.takeRing()
      }
    }
  }

  private func loop(of source: String) -> Loop {
    Loop(
      name: "\(name) of \(source)", bell: bells.bell(of: source), clock: clock, lifeline: lifeline
    ) { try await turn(source, $0) }
  }

  private func isOver(_ source: String) -> Bool {
    stopping.isStopping || Task.isCancelled || current.value.sources[source] == nil
  }
}
