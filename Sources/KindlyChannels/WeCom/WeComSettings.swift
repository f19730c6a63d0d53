package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `wecom`: messages of an application of WeCom (企业微信应用消息).
package struct WeComSettings: HTTPChannelType {
  package static let word = "wecom"
  /// A member's UserID.
  static let userID = AddressKind("wecom")
  package static var addressKinds: [AddressKind] { [userID] }

  let url: String
  let corporation: String
  let agent: Int
  let secret: SecretReference
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let url = http.url("url", orElse: "https://qyapi.weixin.qq.com", &fields)
    let corporation = fields.requiredText("corp id", "the company's CorpID, `ww…`")
    let agent = fields.number("agent id", in: 1...Int(Int32.max))
    if fields.lacks("agent id") {
      fields.missing("agent id", "the application's AgentId, `1000002`")
    }
    let secret = fields.requiredSecret("secret", "the application's Secret")
    guard let url, let corporation, let agent, let secret else { return nil }
    self.url = url
    self.corporation = corporation.string
    self.agent = agent
    self.secret = secret
  }
}

extension WeComSettings {
  package var traits: ChannelTraits { WeCom.traits }
  package var secrets: [SecretReference] { [secret] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    WeCom(
      url: url, corporation: corporation, agent: agent,
      secret: try reveal(secret))
  }
}
