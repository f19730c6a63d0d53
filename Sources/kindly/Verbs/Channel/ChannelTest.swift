import ArgumentParser

struct ChannelTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Send one test message over a channel; the same as `kindly send-test`.",
    discussion: """
      EXAMPLES
        kindly channel test email me@example.com
      """)

  @OptionGroup var test: TestMessage

  func run() async throws { try await test.send() }
}
