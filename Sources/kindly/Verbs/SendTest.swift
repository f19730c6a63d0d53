import ArgumentParser
import KindlyControl

struct SendTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Send one test message over a channel.",
    discussion: """
      The running daemon sends it directly, without the outbox, in the current delivery mode. A channel with approved \
      templates needs --template, and --parameter for each of its parameters.

      EXAMPLES
        kindly send-test email me@example.com
        kindly send-test sms +8613800138000 --template SMS_1 --parameter name=Li
      """)

  @OptionGroup var test: TestMessage

  func run() async throws { try await test.send() }
}

/// A test message: over which channel, to whom, and in which form.
struct TestMessage: ParsableArguments {
  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The channel's name.", completion: Known.channels)
  var channel: String

  @Argument(help: "The address to send to.")
  var address: String

  @Option(help: ArgumentHelp("The code of the provider's template.", valueName: "code"))
  var template: String?

  @Option(
    name: .customLong("parameter"),
    help: ArgumentHelp(
      "A parameter of the template, NAME=VALUE; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  func validate() throws {
    if let wrong = parameters.first(where: { !$0.contains("=") }) {
      throw ValidationError("expected --parameter to be NAME=VALUE, got \(wrong)")
    }
    if template == nil, !parameters.isEmpty {
      throw ValidationError("--parameter needs --template")
    }
  }

  func send() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(
      try await desk.askDaemon(
        .sendTest(channel: channel, address: address, template: template, parameters: parameters)))
  }
}
