import ArgumentParser
import KindlyCore

/// Suggests the intended verb for an unknown one on the command line.
enum VerbSpelling {
  /// Follows the verbs on a command line; throws at an unknown one.
  ///
  /// A word after a verb without subcommands is an argument, and everything from the first option on is left to the
  /// parser.
  static func check(_ words: [String], in command: any ParsableCommand.Type) throws {
    guard let word = words.first, word.utf8.first != UInt8(ascii: "-") else { return }
    let verbs = command.configuration.subcommands
    guard !verbs.isEmpty, word != "help" else { return }
    if let verb = verbs.first(where: { $0.verbName == word }) {
      return try check(Array(words.dropFirst()), in: verb)
    }
    let name = command is Kindly.Type ? "kindly" : "kindly \(command.verbName)"
    let names = verbs.map { $0.verbName }
    let suggestion = Suggestion.nearest(to: word, among: names).map {
      "did you mean `\(name) \($0)`?"
    }
    throw Failure(
      .usage,
      "`\(name)` has no verb \(OneLine.text(word)); "
        + (suggestion ?? "its verbs are \(names.joined(separator: ", "))"))
  }
}

extension ParsableCommand {
  /// The name under which the verb is typed.
  fileprivate static var verbName: String {
    configuration.commandName ?? "\(Self.self)".lowercased()
  }
}
