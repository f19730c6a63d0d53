import Foundation
import KindlyCore
import KindlyTransport
import Testing

@testable import KindlyChannels

/// What Python's parser finds in a message; it fails at any defect.
struct Parsed: Decodable, Sendable {
  struct Part: Decodable, Sendable {
    let type: String
    let text: String?
    let cid: String?
    let bytes: Int?
    let parts: [Part]?
    /// The file name of an attachment, by RFC 2231 and for readers that do not know it.
    let name: String?
    let plainName: String?
    /// Its bytes, unless they are many.
    let content: Data?

    enum CodingKeys: String, CodingKey {
      case type, text, cid, bytes, parts, name, content
      case plainName = "plain_name"
    }
  }

  let names: [String]
  let subject: String
  let from: [[String]]
  let replyTo: [[String]]
  let to: [[String]]
  let date: String
  let messageID: String
  let autoSubmitted: String
  let suppress: String
  let id: String
  let body: Part

  enum CodingKeys: String, CodingKey {
    case names, subject, from, to, date, suppress, id, body
    case replyTo = "reply_to"
    case messageID = "message_id"
    case autoSubmitted = "auto_submitted"
  }
}

@Suite struct MIMEMessageTests {
  private static let fields = [
    "Date", "From", "Reply-To", "To", "Subject", "Message-ID", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Kindly-Id", "MIME-Version", "Content-Type",
  ]

  private func bytes(
    _ delivery: Delivery, from: String = "Example <care@example.com>",
    replyTo: String? = "help@example.com", zone: Zone = .utc
  ) throws -> [UInt8] {
    let sender = MailSender(
      from: try Mailbox(from),
      replyTo: try replyTo.map { try Mailbox($0) }, zone: zone)
    let address = try EmailAddress(delivery.recipient.address)
    return try MIMEMessage(delivery, to: address, from: sender).bytes
  }

  private func parsed(
    _ delivery: Delivery, from: String = "Example <care@example.com>",
    replyTo: String? = "help@example.com", zone: Zone = .utc
  ) async throws -> Parsed {
    try await pythonJSON(
      Parsed.self, "mime_oracle.py",
      try bytes(delivery, from: from, replyTo: replyTo, zone: zone))
  }

  @Test("a message has the fields of a reminder, in order, and its two texts")
  func fields() async throws {
    let message = try await parsed(.fixture())
    #expect(message.names == Self.fields)
    #expect(message.from == [["Example", "care@example.com"]])
    #expect(message.replyTo == [["", "help@example.com"]])
    #expect(message.to == [["Li Lei", "li@example.com"]])
    #expect(message.subject == "Your trial ends soon")
    #expect(message.messageID == "<k3f9q2@example.com>")
    #expect(message.autoSubmitted == "auto-generated")
    #expect(message.suppress == "All")
    #expect(message.id == "k3f9q2")
    #expect(message.body.type == "multipart/alternative")
    #expect(message.body.parts?.map(\.type) == ["text/plain", "text/html"])
    #expect(message.body.parts?.map(\.text) == ["Hello\n", "<p>Hello</p>\n"])
  }

  @Test("a letter's own sender and address for answers take the place of the channel's")
  func mailboxes() async throws {
    var message = Message(subject: "Hello", text: "Hello")
    message.from = try Mailbox("张三 <anna@example.com>")
    message.replyTo = try Mailbox("desk@example.com")
    let parsed = try await parsed(.fixture(message: message))
    #expect(parsed.from == [["张三", "anna@example.com"]])
    #expect(parsed.replyTo == [["", "desk@example.com"]])
  }

  @Test(
    "names and subjects in any script arrive unchanged",
    arguments: [
      ("张三", "您的试用即将结束"),
      (
        "李雷、韩梅梅与他们所有的同事们以及一个非常长非常长非常长非常长的公司名称有限公司",
        "尊敬的客户：您的软件试用期将于二〇二六年二月十日到期，如需继续使用请及时联系我们的客户服务人员办理续费手续，谢谢您的支持"
      ),
      ("Müller, Jürgen \"Jo\"", "Größe: 50 % für Sie – jetzt ✓"),
      ("O'Brien \\ \"Sons\", Ltd.", "Comma, \"quotes\" and <brackets>"),
      ("👩‍👩‍👧‍👦 Family", "🎉🎉🎉 Happy birthday 👨‍👩‍👧‍👦🏳️‍🌈 🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂"),
      (
        "Ли Лэй",
        String(repeating: "Очень длинная тема ", count: 20).trimmingCharacters(in: .whitespaces)
      ),
      ("A", "=?UTF-8?B?aGVsbG8=?= looks like an encoded word"),
      (String(repeating: "x", count: 200), String(repeating: "y", count: 300)),
      ("a b", String(repeating: "word ", count: 60).trimmingCharacters(in: .whitespaces)),
      ("", ""), ("李", "a"),
    ])
  func scripts(_ name: String, _ subject: String) async throws {
    let delivery = Delivery.fixture(
      name: name, message: Message(subject: subject, text: "\(name)\n\(subject)"))
    let message = try await parsed(
      delivery, from: "\"\(name.isEmpty ? "x" : "关怀 care")\" <care@example.com>")
    #expect(message.subject == subject)
    #expect(message.to == [[name, "li@example.com"]])
    #expect(message.body.type == "text/plain")
  }

