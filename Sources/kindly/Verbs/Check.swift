import ArgumentParser
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDesk

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration against the sources, and say what each rule would do.",
    discussion: """
      Reads every file and reports every problem at once as `file:line:column: error: …`. Then it opens each source, \
      tries every query, counts the rows that match today, examines the date columns, and writes every letter for a \
      real row. It reads every secret, and looks for the programs and certificates that channels need. Nothing is sent \
      or stored. The exit code is 0, or 78 if there is an error.

      EXAMPLES
        kindly check
        kindly check --offline
        kindly check /etc/kindly/rules.d/20-trial.yaml
        kindly check --config ./etc
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(
    help: "Report only the problems of this file of the configuration.",
    completion: .file())
  var file: String?

  @Flag(help: "Do not open the sources.")
  var offline = false

  @Flag(help: "Print only errors and warnings.")
  var quiet = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if quiet && json { throw ValidationError("choose one of --quiet and --json") }
  }

  func run() async throws {
    let checked = try file.map { path in
      guard let checked = CheckedFile(path) else {
        throw Failure(.usage, "there is no file \(path)")
      }
      return checked
    }
    if !offline { try await admit(to: checked?.folder ?? place.config) }
    var (report, code) = await CheckReport.of(
      folder: checked?.folder ?? place.config, isOffline: offline)
    if let checked { report.narrow(to: checked) }
    if json {
      try JSONOutput.print(CheckView(report))
    } else {
      report.show(quiet: quiet)
    }
    if report.hasErrors { throw ExitCode(code.rawValue) }
  }
}

extension Check {
  /// Refuses the check of a folder to colleagues who see only some customers; one whose files have errors shows none.
  private func admit(to folder: String) async throws {
    let configuration: Configuration
    do throws(ConfigurationProblems) {
      configuration = try ConfigurationLoader.load(folder: folder)
    } catch {
      return
    }
    try await Audience.operators.admitIfUnknown(to: Workplace(configuration))
  }
}

/// A check's findings for scripts.
private struct CheckView: Encodable {
  let ok: Bool
  let steps: [StepView]
  let notes: [String]
  let problems: [ProblemView]

  struct StepView: Encodable {
    let rule: String
    let step: String
    let sentence: String
    let matching: Int?
    let dates: Int?
    // By our own words.
    let unusable: [String: Int]?
    /// What the date column holds: `days`, `times`, `days written DMY` …
    let dateKind: String?
    let momentsAhead: Int?
    /// The day of the next moment, and of the last one if none is to come.
    let nextMoment: String?
    let lastMoment: String?
  }

  struct ProblemView: Encodable {
    let severity: String
    let file: String
    let line: Int
    let column: Int
    let text: String
  }

  init(_ report: CheckReport) {
    ok = !report.hasErrors
    steps = report.lines.map { line in
      StepView(
        rule: line.rule, step: line.step.name,
        sentence: RuleSentence(step: line.step, watch: line.watch).text, matching: line.matching,
        dates: line.census?.readable,
        unusable: line.census?.unusable.withZeros(), dateKind: line.dateKind?.words,
        momentsAhead: line.ahead?.count,
        nextMoment: (line.ahead?.next ?? line.calendar?.next).map { "\($0)" },
        lastMoment: line.ahead?.last.map { "\($0)" })
    }
    notes = report.notes
    problems = report.problems.map { problem in
      ProblemView(
        severity: problem.severity.rawValue, file: problem.place.file, line: problem.place.line,
        column: problem.column, text: problem.text)
    }
  }
}
