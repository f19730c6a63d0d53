import ArgumentParser

/// The verbs about channels.
struct ChannelVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "channel",
    abstract: "Show, pause, resume and test channels.",
    discussion: """
      EXAMPLES
        kindly channel list
        kindly channel pause sms --for 2h --because "the provider's maintenance"
        kindly channel test sms +8613800138000
      """,
    subcommands: [ChannelList.self, ChannelPause.self, ChannelResume.self, ChannelTest.self],
    defaultSubcommand: ChannelList.self)
}
