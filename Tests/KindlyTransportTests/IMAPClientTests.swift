import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

/// Against Debian's Dovecot.
@Suite("The IMAP client")
struct IMAPClientTests {
  private static let patience = Duration.seconds(120)

  private static func client(
    _ url: String, password: String = IMAPServerFixture.password, caFile: String? = nil,
    tls: SMTPAccount.TLS = .none, folder: String = "INBOX"
  ) throws -> IMAPClient {
    IMAPClient(
      IMAPAccount(
        server: try #require(IMAPServer(url)), user: IMAPServerFixture.user,
        password: Secret(password), tls: tls, caFile: caFile, folder: folder))
  }

  private static func mail(_ number: Int, _ text: String = "Hello") -> [UInt8] {
    Array("From: a\(number)@example.net\r\nSubject: \(number)\r\n\r\n\(text)\r\n".utf8)
  }

  private func look(
    _ client: IMAPClient, after uid: UInt32 = 0, validity: UInt32? = nil, count: Int = 10,
    bytes: Int = 1000
  ) async throws -> MailboxLook {
    try await client.look(
      after: uid, validity: validity, count: count, bytes: bytes,
      deadline: IMAPClientTests.patience)
  }

  @Test("mails are read in order and in part, from a position on, and stay unread")
  func reads() async throws {
    let server = try await IMAPServerFixture.start()
    for number in 1...5 { try server.deliver(IMAPClientTests.mail(number), named: "\(number)") }
    let client = try IMAPClientTests.client("imap://localhost:\(server.port)")
    let first = try await look(client, count: 3, bytes: 30)
    #expect(first.mails.map(\.uid) == [1, 2, 3])
    #expect(first.mails[0].bytes == Array(IMAPClientTests.mail(1).prefix(30)))
    #expect(first.through == 3 && first.hasMore)
    let second = try await look(client, after: first.through, validity: first.validity)
    #expect(second.mails.map(\.uid) == [4, 5])
    #expect(second.mails.last?.bytes == IMAPClientTests.mail(5))
    #expect(second.through == 5 && !second.hasMore)
    let third = try await look(client, after: second.through, validity: second.validity)
    #expect(third.mails.isEmpty && third.through == 5)
    // A position of another numbering is not one here.
    let anew = try await look(client, after: 5, validity: first.validity &+ 1)
    #expect(anew.mails.count == 5)
    let seen = server.files(in: "cur").filter { $0.contains("S") } + server.files(in: ".Done/cur")
    #expect(seen.isEmpty, "nothing is marked as read or moved")
    await client.close()
  }

  @Test("mails are flagged or moved, and doing so again changes nothing", arguments: [true, false])
  func marks(offersMove: Bool) async throws {
    let server = try await IMAPServerFixture.start(offersMove: offersMove)
    for number in 1...3 { try server.deliver(IMAPClientTests.mail(number), named: "\(number)") }
    let client = try IMAPClientTests.client("imap://localhost:\(server.port)")
    let validity = try await look(client).validity
    for _ in 1...2 {
      try await client.mark(
        [1], validity: validity, .flag("\\Seen"), deadline: IMAPClientTests.patience)
      try await client.mark(
        [2], validity: validity, .move("Done"), deadline: IMAPClientTests.patience)
    }
    try await client.mark(
      [3], validity: validity &+ 1, .move("Done"), deadline: IMAPClientTests.patience)
    #expect(server.files(in: ".Done/cur").count + server.files(in: ".Done/new").count == 1)
    #expect(try await look(client).mails.map(\.uid) == [1, 3])
    #expect(server.files(in: "cur").count { $0.hasSuffix("S") } == 1)
    await client.close()
  }

