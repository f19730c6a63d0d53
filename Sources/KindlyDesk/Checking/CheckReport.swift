package import KindlyConfig
package import KindlyCore
import KindlyTemplates

/// The result of a check: the numbers for each rule, and all problems to fix.
package struct CheckReport {
  /// One step of one rule as the source has it today.
  package struct StepLine {
    package let rule: String
    package let step: Step
    package let watch: String
    /// How many rows satisfy its conditions now; nil where that was not asked, or could not be.
    package let matching: Int?
    package let census: AnchorCensus?
    /// What the schedule's column holds; nil where that was not asked.
    package var dateKind: DateKind?
    /// What is still to come of it; nil for a step that counts from no column.
    package var ahead: MomentsAhead?
    /// When its next moment comes; nil for a step that counts from a column.
    package var calendar: CalendarAhead?

    package var text: String {
      let name = step.name == Step.only ? rule : "\(rule), step \(step.name)"
      return "\(name): \(RuleSentence(step: step, watch: watch).text)\(numbers)"
    }

    private var numbers: String {
      var parts: [String] = []
      if let matching {
        parts.append("\(counted(matching, "row")) match\(matching == 1 ? "es" : "") today")
      }
      if let census, let column = step.when.schedule?.column {
        let sorting = { (kind: DateKind) in
          step.when.schedule?.sorts(kind) == false ? ", which no index sorts" : ""
        }
        let kind = dateKind.map { " (\($0.words)\(sorting($0)))" } ?? ""
        parts.append("\(counted(census.readable, "date")) in \(column)\(kind)")
        parts += census.unusable.counts
      }
      if let ahead { parts.append(ahead.text) }
      if let calendar { parts.append(calendar.text) }
      return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
  }

  package init() {}

  package var lines: [StepLine] = []
  /// Information worth knowing before the daemon starts; nothing to fix.
  package var notes: [String] = []
  package private(set) var problems: [ConfigurationProblem] = []
  /// Problems of files that were not asked about.
  package private(set) var elsewhere = 0

  package var hasErrors: Bool { problems.contains { $0.severity == .error } || elsewhere > 0 }

  package mutating func add(_ problem: ConfigurationProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  package mutating func error(_ text: String, at place: Place) {
    add(ConfigurationProblem(place: place, column: 0, text: text))
  }

  package mutating func warn(_ text: String, at place: Place) {
    add(ConfigurationProblem(severity: .warning, place: place, column: 0, text: text))
  }

  package mutating func add(_ problem: SourceProblem, at place: Place) {
    error(problem.hint.map { "\(problem.description); \($0)" } ?? problem.description, at: place)
  }

  mutating func add(_ finding: TemplateFinding) {
    add(
      ConfigurationProblem(
        severity: finding.severity == .error ? .error : .warning,
        place: Place(file: finding.place.file, line: finding.place.line),
        column: finding.place.column, text: finding.text))
  }

  package mutating func add(_ findings: [QueryFinding], at place: Place) {
    for finding in findings {
      if finding.isError { error(finding.text, at: place) } else { warn(finding.text, at: place) }
    }
  }

  /// Puts the problems into the order of files and lines.
  package mutating func sort() {
    problems.sort {
      ($0.place.file, $0.place.line, $0.column) < ($1.place.file, $1.place.line, $1.column)
    }
  }

  /// Leaves only what is placed in one file; errors of others are counted, since they keep this one from being used.
  package mutating func narrow(to file: CheckedFile) {
    elsewhere = problems.count { $0.severity == .error && !file.isMeant(by: $0.place) }
    problems.removeAll { !file.isMeant(by: $0.place) }
    lines.removeAll { !file.isMeant(by: $0.step.place) }
    notes = []
  }

  /// `3 rules, no errors, 1 warning`.
  package var summary: String {
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count - errors
    let rules = Set(lines.map(\.rule)).count
    return [
      counted(rules, "rule"), errors == 0 ? "no errors" : counted(errors, "error"),
      warnings == 0 ? "no warnings" : counted(warnings, "warning"),
    ].joined(separator: ", ")
  }
}
