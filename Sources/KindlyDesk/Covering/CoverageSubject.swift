package import KindlyConfig
package import KindlyCore

/// The steps of a rule that reach the same customers: those with the same conditions, date column and routes.
package struct CoverageSubject {
  package let rule: Rule
  package let watch: Watch
  /// In the order of the file, never empty.
  package private(set) var steps: [Step]
  /// The conditions to evaluate on a row. Conditions that use `old` are left out, because they are about a change.
  package let conditions: [String]
  /// The segments that the customers must be in.
  package let segments: [Segment]
  /// When the steps fire, where that is at moments; nil for changes.
  package let schedule: Schedule?
  /// The channels of all routes to customers, each once.
  package let channels: [ChannelSettings]
  /// The routes to customers with more than one channel, or with one that the customer's row names.
  package let routes: [Route]

  private init(_ step: Step, of rule: Rule, watch: Watch, in configuration: Configuration) {
    self.rule = rule
    self.watch = watch
    steps = [step]
    conditions = step.conditionsOfRow
    segments = step.segments
    schedule = step.when.schedule
    channels = configuration.channels(of: step, to: .customer)
    routes = step.legs.filter { $0.recipient == .customer }.map(\.route).filter {
      $0.channels.count > 1 || $0.asksPreference
    }
  }

  /// The subjects of a rule, in the order of their first steps; rows about nobody, and steps that only colleagues hear
  /// of, reach no customers.
  package static func all(of rule: Rule, in configuration: Configuration) -> [CoverageSubject] {
    guard let watch = configuration.watch(named: rule.watch), watch.about != .nobody else {
      return []
    }
    let steps = rule.steps.filter { $0.recipients.contains(.customer) }
    return steps.reduce(into: []) { subjects, step in
      let subject = CoverageSubject(step, of: rule, watch: watch, in: configuration)
      if let same = subjects.firstIndex(where: { $0.reachesTheSame(as: subject) }) {
        subjects[same].steps.append(step)
      } else {
        subjects.append(subject)
      }
    }
  }

  private func reachesTheSame(as other: CoverageSubject) -> Bool {
    conditions == other.conditions && segments == other.segments
      && schedule?.columns == other.schedule?.columns
      && steps[0].legs == other.steps[0].legs
      && (steps[0].messageClass == .marketing) == (other.steps[0].messageClass == .marketing)
  }

  /// The column that the steps count from.
  package var dateColumn: String? { schedule?.column }

  /// Whether a step comes every year on its date, as birthdays do.
  package var isAboutBirthdays: Bool { steps.contains { $0.when.schedule?.isAnniversary == true } }

  package var stepNames: String { steps.map(\.name).joined(separator: ", ") }

  /// Whether rows count that a condition about `old` may leave out.
  package var leavesOutConditions: Bool {
    steps.contains { $0.conditions.count > $0.conditionsOfRow.count }
  }
}
