package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `wechat-subscribe`: subscribe messages of a mini program (小程序订阅消息).
package struct WeChatSubscribeSettings: HTTPChannelType {
  package static let word = "wechat-subscribe"
  /// A user's OpenID in the mini program, which is another one than in an official account.
  static let openID = AddressKind("wechat-mini")
  package static var addressKinds: [AddressKind] { [openID] }

  let url: String
  let app: String
  let secret: SecretReference
  let state: WeChatSubscribe.State
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let url = http.url("url", orElse: "https://api.weixin.qq.com", &fields)
    let app = fields.requiredText("app id", "the mini program's AppID, `wx…`")
    let secret = fields.requiredSecret("secret", "the mini program's AppSecret")
    state =
      fields.value("state", "formal, trial or developer", WeChatSubscribe.State.init) ?? .formal
    guard let url, let app, let secret else { return nil }
    self.url = url
    self.app = app.string
    self.secret = secret
  }
}

extension WeChatSubscribeSettings {
  package var traits: ChannelTraits { WeChatSubscribe.traits }
  package var secrets: [SecretReference] { [secret] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    WeChatSubscribe(
      channel: channel, state: state,
      source: WeChatToken(url: url, app: app, secret: try reveal(secret)))
  }
}