  @Test("connections are encrypted as configured, and certificates are checked")
  func protection() async throws {
    let server = try await IMAPServerFixture.start()
    try server.deliver(IMAPClientTests.mail(1), named: "1")
    let urls = ["imaps://localhost:\(server.tlsPort)", "imap://localhost:\(server.port)"]
    for url in urls {
      let client = try IMAPClientTests.client(url, caFile: server.certificate, tls: .required)
      #expect(try await client.check(.move("Done"), deadline: IMAPClientTests.patience) == 1)
      await client.close()
      let wary = try IMAPClientTests.client(url, tls: .required)
      await #expect(throws: MailboxFault.self) {
        try await wary.check(nil, deadline: IMAPClientTests.patience)
      }
      await wary.close()
    }
  }

  @Test("what only a person can change is told from what may pass")
  func faults() async throws {
    let server = try await IMAPServerFixture.start()
    let url = "imap://localhost:\(server.port)"
    func fault(_ client: IMAPClient, _ mark: MailMark? = nil) async -> MailboxFault? {
      var fault: MailboxFault?
      do {
        _ = try await client.check(mark, deadline: IMAPClientTests.patience)
      } catch {
        fault = error
      }
      await client.close()
      return fault
    }
    for client in [
      try IMAPClientTests.client(url, password: "wrong"),
      try IMAPClientTests.client(url, folder: "Nowhere"),
    ] {
      guard case .misconfigured = await fault(client) else {
        Issue.record("expected a fault of the configuration")
        continue
      }
    }
    guard case .misconfigured = await fault(try IMAPClientTests.client(url), .move("Nowhere"))
    else {
      Issue.record("expected the missing folder to be reported")
      return
    }
    guard case .passing = await fault(try IMAPClientTests.client("imap://localhost:1")) else {
      Issue.record("expected a server that is not there to be a fault that passes")
      return
    }
  }

  @Test(
    "a connection that breaks in the middle of a mail fails, and the next one reads the same mails")
  func cut() async throws {
    let server = try await IMAPServerFixture.start()
    let large = String(repeating: "A001 OK done\r\n* BYE\r\n", count: 4000)
    for number in 1...3 {
      try server.deliver(IMAPClientTests.mail(number, large), named: "\(number)")
    }
    let proxy = try await CuttingProxy.start(to: server.port)
    let client = try IMAPClientTests.client("imap://localhost:\(proxy.port)")
    proxy.plan(.cut, afterBytes: 100_000)
    await #expect(throws: MailboxFault.self) { try await look(client, bytes: 1 << 20) }
    let again = try await look(client, bytes: 1 << 20)
    #expect(again.mails.map(\.bytes) == (1...3).map { IMAPClientTests.mail($0, large) })
    // A connection that the server closed while it was idle is opened again.
    try await server.restart()
    #expect(try await client.check(nil, deadline: IMAPClientTests.patience) == 3)
    await client.close()
  }

  @Test("later mails are found on a server that does not say which UID is next")
  func withoutNextUID() async throws {
    let server = try await IMAPServerFixture.start()
    let proxy = try await CuttingProxy.start(to: server.port)
    try await proxy.hide("UIDNEXT")
    let client = try IMAPClientTests.client("imap://localhost:\(proxy.port)")
    let empty = try await look(client)
    #expect(empty.mails.isEmpty && empty.through == 0 && !empty.hasMore)
    for number in 1...3 { try server.deliver(IMAPClientTests.mail(number), named: "\(number)") }
    let first = try await look(client, validity: empty.validity)
    #expect(first.mails.map(\.uid) == [1, 2, 3] && first.through == 3 && !first.hasMore)
    try server.deliver(IMAPClientTests.mail(4), named: "4")
    let second = try await look(client, after: first.through, validity: first.validity)
    #expect(second.mails.map(\.uid) == [4] && second.through == 4)
    await client.close()
  }

  @Test(
    "a mail that the server cannot hand out spoils a look at several, and is named if it is the only one",
    arguments: CuttingProxy.Withholding.allCases)
  func unreadable(_ way: CuttingProxy.Withholding) async throws {
    let server = try await IMAPServerFixture.start()
    for number in 1...3 { try server.deliver(IMAPClientTests.mail(number), named: "\(number)") }
    let proxy = try await CuttingProxy.start(to: server.port)
    try await proxy.withhold([2], way)
    let client = try IMAPClientTests.client("imap://localhost:\(proxy.port)")
    await #expect(throws: MailboxFault.self) { try await look(client) }
    let first = try await look(client, count: 1)
    #expect(first.mails.map(\.uid) == [1] && first.through == 1)
    var fault: MailboxFault?
    do {
      _ = try await client.look(
        after: 1, validity: first.validity, count: 1, bytes: 1000,
        deadline: IMAPClientTests.patience)
    } catch {
      fault = error
    }
    guard case .unreadable(let uid, let validity, _)? = fault else {
      Issue.record("expected the mail to be named, got \(String(describing: fault))")
      return
    }
    #expect(uid == 2 && validity == first.validity)
    let last = try await look(client, after: 2, validity: first.validity, count: 1)
    #expect(last.mails.map(\.uid) == [3] && last.through == 3)
    await client.close()
  }

  @Test("a mailbox is told from others by its host, user and folder, and not by how it is reached")
  func identity() throws {
    func account(
      _ url: String = "imap://mail.example.com", _ user: String = "care",
      _ folder: String = "INBOX"
    ) throws -> ExactText {
      IMAPAccount(
        server: try #require(IMAPServer(url)), user: user, password: Secret("a"), tls: .none,
        folder: folder
      ).identity
    }
    let one = try account()
    #expect(try account("imaps://MAIL.example.com:9993", "care", "Inbox") == one)
    #expect(try account("imap://post.example.com") != one)
    #expect(try account("imap://mail.example.com", "service") != one)
    #expect(try account("imap://mail.example.com", "care", "Kindly") != one)
  }

  @Test("a mailbox whose UIDs went back is read from its beginning")
  func restored() async throws {
    let server = try await IMAPServerFixture.start()
    try server.deliver(IMAPClientTests.mail(1), named: "1")
    let client = try IMAPClientTests.client("imap://localhost:\(server.port)")
    let validity = try await look(client).validity
    let again = try await look(client, after: 50_000, validity: validity)
    #expect(again.mails.map(\.uid) == [1] && again.through == 1)
    await client.close()
  }

  @Test("of a mail of 40 MB only the beginning is fetched")
  func large() async throws {
    let server = try await IMAPServerFixture.start()
    let line = Array((String(repeating: "x", count: 76) + "\r\n").utf8)
    var mail = IMAPClientTests.mail(1)
    mail.reserveCapacity(41 << 20)
    while mail.count < 40 << 20 { mail += line }
    try server.deliver(mail, named: "1")
    try server.deliver(IMAPClientTests.mail(2), named: "2")
    let client = try IMAPClientTests.client("imap://localhost:\(server.port)")
    let read = try await look(client, bytes: 256 * 1024)
    #expect(read.mails.map(\.bytes.count) == [256 * 1024, IMAPClientTests.mail(2).count])
    await client.close()
  }

  @Test("a mailbox of 50,000 mails is read to its end, a portion at a time")
  func many() async throws {
    let server = try await IMAPServerFixture.start()
    try await server.fill(50_000)
    let client = try IMAPClientTests.client("imap://localhost:\(server.port)")
    var position = MailboxLook(
      validity: try await look(client).validity, mails: [], through: 0, hasMore: true)
    var next: UInt32 = 1
    repeat {
      position = try await look(
        client, after: position.through, validity: position.validity, count: 2000, bytes: 512)
      for mail in position.mails {
        #expect(mail.uid == next)
        next += 1
      }
    } while position.hasMore
    #expect(next == 50_001)
    await client.close()
  }
}
