import KindlyCore
import Testing

@Suite("A phone number")
struct PhoneNumberTests {
  @Test(
    "is read as people type it",
    arguments: [
      ("13800138000", "CN", "+8613800138000"), ("138 0013 8000", "CN", "+8613800138000"),
      ("138-0013-8000", "CN", "+8613800138000"), ("8613800138000", "CN", "+8613800138000"),
      ("+86 138 0013 8000", "CN", "+8613800138000"), ("0086 13800138000", "CN", "+8613800138000"),
      ("008613800138000", "US", "+8613800138000"), ("（＋86）138-0013-8000", "CN", "+8613800138000"),
      ("１３８００１３８０００", "CN", "+8613800138000"),
      ("138\u{3000}0013\u{3000}8000", "CN", "+8613800138000"),
      ("010-12345678", "CN", "+861012345678"), ("(415) 555-0100", "US", "+14155550100"),
      ("1 415 555 0100", "US", "+14155550100"), ("+1.415.555.0100", "CN", "+14155550100"),
      ("020 7946 0958", "GB", "+442079460958"), ("8 (916) 123-45-67", "RU", "+79161234567"),
      ("436641234567", "AT", "+436641234567"), ("628123456789", "ID", "+628123456789"),
      ("6421123456", "NZ", "+6421123456"), ("49301234567", "DE", "+49301234567"),
      ("800 555 35 35", "RU", "+78005553535"), ("3931234567", "IT", "+393931234567"),
      ("+44 (0)7911 123456", "CN", "+447911123456"), ("0044 07911 123456", "CN", "+447911123456"),
      ("+39 06 1234 5678", "CN", "+390612345678"), ("34612345678", "ES", "+34612345678"),
      ("6123 4567", "HK", "+85261234567"), ("0912 345 678", "TW", "+886912345678"),
    ])
  func reads(_ text: String, _ country: String, _ expected: String) {
    let number = PhoneNumber(text, in: PhoneNumber.Country(country))
    #expect(number?.description == expected)
    #expect(number?.isOneOfSeveral == false)
  }

  @Test(
    "is the first valid one of several",
    arguments: [
      "13800138000/13900139000", "13800138000、13900139000", "123, 13800138000", "n/a;13800138000",
      "13800138000\n13900139000",
    ])
  func several(_ text: String) {
    let number = PhoneNumber(text, in: PhoneNumber.Country("CN"))
    #expect(number?.description == "+8613800138000")
    #expect(number?.isOneOfSeveral == true)
  }

  @Test(
    "is none where it cannot be one",
    arguments: [
      "", "-", "110", "1380013800", "138001380001", "+86 1380013800", "+", "++8613800138000",
      "13800138000a", "+0123456789", "+1234567890123456", "电话", "139001390001390",
    ])
  func invalid(_ text: String) {
    #expect(PhoneNumber(text, in: PhoneNumber.Country("CN")) == nil)
  }

  @Test("needs its country's code where no country is known")
  func noCountry() {
    #expect(PhoneNumber("13800138000", in: nil) == nil)
    #expect(PhoneNumber("+8613800138000", in: nil)?.description == "+8613800138000")
    #expect(PhoneNumber.Country("XX") == nil)
    #expect(PhoneNumber.Country("cn")?.word == "CN")
  }

  @Test("of a person goes to channels with its code, and stays as written in letters")
  func person() {
    let person = Person(
      key: RowKey(canonical: "[\"1\"]"), name: "Li", addresses: [.phone: "138 0013 8000"],
      country: PhoneNumber.Country("CN"))
    #expect(person.address(of: .phone) == "+8613800138000")
    #expect(person.address(of: .mobile) == "+8613800138000")
    #expect(person.written(of: .phone) == "138 0013 8000")
    #expect(person.knownAddresses == ["+8613800138000", "138 0013 8000"])
    let abroad = Person(
      key: RowKey(canonical: "[\"1\"]"), name: "Li", addresses: [.phone: "138 0013 8000"])
    #expect(abroad.address(of: .phone) == "138 0013 8000")
  }
}
