import KindlyCore

/// The part of a bounce that is meant for programs, `message/delivery-status`; RFC 3464.
struct DeliveryReport {
  /// What became of one recipient.
  struct Recipient {
    enum Action {
      case failed, delayed, other
    }

    let action: Action
    let address: String?
    let status: StatusCode?
    let diagnostic: String
  }

  let recipients: [Recipient]

  /// Reads the report of a mail, or of one that it encloses; nil if it has none.
  init?(_ mail: IncomingMail, enclosed: Bool = false) {
    let parts = mail.leaves.filter {
      $0.isEnclosed == enclosed
        && ($0.type.isExactly("message/delivery-status")
          || $0.type.isExactly("message/global-delivery-status"))
    }
    guard !parts.isEmpty else { return nil }
    recipients = parts.flatMap { DeliveryReport.recipients(in: $0) }
  }

  /// Groups of fields are separated by empty lines; the first is about the whole message, unless a program forgot it.
  private static func recipients(in part: IncomingMail.Leaf) -> [Recipient] {
    var rest = TransferEncoding(part.headers).decoded(part.body, atMost: MailLimits.mostText)[...]
    var found: [Recipient] = []
    while found.count < MailLimits.mostRecipients {
      rest = rest.drop { $0.isLineEnd || $0.isBlank }
      guard !rest.isEmpty else { break }
      let (fields, behind) = MailHeaders.read(rest)
      if let recipient = Recipient(fields) { found.append(recipient) }
      if fields.isEmpty {
        // A line that is no field; the next may be one.
        let line = rest.prefix { !$0.isLineEnd }
        rest = rest[line.endIndex...]
      } else {
        rest = behind
      }
    }
    return found
  }
}

extension DeliveryReport.Recipient {
  init?(_ fields: MailHeaders) {
    guard let action = fields.first("action") else { return nil }
    if action[...].startsWithWord("delayed") {
      self.action = .delayed
    } else if action[...].startsWithWord("fail") || action[...].startsWithWord("error") {
      // OpenSMTPD writes `error`.
      self.action = .failed
    } else {
      self.action = .other
    }
    address =
      (["original-recipient", "final-recipient", "x-actual-recipient"] as [StaticString]).lazy
      .compactMap { fields.first($0) }.compactMap(DeliveryReport.Recipient.address).first
    let diagnostic = fields.first("diagnostic-code") ?? []
    let status = fields.first("status").flatMap { StatusCode(in: $0[...]) }
    // Many relays write 5.0.0, and the true code stands in the words of the server before them.
    let spoken = StatusCode(in: diagnostic[...])
    self.status = status?.isTelling == true ? status : spoken ?? status
    self.diagnostic = EncodedWords.decoded(diagnostic[...])
  }

  /// `rfc822; a@example.com`, and what other programs write instead.
  private static func address(_ value: [UInt8]) -> String? {
    let behind = value.firstIndex(of: 0x3B).map { value[($0 + 1)...] } ?? value[...]
    return MailAddresses.found(in: behind, atMost: 1).first
  }
}
