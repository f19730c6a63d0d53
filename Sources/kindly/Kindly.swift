import ArgumentParser
import Foundation

/// The command `kindly`; each verb is a file of its own in `Verbs`.
@main
struct Kindly: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kindly",
    abstract:
      "Looks after a company's customers: the right reminder to each, once, at a decent hour.",
    discussion: """
      Kindly watches the customer database, queues the reminders that its rules trigger, and delivers them without ever \
      repeating one. Its configuration is /etc/kindly; `--config DIR` names another place.

      EXAMPLES
        kindly init                      write a first configuration for your database
        kindly check                     validate the configuration
        kindly status                    what waits, what was sent, what is wrong
        kindly why --customer 42         every decision about a customer
        kindly pause --all --because "wrong price in the letter"
      """,
    version: Version.text,
    subcommands: [
      Init.self, Run.self, Check.self, Coverage.self, Status.self, Why.self, Rules.self,
      Outbox.self,
      Resend.self, Pause.self,
      Resume.self, Inbox.self, SuppressionVerb.self, Preview.self, SendTest.self, SourceVerb.self,
      ClockVerb.self,
      Backup.self,
      Reload.self, Arm.self, Demo.self, VersionCommand.self,
    ])

  /// Runs the verb that was asked for; an error becomes one text on standard error and an exit code of sysexits(3).
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var verb = command as? any AsyncParsableCommand {
        try await verb.run()
      } else {
        try command.run()
      }
    } catch {
      guard let failure = Failure(error) else { exit(withError: error) }
      Standard.error("kindly: \(failure)")
      Foundation.exit(failure.code.rawValue)
    }
  }
}
