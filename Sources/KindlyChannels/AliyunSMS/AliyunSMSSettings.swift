package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `aliyun-sms`: text messages over Alibaba Cloud's SMS service (阿里云短信).
package struct AliyunSMSSettings: HTTPChannelType {
  package static let word = "aliyun-sms"

  let url: String
  let key: SecretReference
  let secret: SecretReference
  let sign: String
  package let segmentPrice: Money?
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    segmentPrice = SMSTraits.segmentPrice(&fields)
    let url = http.url("url", orElse: "https://dysmsapi.aliyuncs.com", &fields)
    let key = fields.requiredSecret("access key", "the AccessKey ID of a RAM user")
    let secret = fields.requiredSecret("access secret", "the AccessKey secret")
    let sign = fields.requiredText("sign", "the approved signature, without 【】")
    guard let url, let key, let secret, let sign else { return nil }
    self.url = url
    self.key = key
    self.secret = secret
    self.sign = sign.string
  }
}

extension AliyunSMSSettings {
  package var traits: ChannelTraits { SMSTraits.standard }
  package func sendingHours(in country: PhoneNumber.Country?) -> SendingHours? {
    SMSTraits.sendingHoursInChina(country)
  }
  package var secrets: [SecretReference] { [key, secret] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    AliyunSMS(
      channel: channel, url: url, sign: sign,
      signature: ACS3(
        key: try reveal(key), secret: try reveal(secret)))
  }
}
