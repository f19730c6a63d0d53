import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyTestKit
import Testing

@testable import kindly

@Suite("The help of every verb")
struct HelpTests {
  /// Every verb, those of verbs included.
  private static func verbs(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(verbs)
  }

  @Test("fits into 80 columns, and its examples stand as they are typed")
  func pasteable() {
    for verb in HelpTests.verbs(of: Kindly.self) {
      let help = Kindly.helpMessage(for: verb, columns: 80).split(
        separator: "\n", omittingEmptySubsequences: false)
      for line in help where !line.hasPrefix("USAGE: ") {
        #expect(line.count <= 80, "\(verb): \(line)")
      }
      let examples = verb.configuration.discussion.split(separator: "\n")
        .drop { $0 != "EXAMPLES" }.dropFirst()
      for example in examples { #expect(help.contains(example), "\(verb): \(example)") }
    }
  }

  @Test("offers the reasons that reminders can have, each once")
  func reasons() {
    let words = ListedReason.allValueStrings
    #expect(Set(words).count == words.count)
    #expect(words.contains("quiet hours") && words.contains("suppressed"))
    #expect(words.contains("never applied"))
    for reason in Reason.allCases where reason.isReserved {
      #expect(!words.contains(reason.words))
      #expect(ListedReason(argument: reason.words) == nil)
    }
  }

  @Test(
    "the shell completes the names of a configuration",
    arguments: [
      (["outbox", "list"], "--rule", "trial"), (["outbox", "list"], "--channel", "email"),
      (["suppression", "lift"], "--channel", "email"),
      (["suppression", "list"], "--channel", "email"), (["preview"], "positional@0", "trial"),
      (["source", "ddl"], "positional@0", "customers"),
    ])
  func completion(verb: [String], argument: String, name: String) async throws {
    let company = try Company()
    let words = ["kindly"] + verb + ["--config", company.etc, argument, ""]
    let ran = try await KindlyBinary.run(
      ["---completion"] + verb + ["--", argument, "\(words.count - 1)", "0"] + words)
    #expect(ran.output.split(separator: "\n").contains(name[...]), "\(ran.output)\(ran.errors)")
  }
}
