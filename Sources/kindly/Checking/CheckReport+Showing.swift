import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk

extension CheckReport {
  /// Checks the configuration of a folder; what keeps it from being read is in the report as well.
  ///
  /// - Returns: the report, and the exit code if it has errors.
  static func of(
    folder: String, isOffline: Bool = false
  ) async -> (report: CheckReport, code: Failure.Code) {
    do throws(ConfigurationProblems) {
      let workplace = Workplace(try ConfigurationLoader.load(folder: folder))
      var known: (standings: [ExactText: RuleStanding], applied: Set<StepName>)?
      if !isOffline {
        // Losing the error is right: if the ledger cannot be read, the report shows what a rule would do as a new one.
        known = try? await workplace.readingIfThere { ledger in
          guard let ledger else { return nil }
          return (try await ledger.ruleStandings(), try await ledger.appliedSteps())
        }
      }
      let check = ConfigurationCheck(
        configuration: workplace.configuration, now: workplace.now, clock: SystemClock(),
        isOffline: isOffline, environment: ProcessInfo.processInfo.environment,
        standings: known?.standings, appliedSteps: known?.applied)
      return (await check.run(), .configuration)
    } catch {
      var report = CheckReport()
      for problem in error.problems { report.add(problem) }
      return (report, error.code)
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
