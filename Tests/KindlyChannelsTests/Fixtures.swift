import Foundation
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Synchronization
import Testing

@testable import KindlyChannels

extension Delivery {
  /// A delivery that any channel takes; fill in only what matters.
  static func fixture(
    id: String = "k3f9q2", to address: String = "li@example.com", name: String = "Li Lei",
    message: Message = Message(
      subject: "Your trial ends soon", html: "<p>Hello</p>", text: "Hello", shortText: "Hi",
      forms: [.fixture]),
    attempt: Int = 1
  ) -> Delivery {
    Delivery(
      publicID: id, messageID: "\(id)@example.com", rule: "trial", messageClass: .care,
      about: "42", recipient: Recipient(key: "42", name: name, address: address, language: "en"),
      message: message, attempt: attempt, date: Instant(seconds: 1_770_687_000))
  }
}

extension ChannelForm {
  /// A form for the channel that the stand-ins' tests call `out`.
  static let fixture = ChannelForm(
    channel: "out", template: "SMS_1", parameters: [Parameter(name: "thing1", value: "Hello")])
}

extension MailSender {
  static func fixture() throws -> MailSender {
    MailSender(from: try Mailbox("Example <care@example.com>"))
  }
}

extension SMTPChannel {
  /// A channel to a server; fill in only what matters.
  static func fixture(
    _ url: String, connections: Int = 1, bounces: String? = nil
  ) throws -> SMTPChannel {
    SMTPChannel(
      name: "email",
      account: SMTPAccount(
        server: try #require(SMTPServer(url)), tls: .none, connections: connections,
        messagesPerConnection: 100),
      sender: try .fixture(), bounces: try bounces.map { try EmailAddress($0) })
  }
}

extension InboxChannel {
  static func fixture(_ ledger: MemoryInbox) -> InboxChannel {
    InboxChannel(
      name: "inbox", ledger: ledger, clock: ManualClock(Instant(seconds: 1_770_687_000)))
  }
}

/// A folder that is removed with its last user.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "kindly-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // Losing the error is right: a temporary folder that stays behind harms nobody.
    try? FileManager.default.removeItem(at: url)
  }

  /// Writes an executable shell script, which finds this folder as `$OUT`, and returns its path.
  func script(_ body: String, mode: Int = 0o755) throws -> String {
    let path = url.appending(path: "script-\(UUID().uuidString)")
    try Data("#!/bin/sh\nOUT='\(url.path)'\n\(body)\n".utf8).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path.path)
    return path.path
  }

  /// Writes a shell script and returns the command that runs it.
  ///
  /// The shell only reads it: a file that was just written cannot be executed while other threads start programs.
  func command(_ body: String) throws -> [String] { ["/bin/sh", try script(body, mode: 0o644)] }

  func contents(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.appending(path: folder).path).sorted()
  }
}

/// An inbox in memory, idempotent as the ledger's is.
final class MemoryInbox: InboxLedger {
  private let state = Mutex([String: InboxDelivery]())
  private let fault: FixtureFault?

  init(fault: FixtureFault? = nil) {
    self.fault = fault
  }

  var entries: [InboxDelivery] {
    state.withLock { entries in entries.values.sorted { $0.publicID < $1.publicID } }
  }

  func deliver(_ entry: InboxDelivery, now: Instant) async throws {
    if let fault { throw fault }
    state.withLock { entries in
      if entries[entry.publicID] == nil { entries[entry.publicID] = entry }
    }
  }
}

/// Tasks in memory, idempotent as the ledger's are.
final class MemoryTasks: TaskLedger {
  private let state = Mutex([String: TaskDelivery]())

  var tasks: [TaskDelivery] {
    state.withLock { tasks in tasks.values.sorted { $0.publicID < $1.publicID } }
  }

  func keep(_ task: TaskDelivery, now: Instant) async throws {
    state.withLock { tasks in
      if tasks[task.publicID] == nil { tasks[task.publicID] = task }
    }
  }
}

/// Runs a Python script of `Tests/Support` over some bytes and decodes the JSON it writes.
func pythonJSON<Result: Decodable & Sendable>(
  _ type: Result.Type, _ script: String, _ bytes: [UInt8]
) async throws -> Result {
  let output: Data = try await withCheckedThrowingContinuation { continuation in
    // Waiting for a process blocks, so it has a thread of its own.
    Thread.detachNewThread {
      continuation.resume(
        with: Swift.Result { try PythonScript.output(of: script, reading: bytes) })
    }
  }
  return try JSONDecoder().decode(type, from: output)
}

/// A clock whose sleepers all wake when the test says so.
final class ReleasedClock: Clock {
  private let wakes = AsyncStream<Void>.makeStream()
  private let free: Duration

  let now = ContinuousClock().now

  /// - Parameter free: the longest sleep that ends at once.
  init(free: Duration = .zero) {
    self.free = free
  }

  var minimumResolution: Duration { .zero }

  /// Lets every sleep that goes on, and any later one, end at once.
  func release() {
    wakes.continuation.finish()
  }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    if now.duration(to: deadline) <= free { return }
    for await _ in wakes.stream {}
    try Task.checkCancellation()
  }
}
