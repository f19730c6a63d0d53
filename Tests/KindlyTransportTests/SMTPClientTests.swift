import Foundation
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyTransport

/// Against a real server in a process of its own.
@Suite struct SMTPClientTests {
  static let patience = Duration.seconds(60)

  private func client(
    _ server: SMTPServerFixture, connections: Int = 1, messagesPerConnection: Int = 100
  ) throws -> SMTPClient {
    SMTPClient(
      try .fixture(
        server.url(), connections: connections,
        messagesPerConnection: messagesPerConnection))
  }

  private func mail(to recipient: String, id: String = "1") -> SMTPMail {
    SMTPMail(
      sender: "care@example.com", recipient: recipient,
      bytes: Array("Message-ID: <\(id)@example.com>\r\nSubject: Hello\r\n\r\nHello\r\n".utf8))
  }

  @Test("an accepted mail is sent, and the server's answer is the evidence")
  func accepted() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let outcome = await client.send(mail(to: "li@example.com"), deadline: Self.patience)
    #expect(outcome == .sent(evidence: "250 2.0.0 queued as 1"))
    let taken = try #require(try server.accepted().first)
    #expect(taken.rcpt == "li@example.com")
    #expect(taken.sender == "care@example.com")
    #expect(taken.messageID == "<1@example.com>")
    await client.close()
  }

  @Test(
    "a refusal says what it means, wherever it comes",
    arguments: [
      ("reply-451", "retry", false, false),
      ("reply-450-4.2.0", "retry", false, false),
      ("reply-421-4.3.2", "retry", true, false),
      ("reply-451-4.7.1", "retry", false, false),
      ("reply-550", "rejected", false, false),
      ("reply-550-5.1.1", "rejected", false, true),
      ("reply-550-5.2.2", "retry", false, false),
      ("reply-550-5.7.1", "misconfigured", false, false),
      ("reply-530-5.7.0", "misconfigured", true, false),
      ("dot-452-4.3.1", "retry", false, false),
      ("dot-554", "rejected", false, false),
      ("dot-554-5.7.1", "misconfigured", false, false),
      ("dot-552-5.3.4", "rejected", false, false),
      ("drop-after-mail", "retry", false, false),
      ("drop-at-dot", "unknown", false, false),
    ])
  func refusals(
    _ local: String, _ word: String, _ isChannelWide: Bool, _ suppresses: Bool
  ) async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    // A connection that is used again keeps libcurl's stale response code 250, which must not be believed.
    _ = await client.send(mail(to: "first@example.com"), deadline: Self.patience)
    let outcome = await client.send(mail(to: "\(local)@example.com"), deadline: Self.patience)
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == isChannelWide, "\(outcome)")
    #expect(outcome.refusal?.suppressesAddress == suppresses, "\(outcome)")
    #expect(!outcome.text.contains("@"))
    // Whatever happened, the next mail goes.
    let next = await client.send(mail(to: "next@example.com", id: "2"), deadline: Self.patience)
    #expect(next.word == "sent", "\(next)")
    await client.close()
  }

  @Test(
    "a sender that is refused is the channel's fault or the host's, never the recipient's",
    arguments: [("reply-550-5.1.1", "misconfigured"), ("reply-452-4.3.1", "retry")])
  func senderRefused(_ sender: String, _ word: String) async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let outcome = await client.send(
      SMTPMail(
        sender: "\(sender)@example.com", recipient: "li@example.com",
        bytes: Array("Subject: x\r\n\r\nx\r\n".utf8)), deadline: Self.patience)
    #expect(outcome.word == word)
    #expect(outcome.refusal?.isChannelWide == true)
    #expect(outcome.refusal?.suppressesAddress == false)
    await client.close()
  }

  @Test(
    "a server that refuses to serve is a misconfiguration or comes back, by its code",
    arguments: [("554 5.7.1 no service for you", "misconfigured"), ("421 4.3.2 closing", "retry")])
  func greeting(_ banner: String, _ word: String) async throws {
    let server = try await SMTPServerFixture.start(banner: banner)
    let client = try client(server)
    let outcome = await client.send(mail(to: "li@example.com"), deadline: Self.patience)
    #expect(outcome.word == word, "\(outcome)")
    #expect(outcome.refusal?.isChannelWide == true)
    await client.close()
  }

  @Test(
    "silence before the message is tried again, silence after it is unknown",
    arguments: [
      // The message must be out by the deadline even on a machine that is busy with other tests.
      ("hang", "retry", 1), ("hang-at-dot", "unknown", 6), ("odd-at-dot", "unknown", 6),
    ])
  func silence(_ local: String, _ word: String, _ seconds: Int) async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let outcome = await client.send(
      mail(to: "\(local)@example.com"), deadline: .seconds(seconds))
    #expect(outcome.word == word, "\(outcome)")
    // The late reply to a mail given up must not be taken for the next one's.
    let next = await client.send(mail(to: "next@example.com", id: "2"), deadline: Self.patience)
    #expect(next.word == "sent", "\(next)")
    #expect(try server.accepted().last?.connection == 2)
    await client.close()
  }

  @Test("a connection that breaks within the message is tried again: the final dot never went")
  func breaksWithin() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    // Larger than all buffers between the two processes, so that its end cannot have been handed over.
    let bytes = [UInt8](repeating: 0x78, count: 16 << 20)
    let outcome = await client.send(
      SMTPMail(sender: "care@example.com", recipient: "drop-at-data@example.com", bytes: bytes),
      deadline: Self.patience)
    #expect(outcome.word == "retry", "\(outcome)")
    await client.close()
  }

  @Test("a server silent for longer than it may be is given up before the deadline")
  func givesUp() async throws {
    let server = try await SMTPServerFixture.start()
    let client = SMTPClient(
      try .fixture(server.url(), silence: .seconds(2)))
    let outcome = await client.send(mail(to: "hang@example.com"), deadline: .hours(1))
    #expect(outcome.word == "retry")
    #expect(outcome.text.contains("no sign of life"))
    // The final dot is waited for as long as the deadline allows.
    let slow = await client.send(mail(to: "very-slow@example.com"), deadline: .hours(1))
    #expect(slow.word == "sent", "\(slow)")
    await client.close()
  }

  @Test("a server whose answer dribbles in without end is given up like a silent one")
  func dribbles() async throws {
    let server = try await SMTPServerFixture.start()
    let client = SMTPClient(
      try .fixture(server.url(), silence: .milliseconds(500)))
    let outcome = await client.send(
      SMTPMail(
        sender: "dribble@example.com", recipient: "li@example.com",
        bytes: Array("Subject: x\r\n\r\nx\r\n".utf8)), deadline: .hours(1))
    #expect(outcome.word == "retry", "\(outcome)")
    #expect(outcome.text.contains("no sign of life"))
    await client.close()
  }

  @Test(
    "closing breaks off what has not reached the final dot, and it does not count as tried",
    arguments: ["hang", "hang-at-data", "dribble"])
  func closingBreaksOff(_ script: String) async throws {
    let server = try await SMTPServerFixture.start()
    // Closing waits only for the answer to the final dot; if it waited for more, this would take an hour.
    let client = SMTPClient(
      try .fixture(server.url()),
      closing: Closing(patience: .hours(1)))
    let isSender = script == "dribble"
    async let hanging = client.send(
      SMTPMail(
        sender: "\(isSender ? script : "care")@example.com",
        recipient: "\(isSender ? "li" : script)@example.com",
        bytes: Array("Subject: x\r\n\r\nx\r\n".utf8)), deadline: .hours(1))
    try await server.hangs(at: script)
    await client.close()
    let outcome = await hanging
    #expect(outcome.word == "withdrawn", "\(outcome)")
    #expect(outcome.text.contains("nothing was sent"))
  }

  @Test("closing waits a while for the answer to the final dot, and then the outcome is unknown")
  func closingAtDot() async throws {
    let server = try await SMTPServerFixture.start()
    let client = SMTPClient(
      try .fixture(server.url()),
      closing: Closing(patience: .milliseconds(100)))
    async let hanging = client.send(mail(to: "hang-at-dot@example.com"), deadline: .hours(1))
    try await server.hangs(at: "hang-at-dot")
    await client.close()
    #expect(await hanging.word == "unknown")
  }

  @Test("a hanging connection does not hold the others up")
  func othersGoOn() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server, connections: 2)
    async let hanging = client.send(
      mail(to: "hang-at-dot@example.com"), deadline: .minutes(10))
    while try server.accepted().isEmpty { await Task.yield() }
    for number in 1...20 {
      let outcome = await client.send(
        mail(to: "li\(number)@example.com"), deadline: Self.patience)
      #expect(outcome.word == "sent", "\(outcome)")
    }
    // The end of the server ends the wait for its answer, long before the deadline.
    await server.stop()
    #expect(await hanging.word == "unknown")
    await client.close()
  }

  @Test("a connection carries at most so many mails, and no more are opened than allowed")
  func connections() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server, connections: 3, messagesPerConnection: 5)
    await withTaskGroup(of: Outcome.self) { group in
      for number in 1...30 {
        group.addTask { [client] in
          await client.send(
            SMTPMail(
              sender: "care@example.com", recipient: "li\(number)@example.com",
              bytes: Array("Message-ID: <\(number)@x>\r\n\r\nHello\r\n".utf8)),
            deadline: Self.patience)
        }
      }
      for await outcome in group { #expect(outcome.word == "sent", "\(outcome)") }
    }
    let taken = try server.accepted()
    #expect(Set(taken.map(\.messageID)).count == 30)
    let perConnection = Dictionary(grouping: taken, by: \.connection).mapValues(\.count)
    #expect(perConnection.values.allSatisfy { $0 <= 5 }, "\(perConnection)")
    await client.close()
  }

  @Test("one connection is used again and again")
  func reuse() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    for number in 1...10 {
      // A refused final dot leaves the connection ready.
      let local = number == 5 ? "dot-554" : "li\(number)"
      _ = await client.send(mail(to: "\(local)@example.com"), deadline: Self.patience)
    }
    #expect(Set(try server.accepted().map(\.connection)) == [1])
    await client.close()
  }

  @Test(
    "an idle connection that the server closed is no failure of the next mail",
    arguments: ["then-421", "then-drop"])
  func staleConnection(_ local: String) async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    for number in 1...3 {
      let outcome = await client.send(
        mail(to: "\(local)@example.com", id: "\(number)"), deadline: Self.patience)
      #expect(outcome.word == "sent", "\(outcome)")
    }
    #expect(try server.accepted().map(\.messageID) == (1...3).map { "<\($0)@example.com>" })
    await client.close()
  }

  @Test("a host that is not there is tried again, and concerns the whole channel")
  func unreachable() async throws {
    let client = SMTPClient(try .fixture("smtp://127.0.0.1:1"))
    let outcome = await client.send(mail(to: "li@example.com"), deadline: Self.patience)
    #expect(outcome.word == "retry")
    #expect(outcome.refusal?.isChannelWide == true)
    await client.close()
  }

  @Test("after closing nothing is sent, and no outcome is unknown")
  func closed() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    _ = await client.send(mail(to: "li@example.com"), deadline: Self.patience)
    await client.close()
    let outcome = await client.send(mail(to: "late@example.com"), deadline: Self.patience)
    #expect(outcome.word == "withdrawn")
    #expect(try server.accepted().count == 1)
  }

  @Test("closing waits for the mail in hand")
  func closing() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    async let first = client.send(mail(to: "slow@example.com"), deadline: Self.patience)
    while try server.accepted().isEmpty { await Task.yield() }
    await client.close()
    #expect(await first.word == "sent")
    #expect(try server.accepted().count == 1)
  }

  @Test("a mail whose deadline passes before a connection is free is not sent")
  func passedDeadline() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let outcome = await client.send(mail(to: "li@example.com"), deadline: .zero)
    #expect(outcome.word == "retry")
    #expect(try server.accepted().isEmpty)
    await client.close()
  }

  @Test("cancelling takes nothing back: the mail in hand ends as it would")
  func cancellation() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let task = Task { [client] in
      await client.send(mail(to: "slow@example.com"), deadline: Self.patience)
    }
    while try server.accepted().isEmpty { await Task.yield() }
    task.cancel()
    #expect(await task.value.word == "sent")
    await client.close()
  }

  @Test("lines that begin with dots arrive as they were")
  func dots() async throws {
    let server = try await SMTPServerFixture.start()
    let client = try client(server)
    let text = "Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nend\r\n"
    let outcome = await client.send(
      SMTPMail(sender: "care@example.com", recipient: "li@example.com", bytes: Array(text.utf8)),
      deadline: Self.patience)
    #expect(outcome.word == "sent")
    #expect(try server.accepted().first?.body == text)
    await client.close()
  }
}

extension Outcome {
  /// Why it was not sent, whichever way.
  var refusal: Refusal? {
    switch self {
    case .sent: nil
    case .retry(let refusal), .rejected(let refusal), .misconfigured(let refusal),
      .unknown(let refusal), .withdrawn(let refusal):
      refusal
    }
  }
}
