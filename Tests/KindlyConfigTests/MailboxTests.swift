import KindlyConfig
import KindlyCore
import Testing

@Suite("mailbox:")
struct MailboxTests {
  private static func load(_ mailbox: String) throws -> Configuration {
    try ConfigurationFolder(["kindly.yaml": "mailbox: { \(mailbox) }\n"]).load()
  }

  private static let login = "user: care@example.com, password: { env: MAILBOX }"

  @Test("a mailbox needs a server and a login; the rest has defaults")
  func defaults() throws {
    let mailbox = try #require(
      try MailboxTests.load("url: \"imaps://imap.example.com\", \(MailboxTests.login)").mailbox)
    #expect(mailbox.server == IMAPServer("imaps://imap.example.com:993"))
    #expect(mailbox.user == "care@example.com")
    #expect(mailbox.password == .environment("MAILBOX"))
    #expect(mailbox.folder == "INBOX" && mailbox.poll == .minutes(2))
    #expect(mailbox.done == nil && !mailbox.isPlain)
    #expect(mailbox.optOut == OptOutLanguage.allCases)
  }

  @Test(
    "what happens to a mail is a flag or a move",
    arguments: [
      ("flag Kindly", MailMark.flag("Kindly")), ("flag seen", .flag("\\Seen")),
      ("flag $Done_2", .flag("$Done_2")), ("move to Kindly/处理", .move("Kindly/处理")),
    ])
  func done(_ text: String, _ mark: MailMark) throws {
    let mailbox = try MailboxTests.load(
      "url: \"imap://localhost:1143\", \(MailboxTests.login), folder: Care, poll: 30s, opt out: [zh, en], done: \"\(text.replacing("\\", with: "\\\\"))\""
    ).mailbox
    #expect(mailbox?.done == mark)
    #expect(mailbox?.isPlain == true, "a server on this machine")
    #expect(mailbox?.folder == "Care" && mailbox?.poll == .seconds(30))
    #expect(mailbox?.optOut == [.chinese, .english])
  }

  @Test(
    "mistakes are named",
    arguments: [
      ("url: \"imaps://a:b@imap.example.com\"", "no user or password"),
      ("url: \"smtp://imap.example.com\"", "imaps:// or imap://"),
      ("url: \"imaps://a.example\", done: \"flag \\\\Deleted\"", "`flag NAME` or `move to FOLDER`"),
      ("url: \"imaps://a.example\", done: delete", "`flag NAME` or `move to FOLDER`"),
      ("url: \"imaps://a.example\", done: move to INBOX", "another folder"),
      ("url: \"imaps://a.example\", opt out: klingon", "one of en, de"),
      ("url: \"imaps://a.example\", poll: 1s", "a time from 10s to 24h"),
      ("url: \"imaps://a.example\", tls: none", "`tls` to agree with `url`"),
      ("url: \"imaps://a.example\", colour: red", "unknown key `colour`"),
    ])
  func mistakes(_ text: String, _ part: String) throws {
    let error = #expect(throws: ConfigurationProblems.self) {
      try MailboxTests.load("\(text), \(MailboxTests.login)")
    }
    #expect("\(try #require(error))".contains(part))
  }
}
