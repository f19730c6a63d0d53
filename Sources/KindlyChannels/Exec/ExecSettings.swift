package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `exec`: a program that is given the message as JSON on its standard input.
package struct ExecSettings: ChannelType {
  package static let word = "exec"

  /// The program and its arguments; a command written as one text is run by `/bin/sh -c`.
  package let command: [String]
  /// The time limit after which the program's process group is killed.
  package let timeout: Duration
  /// Whether it makes something ring, so that quiet hours hold it.
  package let rings: Bool
  /// Which of the customer's addresses it is given.
  package let address: AddressKind

  /// Long enough for a slow gateway, short enough that a hung program is noticed the same minute.
  package static let standardTimeout = Duration.seconds(30)
  /// A program that needs longer would hold a reminder past its lease.
  private static let timeouts = Duration.seconds(1)...Duration.minutes(10)

  /// - Parameter command: begins with the program's absolute path.
  package init(
    command: [String], timeout: Duration = ExecSettings.standardTimeout, rings: Bool = false,
    address: AddressKind = .email
  ) {
    self.command = command
    self.timeout = timeout
    self.rings = rings
    self.address = address
  }

  package init?(_ fields: inout Fields) {
    let command = ExecSettings.command(&fields)
    let timeout = fields.value("timeout", "a time from 1s to 10m") {
      Notation.duration($0, in: ExecSettings.timeouts)
    }
    let rings = fields.value("rings", "yes or no", Notation.flag)
    let address = fields.value("address", Notation.addressKindWords, Notation.addressKind)
    guard let command else { return nil }
    self.init(
      command: command, timeout: timeout ?? ExecSettings.standardTimeout, rings: rings ?? false,
      address: address ?? .email)
  }

  private static func command(_ fields: inout Fields) -> [String]? {
    guard !fields.lacks("command") else {
      fields.missing(
        "command", "a list such as `[/usr/local/bin/sms, --send]`, or a command line for /bin/sh")
      return nil
    }
    let isList = fields.isList("command")
    guard let words = fields.texts("command"), let program = words.first else { return nil }
    if !isList { return ["/bin/sh", "-c", program.string] }
    return program.value("a list that begins with a program's absolute path", Notation.absolutePath)
      == nil
      ? nil : words.map(\.string)
  }
}

extension ExecSettings {
  package var traits: ChannelTraits {
    ChannelTraits(
      rings: rings, afterUnknown: .waitForPerson, address: address, carriesAttachments: true)
  }

  // A process each; a small machine starts no more at once without a person asking for it.
  package var standardConcurrency: Int { 4 }

  /// The time limit, and a few seconds to see the killed program end.
  package var deadline: Duration { timeout + .seconds(5) }

  package func faults() -> [String] {
    guard let program = command.first, let fault = FileAccess().fault(running: program) else {
      return []
    }
    return [
      "expected `command` to begin with a program that can be run, got \(program), which \(fault)"
    ]
  }

  package func channel(in surroundings: ChannelSurroundings) -> any Channel {
    ExecChannel(name: surroundings.name, settings: self)
  }
}
