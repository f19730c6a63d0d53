package import KindlyConfig
package import KindlyCore

/// The settings of a channel of type `http`: any service that takes a message as one HTTP request.
package struct TemplatedHTTPSettings: HTTPChannelType {
  package static let word = "http"

  /// What becomes of a reminder whose request got no answer.
  private enum Unanswered: String, CaseIterable {
    case tryAgain = "try again"
    case sendOnceMore = "send once more"
    case wait

    var traits: ChannelTraits.AfterUnknown {
      switch self {
      case .tryAgain: .tryAgain
      case .sendOnceMore: .resendOnce
      case .wait: .waitForPerson
      }
    }
  }

  let exchange: TemplatedExchange
  package let http: HTTPSettings
  private let named: [NamedSecret]
  package let traits: ChannelTraits

  private struct NamedSecret: Hashable, Sendable {
    let name: String
    let reference: SecretReference
  }

  private static let methods = ["POST", "PUT", "PATCH", "GET"]

  package init?(_ fields: inout Fields) {
    http = HTTPSettings(&fields)
    named = (fields.secretMap("secrets") ?? []).map {
      NamedSecret(name: $0.name, reference: $0.reference)
    }
    let exchange = TemplatedExchange(
      &fields, http, secrets: Set(texts: named.map(\.name)), methods: TemplatedHTTPSettings.methods)
    let address = fields.value("address", Notation.addressKindWords, Notation.addressKind)
    let rings = fields.value("rings", "yes or no", Notation.flag)
    let unanswered = fields.value(
      "if unanswered", Unanswered.allCases.map(\.rawValue).joined(separator: ", "),
      Unanswered.init)
    guard let exchange else { return nil }
    self.exchange = exchange
    traits = ChannelTraits(
      rings: rings ?? true, afterUnknown: (unanswered ?? .wait).traits, address: address ?? .key)
  }
}

extension TemplatedHTTPSettings {
  package var secrets: [SecretReference] { named.map(\.reference) }

  package func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService {
    var secrets: [ExactText: Secret] = [:]
    for secret in named { secrets[ExactText(secret.name)] = try reveal(secret.reference) }
    return TemplatedService(
      channel: channel, exchange: exchange, traits: traits, named: secrets)
  }
}
