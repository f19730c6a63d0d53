import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

struct Coverage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show for each channel and rule how many customers cannot be reached, and why.",
    discussion: """
      The first table counts all customers, and the customers that each channel reaches: those with a valid address that is \
      not suppressed. The lines below it tell how many customers have several phone numbers in one field, or no valid number.

      The second table counts the rows that each rule applies to now. A channel reaches a row if it reaches the row's customer \
      and the row has a valid date. The third table counts, for each route such as `sms else email`, the rows that its first \
      channel reaches, those that only a later one reaches, and those that none reaches. The column `customers` counts each \
      unreached customer once, however many rows are about them. Nothing is sent or written. On a terminal, progress is shown \
      on standard error.

      With --csv, prints a line for each row and channel that cannot be reached, with ids and the column to correct. \
      Addresses and names are never shown. --customers prints the first table alone, also as --csv or --json.

      EXAMPLES
        kindly coverage
        kindly coverage --rule trial --channel email
        kindly coverage --csv > to-correct.csv
        kindly coverage --json
        kindly coverage --customers --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Option(help: "Only this rule.", completion: Known.rules)
  var rule: String?

  @Option(help: "Only this channel.", completion: Known.channels)
  var channel: String?

  @Flag(help: "Show only how many of all customers each channel reaches, whatever the rules say.")
  var customers = false

  @Flag(help: "Print comma-separated values: a line for each row that cannot be reached.")
  var csv = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if csv && json { throw ValidationError("choose one of --csv and --json") }
    if customers && rule != nil { throw ValidationError("choose one of --customers and --rule") }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let configuration = workplace.configuration
    let rules = try rule.map { [try workplace.rule($0)] } ?? configuration.rules
    let channel = try self.channel.map { try workplace.channel($0).name }
    if customers {
      try await CustomersCoverage(channel: channel, csv: csv, json: json).print(workplace)
      return
    }
    let subjects = rules.map { CoverageSubject.all(of: $0, in: configuration) }
      .map { $0.filter { channel == nil || $0.channels.contains { $0.name == channel } } }
    if csv { print(CSVOutput.line(Coverage.heading)) }
    let report = try await survey(subjects, workplace, channel)
    if json {
      try JSONOutput.print(report.findings.map { CoverageView($0, in: report) })
    } else if !csv {
      if let customers = report.customers { print(CustomersPage.text(of: customers) + "\n") }
      print(
        report.findings.isEmpty
          ? "no rule matches" : CoveragePage(report: report, companyZone: workplace.zone).text)
    }
    if let failure = report.failure.flatMap({ Failure($0) }) {
      throw ExitCode(failure.code.rawValue)
    }
  }

  private func survey(
    _ rules: [[CoverageSubject]], _ workplace: Workplace, _ channel: String?
  ) async throws -> CoverageReport {
    var report = CoverageReport(channel: channel)
    // A configuration with rules has both, or it would have been refused.
    guard let directory = workplace.configuration.customers,
      let watch = workplace.configuration.watch(named: directory.watch)
    else { return report }
    let inquiry = workplace.inquiry
    let channels = workplace.configuration.channels.filter { channel == nil || $0.name == channel }
    // A rule has been asked about, or a table that JSON and CSV have with --customers alone.
    let countsCustomers = rule == nil && !csv && !json
    // Lines of CSV on the same terminal would be torn by it.
    let progress = ProgressLine(isShown: ProgressLine.isTerminal && !csv)
    defer { progress.clear() }
    try await workplace.readingIfThere { ledger in
      let survey = CoverageSurvey(
        inquiry: inquiry, directory: directory, directoryWatch: watch, ledger: ledger,
        report: { unreached in
          guard csv, channel == nil || unreached.channel == channel else { return }
          print(CSVOutput.line(unreached.cells))
        },
        progress: { progress.advance(by: $0) })
      let customers = CustomerSurvey(
        inquiry: inquiry, directory: directory, watch: watch, channels: channels, ledger: ledger,
        report: { _ in }, progress: { progress.advance(by: $0) })
      if progress.isShown {
        let more = countsCustomers ? await customers.expectedRows() ?? 0 : 0
        progress.begin(expecting: await survey.expectedRows(of: rules) + more)
      }
      if countsCustomers { report.customers = try await customers.result() }
      for subjects in rules {
        let findings = try await survey.findings(about: subjects)
        if csv { findings.forEach(tellFailure) }
        report.findings += findings
      }
    }
    await inquiry.close()
    return report
  }

  /// Among lines that a program reads an error has no place.
  private func tellFailure(_ finding: CoverageReport.Finding) {
    guard case .failure(let problem) = finding.result else { return }
    let subject = finding.subject
    Standard.error(
      "kindly: rule \(subject.rule.name), step \(subject.stepNames): \(Failure.text(of: problem)); the lines of this rule are incomplete"
    )
  }

  private static let heading = [
    "rule", "step", "channel", "customer", "row", "reason", "column",
  ]
}

extension UnreachedRow {
  /// The cells of a line of CSV, under `Coverage.heading`.
  fileprivate var cells: [String] {
    [
      subject.rule.name, subject.stepNames, channel, customer?.description ?? "", row.description,
      obstacle.rawValue, column,
    ]
  }
}
