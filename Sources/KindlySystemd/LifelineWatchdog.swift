package import KindlyCore
import Synchronization

/// Tracks which of the daemon's loops are still turning. The service manager gets a sign of life only while all are.
///
/// Each loop registers with the longest silence that is normal for it, and beats at each turn. Times are wall times, so
/// a stepped clock or a suspended machine appears as a gap in which no loop reported anything; no loop is blamed for
/// it.
package final class LifelineWatchdog: Sendable {
  private struct Loop {
    let limit: Duration
    var lastBeat: Instant
  }

  private struct State {
    // By our own names.
    var loops: [String: Loop] = [:]
    var lastSeen: Instant
  }

  private let state: Mutex<State>
  /// A longer time without any report, or one that runs backwards, is a step of the clock.
  private let gap: Duration

  /// Makes a watchdog that is asked `isAlive(now:)` at least every `interval`.
  package init(askedEvery interval: Duration, now: Instant) {
    state = Mutex(State(lastSeen: now))
    // Two missed questions may mean a busy machine; systemd gives up at the second one anyway.
    gap = interval * 2
  }

  /// Adds a loop that must beat within `limit`, counted from now.
  package func register(_ name: String, limit: Duration, now: Instant) {
    state.withLock { state in
      observe(now, in: &state)
      state.loops[name] = Loop(limit: limit, lastBeat: now)
    }
  }

  /// Takes a loop out that has ended as it should.
  package func unregister(_ name: String) {
    state.withLock { state in state.loops[name] = nil }
  }

  /// The loop has come round; a name that was never registered is ignored.
  package func beat(_ name: String, now: Instant) {
    state.withLock { state in
      observe(now, in: &state)
      state.loops[name]?.lastBeat = now
    }
  }

  /// Whether every registered loop has beaten within its own limit.
  package func isAlive(now: Instant) -> Bool { silentLoops(now: now).isEmpty }

  /// The loops that have been silent for too long, by name, for the log.
  package func silentLoops(now: Instant) -> [String] {
    state.withLock { state in
      observe(now, in: &state)
      return state.loops.filter { now - $0.value.lastBeat > $0.value.limit }.keys.sorted()
    }
  }

  private func observe(_ now: Instant, in state: inout State) {
    let passed = now - state.lastSeen
    if passed < .zero || passed > gap {
      state.loops = state.loops.mapValues { loop in
        Loop(limit: loop.limit, lastBeat: loop.lastBeat + passed)
      }
    }
    state.lastSeen = now
  }
}
