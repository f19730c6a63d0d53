import Testing

/// Automatic replies: holiday notices, confirmations and receipts in six languages, as eight programs send them.
enum AutomaticFixtures {
  struct Automatic: CustomTestStringConvertible {
    let name: String
    let mail: MailFixture

    var testDescription: String { name }
  }

  private static let programs = [
    "Exchange", "Gmail", "Sieve", "QQ Mail", "vacation(1)", "ticket system", "receipt",
  ]

  /// 42 mails: each program in each language.
  static let all: [Automatic] = Language.all.flatMap { language in
    programs.map { Automatic(name: "\($0), \(language.code)", mail: mail($0, language)) }
  }

  private static func mail(_ program: String, _ language: Language) -> MailFixture {
    let (first, second) = (language.automatic[0], language.automatic[1])
    var mail = MailFixture()
    mail.headers = [
      ("From", "\(MailFixture.word(language.name)) <\(language.address)>"),
      ("To", "care@example.com"), ("Message-ID", "<auto-1@mail.example.net>"),
      ("In-Reply-To", MailFixture.messageID), ("References", MailFixture.messageID),
    ]
    mail.body = first.text
    var subject = first.prefix + language.subject
    switch program {
    case "Exchange":
      mail.headers += [
        ("Return-Path", "<>"), ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"), ("X-MS-Exchange-Organization-AuthAs", "Internal"),
      ]
    case "Gmail":
      subject = language.answer + language.subject
      mail.headers += [
        ("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("X-Autoreply", "yes"),
      ]
      mail.encoding = "base64"
    case "Sieve":
      mail.headers += [
        ("X-Sieve", "Pigeonhole Sieve 0.5.19"), ("Auto-Submitted", "auto-replied (vacation)"),
        ("Precedence", "bulk"), ("X-Auto-Response-Suppress", "OOF"),
      ]
    case "QQ Mail":
      // Nothing but the subject tells that no person wrote it.
      subject = first.prefix + language.subject
      mail.headers += [("X-QQ-MIME", "TCMime 1.0 by Tencent"), ("X-Mailer", "QQMail 2.x")]
      mail.encoding = "base64"
    case "vacation(1)":
      mail.body = second.text
      subject = second.prefix + language.subject
      mail.headers += [("Precedence", "junk")]
      mail.encoding = "quoted-printable"
    case "ticket system":
      mail.body = second.text
      subject = "[#4711] " + language.subject
      mail.headers += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    default:
      subject = "Read: " + language.subject
      makeReceipt(&mail, in: language)
    }
    mail.headers.append(("Subject", MailFixture.word(subject)))
    return mail
  }

  /// Makes a mail the confirmation that one was read; RFC 8098.
  private static func makeReceipt(_ mail: inout MailFixture, in language: Language) {
    mail.headers.append(
      (
        "Content-Type",
        "multipart/report; report-type=disposition-notification; boundary=\"=_r\""
      ))
    mail.body = """
      --=_r
      Content-Type: text/plain; charset=utf-8

      \(language.automatic[0].text)
      --=_r
      Content-Type: message/disposition-notification

      Final-Recipient: rfc822;\(language.address)
      Original-Message-ID: \(MailFixture.messageID)
      Disposition: manual-action/MDN-sent-manually; displayed

      --=_r--
      """
  }
}
