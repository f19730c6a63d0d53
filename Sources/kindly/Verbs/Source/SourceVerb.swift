import ArgumentParser

/// The verbs about customer databases.
struct SourceVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Inspect customer databases, create change logs, accept or ignore held changes.",
    subcommands: [
      SourceInspect.self, SourceDDL.self, SourceAccept.self, SourceIgnore.self,
    ])
}
