import Foundation
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

/// What Twilio's list of messages says about an unanswered hand-over.
@Suite("Asking Twilio about earlier messages")
struct TwilioAskingTests {
  private static let now = ProviderStandIn.now
  private static let text = "Welcome, Wang Wei: “it’s ready”"

  private func start(token: String = "s3cr3t") async throws -> ProviderStandIn {
    try await .start("twilio", "\"account\": \"AC0123\", \"token\": \"s3cr3t\"") { url in
      Twilio(
        url: url, account: "AC0123", token: Secret(token), sender: .number("+15005550006"),
        validity: nil)
    }
  }

  private func delivery(_ text: String = text, to address: String = "+8613800138000") -> Delivery {
    .fixture(to: address, message: Message(subject: "", text: text))
  }

  private func ask(_ standIn: ProviderStandIn, _ delivery: Delivery) async throws
    -> EarlierSend.Answer
  {
    let answering = try #require(standIn.channel.asAnswering)
    let send = EarlierSend(
      payload: try standIn.channel.prepare(delivery), earliest: Self.now, latest: Self.now)
    return await answering.answer(about: send, deadline: ProviderStandIn.patience)
  }

  @Test("a message whose answer was lost is found")
  func found() async throws {
    let standIn = try await start()
    try await standIn.server.tell("{\"do\": \"drop\"}")
    #expect(try await standIn.send(delivery()).word == "unknown")
    #expect(
      try await ask(standIn, delivery())
        == .sent(evidence: "asked: SM00000000000000000000000000000001 sent"))
    #expect(try standIn.server.requests().compactMap(\.fault).isEmpty)
    await standIn.channel.close()
  }

  @Test("a message that was lost before it was taken is absent, whatever else was sent")
  func absent() async throws {
    let standIn = try await start()
    try await standIn.server.tell("{\"status\": 502, \"body\": \"<html>\"}")
    #expect(try await standIn.send(delivery()).word == "unknown")
    #expect(try await standIn.send(delivery("Another text")).word == "sent")
    #expect(try await standIn.send(delivery(to: "+8613900139000")).word == "sent")
    #expect(try await ask(standIn, delivery()) == .absent)
    await standIn.channel.close()
  }

  @Test("a message is found on a later page of the list, and absent only after the last one")
  func pages() async throws {
    let standIn = try await start()
    #expect(try await standIn.send(delivery()).word == "sent")
    for number in 1...Twilio.pageSize * 2 {
      #expect(try await standIn.send(delivery("Text \(number)")).word == "sent")
    }
    let answer = try await ask(standIn, delivery())
    #expect(answer == .sent(evidence: "asked: SM00000000000000000000000000000001 sent"))
    #expect(try await ask(standIn, delivery("Never sent")) == .absent)
    let requests = try standIn.server.requests()
    #expect(requests.count { $0.method == "GET" } == 6)
    #expect(requests.compactMap(\.fault).isEmpty)
    await standIn.channel.close()
  }

  @Test(
    "a list that fails leaves the question open",
    arguments: [
      "{\"token\": {\"status\": 503, \"body\": \"later\"}}",
      "{\"token\": {\"status\": 429, \"body\": {\"code\": 20429}}}",
      "{\"token\": {\"do\": \"drop\"}}", "{\"token\": {\"do\": \"cut\"}}",
      "{\"token\": {\"do\": \"html\"}}", "{\"token\": {\"body\": {\"messages\": null}}}",
      "{\"token\": {\"body\": {\"messages\": [], \"next_page_uri\": \"https://example.com/\"}}}",
    ])
  func failing(_ order: String) async throws {
    let standIn = try await start()
    #expect(try await standIn.send(delivery("Welcome, Li")).word == "sent")
    try await standIn.server.tell(order)
    guard case .unknown(let text) = try await ask(standIn, delivery()) else {
      Issue.record("the question is not open")
      return
    }
    // A list has the texts of the letters.
    #expect(!text.isEmpty && !text.contains("Welcome"))
    #expect(try await ask(standIn, delivery()) == .absent)
    await standIn.channel.close()
  }

  @Test("another account's token leaves the question open, and is not told")
  func refused() async throws {
    let standIn = try await start(token: "0ther")
    guard case .unknown(let text) = try await ask(standIn, delivery()) else {
      Issue.record("the question is not open")
      return
    }
    #expect(text.contains("401") && !text.contains("0ther"))
    await standIn.channel.close()
  }

  @Test(
    "a message is recognised by its text and its time",
    arguments: [
      (text, "Tue, 10 Feb 2026 01:30:00 +0000", "sent"),
      ("Welcome, Wang Wei: \"it's ready\"", "Tue, 10 Feb 2026 01:29:00 +0000", "sent"),
      ("Sent from your Twilio trial account - \(text)", "Tue, 10 Feb 2026 01:31:00 +0000", "sent"),
      (text, "Tue, 10 Feb 2026 01:20:00 +0000", "absent"),
      ("\(text) now", "Tue, 10 Feb 2026 01:30:00 +0000", "absent"),
      ("", "Tue, 10 Feb 2026 01:30:00 +0000", "unknown"),
      (text, "yesterday", "unknown"),
    ])
  func recognised(_ listed: String, _ created: String, _ expected: String) throws {
    let twilio = Twilio(
      url: "https://api.twilio.com", account: "AC0123", token: Secret("token"),
      sender: .service("MG1"), validity: nil)
    let payload = Payload(
      publicID: "k3f9", recipient: "+8613800138000",
      bytes: try twilio.payload(of: delivery(), to: "+8613800138000"))
    let message = [
      "sid": "SM1", "body": listed, "date_created": created, "status": "delivered",
    ]
    let body = try JSONEncoder().encode(["messages": [message]])
    let finding = twilio.finding(
      in: HTTPAnswer(status: 200, body: Array(body)),
      about: EarlierSend(payload: payload, earliest: Self.now, latest: Self.now))
    let word =
      switch finding {
      case .decided(.sent): "sent"
      case .decided(.absent): "absent"
      case .decided(.unknown): "unknown"
      case .more: "more"
      }
    #expect(word == expected)
  }
}
