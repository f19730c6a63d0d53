import Testing

@testable import KindlyCore

@Suite struct AddressTests {
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

  @Test("an address has one hash however its domain is written, and is found under its former hash")
  func hashes() {
    let ledger: [UInt8] = [1, 2, 3]
    let ascii = PublicIdentity.hash(ofAddress: "li@xn--bcher-kva.example", ledger: ledger)
    let hashes = PublicIdentity.hashes(ofAddress: "Li@Bücher.example", ledger: ledger)
    #expect(hashes.count == 2 && hashes.first == ascii)
    #expect(
      PublicIdentity.hashes(ofAddress: "LI@xn--bcher-kva.example", ledger: ledger) == [ascii])
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
      (" 关怀 <a@b.example> ", "关怀", "a@b.example"),
    ])
  func mailbox(_ text: String, _ name: String, _ address: String) throws {
    let mailbox = try Mailbox(text)
    #expect(mailbox.name == name)
    #expect(mailbox.address.description == address)
  }

  @Test(
    "an invalid mailbox is refused with the reason",
    arguments: [
      ("", "is empty"), ("Example", "has 0 @ signs"), ("Example <care>", "has 0 @ signs"),
      ("a@x.example, b@x.example", "holds a space"), ("<a@x.example", "a bracket"),
      ("x <a@x.example> y", "holds a space"), ("a@b", "a domain without a dot"),
      ("a@x.example\r\nBcc: c@x.example", "a control character"),
      ("Exa\u{0}mple <a@x.example>", "a control character"),
    ])
  func noMailbox(_ text: String, _ why: String) {
    let error = #expect(throws: UnfitDelivery.self) { try Mailbox(text) }
    #expect(error?.description.contains(why) == true, "\(String(describing: error))")
  }

  @Test(
    "phone numbers are accepted as people write them; anything else is refused",
    arguments: [
      ("+86 138 0013 8000", "+8613800138000"), ("(010) 6552-9988", "01065529988"),
      ("10086", "10086"),
      ("", nil), ("12", nil), ("+", nil), ("1380013800x", nil), ("１３８００１３８０００", nil),
      ("138\r\n001", nil), ("1234567890123456", nil),
    ])
  func phones(_ text: String, _ expected: String?) {
    // The table says only which texts are phones; other tests read the reasons.
    #expect((try? AddressKind.phone.checked(text)) == expected)
  }

  @Test("a kind is known by its word, and an undeclared one accepts any short line")
  func kinds() throws {
    #expect(AddressKind("email") == .email)
    #expect(AddressKind("wechat") != .email)
    let kind = AddressKind("wechat")
    #expect(try kind.checked("oZ9_x-1") == "oZ9_x-1")
    for text in ["", "a\nb", String(repeating: "a", count: 401)] {
      #expect(throws: UnfitDelivery.self) { try kind.checked(text) }
    }
  }

  @Test("a kind decides how its addresses are completed, and which server answers for them")
  func carried() {
    let kind = AddressKind("badge") { address throws(UnfitDelivery) in
      address
    } completion: { address, country in
      address + (country.map { "@\($0.word)" } ?? "")
    } destination: { address in
      ExactText(String(address.suffix(2)))
    }
    let person = Person(
      key: RowKey("7"), name: "Li", addresses: [kind: "li"], country: PhoneNumber.Country("CN"))
    #expect(person.spellings(of: kind) == ["li@CN", "li"])
    #expect(kind.destination(of: "li@CN") == "CN")
    let other = AddressKind("wechat")
    #expect(other.completed("li", in: PhoneNumber.Country("CN")) == "li")
    #expect(other.destination(of: "li@example.com") == nil)
  }

  @Test(
    "a word of a kind is one that can be a key of the configuration",
    arguments: [
      ("wechat", true), ("we-com2", true), ("", false), ("2com", false), ("WeChat", false),
      ("we chat", false), ("微信", false), (String(repeating: "a", count: 33), false),
    ])
  func words(_ text: String, _ isWord: Bool) {
    #expect(AddressKind.isWord(text) == isWord)
  }
}
