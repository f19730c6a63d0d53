package import KindlyCore

/// What an incoming mail is.
package enum MailVerdict: Hashable, Sendable {
  case bounce(Bounce)
  /// A mailbox provider reports that its user does not want the message.
  case complaint
  /// A program wrote it: a holiday notice, a receipt, a newsletter.
  case automatic
  /// A person wrote it: their own text, bounded, without the mail that they answer.
  case person(text: String, optOut: OptOut?)
}

/// An incoming mail, read and judged.
package struct MailReading: Hashable, Sendable {
  package let verdict: MailVerdict
  /// The public ids of the reminders that it may be about, the most certain first.
  package let references: [String]

  /// Reads the first bytes of a mail.
  package init(_ bytes: [UInt8], optOut words: OptOutWords) {
    let mail = IncomingMail(bytes)
    verdict = MailReading.verdict(on: mail, words)
    let isAboutMail =
      switch verdict {
      case .bounce, .complaint: true
      case .automatic, .person: false
      }
    references = ReminderReferences.found(in: mail, isBounce: isAboutMail)
  }

  private static func verdict(on mail: IncomingMail, _ words: OptOutWords) -> MailVerdict {
    if ComplaintReport.isIn(mail) { return .complaint }
    if let bounce = BounceReading(mail).bounce { return .bounce(bounce) }
    if AutomaticMail.isAutomatic(mail) { return .automatic }
    let text = ReplyText(mail.text)
    let subject = mail.headers.text("subject") ?? ""
    // Who only writes a subject leaves the text empty.
    let whole = text.leading.isEmpty ? subject : text.leading
    return .person(text: text.own, optOut: words.optOut(in: whole))
  }
}
