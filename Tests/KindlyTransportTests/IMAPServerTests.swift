import KindlyCore
import Testing

@Suite struct IMAPServerTests {
  @Test(
    "a URL gives the host, the port and whether TLS is implicit",
    arguments: [
      ("imap://mail.example.com", "imap://mail.example.com:143", false),
      ("IMAPS://mail.example.com/", "imaps://mail.example.com:993", true),
      ("imaps://[2001:db8::1]:9993", "imaps://[2001:db8::1]:9993", true),
    ])
  func reads(_ url: String, _ canonical: String, _ isImplicitTLS: Bool) throws {
    let server = try #require(IMAPServer(url))
    #expect(server.url == canonical)
    #expect(server.isImplicitTLS == isImplicitTLS)
  }

  @Test(
    "anything else is refused", arguments: ["smtp://a.example", "imap://", "imaps://u:p@a.example"])
  func refuses(_ url: String) {
    #expect(IMAPServer(url) == nil)
  }
}
