import ArgumentParser

/// The verbs about customer databases.
struct SourceVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Inspect customer databases, make change logs, decide held changes.",
    subcommands: [
      SourceInspect.self, SourceDDL.self, SourceAccept.self, SourceIgnore.self,
    ])
}
