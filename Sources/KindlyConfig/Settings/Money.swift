import KindlyCore

/// An amount of money in one currency, as an exact decimal number: `0.045 CNY`.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  /// The currency's ISO 4217 code.
  package let currency: String
  /// Exact, because amounts with more than six decimals are refused.
  private let millionths: Int128

  private static let decimals = 6
  /// Nothing that Kindly sends costs a million million.
  private static let mostDigits = 12
  /// The decimals that people expect of an amount; further zeros are left out.
  private static let leastDecimals = 2

  private init(millionths: Int128, currency: String) {
    self.millionths = millionths
    self.currency = currency
  }

  /// Reads an amount such as `0.045 CNY`; nil if it is negative, has no currency or has more than six decimals.
  package init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[1].utf8.count == 3,
      words[1].utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains)
    else { return nil }
    let parts = words[0].split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      parts[0].count <= Money.mostDigits
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count <= Money.decimals else { return nil }
    let zeros = String(repeating: "0", count: Money.decimals - fraction.count)
    guard let millionths = Int128("\(parts[0])\(fraction)\(zeros)") else { return nil }
    self.init(millionths: millionths, currency: String(words[1]))
  }

  /// The number without the currency, with two to six decimals.
  package var amount: String {
    let digits = "\(millionths)"
    let padded =
      String(repeating: "0", count: max(0, Money.decimals + 1 - digits.utf8.count)) + digits
    var fraction = padded.suffix(Money.decimals)
    while fraction.count > Money.leastDecimals, fraction.last == "0" { fraction.removeLast() }
    return "\(padded.dropLast(Money.decimals)).\(fraction)"
  }

  package var description: String { "\(amount) \(currency)" }

  package static func * (price: Money, count: Int) -> Money {
    Money(millionths: price.millionths * Int128(count), currency: price.currency)
  }

  /// A sum of amounts, separate for each currency.
  package struct Sum: Hashable, Sendable, CustomStringConvertible {
    private var amounts: [ExactText: Money] = [:]

    package init() {}

    package static func += (sum: inout Sum, money: Money) {
      let earlier = sum.amounts[money.currency]?.millionths ?? 0
      sum.amounts[money.currency] = Money(
        millionths: earlier + money.millionths, currency: money.currency)
    }

    /// `1.20 CNY, 0.50 USD`
    package var description: String {
      amounts.sorted { $0.key < $1.key }.map { "\($0.value)" }.joined(separator: ", ")
    }
  }
}
