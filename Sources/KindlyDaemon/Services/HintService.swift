package import KindlyCore
import ServiceLifecycle

/// Wakes the watcher when a source reports a commit, so that a change is noticed before the next poll.
///
/// Only the triggers of a change log send hints, so only sources with a change log are listened to. Polling continues
/// alongside.
package struct HintService: Service, CustomStringConvertible {
  private let current: CurrentGeneration
  /// Called at each hint with the source's name.
  private let ring: @Sendable (String) async -> Void
  /// Rung after a reload, which may have brought other sources.
  private let reloaded: Bell
  private let clock: any Timekeeper
  private let rest: Duration

  /// How soon the service listens again after hints have stopped; meanwhile polling notices changes.
  package static let pause = Duration.seconds(30)
  /// How long the next hint waits behind one: a busy application commits all the time, and each hint costs it a look.
  package static let standardRest = Duration.milliseconds(200)

  package var description: String { "hints" }

  package init(
    current: CurrentGeneration, reloaded: Bell, clock: any Timekeeper,
    rest: Duration = HintService.standardRest, ring: @escaping @Sendable (String) async -> Void
  ) {
    self.current = current
    self.ring = ring
    self.reloaded = reloaded
    self.clock = clock
    self.rest = rest
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let generation = current.value
        await withTaskGroup { group in
          for source in telling(generation) { group.addTask { await listen(to: source) } }
          await untilAnother(than: generation)
          group.cancelAll()
        }
      }
    }
  }

  private func telling(_ generation: Generation) -> [any CustomerSource] {
    let names = generation.watches.values.filter { $0.changes == .changelog }.map(\.source)
    return generation.sources.values.filter { names.contains($0.name) }
  }

  private func untilAnother(than generation: Generation) async {
    while !Task.isCancelled, current.value.serial == generation.serial {
      await reloaded.wait(until: clock.now + LoopService.longestWait, by: clock)
      _ = await reloaded.takeRing()
    }
  }

  private func listen(to source: any CustomerSource) async {
    while !Task.isCancelled {
      do throws(SourceProblem) {
        // It returns where the source gives no hints, or when this is to end.
        return try await source.listen {
          await ring(source.name)
          // Being asked to end is the same as the time having passed.
          try? await clock.sleep(for: rest)
        }
      } catch {
        // Being asked to end is the same as the time having passed; the source itself keeps the error as a remark.
        try? await clock.sleep(for: HintService.pause)
      }
    }
  }
}
