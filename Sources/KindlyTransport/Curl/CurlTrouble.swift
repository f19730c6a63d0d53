import CCurl

/// What a failed transfer says about the way to the other side.
enum CurlTrouble {
  /// The other side's certificate is not trusted.
  case certificate
  /// The file of trusted certificates cannot be used.
  case certificateFile
  /// Something in the configuration, or in how libcurl was built, that only a person can change.
  case configuration
  /// A failure that may be over at the next attempt.
  case passing

  init(_ code: CURLcode) {
    switch code {
    case CURLE_PEER_FAILED_VERIFICATION: self = .certificate
    case CURLE_SSL_CACERT_BADFILE: self = .certificateFile
    case CURLE_LOGIN_DENIED, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_UNKNOWN_OPTION,
      CURLE_BAD_FUNCTION_ARGUMENT, CURLE_FAILED_INIT:
      self = .configuration
    default: self = .passing
    }
  }

  /// The failure for the operator, with what to do where that is known.
  static func words(for code: CURLcode, host: String, _ words: String) -> String {
    switch CurlTrouble(code) {
    case .certificate:
      "\(host) showed a certificate that is not trusted (\(words)); fix it there, or set `ca file`"
        + " to its issuer's certificate"
    case .certificateFile: "`ca file` cannot be read: \(words)"
    case .configuration, .passing: "\(host): \(words)"
    }
  }
}
