import KindlyCore
import KindlyTransport

/// Tencent Cloud's signature of a request: TC3-HMAC-SHA256.
///
/// Source: Tencent Cloud API, "Signature v3".
struct TC3: Sendable {
  let key: Secret
  let secret: Secret

  /// What a signature covers besides the keys.
  struct Call: Sendable {
    let service: String
    let host: String
    let contentType: String
    let body: [UInt8]
    let now: Instant
  }

  private static let algorithm = "TC3-HMAC-SHA256"
  private static let names = "content-type;host"

  /// The hash of the canonical request: a POST to `/` without a query.
  func canonicalHash(_ call: Call) -> String {
    let canonical =
      "POST\n/\n\ncontent-type:\(call.contentType)\nhost:\(call.host)\n\n\(TC3.names)\n\(Signature.sha256(call.body))"
    return Signature.sha256(Array(canonical.utf8))
  }

  func signature(_ call: Call) -> String {
    let date = call.date
    let text =
      "\(TC3.algorithm)\n\(call.now.seconds)\n\(date)/\(call.service)/tc3_request\n\(canonicalHash(call))"
    let dateKey = Signature.hmacSHA256(key: Array("TC3\(secret.exposed)".utf8), date)
    let serviceKey = Signature.hmacSHA256(key: dateKey, call.service)
    let signingKey = Signature.hmacSHA256(key: serviceKey, "tc3_request")
    return Signature.hexadecimal(Signature.hmacSHA256(key: signingKey, text))
  }

  /// The headers of a signed request.
  func headers(_ call: Call) -> [HTTPRequest.Header] {
    let scope = "\(call.date)/\(call.service)/tc3_request"
    return [
      HTTPRequest.Header("Content-Type", call.contentType),
      HTTPRequest.Header("X-TC-Timestamp", String(call.now.seconds)),
      HTTPRequest.Header(
        "Authorization",
        "\(TC3.algorithm) Credential=\(key.exposed)/\(scope), SignedHeaders=\(TC3.names), Signature=\(signature(call))"
      ),
    ]
  }
}

extension TC3.Call {
  /// The date in UTC, `2026-01-05`.
  fileprivate var date: String { String(now.description.prefix { $0 != "T" }) }
}
