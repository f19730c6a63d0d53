package import KindlyCore
package import KindlyTransport

/// How a channel of type `exec` is configured.
package struct ExecSettings: Sendable {
  /// The program's absolute path.
  package let program: String
  package let arguments: [String]
  /// Variables for the program beside the ones kindly sets; it inherits none of the daemon's secrets.
  package let environment: [String: String]
  /// How long one run may take before its process group is killed.
  package let timeLimit: Duration
  package let traits: ChannelTraits

  /// Long enough for a slow gateway, short enough that a hung program is noticed the same minute.
  package static let standardTimeLimit = Duration.seconds(30)

  /// The settings as they stand in the configuration, or the first of them that cannot work.
  package init(
    command: [String], environment: [String: String] = [:],
    timeLimit: Duration = ExecSettings.standardTimeLimit, rings: Bool = true,
    address: ChannelTraits.AddressKind = .phone,
    afterUnknown: ChannelTraits.AfterUnknown = .waitForPerson
  ) throws(UnfitSettings) {
    guard let program = command.first, program.hasPrefix("/") else {
      throw UnfitSettings(
        "command", "expected `command` to begin with a program's absolute path, got \(command)")
    }
    guard timeLimit > .zero else {
      throw UnfitSettings("time limit", "expected `time limit` to be above zero, got \(timeLimit)")
    }
    self.program = program
    arguments = Array(command.dropFirst())
    self.environment = environment
    self.timeLimit = timeLimit
    traits = ChannelTraits(rings: rings, afterUnknown: afterUnknown, address: address)
  }
}
