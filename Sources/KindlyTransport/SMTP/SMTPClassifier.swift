import KindlyCore

/// The meaning of a server's refusal for the mail, its address and the channel.
///
/// See RFC 5321 4.2 and RFC 3463. The enhanced code, if any, decides, because relays answer 550 to almost everything.
enum SMTPClassifier {
  /// A full mailbox is seldom emptied within minutes.
  static let fullMailboxPause = Duration.hours(1)

  /// The outcome of a refusal (400 to 599) of the command that `stage` names.
  static func outcome(
    of reply: SMTPReply, at stage: SMTPDialogue.Stage, hiding address: String
  ) -> Outcome {
    let text = "\(stage.rawValue): \(reply.evidence(hiding: address))"
    switch meaning(of: reply, at: stage) {
    case .later(let pause): return .retry(Refusal(text, retryAfter: pause))
    case .hostLater: return .retry(Refusal(text, isChannelWide: true))
    case .never: return .rejected(Refusal(text, isRepeatable: true))
    case .noSuchAddress:
      return .rejected(Refusal(text, suppressesAddress: true, isRepeatable: true))
    case .channelFault: return .misconfigured(Refusal(text, isChannelWide: true))
    case .policy: return .misconfigured(Refusal(text))
    }
  }

  private enum Meaning {
    case later(pause: Duration?)
    case hostLater
    case never
    case noSuchAddress
    case channelFault
    /// The address is innocent and a person must look, but the next recipient may fare better.
    case policy
  }

  private static func meaning(of reply: SMTPReply, at stage: SMTPDialogue.Stage) -> Meaning {
    reply.code < 500 ? transient(reply, at: stage) : permanent(reply, at: stage)
  }

  private static func transient(_ reply: SMTPReply, at stage: SMTPDialogue.Stage) -> Meaning {
    if reply.code == 421 { return .hostLater }
    switch stage {
    // The recipient has not been named yet, so the refusal is not about this recipient.
    case .connection, .hello, .startTLS, .login, .sender: return .hostLater
    // X.7.1 is greylisting as a rule, which every recipient has to come through alone.
    case .recipient, .data, .end:
      return .later(pause: reply.isFullMailbox ? fullMailboxPause : nil)
    }
  }

  private static func permanent(_ reply: SMTPReply, at stage: SMTPDialogue.Stage) -> Meaning {
    // 530 to 538: a login is missing or wrong (RFC 4954).
    if (530...538).contains(reply.code) { return .channelFault }
    if reply.isTooLarge { return .never }
    switch stage {
    case .connection, .hello, .startTLS, .login: return .channelFault
    // The refused address is the sender's, whatever the code says: 5.1.1 here is our own address.
    case .sender: return reply.code == 552 ? .never : .channelFault
    case .recipient, .data, .end: return refusedMail(reply, at: stage)
    }
  }

  private static func refusedMail(_ reply: SMTPReply, at stage: SMTPDialogue.Stage) -> Meaning {
    if reply.isFullMailbox { return .later(pause: fullMailboxPause) }
    guard let enhanced = reply.enhanced else {
      // Before enhanced codes, 552 in answer to RCPT meant a full mailbox, and in answer to the message that it is too
      // large.
      return reply.code == 552 && stage == .recipient ? .later(pause: fullMailboxPause) : .never
    }
    switch (enhanced.subject, enhanced.detail) {
    case (1, 1), (1, 2), (1, 3), (1, 10): return .noSuchAddress
    // The address complained of is the sender's.
    case (1, 7), (1, 8): return .channelFault
    // Policy, spam, relaying: a relay may refuse one domain and take all others, so it is not yet the whole channel.
    case (7, _): return .policy
    default: return .never  // any other permanent code, RFC 3463's "undefined" included
    }
  }
}

extension SMTPReply {
  /// X.2.2, mailbox full: soft, even as 5.2.2.
  fileprivate var isFullMailbox: Bool { enhanced?.subject == 2 && enhanced?.detail == 2 }

  /// X.3.4 and X.2.3, the message is larger than the system or the mailbox takes.
  fileprivate var isTooLarge: Bool {
    (enhanced?.subject == 3 && enhanced?.detail == 4)
      || (enhanced?.subject == 2 && enhanced?.detail == 3)
  }
}
