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

extension ClockHold {
  /// What is wrong with the clock, with times in a zone.
  package func words(in zone: Zone) -> String {
    switch self {
    case .unsynchronised: "this machine has just started, and no time server has set its clock yet"
    case .beforeBuild(let time):
      "this machine's clock shows a time before \(zone.text(of: time)), when this version of kindly was made"
    case .beforeLast(let time):
      "this machine's clock shows a time before \(zone.text(of: time)), which the ledger has already recorded"
    case .farAhead(let time):
      """
      this machine's clock is far ahead of \(zone.text(of: time)), the last time in the ledger, and no time server \
      confirms it
      """
    case .stepped(let by):
      "this machine's clock was set \(by < .zero ? "back" : "forward") by \(ClockHold.length(by))"
    }
  }

  /// What ends the hold.
  package var advice: String {
    switch self {
    case .unsynchronised:
      "kindly continues once a time server answers, or \(ClockGuard.patience.wholeMinutes) minutes after the start"
    case .beforeBuild, .beforeLast:
      "set the clock, or, if it is right, run `kindly clock accept --because …`"
    case .farAhead:
      "check `date`; set the clock if it is wrong, or run `kindly clock accept --because …` if it is right"
    case .stepped:
      """
      kindly continues when the clock has been stable for \(ClockGuard.settling.wholeMinutes) minutes with a time server, or \
      for \(ClockGuard.settlingAlone.wholeMinutes) minutes without one if it was set by at most \
      \(ClockGuard.farthestAlone.wholeMinutes / 60) hours in all; if the clock is right, run `kindly clock accept --because …` \
      to continue at once
      """
    }
  }

  private static func length(_ duration: Duration) -> String {
    let minutes = abs(duration.wholeMinutes)
    return "\(minutes / 60) h \(minutes % 60) min"
  }
}

extension Duration {
  fileprivate var wholeMinutes: Int64 { wholeMilliseconds / 60_000 }
}

/// How many reminders, ended by a clock that was ahead, wait again because a person accepted the clock; empty for none.
func revivedWords(_ count: Int) -> String {
  count == 0
    ? "" : "; \(counted(count, "reminder")) that the wrong clock had ended will be checked again"
}
