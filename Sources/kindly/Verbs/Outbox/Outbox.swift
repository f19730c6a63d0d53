import ArgumentParser

/// The verbs about reminders.
struct Outbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show and decide reminders.",
    subcommands: [
      OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxCancel.self, OutboxRestore.self,
      OutboxSettle.self,
    ], defaultSubcommand: OutboxList.self)
}
