package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `twilio`: text messages over Twilio.
package struct TwilioSettings: HTTPChannelType {
  package static let word = "twilio"

  let url: String
  let account: String
  let token: SecretReference
  let sender: TwilioSender
  /// How long Twilio may try to deliver.
  let validity: Duration?
  package let segmentPrice: Money?
  package let http: HTTPSettings

  /// Twilio's own limits.
  private static let validities = Duration.seconds(1)...Duration.hours(10)

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    segmentPrice = SMSTraits.segmentPrice(&fields)
    let url = http.url("url", orElse: "https://api.twilio.com", &fields)
    let account = fields.value("account", "an account SID that begins with AC") { text in
      text.hasPrefix("AC") && text.utf8.allSatisfy { (0x30...0x7A).contains($0) } ? text : nil
    }
    if fields.lacks("account") { fields.missing("account", "the account SID, `AC…`") }
    let token = fields.requiredSecret("token", "the account's auth token")
    let from = fields.text("from")
    let service = fields.text("messaging service")
    validity = fields.value("valid for", "a time from 1s to 10h") {
      Notation.duration($0, in: TwilioSettings.validities)
    }
    if fields.lacks("from"), fields.lacks("messaging service") {
      fields.missing("from", "a number or sender of the account, or write `messaging service: MG…`")
    }
    if let service, from != nil {
      service.refuse("expected `from` or `messaging service`, got both; remove one")
    }
    guard let url, let account, let token,
      let sender = service.map({ TwilioSender.service($0.string) })
        ?? from.map({ TwilioSender.number($0.string) })
    else { return nil }
    self.url = url
    self.account = account
    self.token = token
    self.sender = sender
  }
}

extension TwilioSettings {
  package var traits: ChannelTraits { Twilio.traits }
  package func sendingHours(in country: PhoneNumber.Country?) -> SendingHours? {
    country?.word == "US" ? .unitedStates : nil
  }
  package var secrets: [SecretReference] { [token] }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    Twilio(
      url: url, account: account, token: try reveal(token), sender: sender,
      validity: validity)
  }
}
