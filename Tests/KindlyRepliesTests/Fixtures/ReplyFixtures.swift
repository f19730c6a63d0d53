import Foundation
import Testing

/// Ordinary replies: what people of six languages write, as eleven mail programs send it.
enum ReplyFixtures {
  struct Reply: CustomTestStringConvertible {
    let language: String
    let program: MailFixture.Program
    let text: String
    let mail: MailFixture

    var testDescription: String { "\(language), \(program.rawValue): \(text.prefix(30))" }
  }

  /// 102 replies: each language's texts, each by the next mail program.
  static let all: [Reply] = Language.all.enumerated().flatMap { number, language in
    language.texts.enumerated().map { index, text in
      let programs = MailFixture.Program.allCases
      let program = programs[(number + index) % programs.count]
      return reply(text, in: language, by: program)
    }
  }

  static func reply(
    _ text: String, in language: Language, by program: MailFixture.Program
  ) -> Reply {
    var mail = MailFixture()
    let subject = "\(language.answer)\(language.subject)"
    mail.headers = [
      ("Return-Path", "<\(language.address)>"), ("Delivered-To", "care@example.com"),
      (
        "Received",
        "from mx.example.net (mx.example.net [192.0.2.7])\r\n by mail.example.com with ESMTPS; Mon, 4 May 2026 08:00:00 +0000"
      ),
      ("From", "\(MailFixture.word(language.name)) <\(language.address)>"),
      ("To", "Care <care@example.com>"), ("Subject", MailFixture.word(subject)),
      ("Date", "Mon, 4 May 2026 10:00:00 +0200"),
      ("Message-ID", "<CAF\(abs(text.hashForFixture))@mail.example.net>"),
      ("In-Reply-To", MailFixture.messageID), ("References", MailFixture.messageID),
      ("MIME-Version", "1.0"),
    ]
    dress(&mail, text, language, program)
    return Reply(language: language.code, program: program, text: text, mail: mail)
  }

  private static func dress(
    _ mail: inout MailFixture, _ text: String, _ language: Language, _ program: MailFixture.Program
  ) {
    let quoted = language.letter.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "> \($0)" }.joined(separator: "\n")
    switch program {
    case .gmail:
      alternative(
        &mail, text + "\n\n" + language.attribution + "\n\n" + quoted + "\n",
        "<div dir=\"ltr\">\(text)</div><br><div class=\"gmail_quote\">\(language.letter)</div>")
    case .outlook:
      mail.headers.append(("X-Mailer", "Microsoft Outlook 16.0"))
      mail.headers.append(("Thread-Index", "AdFuZ6XxOH+qH5H+R76f2odV/Vn8MQ=="))
      mail.encoding = "quoted-printable"
      if ["de", "fr", "es"].contains(language.code) { mail.charset = "iso-8859-1" }
      mail.body = text + "\n\n" + language.outlookHead + "\n\n" + language.letter + "\n"
    case .exchangeHTML:
      exchange(&mail, text, language)
    case .iPhone:
      mail.headers.append(("X-Mailer", "iPhone Mail (21F90)"))
      mail.encoding = "quoted-printable"
      mail.body =
        text + "\n\n" + language.telephone + "\n\n" + language.attribution + "\n> \n" + quoted
        + "\n"
    case .thunderbird:
      mail.headers.append(("User-Agent", "Mozilla Thunderbird"))
      mail.headers.append(("Content-Language", language.code))
      mail.body =
        text + "\n\n-- \n\(language.name)\nTel. 0 12 34\n\n" + language.attribution + "\n" + quoted
    case .foxmail:
      mail.headers.append(("X-Mailer", "Foxmail 7.2.25.331[cn]"))
      mail.headers.append(("X-Priority", "3"))
      mail.encoding = "base64"
      mail.body = text + "\n\n" + language.outlookHead + "\n" + language.letter + "\n"
    case .yahoo:
      mail.headers.append(("X-Mailer", "WebService/1.1.22356 YMailNorrin"))
      mail.body = " " + text + "\n\n    " + language.attribution + "  \n \n " + language.letter
    case .outlookMobile:
      mail.encoding = "base64"
      mail.body =
        text + "\n\n" + language.outlookMobile + "\n________________________________\n"
        + language.outlookHead + "\n" + language.letter
    case .thunderbirdBelow:
      mail.headers.append(("User-Agent", "Mozilla Thunderbird"))
      mail.body =
        language.attribution + "\n" + quoted + "\n\n" + text + "\n\n-- \n\(language.name)\n"
    case .gmx:
      mail.body = text + "\n \n" + gmxHead(language) + "\n\n" + language.letter
    case .qqEnglish:
      mail.headers.append(("X-Mailer", "QQMail 2.x"))
      mail.encoding = "base64"
      let line = String(repeating: "-", count: 18)
      mail.body =
        text + "\n\n\n\n\n\(line)&nbsp;Original&nbsp;\(line)\n"
        + "From: &nbsp;\"Care\" <care@example.com>;\nDate: &nbsp;Mon, May 4, 2026 09:00 AM\n"
        + "To: &nbsp;\"\(language.name)\";\n\n" + language.letter
    }
  }

  /// GMX and Web.de name the time before the sender.
  private static func gmxHead(_ language: Language) -> String {
    """
    Gesendet: Montag, 04. Mai 2026 um 09:00 Uhr
    Von: "Care" <care@example.com>
    An: \(language.address)
    Betreff: \(language.subject)
    """
  }

  /// Outlook on the web puts the head of the answered mail into a `div`, and its text behind that.
  private static func exchange(_ mail: inout MailFixture, _ text: String, _ language: Language) {
    mail.headers.append(("X-MS-Has-Attach", ""))
    mail.headers.append(("Content-Type", "text/html; charset=\"utf-8\""))
    mail.headers.append(("Content-Transfer-Encoding", "base64"))
    mail.encoding = "base64"
    let lines = text.replacingOccurrences(of: "\n", with: "<br>\n")
    mail.body =
      "<html><head><style>p { margin: 0 }</style></head><body><div>\(lines)</div>"
      + "<hr tabindex=\"-1\"><div id=\"divRplyFwdMsg\"><b>\(language.outlookHead)</b></div>"
      + "<div><p>\(language.letter)</p></div></body></html>"
  }

  private static func alternative(_ mail: inout MailFixture, _ plain: String, _ html: String) {
    mail.headers.append(("Content-Type", "multipart/alternative; boundary=\"000000000000ab\""))
    let encoded = Data(plain.utf8).base64EncodedString(options: [
      .lineLength76Characters, .endLineWithLineFeed,
    ])
    mail.body = """
      --000000000000ab
      Content-Type: text/plain; charset="UTF-8"
      Content-Transfer-Encoding: base64

      \(encoded)
      --000000000000ab
      Content-Type: text/html; charset="UTF-8"

      \(html)

      --000000000000ab--
      """
  }
}

extension String {
  /// A number from the text that is the same in every run.
  fileprivate var hashForFixture: Int { utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFFFF } }
}
