package import KindlyCore
import Synchronization

/// A clock that a test moves by hand; who sleeps on it wakes when it is moved past their time.
package final class ManualClock: Timekeeper {
  private struct Sleeper {
    let until: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    /// How far a test has set the clock, which is not time that passed.
    var stepped = Duration.zero
    var isSynchronised = true
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var nextID = 0
  }

  private let state: Mutex<State>
  private let start: Instant

  /// What the machine has been up for when the clock is made: too long to wait for a time server.
  private static let firstUptime = Duration.days(1)

  package init(_ now: Instant) {
    start = now
    state = Mutex(State(now: now))
  }

  package var now: Instant { state.withLock { $0.now } }

  /// How many tasks sleep on it now.
  package var sleepers: Int { state.withLock { $0.sleepers.count } }

  package var reading: ClockReading {
    state.withLock { state in
      ClockReading(
        wall: state.now, uptime: ManualClock.firstUptime + (state.now - start) - state.stepped,
        isSynchronised: state.isSynchronised)
    }
  }

  /// Sets the clock, forward or back, without that time passing.
  package func step(by duration: Duration) {
    state.withLock { state in
      state.now = state.now + duration
      state.stepped += duration
    }
  }

  /// Says whether a time server is heard of.
  package func synchronise(_ isSynchronised: Bool) {
    state.withLock { $0.isSynchronised = isSynchronised }
  }

  /// Moves the clock forward and wakes those whose time has come.
  package func advance(to instant: Instant) {
    let woken = state.withLock { state in
      state.now = max(state.now, instant)
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  package func advance(by duration: Duration) { advance(to: now + duration) }

  package func sleep(until instant: Instant) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(id, Sleeper(until: instant, continuation: continuation))
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelled.insert(id)
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func enter(_ id: Int, _ sleeper: Sleeper) {
    enum Entry {
      case asleep
      case awake
      case cancelled
    }
    let entry: Entry = state.withLock { state in
      if state.cancelled.remove(id) != nil { return .cancelled }
      if sleeper.until <= state.now { return .awake }
      state.sleepers[id] = sleeper
      return .asleep
    }
    switch entry {
    case .asleep: break
    case .awake: sleeper.continuation.resume()
    case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
    }
  }
}
