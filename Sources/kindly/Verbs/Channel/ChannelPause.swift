import ArgumentParser
import KindlyControl
import KindlyCore

struct ChannelPause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stop sending over a channel.",
    discussion: """
      The same as `kindly pause channel:NAME`: once this command returns, nothing more is handed over.

      EXAMPLES
        kindly channel pause sms --for 2h --because "the provider's maintenance"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The channel's name.", completion: Known.channels)
  var channel: String

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("End the pause after this time: 30m, 2h, 3d.", valueName: "time"))
  var length: Span?

  @OptionGroup var because: Because

  func run() async throws {
    let workplace = try await place.workplace()
    let scope = try await PauseTarget.channel(channel, workplace)
    let seconds = length.map { Int($0.duration.wholeMilliseconds / 1000) }
    print(
      try await Desk(workplace: workplace).ask(
        .pause(scope, seconds: seconds, because: because.text)))
  }
}
