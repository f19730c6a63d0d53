import ArgumentParser

/// The command `kindly`; each verb is a file of its own in `Verbs`.
@main
struct Kindly: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kindly",
    abstract: "Looks after a company's customers: the right reminder to each, once, at a decent hour.",
    discussion: """
      Kindly watches the customer database, queues the reminders that its rules trigger, and delivers them without ever
      repeating one. Its configuration is /etc/kindly; `--config DIR` names another place.

      EXAMPLES
        kindly check                     validate the configuration against the real database
        kindly status                    what waits, what was sent, what is wrong
        kindly why --customer 42         every decision about a customer
        kindly pause --all --because "wrong price in the letter"
      """,
    version: Version.text,
    subcommands: [Run.self, Demo.self, VersionCommand.self])
}
