import ArgumentParser
import Foundation
import KindlyConfig

/// Where the configuration is: what every verb needs.
struct ConfigurationPlace: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The folder of kindly.yaml, rules.d and templates.", valueName: "dir"))
  var config = "/etc/kindly"

  /// Loads the configuration; what is wrong goes to standard error, and the exit code is 78 (EX_CONFIG), or 77 (EX_NOPERM).
  func load() throws -> Configuration {
    do {
      return try ConfigurationLoader.load(folder: config)
    } catch {
      Standard.error("\(error)")
      throw ExitCode(error.code.rawValue)
    }
  }
}

/// What a person should read who did not ask for an answer.
enum Standard {
  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
