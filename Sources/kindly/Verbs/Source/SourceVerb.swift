import ArgumentParser

/// The verbs about customer inquiry.
struct SourceVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Inspect customer inquiry, create change logs, accept or ignore held changes.",
    subcommands: [
      SourceInspect.self, SourceDDL.self, SourceAccept.self, SourceIgnore.self,
    ])
}
