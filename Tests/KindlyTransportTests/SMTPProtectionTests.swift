import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyTransport

/// TLS and login, against a real server with a certificate of its own making.
@Suite struct SMTPProtectionTests {
  private static let mail = SMTPMail(
    sender: "care@example.com", recipient: "li@example.com",
    bytes: Array("Message-ID: <1@example.com>\r\n\r\nHello\r\n".utf8))

  private static let login = SMTPAccount.Login(
    user: SMTPServerFixture.user, password: Secret(SMTPServerFixture.password))

  private func outcome(
    _ server: SMTPServerFixture, scheme: String = "smtp", host: String = "localhost",
    login: SMTPAccount.Login? = nil, tls: SMTPAccount.TLS = .none, trusts: Bool = true
  ) async throws -> Outcome {
    let client = SMTPClient(
      try .fixture(
        server.url(scheme: scheme, host: host), login: login, tls: tls,
        caFile: trusts ? server.certificate : nil))
    let outcome = await client.send(Self.mail, deadline: .seconds(20))
    await client.close()
    return outcome
  }

  @Test("STARTTLS encrypts once the certificate's issuer is named")
  func startTLS() async throws {
    let server = try await SMTPServerFixture.start(tls: .starttls)
    let sent = try await outcome(server, tls: .required)
    #expect(sent.word == "sent", "\(sent)")
    #expect(try server.accepted().map(\.tls) == [true])
  }

  @Test("smtps encrypts from the first byte")
  func implicitTLS() async throws {
    let server = try await SMTPServerFixture.start(tls: .smtps)
    let sent = try await outcome(server, scheme: "smtps")
    #expect(sent.word == "sent", "\(sent)")
    #expect(try server.accepted().map(\.tls) == [true])
  }

  @Test(
    "a certificate that nobody vouches for is a misconfiguration, and says so",
    arguments: [SMTPServerFixture.TLS.starttls, .smtps])
  func untrusted(_ tls: SMTPServerFixture.TLS) async throws {
    let server = try await SMTPServerFixture.start(tls: tls)
    let refused = try await outcome(
      server, scheme: tls == .smtps ? "smtps" : "smtp", tls: .required, trusts: false)
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.text.contains("not trusted"))
    #expect(try server.accepted().isEmpty)
  }

  @Test("a trusted certificate for another name is a misconfiguration")
  func otherName() async throws {
    let server = try await SMTPServerFixture.start(tls: .smtps)
    let refused = try await outcome(server, scheme: "smtps", host: "127.0.0.1")
    #expect(refused.word == "misconfigured", "\(refused)")
  }

  @Test("a `ca file` that is not there is a misconfiguration")
  func noFile() async throws {
    let server = try await SMTPServerFixture.start(tls: .smtps)
    let client = SMTPClient(
      try .fixture(
        server.url(scheme: "smtps", host: "localhost"), caFile: "/nonexistent/ca.pem"))
    let refused = await client.send(Self.mail, deadline: .seconds(20))
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.text.contains("ca file"))
    await client.close()
  }

  @Test("where encryption is required and not offered, nothing is sent")
  func noStartTLS() async throws {
    let server = try await SMTPServerFixture.start()
    let refused = try await outcome(server, tls: .required, trusts: false)
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.text.contains("STARTTLS"))
    #expect(try server.accepted().isEmpty)
  }

  @Test(
    "the right password logs in, over TLS and without",
    arguments: [SMTPServerFixture.TLS.none, .starttls, .smtps])
  func login(_ tls: SMTPServerFixture.TLS) async throws {
    let server = try await SMTPServerFixture.start(tls: tls, login: true)
    let sent = try await outcome(
      server, scheme: tls == .smtps ? "smtps" : "smtp", login: Self.login,
      tls: tls == .none ? SMTPAccount.TLS.none : .required, trusts: tls != .none)
    #expect(sent.word == "sent", "\(sent)")
    #expect(try server.accepted().map(\.login) == [true])
  }

  @Test("a wrong password is a misconfiguration of the channel, and is not repeated in the text")
  func wrongPassword() async throws {
    let server = try await SMTPServerFixture.start(login: true)
    let refused = try await outcome(
      server, login: SMTPAccount.Login(user: "care", password: Secret("guess-47")),
      trusts: false)
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.refusal?.isChannelWide == true)
    #expect(refused.text.contains("535"))
    #expect(!refused.text.contains("guess-47"))
  }

  @Test(
    "a password for a server without login stops before any mail is sent",
    arguments: [SMTPServerFixture.TLS.none, .starttls, .smtps])
  func noLoginOffered(_ tls: SMTPServerFixture.TLS) async throws {
    let server = try await SMTPServerFixture.start(tls: tls)
    let refused = try await outcome(
      server, scheme: tls == .smtps ? "smtps" : "smtp", login: Self.login,
      tls: tls == .none ? SMTPAccount.TLS.none : .required, trusts: tls != .none)
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.text.contains("no AUTH"))
    #expect(try server.accepted().isEmpty)
  }

  @Test("a login that is demanded and not configured is a misconfiguration")
  func loginMissing() async throws {
    let server = try await SMTPServerFixture.start(login: true)
    let refused = try await outcome(server, trusts: false)
    #expect(refused.word == "misconfigured", "\(refused)")
    #expect(refused.text.contains("530"))
  }

  @Test(
    "an international address goes where the server takes one, and is rejected clearly elsewhere")
  func international() async throws {
    let mail = SMTPMail(
      sender: "care@example.com", recipient: "李@example.com",
      bytes: Array("Subject: x\r\n\r\nx\r\n".utf8))
    for offers in [true, false] {
      let server = try await SMTPServerFixture.start(utf8: offers)
      let client = SMTPClient(try .fixture(server.url()))
      let outcome = await client.send(mail, deadline: .seconds(20))
      #expect(outcome.word == (offers ? "sent" : "rejected"), "\(outcome)")
      if offers {
        #expect(try server.accepted().first?.options.contains("SMTPUTF8") == true)
      } else {
        #expect(outcome.text.contains("international"))
        #expect(outcome.refusal?.suppressesAddress == false)
      }
      await client.close()
    }
  }

  @Test("an international address is never sent as raw bytes, on a new connection or an open one")
  func neverRaw() async throws {
    let recorder = try await MailRecorder.start(utf8: false)
    let client = SMTPClient(
      try .fixture("smtp://127.0.0.1:\(recorder.port)"))
    var words: [String] = []
    for recipient in ["李", "li", "李", "wang"] {
      let outcome = await client.send(
        SMTPMail(
          sender: "care@example.com", recipient: "\(recipient)@example.com",
          bytes: Array("Subject: x\r\n\r\nx\r\n".utf8)), deadline: .seconds(20))
      words.append(outcome.word)
      if outcome.word == "rejected" {
        #expect(outcome.text.contains("no SMTPUTF8 in its EHLO): nothing was sent"))
        #expect(outcome.refusal?.isRepeatable == false)
      }
    }
    #expect(words == ["rejected", "sent", "rejected", "sent"])
    #expect(try recorder.count() == 2)
    await client.close()
  }
}
