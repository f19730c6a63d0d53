package import KindlyCore
import Synchronization

/// A row that the SQL or template of a rule fails on while other rows go.
package struct RowFault: Hashable, Sendable {
  /// What fails on it.
  package enum Stage: Hashable, Sendable {
    /// A condition, or reading the row.
    case question
    case template
    /// Looking up the row's customer, whose key the place has.
    case customer
  }

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

extension RowFault {
  /// The problem, and the rows or customers that have it.
  fileprivate func sentence(on keys: [RowKey]) -> String {
    switch place.stage {
    case .question, .template: problem.sentence(on: keys)
    case .customer:
      "\(keys.count == 1 ? "customer" : "customers") \(SourceProblem.named(keys)) \(keys.count == 1 ? "is" : "are") \(problem.description)"
    }
  }
}

/// The rows on which each rule fails now.
///
/// A row is evaluated again every few minutes while its reminder waits. So a fault that has not been seen for a while
/// is over: the row was fixed, or its reminder ended.
struct RowFaults {
  private struct Known {
    var problem: SourceProblem
    var met: Instant
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
  mutating func note(_ faults: [RowFault], of rule: String, now: Instant) -> [RowFault] {
    guard !faults.isEmpty else { return [] }
    forget(before: now - RowFaults.memory)
    var known = rules[rule] ?? [:]
    var new: [RowFault] = []
    let isToldOf = known.count < RowFaults.mostTold
    for fault in faults {
      let before = known[fault.place]
      guard before != nil || known.count < RowFaults.mostRows else { continue }
      known[fault.place] = Known(problem: fault.problem, met: now)
      if isToldOf, before?.problem != fault.problem { new.append(fault) }
    }
    rules[rule] = known
    return new
  }

  /// Notes rows that a rule works on.
  mutating func settle(_ places: [RowFault.Place], of rule: String) {
    guard var known = rules[rule] else { return }
    for place in places { known[place] = nil }
    rules[rule] = known.isEmpty ? nil : known
  }

  mutating func forgetAll() { rules = [:] }

  private mutating func forget(before time: Instant) {
    rules = rules.mapValues { $0.filter { $0.value.met >= time } }.filter { !$0.value.isEmpty }
  }

  /// One sentence for each rule and problem.
  mutating func sentences(now: Instant) -> [String] {
    forget(before: now - RowFaults.memory)
    return rules.sorted { $0.key < $1.key }.flatMap { rule, known in
      RowFaults.sentences(
        of: known.map { RowFault($0, $1.problem) }, rule.string)
    }
  }

  /// One sentence for each problem: `rule trial: a condition on watch customers fails: malformed JSON, on row 7; …`.
  static func sentences(of faults: [RowFault], _ rule: String) -> [String] {
    let groups = Dictionary(grouping: faults) { ExactText($0.problem.description) }
    return groups.sorted { $0.key < $1.key }.map { _, faults in
      let what = faults[0].sentence(on: faults.map(\.place.key))
      return """
        rule \(rule): \(what); \(faults.count == 1 ? "its reminder waits" : "their reminders wait"), and all others are sent
        """
    }
  }
}

extension Health {
  /// Records rows on which a rule fails; returns a sentence for each problem that is new for some of them.
  package func note(
    _ faults: [RowFault], of rule: String, now: Instant
  ) -> [String] {
    RowFaults.sentences(of: rowFaults.withLock { $0.note(faults, of: rule, now: now) }, rule)
  }

  /// Notes rows that a rule works on.
  package func settle(_ places: [RowFault.Place], of rule: String) {
    rowFaults.withLock { $0.settle(places, of: rule) }
  }

  /// The rows that rules fail on now, as sentences.
  package func rowFaultSentences(now: Instant) -> [String] {
    rowFaults.withLock { $0.sentences(now: now) }
  }
}