  @Test(
    "line breaks in a name or a subject add no header",
    arguments: [
      "Li\r\nBcc: evil@example.com", "Li\nBcc: evil@example.com", "Li\rBcc: evil@example.com",
      "Li\u{2028}Bcc: evil@example.com", "Li\u{85}Bcc: evil@example.com",
      "Li\u{0}\u{7}Bcc: evil@example.com",
      "Li\r\n\r\nBcc: evil@example.com", "Li\u{B}\u{C}Bcc: evil@example.com",
    ])
  func injection(_ text: String) async throws {
    let message = try await parsed(
      .fixture(name: text, message: Message(subject: text, text: "x")))
    #expect(message.names == Self.fields + ["Content-Transfer-Encoding"])
    #expect(message.subject == "Li Bcc: evil@example.com")
    #expect(message.to == [["Li Bcc: evil@example.com", "li@example.com"]])
  }

  @Test(
    "bodies come through with every kind of line, each ended by CRLF",
    arguments: [
      "one\ntwo", "one\r\ntwo\r\n", "one\rtwo", ".\n..\n.hidden\n", "From here\nFrom there\n",
      "trailing space \ntrailing tab\t\n", "a = b; =3D\n", "", "\n", "\n\n\n",
      String(repeating: "long ", count: 400), String(repeating: "长", count: 700),
      "混合 mixed text, mostly ASCII so that it is quoted: äöü 你好 "
        + String(repeating: "x", count: 300),
      "emoji 🎉👨‍👩‍👧‍👦 and \u{0} control \u{1B}[31m",
      String(repeating: "=", count: 200), String(repeating: " ", count: 200) + "end",
      "x" + String(repeating: " ", count: 76) + "\ny",
    ])
  func bodies(_ text: String) async throws {
    let message = try await parsed(
      .fixture(message: Message(subject: "x", html: "<pre>\(text)</pre>", text: text)))
    let normal = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    let ended = normal.isEmpty || normal.hasSuffix("\n") ? normal : normal + "\n"
    let plain = try #require(message.body.parts?.first?.text)
    // Base64 carries the text as it is; quoted-printable ends its last line.
    #expect(plain == ended || plain == normal)
    #expect(message.body.parts?.last?.text?.hasPrefix("<pre>\(normal)</pre>") == true)
  }

  @Test("inline images travel with the HTML that names them")
  func images() async throws {
    let image = [UInt8](repeating: 7, count: 5000)
    let message = try await parsed(
      .fixture(
        message: Message(
          subject: "x", html: "<img src=\"cid:logo\">", text: "x",
          images: [
            InlineImage(contentID: "logo", mediaType: "image/png", bytes: image),
            InlineImage(contentID: "empty", mediaType: "image/gif", bytes: []),
          ])))
    #expect(message.body.parts?.map(\.type) == ["text/plain", "multipart/related"])
    let related = try #require(message.body.parts?.last?.parts)
    #expect(related.map(\.type) == ["text/html", "image/png", "image/gif"])
    #expect(related.map(\.cid) == [nil, "<logo>", "<empty>"])
    #expect(related.map(\.bytes) == [nil, 5000, 0])
  }

  @Test(
    "the date is that of the first attempt, in the channel's zone",
    arguments: [
      ("UTC", "2026-02-10T01:30:00+00:00"), ("Asia/Shanghai", "2026-02-10T09:30:00+08:00"),
      ("America/St_Johns", "2026-02-09T22:00:00-03:30"),
      ("Asia/Kolkata", "2026-02-10T07:00:00+05:30"),
    ])
  func date(_ zone: String, _ expected: String) async throws {
    let zone = try #require(Zone.named(zone))
    #expect(try await parsed(.fixture(), zone: zone).date == expected)
  }

  @Test(
    "an id that would break out of its header is refused",
    arguments: ["", "a b", "a>b", "a\r\nBcc: x", "id\"x", "号", String(repeating: "x", count: 201)])
  func unsafeIDs(_ id: String) {
    let error = #expect(throws: UnfitDelivery.self) { try bytes(.fixture(id: id)) }
    #expect(error?.fault == .message)
  }

  @Test(
    "an image whose type or id would break out of its header is refused",
    arguments: [("a\r\nb", "image/png"), ("logo", "image/png\r\nX: y"), ("lo>go", "image/png")])
  func unsafeImages(_ cid: String, _ type: String) {
    #expect(throws: UnfitDelivery.self) {
      try bytes(
        .fixture(
          message: Message(
            subject: "x", html: "x", text: "x",
            images: [InlineImage(contentID: cid, mediaType: type, bytes: [1])])))
    }
  }
}
