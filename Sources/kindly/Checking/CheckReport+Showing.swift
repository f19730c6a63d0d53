import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore

extension CheckReport {
  /// Checks the configuration of a folder; what keeps it from being read is in the report as well.
  static func of(folder: String, isOffline: Bool = false) async -> CheckReport {
    do throws(ConfigurationProblems) {
      let configuration = try ConfigurationLoader.load(folder: folder)
      return await ConfigurationCheck(
        workplace: Workplace(configuration), isOffline: isOffline,
        environment: ProcessInfo.processInfo.environment
      ).run()
    } catch {
      var report = CheckReport()
      report.code = error.code
      for problem in error.problems { report.add(problem) }
      return report
    }
  }

  /// Prints the rules in numbers, and on standard error what is wrong.
  func show(quiet: Bool = false) {
    if !quiet {
      for line in lines { print(OneLine.text(line.text)) }
      for note in notes { print(OneLine.text(note)) }
    }
    for problem in problems { Standard.error("\(problem)") }
    if elsewhere > 0 {
      Standard.error(
        "this file cannot be loaded because of \(counted(elsewhere, "error")) in other files; see `kindly check`"
      )
    }
    if !quiet { print(summary) }
  }
}
