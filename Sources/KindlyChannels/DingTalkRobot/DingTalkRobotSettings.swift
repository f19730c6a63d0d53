package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `dingtalk-robot`: a robot in a group of DingTalk (钉钉).
package struct DingTalkRobotSettings: HTTPChannelType {
  package static let word = "dingtalk-robot"

  let url: String
  let token: SecretReference
  /// The secret that requests are signed with; nil for a robot that is protected by keywords or addresses.
  let signing: SecretReference?
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let url = http.url("url", orElse: "https://oapi.dingtalk.com", &fields)
    let token = fields.requiredSecret("token", "the access_token of the robot's webhook address")
    signing = fields.secret("secret")
    guard let url, let token else { return nil }
    self.url = url
    self.token = token
  }
}

extension DingTalkRobotSettings {
  package var traits: ChannelTraits { GroupRobot.traits }
  package var secrets: [SecretReference] { [token, signing].compactMap(\.self) }
  package var standardConcurrency: Int { GroupRobot.concurrency }
  package var mostConcurrency: Int { GroupRobot.concurrency }
  package var standardRate: Rate? { Rate("18/min") }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    DingTalkRobot(
      url: url, token: try reveal(token),
      signing: try signing.map { try reveal($0) })
  }
}
