package import KindlyCore

/// One thing that is wrong, or probably not meant, at one place of the configuration.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  package enum Severity: String, Hashable, Sendable {
    case error, warning
  }

  package let severity: Severity
  package let place: Place
  /// Counted in Unicode scalars from one; zero where the whole file is meant.
  package let column: Int
  /// What was expected, what stood there, and what to write instead; holds no secret.
  package let text: String
  /// Whether the disk is at fault rather than the file's contents, so that a retry may help.
  package let isOfDisk: Bool

  package init(
    severity: Severity = .error, place: Place, column: Int, text: String, isOfDisk: Bool = false
  ) {
    self.isOfDisk = isOfDisk
    self.severity = severity
    self.place = place
    self.column = column
    self.text = text
  }

  /// `file:line:column: error: expected … got …`, as compilers write it and editors jump to it.
  package var description: String {
    let spot = column > 0 ? "\(place):\(column)" : "\(place)"
    return "\(spot): \(severity.rawValue): \(text)"
  }
}

/// Everything that keeps a configuration from being loaded, in the order of files and lines.
package struct ConfigurationProblems: Error, Hashable, Sendable, CustomStringConvertible {
  package let problems: [ConfigurationProblem]

  package init(_ problems: [ConfigurationProblem]) {
    self.problems = problems
  }

  package var description: String {
    problems.map(\.description).joined(separator: "\n")
  }
}

/// Collects the problems found while reading one configuration, so that all are reported at once.
final class Findings {
  private(set) var errors: [ConfigurationProblem] = []
  private(set) var warnings: [ConfigurationProblem] = []

  func error(_ text: String, at spot: Spot) {
    errors.append(ConfigurationProblem(place: spot.place, column: spot.column, text: text))
  }

  func diskError(_ text: String, at spot: Spot) {
    errors.append(
      ConfigurationProblem(place: spot.place, column: spot.column, text: text, isOfDisk: true))
  }

  func warn(_ text: String, at spot: Spot) {
    warnings.append(
      ConfigurationProblem(
        severity: .warning, place: spot.place, column: spot.column, text: text))
  }
}

/// A file, a line and a column, both counted from one.
struct Spot: Hashable {
  let file: String
  let line: Int
  let column: Int

  var place: Place { Place(file: file, line: line) }
}

extension Spot {
  /// The beginning of a line.
  init(_ place: Place) { self.init(file: place.file, line: place.line, column: 1) }
}
