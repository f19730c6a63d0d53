package import KindlyCore
import Synchronization

/// What is wrong now: sources that do not answer, rules whose SQL fails, watches that are held.
///
/// Each failure is reported once, when it begins or changes, and once when it is over; `kindly status` shows what is here.
package final class Health: Sendable {
  package enum Subject: Hashable, Sendable {
    case source(String)
    case watch(String)
    /// What the customers' own columns hold.
    case customers
    case rule(String)
    case step(rule: String, step: String)
    /// A rule's rows, read again before its messages leave.
    case recheck(rule: String)
  }

  /// Which part of a watch is held for a person.
  package enum HeldPart: Hashable, Sendable, CaseIterable {
    /// The changes that a look noticed.
    case changes
    /// The moments that a change of dates made due at once.
    case moments
  }

  private struct State {
    var problems: [Subject: SourceProblem] = [:]
    var holds: [ExactText: [HeldPart: WatchStanding.Hold]] = [:]
    var pulses: [ExactText: SourcePulse] = [:]
    var remarks: [Subject: [String]] = [:]
    /// By watch, a line a column.
    var unusableDates: [ExactText: [String]] = [:]
    /// Each with the time at which a reminder was last held up by it.
    var addresses: [InvalidAddress: Instant] = [:]
    var busy: [ExactText: Instant] = [:]
  }

  private let state = Mutex(State())
  let rowFaults = Mutex(RowFaults())

  package init() {}

  /// Records a failure; returns true if it is new and should be reported.
  package func failed(_ subject: Subject, with problem: SourceProblem) -> Bool {
    state.withLock { state in
      guard state.problems[subject] != problem else { return false }
      state.problems[subject] = problem
      return true
    }
  }

  /// Records that a rule on a watch fails. Also returns false if the watch itself has the same problem, which is
  /// reported there.
  package func failed(
    _ subject: Subject, on watch: String, with problem: SourceProblem
  ) -> Bool {
    if problem.kind == .watch, problems[.watch(watch)] == problem { return false }
    return failed(subject, with: problem)
  }

  /// Records that something works; returns true if it had failed.
  package func recovered(_ subject: Subject) -> Bool {
    state.withLock { $0.problems.removeValue(forKey: subject) != nil }
  }

  /// Forgets all problems, so that after a reload each problem that remains is reported once more.
  package func forgetProblems() {
    state.withLock { $0.problems = [:] }
    rowFaults.withLock { $0.forgetAll() }
  }

  package var problems: [Subject: SourceProblem] { state.withLock { $0.problems } }

  package func setHold(
    _ hold: WatchStanding.Hold?, of watch: String, _ part: HeldPart = .changes
  ) {
    state.withLock { $0.holds[watch, default: [:]][part] = hold }
  }

  package func hold(of watch: String, _ part: HeldPart) -> WatchStanding.Hold? {
    state.withLock { $0.holds[watch]?[part] }
  }

  /// Why anything of a watch is held; nothing of it is sent then.
  package func hold(of watch: String) -> WatchStanding.Hold? {
    HeldPart.allCases.lazy.compactMap { self.hold(of: watch, $0) }.first
  }

  /// Every hold with its watch, in a fixed order.
  package var holds: [(watch: ExactText, hold: WatchStanding.Hold)] {
    let holds = state.withLock { $0.holds }
    return holds.keys.sorted().flatMap { watch in
      HeldPart.allCases.compactMap { part in holds[watch]?[part].map { (watch, $0) } }
    }
  }

  /// Notes a source's pulse; true where the source was committed to since the last one.
  package func note(_ pulse: SourcePulse, of source: String) -> Bool {
    state.withLock { state in
      defer { state.pulses[source] = pulse }
      return state.pulses[source] != pulse
    }
  }

  /// Records warnings about a source or a watch that works. Returns the new ones, and the earlier ones that no longer
  /// hold.
  package func note(
    remarks: [String], of subject: Subject
  ) -> (new: [String], gone: [String]) {
    state.withLock { state in
      let before = state.remarks.updateValue(remarks, forKey: subject) ?? []
      return (
        remarks.filter { !before.contains($0) }, before.filter { !remarks.contains($0) }
      )
    }
  }

  /// Forgets what was noted of sources and watches that are no longer configured.
  package func forgetRemarks(unless isThere: (Subject) -> Bool) {
    state.withLock { state in
      state.remarks = state.remarks.filter { isThere($0.key) }
      state.unusableDates = state.unusableDates.filter { isThere(.watch($0.key.string)) }
    }
  }

  package var remarks: [String] {
    state.withLock { $0.remarks.values.flatMap(\.self).sortedExactly }
  }

  /// Beyond this many customers only the number is reported.
  private static let mostAddresses = 10_000

  /// Records an address that holds up a reminder; returns true if it is new.
  func note(_ address: InvalidAddress, now: Instant) -> Bool {
    state.withLock { state in
      guard state.addresses[address] != nil || state.addresses.count < Health.mostAddresses else {
        return false
      }
      return state.addresses.updateValue(now, forKey: address) == nil
    }
  }

  /// The addresses that hold up reminders. It first forgets those that no reminder has met for a while: they were
  /// corrected, or nothing waits for them any more.
  package func invalidAddresses(now: Instant) -> [InvalidAddress] {
    let oldest = now - (Recheck.correctionStep + Recheck.correctionStep)
    return state.withLock { state in
      state.addresses = state.addresses.filter { $0.value >= oldest }
      return state.addresses.keys.sorted { ($0.customer, $0.column) < ($1.customer, $1.column) }
    }
  }

  /// Notes the channels that have more due than they can take, and remembers since when.
  package func setBusy(_ channels: Set<ExactText>, now: Instant) {
    state.withLock { state in
      state.busy = Dictionary(
        uniqueKeysWithValues: channels.map { ($0, state.busy[$0] ?? now) })
    }
  }

  /// Since when each busy channel has had more due than it can take.
  package var busy: [ExactText: Instant] { state.withLock { $0.busy } }

  /// Notes which unusable values the date columns of a watch hold, a line a column.
  package func setUnusableDates(_ lines: [String], in watch: String) {
    state.withLock { $0.unusableDates[watch] = lines }
  }

  package var unusableDates: [String] {
    state.withLock { $0.unusableDates.values.flatMap(\.self).sortedExactly }
  }
}
