import ArgumentParser
import KindlyControl

struct SendTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Hand one test message to a channel.",
    discussion: """
      The running daemon sends it past the outbox, over the channel as it is configured and in the present delivery mode.

      EXAMPLES
        kindly send-test email me@example.com
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The channel's name.")
  var channel: String

  @Argument(help: "The address to send to.")
  var address: String

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.askDaemon(.sendTest(channel: channel, address: address)))
  }
}
