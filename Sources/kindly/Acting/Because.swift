import ArgumentParser

/// Why a person does something: asked for where it cannot be seen from the verb alone.
struct Because: ParsableArguments {
  @Option(
    name: .customLong("because"),
    help: ArgumentHelp("The reason, recorded with your name.", valueName: "text"))
  var text: String

  func validate() throws {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--because needs a reason that a colleague will understand next year")
    }
  }
}
