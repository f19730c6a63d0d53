package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `wecom-robot`: a robot in a group of WeCom (企业微信).
package struct WeComRobotSettings: HTTPChannelType {
  package static let word = "wecom-robot"

  let url: String
  let key: SecretReference
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    let url = http.url("url", orElse: "https://qyapi.weixin.qq.com", &fields)
    let key = fields.requiredSecret("key", "the robot's key, the end of its webhook address")
    guard let url, let key else { return nil }
    self.url = url
    self.key = key
  }
}

extension WeComRobotSettings {
  package var traits: ChannelTraits { GroupRobot.traits }
  package var secrets: [SecretReference] { [key] }
  package var standardConcurrency: Int { GroupRobot.concurrency }
  package var mostConcurrency: Int { GroupRobot.concurrency }
  package var standardRate: Rate? { Rate("18/min") }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    WeComRobot(url: url, key: try reveal(key))
  }
}
