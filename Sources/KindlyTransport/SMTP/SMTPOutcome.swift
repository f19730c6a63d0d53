import CCurl
import KindlyCore

/// How one transfer ended, as libcurl and the dialogue tell it together.
struct SMTPEnding {
  let code: CURLcode
  /// libcurl's own words, for the operator.
  let words: String
  let dialogue: SMTPDialogue
  let host: String
  let recipient: String
  /// Whether we broke it off because the channel closes.
  var isWithdrawn = false
}

extension SMTPEnding {
  /// The outcome, judged first by the server's last answer, then by how far the hand-over got, and last by libcurl's
  /// code.
  var outcome: Outcome {
    if let verdict = dialogue.verdict { return outcome(of: verdict) }
    if dialogue.isHandedOver {
      return .unknown(
        Refusal("\(host) got the whole message and did not answer the final dot: \(words)"))
    }
    if isWithdrawn {
      return .withdrawn(
        Refusal("\(host), \(dialogue.stage.rawValue): the channel closes; nothing was sent"))
    }
    if dialogue.lacksUTF8 { return untransportable("nothing was sent") }
    if dialogue.lacksLogin {
      return misconfigured(
        "a password is configured, but \(host) offers no login (no AUTH in its EHLO); nothing was sent"
      )
    }
    if let refusal = dialogue.refusal {
      return unlessUntransportable(
        SMTPClassifier.outcome(of: refusal.reply, at: refusal.stage, hiding: recipient))
    }
    return failure
  }

  /// Whether the connection was lost, or closed by the server for its own reasons, before this mail was touched.
  var isLostConnection: Bool {
    if dialogue.isHandedOver || dialogue.lacksLogin || dialogue.lacksUTF8 || isWithdrawn {
      return false
    }
    guard let refusal = dialogue.refusal else {
      return dialogue.stage == .connection || dialogue.stage == .sender
    }
    return refusal.stage == .sender && refusal.reply.code == 421
  }

  private func outcome(of verdict: SMTPReply) -> Outcome {
    switch verdict.code {
    case 200..<300: .sent(evidence: verdict.evidence(hiding: recipient))
    case 400..<600: SMTPClassifier.outcome(of: verdict, at: .end, hiding: recipient)
    default:
      .unknown(
        Refusal("\(host) answered the final dot with \(verdict.evidence(hiding: recipient))"))
    }
  }

  /// A refusal of an international address by a server that never claimed to take one is not about the customer.
  private func unlessUntransportable(_ outcome: Outcome) -> Outcome {
    guard !recipient.utf8.allSatisfy({ $0 < 0x80 }), !dialogue.offersUTF8 else { return outcome }
    return untransportable(outcome.text)
  }

  private func untransportable(_ text: String) -> Outcome {
    .rejected(
      Refusal("\(host) takes no international addresses (no SMTPUTF8 in its EHLO): \(text)"))
  }

  private var failure: Outcome {
    let text = "\(host), \(dialogue.stage.rawValue): \(words)"
    if code == CURLE_USE_SSL_FAILED {
      return misconfigured(
        "\(host) offers no STARTTLS, and encryption is required (\(words)); use smtps://, or `tls: none` if"
          + " the network is trusted")
    }
    switch CurlTrouble(code) {
    case .certificate, .certificateFile:
      return misconfigured(CurlTrouble.words(for: code, host: host, words))
    case .configuration: return misconfigured(text)
    case .passing:
      // A host that cannot be reached, resolved or talked to: it may be back; the mail was not handed over.
      return .retry(Refusal(text, isChannelWide: dialogue.stage.isBeforeRecipient))
    }
  }

  private func misconfigured(_ text: String) -> Outcome {
    .misconfigured(Refusal(text, isChannelWide: true))
  }
}

extension SMTPDialogue.Stage {
  /// Nothing about the recipient had been sent, so the fault concerns every mail.
  fileprivate var isBeforeRecipient: Bool {
    switch self {
    case .connection, .hello, .startTLS, .login, .sender: true
    case .recipient, .data, .end: false
    }
  }
}
