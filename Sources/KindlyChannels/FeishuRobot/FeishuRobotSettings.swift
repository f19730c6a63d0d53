package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `feishu-robot`: a robot in a group of Feishu (飞书) or Lark.
package struct FeishuRobotSettings: HTTPChannelType {
  package static let word = "feishu-robot"

  /// Whose service it is: the two have the same interface at different hosts.
  private enum Region: String, CaseIterable {
    case feishu, lark

    var url: String {
      switch self {
      case .feishu: "https://open.feishu.cn"
      case .lark: "https://open.larksuite.com"
      }
    }
  }

  let url: String
  let token: SecretReference
  /// The secret that messages are signed with; nil for a robot that is protected by keywords or addresses.
  let signing: SecretReference?
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let region = fields.value("region", "feishu or lark", Region.init) ?? .feishu
    let url = http.url("url", orElse: region.url, &fields)
    let token = fields.requiredSecret("token", "the end of the robot's webhook address")
    signing = fields.secret("secret")
    guard let url, let token else { return nil }
    self.url = url
    self.token = token
  }
}

extension FeishuRobotSettings {
  package var traits: ChannelTraits { GroupRobot.traits }
  package var secrets: [SecretReference] { [token, signing].compactMap(\.self) }
  package var standardConcurrency: Int { GroupRobot.concurrency }
  package var mostConcurrency: Int { GroupRobot.concurrency }
  package var standardRate: Rate? { Rate("90/min") }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    FeishuRobot(
      url: url, token: try reveal(token),
      signing: try signing.map { try reveal($0) })
  }
}
