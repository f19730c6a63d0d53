import ArgumentParser

/// The verb about the machine's clock.
struct ClockVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock",
    abstract: "The machine's clock, where it is doubted.",
    subcommands: [ClockAccept.self])
}
