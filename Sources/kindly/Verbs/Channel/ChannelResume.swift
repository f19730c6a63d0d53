import ArgumentParser
import KindlyControl

struct ChannelResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "End the pause of a channel.",
    discussion: """
      EXAMPLES
        kindly channel resume sms
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The channel's name.", completion: Known.channels)
  var channel: String

  func run() async throws {
    let workplace = try await place.workplace()
    let scope = try await PauseTarget.channel(channel, workplace)
    print(try await Desk(workplace: workplace).ask(.resume(scope)))
  }
}
