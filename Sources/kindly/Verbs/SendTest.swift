import ArgumentParser
import KindlyControl

struct SendTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Send one test message over a channel.",
    discussion: """
      The running daemon sends it directly, without the outbox, in the current delivery mode.

      EXAMPLES
        kindly send-test email me@example.com
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The channel's name.", completion: Known.channels)
  var channel: String

  @Argument(help: "The address to send to.")
  var address: String

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.askDaemon(.sendTest(channel: channel, address: address)))
  }
}
