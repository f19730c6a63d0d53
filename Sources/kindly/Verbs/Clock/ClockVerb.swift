import ArgumentParser

/// The verb about the machine's clock.
struct ClockVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock",
    abstract: "Confirm the machine's clock when Kindly does not trust it.",
    subcommands: [ClockAccept.self])
}
