import KindlyCore
import KindlyReplies
import KindlyTestKit
import Testing

@Suite("Replies and automatic mail")
struct ReplyTests {
  private static let words = OptOutWords(languages: OptOutLanguage.allCases)

  private static func reading(_ mail: MailFixture) -> MailReading {
    MailReading(mail.bytes, optOut: words)
  }

  @Test("a hundred replies and forty automatic mails in six languages are at hand")
  func enough() {
    #expect(ReplyFixtures.all.count >= 100)
    #expect(AutomaticFixtures.all.count >= 40)
  }

  @Test(
    "an ordinary reply is a person's, with the person's own text alone",
    arguments: ReplyFixtures.all)
  func reply(_ reply: ReplyFixtures.Reply) {
    let reading = ReplyTests.reading(reply.mail)
    #expect(reading.verdict == .person(text: reply.text, optOut: nil))
    #expect(reading.references == [MailFixture.id])
  }

  @Test("an automatic mail is nobody's reply and no bounce", arguments: AutomaticFixtures.all)
  func automatic(_ automatic: AutomaticFixtures.Automatic) {
    #expect(ReplyTests.reading(automatic.mail).verdict == .automatic)
  }

  @Test("a word that ends marketing counts if it is the whole reply", arguments: Language.all)
  func optOut(_ language: Language) {
    for word in language.optOuts {
      for program in MailFixture.Program.allCases {
        let mail = ReplyFixtures.reply(word, in: language, by: program).mail
        let verdict = ReplyTests.reading(mail).verdict
        #expect(verdict == .person(text: word, optOut: .certain), "\(word), \(program)")
      }
    }
  }

  @Test("only the words of the listed languages count")
  func languages() {
    let mail = ReplyFixtures.reply("退订", in: .chinese, by: .gmail).mail
    let reading = MailReading(mail.bytes, optOut: OptOutWords(languages: [.english, .german]))
    #expect(reading.verdict == .person(text: "退订", optOut: nil))
  }

  @Test(
    "a word that may be about the business itself ends marketing only",
    arguments: ["Cancel", "End.", "Remove", "Kündigen", "Cancelar", "拒绝", "停止", "TD", "退会", "解除"])
  func ambiguous(_ word: String) {
    let mail = ReplyFixtures.reply(word, in: .english, by: .gmail).mail
    #expect(ReplyTests.reading(mail).verdict == .person(text: word, optOut: .ifMarketing))
  }

  @Test("an answer of one letter is a person's", arguments: ["N", "R", "Y", "No"])
  func letter(_ word: String) {
    let mail = ReplyFixtures.reply(word, in: .english, by: .gmail).mail
    #expect(ReplyTests.reading(mail).verdict == .person(text: word, optOut: nil))
  }

  /// A plain mail, or an HTML mail, of a person who answers.
  private static func answer(_ body: String, type: String = "text/plain") -> MailFixture {
    var mail = MailFixture()
    mail.headers = [
      ("From", "Ann Lee <ann.lee@example.net>"), ("Subject", "Re: Offer"),
      ("In-Reply-To", MailFixture.messageID), ("Content-Type", "\(type); charset=utf-8"),
    ]
    mail.body = body
    return mail
  }

  @Test("text above, between and below quoted lines is the person's")
  func interleaved() {
    let mail = ReplyTests.answer(
      """
      Hello,

      Am 04.05.26 um 09:00 schrieb Care:
      > On 1 May 2026, Ann Lee wrote:
      >> When is it due?
      > On 12 May. Does that suit you?

      Yes.

      > Shall we bring the car back?
      No, I will come.

      --\u{20}
      Ann
      """)
    let text = "Hello,\n\nYes.\n\nNo, I will come."
    #expect(ReplyTests.reading(mail).verdict == .person(text: text, optOut: nil))
  }

  @Test("a notice that a mail server adds below the quoted lines hides no opt-out")
  func notice() {
    let mail = ReplyTests.answer(
      """
      STOP

      On 4 May 2026, Care
      <care@example.com> wrote:

      > Dear Ann

      This mail is confidential.
      """)
    let text = "STOP\n\nThis mail is confidential."
    #expect(ReplyTests.reading(mail).verdict == .person(text: text, optOut: .certain))
  }

