package import KindlyCore
import Synchronization

/// What is wrong now: sources that do not answer, rules whose SQL fails, watches that are held.
///
/// Each failure is logged once, when it begins or changes, and once when it is over; the keeper writes what is here into
/// the ledger, for `kindly status`.
package final class Health: Sendable {
  /// Which part of a watch is held for a person.
  package enum HeldPart: Hashable, Sendable, CaseIterable {
    /// The changes that a look noticed.
    case changes
    /// The moments that a change of dates made due at once.
    case moments
  }

  private struct Failure {
    let problem: SourceProblem
    let since: Instant?
    /// When a reload or a start put it in doubt; nil once it has recurred.
    var doubted: Instant?
  }

  private struct State {
    var failures: [Problem.Subject: Failure] = [:]
    var holds: [ExactText: [HeldPart: WatchStanding.Hold]] = [:]
    var pulses: [ExactText: SourcePulse] = [:]
    /// What is worth knowing, by what was looked at when it was found.
    var found: [Problem.Subject: [Problem]] = [:]
    /// By watch.
    var unusableDates: [ExactText: [Problem.Fact]] = [:]
    /// Each with the time at which a reminder was last held up by it.
    var addresses: [InvalidAddress: Instant] = [:]
    var busy: [ExactText: Instant] = [:]
    /// By step, with the time at which they were counted.
    var missed: [Problem.Subject: (moments: MissedMoments, since: Instant)] = [:]
    /// The reminders with a chain that is too long, as far as they were reported already.
    var tooDeep: Set<TooDeep> = []
  }

  private let state = Mutex(State())
  let rowFaults = Mutex(RowFaults())

  package init() {}

  // MARK: Failures

  /// How long a doubted failure still counts if it does not recur. Its subject is tried more often than this.
  static let doubt = Duration.minutes(20)

  /// Records a failure; returns true if it should be logged, because it is new or was not met since the last reload.
  package func recordFailure(of subject: Problem.Subject, _ problem: SourceProblem) -> Bool {
    state.withLock { state in
      let before = state.failures[subject]
      if let before, before.problem == problem, before.doubted == nil { return false }
      state.failures[subject] = Failure(problem: problem, since: before?.since)
      return true
    }
  }

  /// Records that a rule on a watch fails. Also returns false if the watch itself has the same problem, which is
  /// reported there.
  package func recordFailure(
    of subject: Problem.Subject, on watch: String, _ problem: SourceProblem
  ) -> Bool {
    if problem.kind == .watch, failures[.watch(watch)] == problem { return false }
    return recordFailure(of: subject, problem)
  }

  /// Records that something works; returns true if it had failed.
  package func recordRecovery(of subject: Problem.Subject) -> Bool {
    state.withLock { $0.failures.removeValue(forKey: subject) != nil }
  }

  /// Everything that fails now, and how.
  package var failures: [Problem.Subject: SourceProblem] {
    state.withLock { $0.failures.mapValues(\.problem) }
  }

  /// Takes over, as doubted, the failures that the last process left in the ledger.
  package func restore(
    _ problems: [Problem], now: Instant, where isThere: (Problem.Subject) -> Bool
  ) {
    state.withLock { state in
      for problem in problems where isThere(problem.subject) {
        if case .missed(let moments) = problem.fact {
          state.missed[problem.subject] = (moments, problem.since ?? now)
        }
        guard case .failure(let failure) = problem.fact else { continue }
        state.failures[problem.subject] = Failure(
          problem: failure, since: problem.since, doubted: now)
      }
    }
  }

  /// Forgets what is no longer configured, and doubts the rest, so that each problem that remains is logged once more.
  package func reload(now: Instant, where isThere: (Problem.Subject) -> Bool) {
    state.withLock { state in
      state.failures = state.failures.filter { isThere($0.key) }
      for subject in state.failures.keys where state.failures[subject]?.doubted == nil {
        state.failures[subject]?.doubted = now
      }
      state.found = state.found.filter { isThere($0.key) }
        .mapValues { problems in problems.filter { isThere($0.subject) } }
      state.missed = state.missed.filter { isThere($0.key) }
      state.unusableDates = state.unusableDates.filter { isThere(.watch($0.key.string)) }
    }
    rowFaults.withLock { $0.reload { isThere(.rule($0)) } }
  }

  // MARK: Holds

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

  /// The watches of which something is held.
  package var heldWatches: Set<ExactText> {
    state.withLock { Set($0.holds.filter { !$0.value.isEmpty }.keys) }
  }

  // MARK: Sources

  /// Records a source's pulse; true if anything was committed to the source since the last one.
  package func record(_ pulse: SourcePulse, of source: String) -> Bool {
    state.withLock { state in
      defer { state.pulses[source] = pulse }
      return state.pulses[source] != pulse
    }
  }

  /// Records the problems of something that works nevertheless, such as a source or a watch. They replace what was
  /// found there before. Returns what differs.
  package func record(_ problems: [Problem], foundIn place: Problem.Subject) -> ProblemNews {
    state.withLock { state in
      let before = state.found.updateValue(problems, forKey: place) ?? []
      return ProblemNews(before: before, now: problems)
    }
  }

  /// Records which unusable values the date columns of a watch hold.
  package func setUnusableDates(_ facts: [Problem.Fact], in watch: String) {
    state.withLock { $0.unusableDates[watch] = facts }
  }

  /// Records the moments of a step that lost their use before they were planned.
  package func record(_ moments: MissedMoments, of step: Problem.Subject, now: Instant) {
    state.withLock { $0.missed[step] = (moments, now) }
  }

  /// Beyond this many, all are forgotten, and are reported again if they recur.
  private static let mostTooDeep = 10_000

  /// Those of the given reminders that were not reported before.
  func news(in tooDeep: [TooDeep]) -> [TooDeep] {
    if tooDeep.isEmpty { return [] }
    return state.withLock { state in
      if state.tooDeep.count > Health.mostTooDeep { state.tooDeep = [] }
      return tooDeep.filter { state.tooDeep.insert($0).inserted }
    }
  }

  // MARK: Customers and channels

  /// Beyond this many customers only the number is reported.
  private static let mostAddresses = 10_000

  /// Records an address that holds up a reminder; returns true if it is new.
  func record(_ address: InvalidAddress, now: Instant) -> Bool {
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
      return state.addresses.keys.sorted { ($0.key, $0.column) < ($1.key, $1.column) }
    }
  }

  /// Records the channels that have more due than they can take, and remembers since when.
  package func setBusy(_ channels: Set<ExactText>, now: Instant) {
    state.withLock { state in
      state.busy = Dictionary(
        uniqueKeysWithValues: channels.map { ($0, state.busy[$0] ?? now) })
    }
  }

  // MARK: All of it

  /// Everything that is wrong now, in no order.
  package func problems(now: Instant) -> [Problem] {
    let addresses = invalidAddresses(now: now)
    var problems = rowFaults.withLock { $0.problems(now: now) }
    if !addresses.isEmpty {
      let first = Array(addresses.prefix(Problem.mostNamedAddresses))
      problems.append(Problem(.customers, .addresses(first: first, count: addresses.count)))
    }
    return state.withLock { state in
      state.failures = state.failures.filter {
        $0.value.doubted.map { now < $0 + Health.doubt } ?? true
      }
      problems += state.failures.map { Problem($0, .failure($1.problem), since: $1.since) }
      problems += state.found.values.joined()
      problems += state.unusableDates.flatMap { watch, facts in
        facts.map { Problem(.watch(watch.string), $0) }
      }
      state.missed = state.missed.filter { now < $0.value.since + MissedMoments.memory }
      problems += state.missed.map {
        Problem($0, .missed($1.moments), since: $1.since)
      }
      problems += state.busy.map { Problem(.channel($0.string), .behind, since: $1) }
      return problems
    }
  }
}
