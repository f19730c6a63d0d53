import ArgumentParser
import Foundation
import KindlyConfig

/// The command `kindly`; each verb is a file of its own in `Verbs`.
@main
struct Kindly: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kindly",
    abstract: "Sends a company's customers the right reminder, once, at a decent hour.",
    discussion: """
      Kindly watches the customer database, plans the reminders that its rules call for, and sends each one once. Its \
      configuration is in /etc/kindly; --config names another folder.

      EXAMPLES
        kindly init                 create a first configuration
        kindly check                check the configuration
        kindly status               show waiting and sent reminders, and problems
        kindly why --customer 42    explain every decision about a customer
        kindly pause --all --because "wrong price in the letter"
      """,
    version: Version.text,
    subcommands: [
      Init.self, Run.self, Check.self, Coverage.self, ForecastVerb.self,
      PlanVerb.self, Status.self, Why.self,
      Rules.self,
      Outbox.self,
      Resend.self, Release.self, Drop.self, Pause.self, Resume.self, Inbox.self, TaskVerb.self,
      Forget.self, SuppressionVerb.self, ChannelVerb.self, Preview.self, SendTest.self,
      SourceVerb.self,
      ClockVerb.self,
      Backup.self,
      Reload.self, Arm.self, Demo.self, VersionCommand.self,
    ])

  /// Runs the verb that was asked for; an error becomes one text on standard error and an exit code of sysexits(3).
  static func main() async {
    do {
      try VerbSpelling.check(Array(CommandLine.arguments.dropFirst()), in: Kindly.self)
      var command = try parseAsRoot()
      if var verb = command as? any AsyncParsableCommand {
        try await verb.run()
      } else {
        try command.run()
      }
    } catch {
      if let problems = error as? ConfigurationProblems {
        Standard.error("\(problems)")
        Foundation.exit(problems.code.rawValue)
      }
      guard let failure = Failure(error) else { exit(withError: error) }
      Standard.error("kindly: \(failure)")
      Foundation.exit(failure.code.rawValue)
    }
  }
}
