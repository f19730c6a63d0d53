import Foundation
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Testing

@testable import KindlyChannels

@Suite("Attachments of messages")
struct AttachmentTests {
  private static let pdf = Array("%PDF-1.7\n".utf8) + (0..<3000).map { UInt8($0 % 256) }

  private func message(_ attachments: [AttachedFile], html: String? = "<p>Hi</p>") -> Message {
    Message(subject: "Your contract", html: html, text: "Hi", attachments: attachments)
  }

  private func attachment(_ name: String, _ bytes: [UInt8] = pdf) -> AttachedFile {
    AttachedFile(name: name, mediaType: AttachedFile.mediaType(of: name), bytes: bytes)
  }

  private func mail(_ message: Message) throws -> [UInt8] {
    try MIMEMessage(
      .fixture(message: message), to: try EmailAddress("li@example.com"), from: .fixture()
    ).bytes
  }

  private func parsed(_ message: Message) async throws -> Parsed {
    try await pythonJSON(Parsed.self, "mime_oracle.py", try mail(message))
  }

  @Test("files stand behind the letter and its images, in their order")
  func structure() async throws {
    var letter = message([attachment("terms.pdf"), attachment("方案.docx", [1]), attachment("x")])
    letter.images = [InlineImage(contentID: "logo", mediaType: "image/png", bytes: [7])]
    letter.html = "<img src=\"cid:logo\">"
    let body = try await parsed(letter).body
    #expect(body.type == "multipart/mixed")
    let parts = try #require(body.parts)
    #expect(
      parts.map(\.type) == [
        "multipart/alternative", "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/octet-stream",
      ])
    #expect(parts.map(\.name) == [nil, "terms.pdf", "方案.docx", "x"])
    #expect(parts.map(\.bytes) == [nil, Self.pdf.count, 1, Self.pdf.count])
    #expect(parts[1].content == Data(Self.pdf))
    #expect(parts[0].parts?.map(\.type) == ["text/plain", "multipart/related"])
    #expect(parts[0].parts?.last?.parts?.map(\.cid) == [nil, "<logo>"])
  }

  @Test("a letter without HTML carries files too")
  func textAlone() async throws {
    let body = try await parsed(message([attachment("a.txt", Array("\r\nx\n".utf8))], html: nil))
      .body
    #expect(body.parts?.map(\.type) == ["text/plain", "text/plain"])
    #expect(body.parts?.last?.content == Data(Array("\r\nx\n".utf8)))
  }

  @Test(
    "file names in any script arrive unchanged, with a plain one for old readers",
    arguments: [
      ("terms.pdf", "terms.pdf"), ("Contract 17 (signed).pdf", "Contract 17 (signed).pdf"),
      ("合同 17.pdf", "__ 17.pdf"), ("Verträge – Müller.pdf", "Vertr_ge _ M_ller.pdf"),
      ("say \"hi\" \\ 100%.pdf", "say _hi_ _ 100_.pdf"), ("👩‍👩‍👧‍👦.pdf", "_.pdf"),
      ("O'Brien; name=x.pdf", "O'Brien; name_x.pdf"),
      ("=?UTF-8?B?aGVsbG8=?=.pdf", "_?UTF-8?B?aGVsbG8_?_.pdf"),
      (
        String(repeating: "长", count: 66) + ".pdf", String(repeating: "_", count: 56) + ".pdf"
      ),
      (
        String(repeating: "long ", count: 38) + ".xlsx",
        String(String(repeating: "long ", count: 11)) + ".xlsx"
      ),
      ("x." + String(repeating: "y", count: 180), "x." + String(repeating: "y", count: 58)),
      ("%41%E5%90.pdf", "_41_E5_90.pdf"),
    ])
  func names(_ name: String, _ plain: String) async throws {
    let part = try #require(try await parsed(message([attachment(name)])).body.parts?.last)
    #expect(part.name == name)
    #expect(part.plainName == plain)
    #expect(part.content == Data(Self.pdf))
  }

  @Test(
    "line breaks and other control characters in a file name add no header",
    arguments: [
      "a\r\nBcc: evil@example.com", "a\nBcc: evil@example.com", "a\rBcc: evil@example.com",
      "a\u{2028}Bcc: evil@example.com", "a\u{85}Bcc: evil@example.com",
      "a\u{0}\u{7}Bcc: evil@example.com", "a\r\n\r\nBcc: evil@example.com",
    ])
  func injection(_ name: String) async throws {
    let mail = try await parsed(message([attachment(name)]))
    #expect(!mail.names.contains("Bcc"))
    #expect(mail.body.parts?.count == 2)
    #expect(mail.body.parts?.last?.name == "a Bcc: evil@example.com")
    let safe = "a\"; x=\"\r\n b"
    #expect(try await parsed(message([attachment(safe)])).body.parts?.last?.name == "a\"; x=\" b")
  }

  @Test("a media type that would break out of its header is refused")
  func unsafeType() {
    let unsafe = AttachedFile(name: "a", mediaType: "text/plain\r\nX: y", bytes: [1])
    #expect(throws: UnfitDelivery.self) { try mail(message([unsafe])) }
  }

  @Test("large files pass, and the letter itself stays bounded")
  func limits() async throws {
    let large = [UInt8](repeating: 0xFF, count: 7 * 1024 * 1024)
    let mail = try await parsed(message([attachment("a.zip", large), attachment("b.zip", large)]))
    #expect(mail.body.parts?.map(\.bytes) == [nil, large.count, large.count])
    let letter = Message(
      subject: "x", html: String(repeating: "x", count: Payload.largest), text: "x",
      attachments: [attachment("a.pdf")])
    let error = #expect(throws: UnfitDelivery.self) { try self.mail(letter) }
    #expect(error?.description.contains("KB without attachments, and at most 256 KB") == true)
  }

  @Test("the same delivery gives the same bytes")
  func repeatable() throws {
    let letter = message([attachment("合同.pdf"), attachment("b.pdf")])
    #expect(try mail(letter) == mail(letter))
  }

  @Test("a mail server takes a mail with files, small and large")
  func server() async throws {
    let server = try await SMTPServerFixture.start()
    let channel = try SMTPChannel.fixture(server.url())
    #expect(channel.traits.carriesAttachments)
    let small = try channel.prepare(
      .fixture(id: "small", message: message([attachment("合同 17.pdf", [1, 2, 3, 255])])))
    #expect(await channel.send(small, deadline: .seconds(20)).word == "sent")
    let taken = try #require(try server.accepted().first)
    let parts = try await pythonJSON(Parsed.self, "mime_oracle.py", Array(taken.body.utf8)).body
      .parts
    #expect(parts?.last?.name == "合同 17.pdf")
    #expect(parts?.last?.content == Data([1, 2, 3, 255]))
    let bytes = [UInt8](repeating: 46, count: AttachedFile.largest)
    let large = try channel.prepare(
      .fixture(id: "large", message: message([attachment("a", bytes)])))
    #expect(await channel.send(large, deadline: .seconds(60)).word == "sent")
    #expect(try server.accepted().last?.bytes ?? 0 >= AttachedFile.largest / 3 * 4)
    await channel.close()
  }

  @Test("in a rehearsal a channel that carries no files shows none")
  func rehearsal() async throws {
    let folder = try TemporaryFolder()
    for (traits, isCarried) in [(SMSTraits.standard, false), (SMTPChannel.traits, true)] {
      let channel = RehearsalChannel(
        name: "sms", traits: traits, path: folder.url.path,
        sender: try Mailbox("Example <care@example.com>"), zone: .utc)
      let payload = try channel.prepare(.fixture(message: message([attachment("terms.pdf")])))
      let text = String(decoding: payload.bytes, as: UTF8.self)
      #expect(text.contains("terms.pdf") == isCarried)
      await channel.close()
    }
  }

  @Test("a program gets the files as base64, and no path")
  func program() async throws {
    let folder = try TemporaryFolder()
    let large = [UInt8](repeating: 1, count: 1024 * 1024)
    let channel = ExecChannel(
      name: "fax",
      settings: ExecSettings(
        command: try folder.command("cat > \"$OUT/json\""), timeout: .seconds(20), address: .email)
    )
    let payload = try channel.prepare(
      .fixture(message: message([attachment("合同.pdf"), attachment("b.bin", large)])))
    #expect(await channel.send(payload, deadline: .seconds(60)).word == "sent")
    let json = try Data(contentsOf: folder.url.appending(path: "json"))
    let read = try JSONDecoder().decode(ExecRequest.self, from: json)
    #expect(read.attachments?.map(\.name) == ["合同.pdf", "b.bin"])
    #expect(read.attachments?.map(\.mediaType) == ["application/pdf", "application/octet-stream"])
    #expect(read.attachments?.map { Array($0.base64) } == [Self.pdf, large])
  }
}
