import ArgumentParser

/// The verbs about customer databases.
struct SourceVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract:
      "What is in customer databases, their change logs, and changes that are held.",
    subcommands: [
      SourceInspect.self, SourceDDL.self, SourceAccept.self, SourceIgnore.self,
    ])
}
