import KindlyCore
import KindlyTransport
import Testing

@Suite struct SMTPServerTests {
  @Test(
    "a URL gives the host, the port and whether TLS is implicit",
    arguments: [
      ("smtp://relay.example.com", "smtp://relay.example.com:587", false),
      ("SMTPS://relay.example.com", "smtps://relay.example.com:465", true),
      ("smtp://localhost:25/", "smtp://localhost:25", false),
      ("smtp://[::1]:25", "smtp://[::1]:25", false),
      ("smtps://[2001:db8::1]", "smtps://[2001:db8::1]:465", true),
      ("smtp://邮件.example:2525", "smtp://邮件.example:2525", false),
    ])
  func reads(_ url: String, _ canonical: String, _ isImplicitTLS: Bool) throws {
    let server = try #require(SMTPServer(url))
    #expect(server.url == canonical)
    #expect(server.isImplicitTLS == isImplicitTLS)
    #expect(SMTPServer(server.url) == server)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "relay.example.com:25", "http://relay.example.com", "smtp://", "smtp://:25",
      "smtp://care:secret@relay.example.com", "smtp://a.example:0", "smtp://a.example:65536",
      "smtp://a.example:", "smtp://a.example:+25", "smtp://[::1", "smtp://[::1]25",
      "smtp://2001:db8::1", "smtp://a b.example", "smtp://a.example/path", "smtp://a\r\n.example",
    ])
  func refuses(_ url: String) {
    #expect(SMTPServer(url) == nil)
  }

  @Test(
    "this machine is recognised by its loopback addresses and names alone",
    arguments: [
      ("smtp://localhost", true), ("smtp://LOCALHOST:25", true), ("smtp://127.0.0.1", true),
      ("smtp://127.8.0.1", false), ("smtp://[::1]:25", true), ("smtp://127.example.com", false),
      ("smtp://relay.example.com", false), ("smtp://localhost.example.com", false),
    ])
  func thisMachine(_ url: String, _ isThis: Bool) throws {
    #expect(try #require(SMTPServer(url)).isHere == isThis)
  }
}
