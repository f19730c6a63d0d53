import KindlyCore
import KindlyTransport

extension HTTPAnswer {
  /// The answer on one line: its status and the beginning of its body.
  var evidence: String {
    let text = String(decoding: body.prefix(Evidence.longest), as: UTF8.self).trimmed
    return text.isEmpty ? "status \(status)" : "status \(status): \(text)"
  }

  /// Whether the status is one of success, 200 to 299.
  var isSuccess: Bool { (200...299).contains(status) }

  /// Whether the status says that the service, or what stands before it, fails for now, whatever the message is.
  var isTemporary: Bool { [408, 425, 429].contains(status) || status >= 500 }

  /// What a status other than success means, where the service itself does not say more.
  ///
  /// A gateway's 502 or 504, and a 500, may come after the service has taken the message, so they are no answer.
  ///
  /// - Parameter asked: how long the service asks to be left alone, if it says so elsewhere than in `Retry-After`.
  func refusal(at now: Instant, asked: Duration? = nil) -> Outcome {
    let wait = asked ?? retryAfter(now: now)
    switch status {
    case 429, 503:
      return .retry(Refusal(evidence, retryAfter: wait, isChannelWide: true))
    case 408, 425: return .retry(Refusal(evidence, retryAfter: wait))
    case 500...599:
      return .unknown(Refusal("\(evidence); the service may have taken the message nevertheless"))
    case 300...399:
      return .misconfigured(
        Refusal(
          "\(evidence); the service redirects to another address, and redirects are not followed: write the new address"
            + " into the configuration", isChannelWide: true))
    case 401, 402, 403, 404, 405, 407, 410, 411, 415, 421, 426, 451:
      return .misconfigured(Refusal(evidence, isChannelWide: true))
    // Something is wrong with the message or with what the service expects; nobody's address is blamed for it.
    case 400...499: return .misconfigured(Refusal(evidence))
    default: return .unknown(Refusal(evidence))
    }
  }

  /// What an answer means whose JSON says that the message was taken; with a status of failure, that is not certain.
  var acceptance: Outcome {
    isSuccess
      ? .sent(evidence: evidence)
      : .unknown(Refusal("\(evidence); the service may have taken the message nevertheless"))
  }

  /// What an answer means that should be JSON and is not.
  func notJSON(at now: Instant) -> Outcome {
    guard isSuccess else { return refusal(at: now) }
    let kind = header("Content-Type") ?? "no content type"
    let what =
      isWhole ? "an answer that is not the expected JSON (\(kind))" : "an answer that was cut off"
    return .unknown(
      Refusal(
        "\(evidence); the service gave \(what), so it may or may not have accepted the message; is there a proxy or a"
          + " login page in between?"))
  }
}

extension HTTPRequest.Header {
  static let json = HTTPRequest.Header("Content-Type", "application/json; charset=utf-8")
}
