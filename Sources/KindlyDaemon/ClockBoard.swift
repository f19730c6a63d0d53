package import KindlyCore
package import Logging
import Synchronization

/// Whether the wall clock is trusted, where everyone who plans, sends or removes asks first.
package final class ClockBoard: Sendable {
  private struct State {
    var judge: ClockGuard
    var hold: ClockHold?
  }

  private let state: Mutex<State>
  private let clock: any Timekeeper
  private let zone: @Sendable () -> Zone
  private let log: Logger

  /// - Parameter zone: the zone for times in messages; a reload may change it.
  package init(
    judge: ClockGuard, clock: any Timekeeper, zone: @escaping @Sendable () -> Zone, log: Logger
  ) {
    state = Mutex(State(judge: judge))
    self.clock = clock
    self.zone = zone
    self.log = log
  }

  /// Why nothing may be done by the clock as it is now; nil if it is trusted.
  ///
  /// The journal is told when a hold begins, changes and ends.
  package func hold() -> ClockHold? {
    let (before, after, isUnkept) = state.withLock { state in
      let reading = clock.reading
      let (before, wasBegun) = (state.hold, state.judge.isBegun)
      state.hold = state.judge.note(reading)
      let begins = !wasBegun && state.judge.isBegun
      return (before, state.hold, begins && !reading.isSynchronised)
    }
    if before != after { report(after) }
    if isUnkept {
      log.notice(
        "no time server found; using the system clock as it is")
    }
    return after
  }

  /// The hold found by the last check.
  package var held: ClockHold? { state.withLock { $0.hold } }

  /// A person says that the clock is right as it is now.
  package func accept() {
    state.withLock { state in
      state.judge.accept(clock.reading)
      state.hold = nil
    }
  }

  private func report(_ hold: ClockHold?) {
    if let hold {
      log.error("\(hold.words(in: zone())); nothing is planned or sent: \(hold.advice)")
    } else {
      log.notice("the clock is trusted again; planning and sending continue")
    }
  }
}

/// How many reminders, ended by a clock that was ahead, wait again because a person accepted the clock; empty for none.
func revivedWords(_ count: Int) -> String {
  count == 0
    ? "" : "; \(counted(count, "reminder")) that the wrong clock had ended will be checked again"
}
