import KindlyChannels
import KindlyConfig
import Testing

@Suite("A problem of a channel")
struct ChannelProblemTests {
  /// Every channel type, as errors list them.
  private static let words = ChannelTypes.all.map { $0.word }.joined(separator: ", ")

  @Test(
    "says what was expected, what stood there and what to write",
    arguments: [
      (
        "channels:\n  a: { path: /x }",
        "expected channel a to have `type:` (\(ChannelProblemTests.words)), got none"
      ),
      (
        "channels:\n  a: { type: stmp }",
        "2:14: error: expected `type` to be \(ChannelProblemTests.words), got `stmp`; did you mean `smtp`?"
      ),
      (
        "channels:\n  preferred: { type: inbox }",
        "2:14: error: expected a channel's name other than `preferred`"
      ),
      ("channels:\n  a: { type: maildir }", "expected channel a to have `path:`"),
      (
        "channels:\n  a: { type: maildir, path: mail }",
        "expected `path` to be an absolute path, got `mail`"
      ),
      ("channels:\n  a: { type: inbox, path: /x }", "unknown key `path` in channel a"),
      (
        "channels:\n  a: { type: inbox, rate: 20 }",
        "expected `rate` to be a number and s, min, h or d, such as 20/s or 100/min, got `20`"
      ),
      ("channels:\n  a: { type: inbox, rate: 0/s }", "expected `rate` to be"),
      (
        "channels:\n  a: { type: inbox, concurrency: 0 }",
        "expected `concurrency` to be a whole number from 1 to 256, got `0`"
      ),
      ("channels:\n  a: { type: inbox, price: 0.045 CNY }", "unknown key `price` in channel a"),
      ("channels:\n  a: { type: exec }", "expected channel a to have `command:`"),
      (
        "channels:\n  a: { type: exec, command: [sms] }",
        "expected `command` to be a list that begins with a program's absolute path, got `sms`"
      ),
      (
        "channels:\n  a: { type: exec, command: /x, timeout: 1h }",
        "expected `timeout` to be a time from 1s to 10m, got `1h`"
      ),
      (
        "channels:\n  a: { type: exec, command: /x, address: name }",
        "expected `address` to be email, phone, key, or the word of another address in `customers:`, got `name`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"http://x\", from: a@b.example }",
        "expected `url` to be smtp:// or smtps:// with a host and an optional port, got `http://x`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x:99999\", from: a@b.example }",
        "expected `url` to be smtp://"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a }",
        "expected `from` to be an address such as `Example <care@example.com>`, got `a`: the mail address has 0 @ signs"
      ),
      (
        "channels:\n  a: { type: maildir, path: /x, from: a@b }",
        "expected `from` to be an address such as `Example <care@example.com>`, got `a@b`: the mail address has a domain without a dot"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, bounces: b }",
        "expected `bounces` to be an address"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, connections: 65 }",
        "expected `connections` to be a whole number from 1 to 64, got `65`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtps://x\", from: a@b.example, tls: none }",
        "expected `tls` to agree with `url`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: \"a@b\\r\\nBcc: c@d\" }",
        "expected `from` to be an address"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, user: u }",
        "expected channel a to have `password:`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, tls: implicit }",
        "expected `tls` to agree with `url`"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, user: u, password: { vault: x } }",
        "unknown key `vault` in `password`; expected credential, file or env"
      ),
      (
        "channels:\n  a: { type: smtp, url: \"smtp://x\", from: a@b.example, user: u, password: { file: x } }",
        "expected `file` to be an absolute path"
      ),
    ])
  func channels(text: String, problem: String) throws {
    let problems = try ConfigurationFolder(["kindly.yaml": text]).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test(
    "is told where a price is no price of a segment",
    arguments: ["aliyun-sms", "tencent-sms", "twilio", "smstools"],
    [
      "0.045", "-0.045 CNY", "cheap", "0.045 cny", "0.045 YUAN", "CNY 0.045", "1,5 EUR",
      "0.0000001 USD",
    ])
  func price(type: String, text: String) throws {
    let line = "  a: { type: \(type), price: \"\(text)\" }"
    let problems = try ConfigurationFolder(["kindly.yaml": "channels:\n\(line)\n"]).problems()
    let column = "  a: { type: \(type), price: ".utf8.count + 1
    #expect(
      problems.contains {
        $0.contains(
          "kindly.yaml:2:\(column): error: expected `price` to be the price of one segment: a number of 0 or more with at most 6 decimals"
        )
          && $0.hasSuffix("such as 0.045 CNY, got `\(text)`")
      }, "\(problems)")
  }

  @Test("is told once: the address that a broken channel needs is no unknown key of the customers")
  func addressOfBrokenChannel() throws {
    let main = Fixture.main.replacing("  phone: mobile\n", with: "  telegram: chat\n")
      .replacing("channels:\n", with: "channels:\n  chat: { type: exec, address: telegram }\n")
    let problems = try ConfigurationFolder(["kindly.yaml": main]).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems[0].contains("expected channel chat to have `command:`"))
  }

  @Test(
    "never repeats a secret",
    arguments: [
      "user: u, url: \"smtp://x\", password: hunter2",
      "user: u, url: \"smtp://x\", password: [hunter2]",
      "url: \"smtp://u:hunter2@x\"",
      "user: u, url: \"smtp://x\", password: { env: hunter2! }",
      "user: u, url: \"smtp://x\", password: { credential: \"hunter2 x\" }",
      "user: u, url: \"smtp://x\", password: { file: hunter2 }",
    ])
  func secret(keys: String) throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": "channels:\n  a: { type: smtp, from: a@b.example, \(keys) }\n"
    ])
    let problems = folder.problems()
    #expect(!problems.isEmpty)
    #expect(!problems.joined().contains("hunter2"), "\(problems)")
  }
}
