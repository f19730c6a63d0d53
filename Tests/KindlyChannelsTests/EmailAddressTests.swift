import Foundation
import KindlyCore
import KindlyTransport
import Testing

@testable import KindlyChannels

@Suite struct EmailAddressTests {
  @Test(
    "an address keeps its local part and gets the domain's form that travels",
    arguments: [
      ("li@example.com", "li@example.com"),
      ("Li.Lei+trial@Example.COM", "Li.Lei+trial@example.com"),
      ("o'brien_x-y@a-b.example", "o'brien_x-y@a-b.example"),
      ("root@localhost", "root@localhost"),
      ("li@例え.jp", "li@xn--r8jz45g.jp"),
      ("li@例え。jp", "li@xn--r8jz45g.jp"),
      ("li@Bücher.example", "li@xn--bcher-kva.example"),
      ("li@中国.中国", "li@xn--fiqs8s.xn--fiqs8s"),
      ("李雷@example.com", "李雷@example.com"),
      ("1@163.com", "1@163.com"),
    ])
  func valid(_ text: String, _ expected: String) throws {
    #expect(try EmailAddress(text).description == expected)
  }

  @Test(
    "what is no address, or no safe one, is refused with a reason that does not repeat it",
    arguments: [
      "", "li", "@example.com", "li@", "li@example", "li@@example.com", "a@b@example.com",
      "li@example.com\r\nRCPT TO:<evil@example.com>", "li\n@example.com", "li@exa mple.com",
      "<li@example.com>", "Li <li@example.com>", "li@example.com>", "\"li lei\"@example.com",
      "li,lei@example.com", "li;lei@example.com", "li(x)@example.com", "li@[127.0.0.1]",
      "li:x@example.com",
      ".li@example.com", "li.@example.com", "l..i@example.com", "li@.example.com",
      "li@example..com",
      "li@example.com.", "li@-example.com", "li@example-.com", "li@exam_ple.com",
      "li\u{0}@example.com",
      "li\u{200B}@example.com", "li\u{202E}@example.com", "li\u{3000}@example.com",
      "li@exam\u{200D}ple.com",
      "li\\@example.com", "li@\(String(repeating: "x", count: 64)).com",
      "\(String(repeating: "x", count: 65))@example.com",
      "li@\(String(repeating: "abcdefgh.", count: 30))com", "li@😀.com",
      "li@exam\u{20E3}ple.com", "li@例え\u{FE0F}②.jp",
    ])
  func invalid(_ text: String) {
    let error = #expect(throws: UnfitDelivery.self) { try EmailAddress(text) }
    #expect(error?.fault == .address)
    #expect(text.count < 3 || error?.description.contains(text) == false)
  }

  @Test(
    "labels become punycode as RFC 3492's samples say",
    arguments: [
      ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
      ("bücher", "bcher-kva"), ("ü", "tda"), ("münchen-ost", "mnchen-ost-9db"),
      ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
      ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
    ])
  func punycode(_ label: String, _ expected: String) {
    #expect(Punycode.encode(label[...]) == expected)
  }

  @Test(
    "a mailbox is written as people write it",
    arguments: [
      ("care@example.com", "", "care@example.com"),
      ("Example <care@example.com>", "Example", "care@example.com"),
      ("\"Example, Ltd.\" <care@Example.com>", "Example, Ltd.", "care@example.com"),
      ("客户关怀 <care@example.com>", "客户关怀", "care@example.com"),
      (" <care@example.com> ", "", "care@example.com"),
    ])
  func mailbox(_ text: String, _ name: String, _ address: String) throws {
    let mailbox = try Mailbox(text, key: "from")
    #expect(mailbox.name == name)
    #expect(mailbox.address.description == address)
  }

  @Test(
    "a mailbox that is none names the key",
    arguments: ["", "Example", "Example <care>", "a@x.example, b@x.example"])
  func noMailbox(_ text: String) {
    let error = #expect(throws: UnfitSettings.self) { try Mailbox(text, key: "reply to") }
    #expect(error?.key == "reply to")
  }
}
