import Foundation
import KindlyCore
import KindlyTestKit
import Testing

/// The verbs about channels, with the real binary and a provider's stand-in.
@Suite("kindly channel")
struct ChannelVerbTests {
  private struct Listed: Decodable {
    struct Failure: Decodable {
      let outcome: String
      let text: String
    }

    let channel: String
    let type: String
    let state: String
    let waiting: Int
    let sentInADay: Int
    let lastSent: String?
    let lastError: Failure?
  }

  private func standIn(_ provider: String) async throws -> HTTPServerFixture {
    try await HTTPServerFixture.start(
      script: "providers.py",
      [
        "--provider", provider, "--options",
        "{\"key\": \"k0\", \"secret\": \"k0\", \"sign\": \"Example\", \"account\": \"AC01\", \"token\": \"k0\"}",
      ])
  }

  private func company(
    _ channel: String, at server: HTTPServerFixture, head: String = ""
  ) throws -> MailCompany {
    let company = try MailCompany(port: 0)
    try company.folder.write("k0", to: "secret")
    let keys = channel.replacing("SECRET", with: "{ file: \(company.folder.path)/secret }")
    try company.use(
      channel: "{ \(keys), url: \"\(server.url(""))\", private addresses: yes }", address: "phone")
    try company.folder.write(
      "---\nsubject: Welcome\nsms: \"Welcome, {{customer.name}} ✓\"\n\(head)---\n<p>Welcome</p>\n",
      to: "templates/welcome.html")
    return company
  }

  private func kindly(_ company: MailCompany, _ verb: String...) async throws -> KindlyBinary.Result
  {
    try await KindlyBinary.run(verb + ["--config", company.folder.path])
  }

  private static let twilio =
    "type: twilio, account: AC01, token: SECRET, from: \"+15005550006\""
  private static let aliyun =
    "type: aliyun-sms, access key: SECRET, access secret: SECRET, sign: Example"

  @Test("lists state, success and the last error in the provider's words, with what to do")
  func list() async throws {
    let server = try await standIn("twilio")
    let company = try company(Self.twilio, at: server)
    let daemon = try await DaemonProcess.start(company)
    try company.insert(1...1) { _ in "+8613800138000" }
    try await company.become([.sent: 1])
    try await server.tell(
      "{\"status\": 400, \"body\": {\"code\": 21610, \"message\": \"unsubscribed recipient\", \"status\": 400}}"
    )
    try company.insert(2...2) { _ in "+8613800138001" }
    try await Eventually.holds("an attempt that was refused") {
      try await company.reminders().contains {
        !$0.attempts.isEmpty && $0.attempts.last?.outcome == .rejected
      }
    }
    let listed = try await kindly(company, "channel", "list", "--json").json(as: [Listed].self)
    let channel = try #require(listed.first)
    #expect(channel.channel == "email" && channel.type == "twilio" && channel.state == "up")
    #expect(channel.sentInADay == 1 && channel.waiting == 1 && channel.lastSent != nil)
    #expect(channel.lastError?.outcome == "rejected")
    #expect(channel.lastError?.text.contains("unsubscribed recipient") == true)
    #expect(channel.lastError?.text.contains("opted out with STOP") == true)
    let paused = try await kindly(company, "channel", "pause", "email", "--because", "test")
    #expect(paused.code == 0, "\(paused.errors)")
    let text = try await kindly(company, "channel")
    #expect(text.output.contains("twilio") && text.output.contains("paused"))
    #expect(try await kindly(company, "channel", "resume", "email").code == 0)
    #expect(try await kindly(company, "channel", "pause", "emial", "--because", "x").code != 0)
    #expect(await daemon.stop() == 0)
  }

  @Test("sends a test message in the form that the provider demands")
  func test() async throws {
    let server = try await standIn("aliyun-sms")
    let company = try company(Self.aliyun, at: server)
    let daemon = try await DaemonProcess.start(company)
    let bare = try await kindly(company, "channel", "test", "email", "+8613800138000")
    #expect(bare.code != 0)
    #expect(bare.errors.contains("the letter's head has no template for channel email"))
    let sent = try await kindly(
      company, "send-test", "email", "+8613800138000", "--template", "SMS_1", "--parameter",
      "name=Li=Lei")
    #expect(sent.code == 0, "\(sent.errors)")
    let request = try #require(try server.requests().last)
    #expect(request.fault == nil)
    #expect(request.path.contains("TemplateParam=%7B%22name%22%3A%22Li%3DLei%22%7D"))
    #expect(await daemon.stop() == 0)
  }

  @Test("preview shows a text message with its segments; check reports a letter without a template")
  func preview() async throws {
    let server = try await standIn("twilio")
    let twilio = try company(Self.twilio, at: server)
    try twilio.insert(1...1) { _ in "+8613800138000" }
    let shown = try await kindly(twilio, "preview", "welcome", "1")
    #expect(shown.code == 0, "\(shown.errors)")
    #expect(shown.output.contains("-- over channel email:"))
    #expect(shown.output.contains("Text (21 characters of UCS-2, 1 segment):"))
    let aliyun = try company(Self.aliyun, at: server)
    try aliyun.insert(1...1) { _ in "+8613800138000" }
    let checked = try await kindly(aliyun, "check")
    #expect(checked.code != 0)
    #expect(
      (checked.output + checked.errors).contains(
        "channel email: the letter's head has no template for channel email"))
    let complete = try company(
      Self.aliyun, at: server,
      head: "channels:\n  email: { template: SMS_1, parameters: { name: \"{{customer.name}}\" } }\n"
    )
    try complete.insert(1...1) { _ in "+8613800138000" }
    #expect(try await kindly(complete, "check").code == 0)
    let form = try await kindly(complete, "preview", "welcome", "1")
    #expect(form.output.contains("Template: SMS_1"))
    #expect(form.output.contains("  name: Customer 1"))
  }
}
