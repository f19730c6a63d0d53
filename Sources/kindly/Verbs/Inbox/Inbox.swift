import ArgumentParser

/// The verbs about what the inbox channel delivered.
struct Inbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tasks and notes for colleagues, delivered by channels of type inbox.",
    subcommands: [InboxList.self, InboxRead.self], defaultSubcommand: InboxList.self)
}
