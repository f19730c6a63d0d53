import KindlyCore
import KindlyTransport

extension HTTPAnswer {
  /// The answer on one line: its status and the beginning of its body.
  var evidence: String {
    let text = String(decoding: body.prefix(Evidence.longest), as: UTF8.self).trimmed
    return text.isEmpty ? "status \(status)" : "status \(status): \(text)"
  }

  /// What a status other than success means, where the service itself does not say more.
  ///
  /// A gateway's 502 or 504, and a 500, may come after the service has taken the message. So they mean `retry` only
  /// where the service recognises a repeat.
  ///
  /// - Parameter recognisesRepeats: whether the service takes a message once, however often it is handed over.
  func refusal(at now: Instant, recognisesRepeats: Bool) -> Outcome {
    let wait = retryAfter(now: now)
    switch status {
    case 429, 503:
      return .retry(Refusal(evidence, retryAfter: wait, isChannelWide: true))
    case 408, 425: return .retry(Refusal(evidence, retryAfter: wait))
    case 500...599:
      return recognisesRepeats
        ? .retry(Refusal(evidence, retryAfter: wait, isChannelWide: true))
        : .unknown(Refusal("\(evidence); the message may have been taken nevertheless"))
    case 300...399:
      return .misconfigured(
        Refusal(
          "\(evidence); the service redirects to another address, and redirects are not followed: write the new address"
            + " into the configuration", isChannelWide: true))
    case 401, 402, 403, 404, 405, 407, 410, 411, 414, 415, 421, 426, 431, 451:
      return .misconfigured(Refusal(evidence, isChannelWide: true))
    // Something is wrong with the message or with what the service expects; nobody's address is blamed for it.
    case 400...499: return .misconfigured(Refusal(evidence))
    default: return .unknown(Refusal(evidence))
    }
  }

  /// What an answer means that should be JSON and is not.
  func notJSON(at now: Instant, recognisesRepeats: Bool) -> Outcome {
    guard (200...299).contains(status) else {
      return refusal(at: now, recognisesRepeats: recognisesRepeats)
    }
    let kind = header("Content-Type") ?? "no content type"
    let what = isWhole ? "an answer that is not its JSON (\(kind))" : "an answer that was cut off"
    return .unknown(
      Refusal(
        "\(evidence); the service gave \(what), so it is not known whether it took the message; is a proxy or a"
          + " login page in between?"))
  }
}

extension HTTPRequest.Header {
  static let json = HTTPRequest.Header("Content-Type", "application/json; charset=utf-8")
}
