import KindlyCore

/// Tells whether a mail is the return of another one, and why that one came back.
///
/// A report in RFC 3464's form is believed. Of real bounces many have none, so a mail is also a bounce if a mail server
/// seems to have written it and it says that a mail did not arrive.
struct BounceReading {
  private let mail: IncomingMail
  private let subject: FoldedText
  private let text: String

  /// A server's explanation is kept up to here.
  private static let longestText = 300

  init(_ mail: IncomingMail) {
    self.mail = mail
    subject = FoldedText(mail.headers.text("subject") ?? "")
    text = BounceReading.notification(of: mail)
  }

  /// What came back and why; nil where the mail is no bounce.
  var bounce: Bounce? {
    if let report = DeliveryReport(mail) {
      if let bounce = bounce(report) { return bounce }
      // A report that everything arrived is no bounce.
      if !report.recipients.isEmpty { return nil }
    }
    let failed = mail.headers.all("x-failed-recipients")
    if !failed.isEmpty {
      return guessed(failed.flatMap { MailAddresses.found(in: $0[...], atMost: 10) })
    }
    guard seemsBounce else { return nil }
    // Some filters put the server's bounce into a mail of their own.
    if let inner = DeliveryReport(mail, enclosed: true).flatMap(bounce) { return inner }
    return guessed(recipientsInText)
  }

  // MARK: With a report

  private func bounce(_ report: DeliveryReport) -> Bounce? {
    let troubles = report.recipients.filter { $0.action != .other }
    let first = troubles.first { $0.action == .failed } ?? troubles.first
    return first.map { bounce($0, among: troubles) }
  }

  private func bounce(
    _ recipient: DeliveryReport.Recipient, among all: [DeliveryReport.Recipient]
  ) -> Bounce {
    let kind: BounceKind =
      if recipient.action == .delayed {
        .delayed
      } else if let kind = recipient.status?.kind {
        kind
      } else {
        BounceReading.kind(of: FoldedText(recipient.diagnostic))
          ?? BounceReading.kind(of: FoldedText(text)) ?? .soft
      }
    let words = recipient.diagnostic.isEmpty ? text : recipient.diagnostic
    return Bounce(
      kind: kind, status: recipient.status?.text, text: BounceReading.line(words),
      recipients: all.filter { $0.action == recipient.action }.compactMap(\.address))
  }

  // MARK: Without one

  private var seemsBounce: Bool {
    let words = FoldedText(text)
    let saysInText = words.holds(oneOf: BounceWords.texts)
    let saysInSubject = subject.holds(oneOf: BounceWords.subjects)
    if mail.type.isExactly("multipart/report"), !isReceipt {
      return saysInText || saysInSubject
    }
    if isFromServer { return saysInText || saysInSubject }
    // A person who answers, or whose program answers, has a subject and a text of their own.
    if mail.headers.has("in-reply-to"), !isReturned { return false }
    return saysInSubject && saysInText
  }

  /// Whether the mail confirms that one was read; RFC 8098. Some servers reject mail in this form.
  private var isReceipt: Bool {
    let type = MIMEWalk.type(of: mail.headers)?["report-type"] ?? []
    return type[...].startsWithWord("disposition-notification")
      && !subject.holds(oneOf: ["automatically rejected", "undeliver"])
  }

  /// Whether a mail server itself is the sender, by its address or its name.
  private var isFromServer: Bool {
    guard let from = mail.headers.first("from") else { return isReturned }
    guard let address = MailAddresses.first(in: from) else {
      // `From: Postmaster <>`
      return FoldedText(EncodedWords.decoded(from[...])).holds(oneOf: BounceReading.servers)
        || from.trimmedBlanks.suffix(2).elementsEqual("<>".utf8)
    }
    let local = address.utf8.prefix { $0 != UInt8(ascii: "@") }.map(\.lowered)
    if local.holds(oneOf: BounceReading.servers) { return true }
    let name = FoldedText(EncodedWords.decoded(from[...]))
    if name.holds(oneOf: BounceReading.serverNames) { return true }
    // An administrator is also a person, who answers mail.
    return (isReturned || !mail.headers.has("in-reply-to"))
      && name.holds(oneOf: BounceReading.administrators)
  }

  private static let servers = [
    "mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "mdaemon", "mail.delivery",
    "maildelivery",
  ]
  private static let serverNames = [
    "mail delivery", "mailer-daemon", "delivery subsystem", "internet mail delivery",
  ]
  private static let administrators = ["system administrator", "mail administrator"]

  /// Whether the mail has no sender to return it to, as RFC 5321, 4.5.5 demands of bounces.
  private var isReturned: Bool {
    mail.headers.first("return-path")?.trimmedBlanks.elementsEqual("<>".utf8) == true
  }

  private func guessed(_ recipients: [String]) -> Bounce {
    let words = FoldedText(text)
    let isDelayed =
      words.holds(oneOf: BounceWords.delays)
      || subject.holds(oneOf: BounceWords.delays + ["warning: message", "delivery warning"])
    let status = StatusCode(in: text.utf8.prefix(MailLimits.mostText).map { $0 }[...])
    let kind: BounceKind =
      isDelayed ? .delayed : status?.kind ?? BounceReading.kind(of: words) ?? .soft
    return Bounce(
      kind: kind, status: status?.text, text: BounceReading.line(text), recipients: recipients)
  }

  /// The kind of a bounce by the server's words; nil where they do not say. Only a clear word makes it hard.
  private static func kind(of words: FoldedText) -> BounceKind? {
    if words.holds(oneOf: BounceWords.fullMailbox) { return .soft }
    let isUnknown = words.holds(oneOf: BounceWords.unknownAddress)
    let isRefused = words.holds(oneOf: BounceWords.refusals)
    if isUnknown { return isRefused ? .soft : .hard }
    return isRefused ? .refused : nil
  }

  /// The addresses in the server's words, without the server's and our own.
  private var recipientsInText: [String] {
    let own = (mail.headers.all("to") + mail.headers.all("from") + mail.headers.all("delivered-to"))
      .flatMap { MailAddresses.found(in: $0[...], atMost: 5) }.map(\.folded)
    return MailAddresses.found(in: Array(text.utf8)[...], atMost: MailLimits.mostRecipients)
      .filter { address in
        let folded = address.folded
        return !own.contains(folded)
          && !BounceReading.servers.contains { folded.string.exactlyStarts(with: $0) }
      }
  }

  /// The server's own words: the text of the mail up to where the returned mail begins.
  private static func notification(of mail: IncomingMail) -> String {
    var kept: [UInt8] = []
    var count = 0
    for line in ByteLines(Array(mail.text.utf8)[...]).prefix(MailLimits.mostLines) {
      let folded = Array(FoldedText(line.text).bytes)
      let isBorder =
        count > 2 && line.count < 100 && folded.holds(oneOf: BounceWords.returned)
        && (line.first == 0x2D || line.first == 0x2A || line.last == 0x3A || line.last == 0x2D
          || folded.holds("follow"))
      if isBorder { break }
      if !line.isEmpty { count += 1 }
      kept += line
      kept.append(0x0A)
    }
    return String(decoding: kept, as: UTF8.self)
  }

  private static func line(_ text: String) -> String {
    let words = text.unicodeScalars.split { $0.isSpace || $0.value < 0x20 }
    var line = ""
    for word in words where line.utf8.count < longestText {
      if !line.isEmpty { line += " " }
      line.unicodeScalars += word
    }
    return String(line.prefix(longestText))
  }
}
