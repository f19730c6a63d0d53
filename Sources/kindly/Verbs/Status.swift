import ArgumentParser
import KindlyCore
import KindlyDesk

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show waiting and sent reminders, and problems.",
    discussion: """
      The exit codes are those of monitoring plugins: 0 all is well, 1 something needs attention, 2 something does not \
      work, 3 the status is unknown. With --check it prints one line with performance data for Icinga, Nagios or Zabbix.

      EXAMPLES
        kindly status
        kindly status --check
        kindly status --json | jq .waiting
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Print one line in the style of monitoring plugins.")
  var check = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if check && json { throw ValidationError("choose one of --check and --json") }
  }

  func run() async throws {
    let workplace = try await workplace()
    let report = await StatusReport.make(workplace)
    if json {
      try JSONOutput.print(StatusView(report))
    } else {
      print(check ? report.pluginLine : StatusPage(report).text)
    }
    throw ExitCode(report.level.rawValue)
  }

  /// A monitoring system knows four exit codes, and none of them is that of an error.
  private func workplace() async throws -> Workplace {
    do {
      let workplace = try await place.workplace(warns: false, for: .everybody)
      try await Audience.operators.admitIfUnknown(to: workplace)
      return workplace
    } catch {
      let text = PluginText.safe("\(error)")
      if check {
        print("KINDLY \(StatusReport.Level.unknown.word) - \(text)")
      } else {
        Standard.error("\(error)")
      }
      throw ExitCode(StatusReport.Level.unknown.rawValue)
    }
  }
}
