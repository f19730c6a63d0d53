import Foundation
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

@Suite struct SMTPChannelTests {
  @Test("the envelope's sender carries the reminder's id where bounces are configured")
  func bounces() async throws {
    let server = try await SMTPServerFixture.start()
    let channel = try SMTPChannel.fixture(server.url(), bounces: "bounces@example.com")
    let payload = try channel.prepare(.fixture(to: "Li@Example.COM"))
    #expect(payload.recipient == "Li@example.com")
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    let taken = try #require(try server.accepted().first)
    #expect(taken.sender == "bounces+k3f9q2@example.com")
    #expect(taken.rcpt == "Li@example.com")
    #expect(taken.body.contains("From: Example <care@example.com>\r\n"))
    await channel.close()
  }

  @Test("mail is resent once after silence, needs a mail address and rings nowhere")
  func traits() throws {
    let channel = try SMTPChannel.fixture("smtp://127.0.0.1:1")
    #expect(
      channel.traits
        == ChannelTraits(
          rings: false, afterUnknown: .resendOnce, address: .email, carriesAttachments: true))
  }
}

@Suite struct MaildirChannelTests {
  private func channel(_ path: String) throws -> MaildirChannel {
    MaildirChannel(name: "files", path: path, sender: try .fixture())
  }

  @Test("a mail is one file in new, readable by its owner, and nothing stays in tmp")
  func file() async throws {
    let folder = try TemporaryFolder()
    let channel = try channel(folder.url.appending(path: "a/b").path)
    let payload = try channel.prepare(.fixture())
    let outcome = await channel.send(payload, deadline: .seconds(20))
    #expect(outcome == .sent(evidence: "new/k3f9q2.kindly.eml"))
    #expect(try folder.contents(of: "a/b/new") == ["k3f9q2.kindly.eml"])
    #expect(try folder.contents(of: "a/b/tmp").isEmpty)
    #expect(try folder.contents(of: "a/b") == ["cur", "new", "tmp"])
    let path = folder.url.appending(path: "a/b/new/k3f9q2.kindly.eml").path
    #expect(FileManager.default.contents(atPath: path) == Data(payload.bytes))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    await channel.close()
  }

  @Test("what a crash left in tmp is overwritten, and a repeat replaces its file")
  func afterCrash() async throws {
    let folder = try TemporaryFolder()
    let temporary = folder.url.appending(path: "tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    try Data("half of a mail, and rather long so that something would be left".utf8)
      .write(to: temporary.appending(path: "k3f9q2.kindly.eml"))
    let channel = try channel(folder.url.path)
    let payload = Payload(publicID: "k3f9q2", recipient: "x", bytes: Array("short".utf8))
    for _ in 1...2 {
      #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    }
    #expect(try folder.contents(of: "new") == ["k3f9q2.kindly.eml"])
    #expect(try folder.contents(of: "tmp").isEmpty)
    let text = try String(
      contentsOf: folder.url.appending(path: "new/k3f9q2.kindly.eml"), encoding: .utf8)
    #expect(text == "short")
    await channel.close()
  }

  @Test(
    "a path that cannot be a folder is a misconfiguration of the channel, and works again once it is fixed"
  )
  func notAFolder() async throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "mail")
    try Data().write(to: path)
    let channel = try channel(path.path)
    let payload = try channel.prepare(.fixture())
    let outcome = await channel.send(payload, deadline: .seconds(20))
    #expect(outcome.word == "misconfigured", "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    #expect(outcome.text.contains(path.path))
    try FileManager.default.removeItem(at: path)
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    await channel.close()
  }

