import ArgumentParser

/// The verbs about reminders.
struct Outbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List reminders; show, retry, cancel, restore or settle them.",
    subcommands: [
      OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxCancel.self, OutboxRestore.self,
      OutboxSettle.self,
    ], defaultSubcommand: OutboxList.self)
}
