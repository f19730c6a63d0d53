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
    #expect(reading.verdict == .person(text: reply.text, isOptOut: false))
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
        #expect(verdict == .person(text: word, isOptOut: true), "\(word), \(program)")
      }
    }
  }

  @Test("only the words of the listed languages count")
  func languages() {
    let mail = ReplyFixtures.reply("退订", in: .chinese, by: .gmail).mail
    let reading = MailReading(mail.bytes, optOut: OptOutWords(languages: [.english, .german]))
    #expect(reading.verdict == .person(text: "退订", isOptOut: false))
  }

  @Test("a word in the subject counts if there is no text")
  func subject() {
    var mail = ReplyFixtures.reply("", in: .english, by: .iPhone).mail
    mail.headers = mail.headers.map { $0.name == "Subject" ? ("Subject", "Unsubscribe") : $0 }
    #expect(ReplyTests.reading(mail).verdict == .person(text: "", isOptOut: true))
  }

  @Test("a long reply is cut, and a reply in an older charset is read")
  func text() {
    let long = String(repeating: "wort ", count: 3000) + "ende"
    let mail = ReplyFixtures.reply(long, in: .german, by: .outlook).mail
    guard case .person(let text, false) = ReplyTests.reading(mail).verdict else {
      Issue.record("expected a person's reply")
      return
    }
    #expect(text.count == 4000 && text.hasSuffix("…"))

    let head = "From: a@example.net\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n"
    let chinese = MailReading(
      Array(head.utf8) + [0xCD, 0xCB, 0xB6, 0xA9], optOut: ReplyTests.words)
    #expect(chinese.verdict == .person(text: "退订", isOptOut: true))
    for charset in ["iso-2022-jp", "shift_jis"] {
      var japanese = MailFixture()
      japanese.headers = [("From", "a@example.net")]
      japanese.charset = charset
      japanese.body = "配信停止"
      #expect(
        ReplyTests.reading(japanese).verdict == .person(text: "配信停止", isOptOut: true), "\(charset)")
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
