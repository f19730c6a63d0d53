package import KindlyConfig

/// The channel types that Kindly has.
package enum ChannelTypes {
  /// In the order in which messages list them.
  package static let all: [any ChannelType.Type] = [
    SMTPSettings.self, MaildirSettings.self, InboxSettings.self, TaskSettings.self,
    ExecSettings.self,
    WebhookSettings.self, TemplatedHTTPSettings.self, TableSettings.self,
    WeComRobotSettings.self, DingTalkRobotSettings.self, FeishuRobotSettings.self,
    AliyunSMSSettings.self, TencentSMSSettings.self, TwilioSettings.self, SMSToolsSettings.self,
    WeChatSettings.self, WeChatSubscribeSettings.self, WeComSettings.self,
  ]
}

extension ConfigurationLoader {
  /// Loads configurations that may use every channel type.
  package init(folders: [String]) {
    self.init(folders: folders, channelTypes: ChannelTypes.all)
  }

  /// Searches only this folder, unless it is /etc/kindly, which takes priority over the other standard folders.
  package init(folder: String) {
    self.init(folders: ConfigurationLoader.folders(of: folder))
  }

  /// Loads the configuration of a folder.
  package static func load(folder: String) throws(ConfigurationProblems) -> Configuration {
    try ConfigurationLoader(folder: folder).load()
  }
}
