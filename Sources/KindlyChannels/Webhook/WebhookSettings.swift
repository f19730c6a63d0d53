package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `webhook`: an endpoint that takes signed JSON after Standard Webhooks.
package struct WebhookSettings: HTTPChannelType {
  package static let word = "webhook"

  let url: String
  let signing: [SecretReference]
  let address: AddressKind
  let rings: Bool
  package let http: HTTPSettings

  /// More than two are only there while one replaces another.
  private static let mostSecrets = 5

  package init?(_ fields: inout Fields) {
    let http = HTTPSettings(&fields)
    let url = http.url("url", "`https://app.example.com/hooks/kindly`", &fields)
    let signing = fields.secrets("secret", atMost: WebhookSettings.mostSecrets)
    let address = fields.value("address", Notation.addressKindWords, Notation.addressKind)
    rings = fields.value("rings", "yes or no", Notation.flag) ?? false
    if fields.lacks("secret") {
      fields.missing("secret", "`{ credential: NAME }`, a secret that begins with whsec_")
    }
    guard let url, let signing, !signing.isEmpty else { return nil }
    self.url = url
    self.signing = signing
    self.address = address ?? .key
    self.http = http
  }
}

extension WebhookSettings {
  package var traits: ChannelTraits {
    ChannelTraits(rings: rings, afterUnknown: .tryAgain, address: address)
  }

  package var secrets: [SecretReference] { signing }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    let keys = try signing.compactMap { reference -> WebhookKey? in
      let secret = try reveal(reference)
      // A preview shows no signature, and its dots are no key.
      return secret == PreviewSecret.dots ? nil : try WebhookKey(secret, from: reference)
    }
    return WebhookService(url: url, keys: keys, traits: traits)
  }
}