  @Test("a full disk is tried again")
  func fullDisk() async throws {
    // Every write to /dev/full fails with ENOSPC; the link is what the file would be written to.
    let folder = try TemporaryFolder()
    let folderFault = MaildirFolder("/dev/full").deliver([
      Payload(publicID: "a", recipient: "x", bytes: [1])
    ])
    #expect(folderFault.map(\.word) == ["misconfigured"])
    let temporary = folder.url.appending(path: "tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    // A file of the right name that is a folder: it cannot be opened for writing.
    try FileManager.default.createDirectory(
      at: temporary.appending(path: "a.kindly.eml"), withIntermediateDirectories: true)
    let outcomes = MaildirFolder(folder.url.path).deliver([
      Payload(publicID: "a", recipient: "x", bytes: [1]),
      Payload(publicID: "b", recipient: "x", bytes: [2]),
    ])
    // One bad file does not harm the mail beside it.
    #expect(outcomes.map(\.attempt) == [.retry, .sent])
  }

  @Test(
    "an id that is no file's name is refused", arguments: ["../../etc/x", "a/b", ".hidden", "a b"])
  func unsafeName(_ id: String) async throws {
    let folder = try TemporaryFolder()
    let channel = try channel(folder.url.path)
    #expect(throws: UnfitDelivery.self) { try channel.prepare(.fixture(id: id)) }
    await channel.close()
  }

  @Test("a deadline that has passed writes nothing")
  func deadline() async throws {
    let folder = try TemporaryFolder()
    let channel = try channel(folder.url.path)
    let outcome = await channel.send(try channel.prepare(.fixture()), deadline: .zero)
    #expect(outcome.word == "retry")
    await channel.close()
  }
}

@Suite struct InboxChannelTests {
  @Test("an entry holds what a reader needs")
  func entry() async throws {
    let ledger = MemoryInbox()
    let channel = InboxChannel.fixture(ledger)
    let payload = try channel.prepare(.fixture(to: "42"))
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    #expect(
      ledger.entries == [
        InboxDelivery(
          publicID: "k3f9q2", rule: "trial", customer: "42", subject: "Your trial ends soon",
          body: "Hello")
      ])
  }

  @Test("an entry for a colleague names them")
  func colleague() async throws {
    let ledger = MemoryInbox()
    let channel = InboxChannel.fixture(ledger)
    var delivery = Delivery.fixture(to: "anna")
    delivery.recipient = Recipient(.colleagues, key: "anna", name: "Anna", address: "anna")
    let payload = try channel.prepare(delivery)
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "sent")
    #expect(ledger.entries.map(\.recipient) == ["anna"] && ledger.entries.map(\.customer) == ["42"])
  }

  @Test("a ledger that fails is tried again")
  func failing() async throws {
    let channel = InboxChannel.fixture(MemoryInbox(fault: FixtureFault("the disk is full")))
    let outcome = await channel.send(
      try channel.prepare(.fixture(to: "42")), deadline: .seconds(20))
    #expect(outcome.word == "retry")
    #expect(outcome.text.contains("the disk is full"))
  }

  @Test("a payload of another type of channel is refused")
  func foreign() async throws {
    let channel = InboxChannel.fixture(MemoryInbox())
    let payload = Payload(publicID: "x", recipient: "42", bytes: Array("From: a".utf8))
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "misconfigured")
  }
}

@Suite struct RedirectingChannelTests {
  private let inner = ScriptedChannel(name: "email")

  @Test("everything goes to the one address, and the subject says whom it was for")
  func redirects() async throws {
    let folder = try TemporaryFolder()
    let files = MaildirChannel(name: "files", path: folder.url.path, sender: try .fixture())
    let channel = RedirectingChannel(wrapping: files, to: "ops@example.com")
    #expect(channel.name == "files")
    #expect(channel.traits == files.traits)
    let payload = try channel.prepare(.fixture(to: "li@customer.example"))
    #expect(payload.recipient == "ops@example.com")
    let text = String(decoding: payload.bytes, as: UTF8.self)
    #expect(text.contains("To: ops@example.com\r\n"))
    #expect(text.contains("Subject: [for customer 42] Your trial ends soon\r\n"))
    #expect(!text.contains("li@customer.example"))
    await channel.close()
  }

  @Test(
    "of a message about nobody, the subject names the recipient",
    arguments: [
      (PeopleKind.colleagues, "anna", "colleague anna"),
      (.colleagues, "team workshop", "team workshop"),
      (.customers, "everybody", "everybody"),
    ])
  func aboutNobody(kind: PeopleKind, key: String, words: String) async throws {
    let folder = try TemporaryFolder()
    let files = MaildirChannel(name: "files", path: folder.url.path, sender: try .fixture())
    let channel = RedirectingChannel(wrapping: files, to: "ops@example.com")
    let delivery = Delivery(
      publicID: "k3f9", messageID: "k3f9@example.com", rule: "service", messageClass: .care,
      about: nil,
      recipient: Recipient(kind, key: key, name: "", address: "somebody@company.example"),
      message: Message(subject: "Press", text: "Due"), attempt: 1, date: Instant(seconds: 0))
    let text = String(decoding: try channel.prepare(delivery).bytes, as: UTF8.self)
    #expect(text.contains("Subject: [for \(words)] Press\r\n"), "\(text)")
    await channel.close()
  }

  @Test("a payload that was prepared for a customer is never sent while redirected")
  func storedPayload() async throws {
    let payload = try inner.prepare(.fixture())
    let channel = RedirectingChannel(wrapping: inner, to: "ops@example.com")
    #expect(await channel.send(payload, deadline: .seconds(20)).word == "misconfigured")
    #expect(inner.handedOver.isEmpty)
  }
}
