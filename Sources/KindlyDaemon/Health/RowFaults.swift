package import KindlyCore
import Synchronization

/// A row that the SQL or template of a rule fails on while other rows go.
package struct RowFault: Hashable, Sendable {
  package typealias Stage = RowTrouble.Stage

  /// Where a row is, and what may fail on it.
  package struct Place: Hashable, Sendable {
    package let watch: String
    package let key: RowKey
    package let stage: Stage

    package init(watch: String, key: RowKey, stage: Stage = .question) {
      self.watch = watch
      self.key = key
      self.stage = stage
    }

    /// The same row, at which something else may fail.
    func at(_ stage: Stage) -> Place { Place(watch: watch, key: key, stage: stage) }
  }

  package let place: Place
  package let problem: SourceProblem

  package init(_ place: Place, _ problem: SourceProblem) {
    self.place = place
    self.problem = problem
  }

  package init(watch: String, key: RowKey, problem: SourceProblem) {
    self.init(Place(watch: watch, key: key), problem)
  }
}

/// The rows on which each rule fails now.
///
/// A row is evaluated again every few minutes while its reminder waits. So a fault that has not been seen for a while
/// is over: the row was fixed, or its reminder ended.
struct RowFaults {
  private struct Known {
    let problem: SourceProblem
    let met: Instant
    /// Whether it was noted since the last reload.
    var isTold = true
  }

  private var rules: [ExactText: [RowFault.Place: Known]] = [:]

  /// More failing rows of one rule than this are not remembered.
  static let mostRows = 1000
  /// If a rule fails on more rows, further rows are not logged; the status counts them.
  private static let mostTold = 20
  /// Longer than the interval at which a waiting reminder or a date is evaluated again.
  static let memory = Duration.minutes(20)

  /// Records rows on which a rule fails. Returns those to report: new ones, as long as the rule does not fail on too
  /// many.
  mutating func record(_ faults: [RowFault], of rule: String, now: Instant) -> [RowFault] {
    guard !faults.isEmpty else { return [] }
    forget(before: now - RowFaults.memory)
    var known = rules[rule] ?? [:]
    var new: [RowFault] = []
    let isToldOf = known.values.count(where: \.isTold) < RowFaults.mostTold
    for fault in faults {
      let before = known[fault.place]
      guard before != nil || known.count < RowFaults.mostRows else { continue }
      known[fault.place] = Known(problem: fault.problem, met: now)
      if isToldOf, before?.problem != fault.problem || before?.isTold == false { new.append(fault) }
    }
    rules[rule] = known
    return new
  }

  /// Records that a rule works on rows.
  mutating func settle(_ places: [RowFault.Place], of rule: String) {
    guard var known = rules[rule] else { return }
    for place in places { known[place] = nil }
    rules[rule] = known.isEmpty ? nil : known
  }

  /// Forgets rules that are no longer configured. A remaining fault is reported once more when it recurs.
  mutating func reload(where isThere: (String) -> Bool) {
    rules = rules.filter { isThere($0.key.string) }
      .mapValues { $0.mapValues { Known(problem: $0.problem, met: $0.met, isTold: false) } }
  }

  private mutating func forget(before time: Instant) {
    rules = rules.mapValues { $0.filter { $0.value.met >= time } }.filter { !$0.value.isEmpty }
  }

  /// One problem for each way in which a rule fails.
  mutating func problems(now: Instant) -> [Problem] {
    forget(before: now - RowFaults.memory)
    return rules.flatMap { rule, known in
      RowFaults.troubles(of: known.map { RowFault($0, $1.problem) })
        .map { Problem(.rule(rule.string), .rows($0)) }
    }
  }

  /// Groups the faults by what fails and how.
  static func troubles(of faults: [RowFault]) -> [RowTrouble] {
    let groups = Dictionary(grouping: faults) {
      Way(stage: $0.place.stage, description: ExactText($0.problem.description))
    }
    return groups.sorted { $0.key.description < $1.key.description }.map { way, faults in
      RowTrouble(faults[0].problem, at: way.stage, on: faults.map(\.place.key))
    }
  }

  private struct Way: Hashable {
    let stage: RowFault.Stage
    let description: ExactText
  }
}

extension Health {
  /// Records rows on which a rule fails; returns a sentence for each problem that is new for some of them.
  package func record(_ faults: [RowFault], of rule: String, now: Instant) -> [String] {
    RowFaults.troubles(of: rowFaults.withLock { $0.record(faults, of: rule, now: now) })
      .map { "\(Problem.Subject.rule(rule).words): \($0.sentence)" }
  }

  /// Records that a rule works on rows.
  package func settle(_ places: [RowFault.Place], of rule: String) {
    rowFaults.withLock { $0.settle(places, of: rule) }
  }
}
