import Foundation
import GRDB
import KindlyCore
import KindlySources
import KindlyTestKit
import Synchronization
import Testing

@testable import KindlyChannels

/// A channel under test, with a way to see what arrived on its other side.
struct ChannelUnderTest: Sendable {
  let channel: any Channel
  /// An address of the kind the channel needs.
  let address: String
  /// An address that must be refused.
  let unsafe: String
  /// The public ids that arrived, each as often as it is there.
  let arrived: @Sendable () throws -> [String]
}

/// The kinds of channel that the contract holds for: every real one, and the fake that other tests use.
enum ChannelKind: String, CaseIterable, Sendable {
  case fake, smtp, maildir, exec, inbox, task, redirected, webhook, smstools, table
  case aliyunSMS, tencentSMS, weChat

  func make() async throws -> ChannelUnderTest {
    switch self {
    case .fake: Self.fake()
    case .smtp: try await Self.smtp()
    case .maildir: try Self.maildir()
    case .exec: try Self.exec()
    case .inbox: Self.inbox()
    case .task: Self.task()
    case .redirected: try Self.redirected()
    case .webhook: try await Self.provider(.webhook, unsafe: "42\u{0}")
    case .aliyunSMS: try await Self.provider(.aliyunSMS, unsafe: "138;rm -rf /")
    case .tencentSMS: try await Self.provider(.tencentSMS, unsafe: "13912345678")
    case .weChat: try await Self.provider(.weChat, unsafe: "oABC\r\n")
    case .smstools: try Self.smstools()
    case .table: try await Self.table()
    }
  }

  private static func fake() -> ChannelUnderTest {
    let channel = ScriptedChannel(name: "fake")
    return ChannelUnderTest(
      channel: channel, address: "li@example.com", unsafe: "li@example.com\r\nRCPT TO:<b@x>"
    ) {
      channel.handedOver.map(\.publicID)
    }
  }

  private static func smtp() async throws -> ChannelUnderTest {
    let server = try await SMTPServerFixture.start()
    let channel = try SMTPChannel.fixture(server.url(), connections: 4)
    return ChannelUnderTest(
      channel: channel, address: "li@example.com", unsafe: "li@example.com\r\nRCPT TO:<b@x>"
    ) {
      try server.accepted().compactMap { $0.messageID?.dropFirst().prefix { $0 != "@" } }
        .map(String.init)
    }
  }

  private static func maildir() throws -> ChannelUnderTest {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "mail").path
    let channel = MaildirChannel(name: "files", path: path, sender: try .fixture())
    return ChannelUnderTest(
      channel: channel, address: "li@example.com", unsafe: "<li@example.com>"
    ) {
      try folder.contents(of: "mail/new").map { String($0.prefix { $0 != "." }) }
    }
  }

  private static func exec() throws -> ChannelUnderTest {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "out"), withIntermediateDirectories: true)
    let command = try folder.command("cat > \"$OUT/out/$KINDLY_ID\"")
    let channel = ExecChannel(
      name: "sms", settings: ExecSettings(command: command, address: .phone))
    return ChannelUnderTest(channel: channel, address: "+86 138-0013-8000", unsafe: "138;rm -rf /")
    {
      try folder.contents(of: "out")
    }
  }

  private static func inbox() -> ChannelUnderTest {
    let ledger = MemoryInbox()
    return ChannelUnderTest(
      channel: InboxChannel.fixture(ledger), address: "42", unsafe: "42\u{0}"
    ) {
      ledger.entries.map(\.publicID)
    }
  }

  private static func task() -> ChannelUnderTest {
    let ledger = MemoryTasks()
    let channel = TaskChannel(
      name: "calls", time: Period(1, .day), zone: .utc, ledger: ledger,
      clock: ManualClock(Instant(seconds: 0)))
    return ChannelUnderTest(channel: channel, address: "anna", unsafe: "anna\u{0}") {
      ledger.tasks.map(\.publicID)
    }
  }

  private static func provider(
    _ provider: ProviderTests.Provider, unsafe: String
  ) async throws -> ChannelUnderTest {
    let standIn = try await provider.start()
    return ChannelUnderTest(channel: standIn.channel, address: provider.address, unsafe: unsafe) {
      try standIn.server.requests().compactMap(\.taken)
    }
  }

  private static func smstools() throws -> ChannelUnderTest {
    let folder = try TemporaryFolder()
    let channel = SMSToolsChannel(name: "modem", folder: folder.url.path, threads: 2)
    return ChannelUnderTest(channel: channel, address: "+86 138-0013-8000", unsafe: "138;rm -rf /")
    {
      try folder.contents(of: "").map { String($0.dropFirst("kindly-".count)) }
    }
  }

  private static func table() async throws -> ChannelUnderTest {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "app.db").path
    let application = try DatabaseQueue(path: path)
    try await application.write { db in
      try db.execute(sql: "CREATE TABLE messages (id TEXT PRIMARY KEY, body TEXT)")
    }
    let target = TableTarget(
      place: .sqlite(path: path), table: "messages", id: "id", columns: ["body"])
    let channel = TableChannel(
      name: "app",
      traits: ChannelTraits(rings: false, afterUnknown: .tryAgain, address: .key),
      target: target, password: nil, connections: 2
    ) { delivery, _ in [delivery.publicID, delivery.message.text] }
    return ChannelUnderTest(channel: channel, address: "42", unsafe: "42\u{0}") {
      _ = folder
      return try application.read { db in
        try String.fetchAll(db, sql: "SELECT id FROM messages")
      }
    }
  }

  private static func redirected() throws -> ChannelUnderTest {
    let inner = try maildir()
    return ChannelUnderTest(
      channel: RedirectingChannel(wrapping: inner.channel, to: "ops@Example.com"),
      // Whom it was for is replaced before anything looks at it; what is unsafe is the id.
      address: "anyone", unsafe: "", arrived: inner.arrived)
  }
}

