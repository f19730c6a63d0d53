package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `tencent-sms`: text messages over Tencent Cloud's SMS service (腾讯云短信).
package struct TencentSMSSettings: HTTPChannelType {
  package static let word = "tencent-sms"

  let url: String
  let region: String
  let key: SecretReference
  let secret: SecretReference
  let app: String
  /// Nil for messages to other countries, which have none.
  let sign: String?
  package let segmentPrice: Money?
  package let http: HTTPSettings

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    segmentPrice = SMSTraits.segmentPrice(&fields)
    let url = http.url("url", orElse: "https://sms.tencentcloudapi.com", &fields)
    region = fields.text("region")?.string ?? "ap-guangzhou"
    let key = fields.requiredSecret("secret id", "the SecretId of an API key")
    let secret = fields.requiredSecret("secret key", "the SecretKey")
    let app = fields.requiredText("app", "the SdkAppId, 1400006666")
    sign = fields.text("sign")?.string
    guard let url, let key, let secret, let app else { return nil }
    self.url = url
    self.key = key
    self.secret = secret
    self.app = app.string
  }
}

extension TencentSMSSettings {
  package var traits: ChannelTraits { SMSTraits.standard }
  package func sendingHours(in country: PhoneNumber.Country?) -> SendingHours? {
    SMSTraits.sendingHoursInChina(country)
  }
  package var secrets: [SecretReference] { [key, secret] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    TencentSMS(
      channel: channel, url: url, region: region, app: app, sign: sign,
      signature: TC3(
        key: try reveal(key), secret: try reveal(secret)))
  }
}
