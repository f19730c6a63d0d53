import KindlyCore
import Testing

@Suite("Masked answers")
struct MaskTests {
  private static let mask = Mask([
    ("p=a\"ss <1>", .secret), ("geheim", .secret), ("7-3", .secret), ("Wang Fang", .name),
    ("Wang", .name), ("王芳", .name), ("wang@example.com", .address), ("+86 138 0013 8000", .address),
    ("", .secret),
  ])

  @Test(
    "hide secrets, names and addresses in whatever form a letter has them",
    arguments: [
      ("550 no geheim here", "550 no <secret> here"),
      ("550 GEHEIMNIS", "550 <secret>NIS"),
      ("554 spam: Dear Wang Fang,\r\nyour code", "554 spam: Dear <name>, your code"),
      ("554 WANG is not wanted, wangle is", "554 <name> is not wanted, wangle is"),
      ("554 你好王芳，欢迎", "554 你好<name>，欢迎"),
      ("550 <Wang@Example.com> unknown", "550 <<address>> unknown"),
      ("call +86 138  0013 8000 now", "call <address> now"),
      ("raw p=a\"ss <1>", "raw <secret>"),
      ("html p=a&quot;ss &lt;1&gt;", "html <secret>"),
      ("json p=a\\\"ss <1>", "json <secret>"),
      ("printable p=3Da\"ss <1>", "printable <secret>"),
      ("url p%3Da%22ss%20%3C1%3E", "url <secret>"),
      ("printable =E7=8E=8B=E8=8A=B3 in UTF-8", "printable <name> in UTF-8"),
      ("a short one: 7-3, and not 47-33", "a short one: <secret>, and not 47-33"),
      ("nothing to hide", "nothing to hide"), ("", ""),
    ])
  func hides(_ text: String, _ expected: String) {
    #expect(Self.mask.line(text) == expected)
  }

  @Test("what is cut is cut behind the hiding, so that no part of a secret is left")
  func cuts() {
    let mask = Mask([("geheimnis", .secret)])
    for length in 285...310 {
      let line = mask.line(String(repeating: "x ", count: length / 2) + "geheimnis and more")
      #expect(!line.contains("gehei"), "\(line)")
      #expect(line.count <= Mask.longest)
    }
  }

  @Test("the body of a letter in base64 is hidden as a whole")
  func base64() {
    let body = String(repeating: "R2VoZWltbmlz", count: 6)
    #expect(Self.mask.line("554 content \(body) refused") == "554 content <data> refused")
  }
}
