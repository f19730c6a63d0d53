/// A place in a template file; line and column count from one, columns in characters.
package struct TemplatePlace: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// A problem to fix in a template, found when it is loaded or checked.
package struct TemplateFinding: Hashable, Sendable, CustomStringConvertible {
  package enum Severity: String, Hashable, Sendable {
    case error, warning
  }

  package let severity: Severity
  package let place: TemplatePlace
  package let text: String

  package init(_ severity: Severity, _ text: String, at place: TemplatePlace) {
    self.severity = severity
    self.text = text
    self.place = place
  }

  package static func error(_ text: String, at place: TemplatePlace) -> TemplateFinding {
    TemplateFinding(.error, text, at: place)
  }

  package static func warning(_ text: String, at place: TemplatePlace) -> TemplateFinding {
    TemplateFinding(.warning, text, at: place)
  }

  /// The finding as compilers write theirs: `welcome.html:3:7: error: …`.
  package var description: String { "\(place): \(severity.rawValue): \(text)" }
}

/// Everything that keeps a templates folder from being used, all at once, ordered by place.
package struct TemplateProblems: Error, Hashable, Sendable, CustomStringConvertible {
  package let findings: [TemplateFinding]

  package init(_ findings: [TemplateFinding]) {
    self.findings = findings.sorted {
      ($0.place.file, $0.place.line, $0.place.column) < (
        $1.place.file, $1.place.line, $1.place.column
      )
    }
  }

  package var description: String { findings.map(\.description).joined(separator: "\n") }
}