@Suite struct ChannelContractTests {
  private static let patience = Duration.seconds(60)

  @Test("what is accepted is sent and has arrived", arguments: ChannelKind.allCases)
  func sends(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let payload = try subject.channel.prepare(.fixture(to: subject.address))
    let outcome = await subject.channel.send(payload, deadline: Self.patience)
    #expect(outcome.word == "sent", "\(outcome)")
    #expect(!outcome.text.isEmpty)
    #expect(try subject.arrived() == ["k3f9q2"])
    await subject.channel.close()
  }

  @Test("the same payload sent twice keeps its id", arguments: ChannelKind.allCases)
  func repeats(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let payload = try subject.channel.prepare(.fixture(to: subject.address))
    for _ in 1...2 {
      #expect(await subject.channel.send(payload, deadline: Self.patience).word == "sent")
    }
    #expect(Set(try subject.arrived()) == ["k3f9q2"])
    if subject.channel.traits.afterUnknown == .tryAgain {
      // What may be tried as often as policy likes must not pile up.
      #expect(try subject.arrived().count == 1)
    }
    await subject.channel.close()
  }

  @Test("preparing is deterministic", arguments: ChannelKind.allCases)
  func deterministic(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let delivery = Delivery.fixture(
      to: subject.address,
      message: Message(
        subject: "主题", html: "<p>你好 <img src=\"cid:logo\"></p>", text: "你好", shortText: "你好",
        images: [InlineImage(contentID: "logo", mediaType: "image/png", bytes: [1, 2, 3])],
        forms: [.fixture]))
    let first = try subject.channel.prepare(delivery)
    #expect(try subject.channel.prepare(delivery) == first)
    #expect(first.publicID == delivery.publicID)
    #expect(try subject.channel.recipient(of: subject.address) == first.recipient)
    await subject.channel.close()
  }

  @Test(
    "an unsafe address is refused, and never repeated in the reason",
    arguments: ChannelKind.allCases.filter { $0 != .redirected })
  func unsafeAddress(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let error = #expect(throws: UnfitDelivery.self) {
      _ = try subject.channel.recipient(of: subject.unsafe)
    }
    #expect(throws: try #require(error)) {
      try subject.channel.prepare(.fixture(to: subject.unsafe))
    }
    #expect(error?.fault == .address)
    #expect(error?.description.contains(subject.unsafe) == false)
    await subject.channel.close()
  }

  @Test("a message larger than a payload may be is unfit", arguments: ChannelKind.allCases)
  func tooLarge(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let text = String(repeating: "0123456789 ", count: Payload.largest / 10)
    let error = #expect(throws: UnfitDelivery.self) {
      try subject.channel.prepare(
        .fixture(to: subject.address, message: Message(subject: "x", text: text)))
    }
    #expect(error?.fault == .message)
    await subject.channel.close()
  }

  @Test("after closing nothing is sent, and no outcome is unknown", arguments: ChannelKind.allCases)
  func closed(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let payload = try subject.channel.prepare(.fixture(to: subject.address))
    #expect(await subject.channel.send(payload, deadline: Self.patience).word == "sent")
    let before = try subject.arrived()
    await subject.channel.close()
    await subject.channel.close()
    let late = try subject.channel.prepare(.fixture(id: "late", to: subject.address))
    let outcome = await subject.channel.send(late, deadline: Self.patience)
    #expect(outcome.word == "withdrawn")
    #expect(try subject.arrived() == before)
  }

  @Test("many sends at once all arrive, each once", arguments: ChannelKind.allCases)
  func concurrent(_ kind: ChannelKind) async throws {
    let subject = try await kind.make()
    let ids = (1...24).map { "id\($0)" }
    await withTaskGroup(of: Outcome.self) { group in
      for id in ids {
        group.addTask {
          do {
            let payload = try subject.channel.prepare(.fixture(id: id, to: subject.address))
            return await subject.channel.send(payload, deadline: Self.patience)
          } catch {
            return .rejected(Refusal("\(error)"))
          }
        }
      }
      for await outcome in group { #expect(outcome.word == "sent", "\(outcome)") }
    }
    #expect(try subject.arrived().sorted() == ids.sorted())
    await subject.channel.close()
  }
}

/// A channel that keeps what it is given in memory, under the contract of the real ones.
final class ScriptedChannel: Channel {
  let name: String
  let traits = ChannelTraits(rings: false, afterUnknown: .resendOnce, address: .email)
  private let state = Mutex((payloads: [Payload](), isClosed: false))

  init(name: String) {
    self.name = name
  }

  var handedOver: [Payload] { state.withLock { $0.payloads } }

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try EmailAddress(address).description
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try EmailAddress(delivery.recipient.address)
    let bytes = Array(delivery.message.text.utf8)
    guard bytes.count <= Payload.largest else { throw UnfitDelivery(.message, "too large") }
    return Payload(publicID: delivery.publicID, recipient: address.description, bytes: bytes)
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    state.withLock { state in
      if state.isClosed { return .withdrawn(Refusal("closed")) }
      state.payloads.append(payload)
      return .sent(evidence: "kept")
    }
  }

  func close() async {
    state.withLock { $0.isClosed = true }
  }
}
