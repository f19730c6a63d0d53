import Foundation
import KindlyConfig
import KindlyCore

/// A secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64.
///
/// Source: the Standard Webhooks specification, "Signature scheme".
struct WebhookKey: Sendable {
  let secret: Secret
  private let bytes: [UInt8]

  private static let mark = "whsec_"
  private static let lengths = 24...64

  /// - Parameter reference: where the secret is kept, for the error.
  init(_ secret: Secret, from reference: SecretReference) throws(SecretProblem) {
    let text = secret.exposed
    let code =
      text.hasPrefix(WebhookKey.mark) ? String(text.dropFirst(WebhookKey.mark.count)) : text
    guard let data = Data(base64Encoded: code), WebhookKey.lengths.contains(data.count) else {
      throw SecretProblem(
        "\(reference): expected a secret of Standard Webhooks, whsec_ and 24 to 64 bytes in base64, got another text;"
          + " `echo whsec_$(openssl rand -base64 32)` makes one")
    }
    self.secret = secret
    bytes = Array(data)
  }

  /// The signature of a message as `webhook-signature` holds it: `v1,…`.
  func signature(id: String, timestamp: Int64, body: String) -> String {
    "v1,"
      + Signature.base64(
        Signature.hmacSHA256(key: bytes, "\(id).\(timestamp).\(body)"))
  }
}
