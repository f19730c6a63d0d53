package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `wechat`: template messages of an official account (公众号模板消息).
package struct WeChatSettings: HTTPChannelType {
  package static let word = "wechat"
  /// A follower's OpenID.
  static let openID = AddressKind("wechat")
  package static var addressKinds: [AddressKind] { [openID] }

  let url: String
  let app: String
  let secret: SecretReference
  /// The mini program that `page:` of a letter opens.
  let miniProgram: String?
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let url = http.url("url", orElse: "https://api.weixin.qq.com", &fields)
    let app = fields.requiredText("app id", "the account's AppID, `wx…`")
    let secret = fields.requiredSecret("secret", "the account's AppSecret")
    miniProgram = fields.text("mini program")?.string
    guard let url, let app, let secret else { return nil }
    self.url = url
    self.app = app.string
    self.secret = secret
  }
}

extension WeChatSettings {
  package var traits: ChannelTraits { WeChat.traits }
  package var secrets: [SecretReference] { [secret] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    WeChat(
      channel: channel, miniProgram: miniProgram,
      source: WeChatToken(url: url, app: app, secret: try reveal(secret)))
  }
}
