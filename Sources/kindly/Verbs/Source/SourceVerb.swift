import ArgumentParser

/// The verbs about customer databases.
struct SourceVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Change logs of customer databases, and changes that are held.",
    subcommands: [SourceDDL.self, SourceAccept.self, SourceIgnore.self])
}