  @Test("nor if the attribution is quoted, too, as by Apple's programs")
  func quotedAttribution() {
    let mail = ReplyTests.answer(
      """
      STOP

      Sent from my iPhone

      > On 4 May 2026, at 10:00, Care <care@example.com> wrote:
      >\u{20}
      > Dear Ann

      This mail is confidential.
      """)
    let text = "STOP\n\nThis mail is confidential."
    #expect(ReplyTests.reading(mail).verdict == .person(text: text, optOut: .certain))
  }

  @Test("text below the quoted part of an HTML mail is the person's")
  func belowHTML() {
    let mail = ReplyTests.answer(
      "<p>On 4 May 2026, Care wrote:</p><blockquote><p>Dear Ann</p></blockquote><p>STOP</p>",
      type: "text/html")
    #expect(ReplyTests.reading(mail).verdict == .person(text: "STOP", optOut: .certain))
  }

  @Test("the HTML is read if the plain text is blank")
  func blankPlain() {
    let mail = ReplyTests.answer(
      """
      --b
      Content-Type: text/plain

      \u{20}
      --b
      Content-Type: text/html

      <p>STOP</p>
      --b--
      """, type: "multipart/alternative; boundary=b")
    #expect(ReplyTests.reading(mail).verdict == .person(text: "STOP", optOut: .certain))
  }

  @Test(
    "the head of a mail ends the text, whatever its first field",
    arguments: [
      "Subject: Offer\nDate: 4 May 2026\nFrom: Care", "*Von:* Care\n*Gesendet:* Montag",
      "Date: 4 May 2026\nFrom: Care",
    ])
  func heads(_ head: String) {
    let mail = ReplyTests.answer("STOP\n\n\(head)\n\nDear Ann")
    #expect(ReplyTests.reading(mail).verdict == .person(text: "STOP", optOut: .certain))
  }

  @Test("fields that name no sender are a person's own words")
  func form() {
    let text = "Date: 12 May\nTo: the workshop in Hamburg"
    let mail = ReplyTests.answer(text)
    #expect(ReplyTests.reading(mail).verdict == .person(text: text, optOut: nil))
  }

  @Test("a word in the subject counts if there is no text")
  func subject() {
    var mail = ReplyFixtures.reply("", in: .english, by: .iPhone).mail
    mail.headers = mail.headers.map { $0.name == "Subject" ? ("Subject", "Unsubscribe") : $0 }
    #expect(ReplyTests.reading(mail).verdict == .person(text: "", optOut: .certain))
  }

  @Test("a long reply is cut, and a reply in an older charset is read")
  func text() {
    let long = String(repeating: "wort ", count: 3000) + "ende"
    let mail = ReplyFixtures.reply(long, in: .german, by: .outlook).mail
    guard case .person(let text, nil) = ReplyTests.reading(mail).verdict else {
      Issue.record("expected a person's reply")
      return
    }
    #expect(text.count == 4000 && text.hasSuffix("…"))

    let head = "From: a@example.net\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n"
    let chinese = MailReading(
      Array(head.utf8) + [0xCD, 0xCB, 0xB6, 0xA9], optOut: ReplyTests.words)
    #expect(chinese.verdict == .person(text: "退订", optOut: .certain))
    for charset in ["iso-2022-jp", "shift_jis"] {
      var japanese = MailFixture()
      japanese.headers = [("From", "a@example.net")]
      japanese.charset = charset
      japanese.body = "配信停止"
      #expect(
        ReplyTests.reading(japanese).verdict == .person(text: "配信停止", optOut: .certain),
        "\(charset)")
    }
  }

  @Test("a complaint of a mailbox provider is recognised, and names its message")
  func complaint() {
    var mail = MailFixture()
    mail.headers = [
      ("From", "<feedback@provider.example>"),
      ("Content-Type", "multipart/report; report-type=feedback-report; boundary=b"),
    ]
    mail.body = """
      --b
      Content-Type: text/plain

      This is an abuse report.
      --b
      Content-Type: message/feedback-report

      Feedback-Type: abuse
      Version: 1
      --b
      Content-Type: message/rfc822

      X-Kindly-Id: \(MailFixture.id)
      Subject: Offer

      Hello
      --b--
      """
    let reading = ReplyTests.reading(mail)
    #expect(reading.verdict == .complaint)
    #expect(reading.references == [MailFixture.id])
  }
}
