import ArgumentParser

/// The verbs about what the inbox channel delivered.
struct Inbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read the tasks and notes that channels of type inbox delivered.",
    subcommands: [InboxList.self, InboxRead.self], defaultSubcommand: InboxList.self)
}
