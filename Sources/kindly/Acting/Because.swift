import ArgumentParser

/// Why a person does something: asked for where it cannot be seen from the verb alone.
struct Because: ParsableArguments {
  @Option(
    name: .customLong("because"),
    help: ArgumentHelp("The reason, recorded with your name.", valueName: "text"))
  var text: String

  func validate() throws { try Because.validate(text) }

  static func validate(_ text: String) throws {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--because needs a reason that a colleague will understand next year")
    }
  }
}

/// The reason of a verb that may only be tried with `--dry-run`, which needs none.
struct OptionalBecause: ParsableArguments {
  @Option(
    name: .customLong("because"),
    help: ArgumentHelp(
      "The reason, recorded with your name; not needed with --dry-run.", valueName: "text"))
  var reason: String?

  var text: String { reason ?? "" }

  func validate(isNeeded: Bool) throws {
    if reason != nil || isNeeded { try Because.validate(text) }
  }
}
