import KindlyConfig
import Testing

@Suite("Money")
struct MoneyTests {
  @Test(
    "is read and written as an exact decimal number",
    arguments: [
      ("0.045 CNY", "0.045 CNY"), ("1 EUR", "1.00 EUR"), ("0 USD", "0.00 USD"),
      ("0.10 CNY", "0.10 CNY"), ("12.5  JPY", "12.50 JPY"), ("0.000001 USD", "0.000001 USD"),
      ("999999999999.999999 IRR", "999999999999.999999 IRR"), ("007.10 CNY", "7.10 CNY"),
    ])
  func reading(text: String, written: String) throws {
    #expect(try #require(Money(text)).description == written)
  }

  @Test(
    "refuses everything else",
    arguments: [
      "", "CNY", "0.045", "0.045CNY", "-1 CNY", "+1 CNY", "1. CNY", ".5 CNY", "1.2.3 CNY",
      "1e3 CNY",
      "1,000 CNY", "0.0000001 CNY", "1 cny", "1 YUAN", "1 CNÝ", "１ CNY", "1 CNY per segment",
      "1234567890123 CNY", "0x1 CNY", "nan CNY",
    ])
  func refusals(text: String) {
    #expect(Money(text) == nil)
  }

  @Test("is multiplied and summed without an error of binary fractions, each currency alone")
  func sums() throws {
    let tenth = try #require(Money("0.1 CNY"))
    #expect((tenth * 3).description == "0.30 CNY")
    let price = try #require(Money("0.045 CNY"))
    #expect((price * 1_000_003).description == "45000.135 CNY")
    let most = try #require(Money("999999999999.999999 IRR"))
    #expect((most * 1_000_000_000).amount == "999999999999999999000.00")
    var sum = Money.Sum()
    for _ in 1...1000 { sum += tenth }
    sum += try #require(Money("0.0079 USD"))
    sum += price
    #expect(sum.description == "100.045 CNY, 0.0079 USD")
  }
}
