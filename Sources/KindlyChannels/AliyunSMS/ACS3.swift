import KindlyCore
import KindlyTransport

/// Alibaba Cloud's signature of a request, version 3: ACS3-HMAC-SHA256.
///
/// Source: Alibaba Cloud, "V3 request body and signature mechanism".
struct ACS3: Sendable {
  let key: Secret
  let secret: Secret

  /// What a signature covers besides the keys.
  struct Call: Sendable {
    let action: String
    let version: String
    let host: String
    let parameters: [(name: String, value: String)]
    let now: Instant
    /// Different at each request.
    let nonce: String
  }

  private static let algorithm = "ACS3-HMAC-SHA256"

  /// The query and the headers of a signed POST without a body.
  func signed(_ call: Call) -> (query: String, headers: [HTTPRequest.Header]) {
    let query = PercentEncoding.form(
      call.parameters.sorted { $0.name.exactlyPrecedes($1.name) })
    let bodyHash = Signature.sha256([])
    let headers = [
      ("host", call.host), ("x-acs-action", call.action), ("x-acs-content-sha256", bodyHash),
      ("x-acs-date", Instant(seconds: call.now.seconds).description),
      ("x-acs-signature-nonce", call.nonce), ("x-acs-version", call.version),
    ]
    let names = headers.map(\.0).joined(separator: ";")
    let canonical =
      "POST\n/\n\(query)\n" + headers.map { "\($0.0):\($0.1)\n" }.joined()
      + "\n\(names)\n\(bodyHash)"
    let text = "\(ACS3.algorithm)\n\(Signature.sha256(Array(canonical.utf8)))"
    let signature = Signature.hexadecimal(
      Signature.hmacSHA256(key: Array(secret.exposed.utf8), text))
    let authorization =
      "\(ACS3.algorithm) Credential=\(key.exposed),SignedHeaders=\(names),Signature=\(signature)"
    // libcurl writes `Host` itself.
    return (
      query,
      headers.dropFirst().map { HTTPRequest.Header($0.0, $0.1) }
        + [HTTPRequest.Header("Authorization", authorization)]
    )
  }
}
