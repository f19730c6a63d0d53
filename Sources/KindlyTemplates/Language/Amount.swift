import Foundation
import KindlyCore

/// Reads an amount as the decimal number that the row holds, never through binary fractions.
enum Amount {
  /// Longer texts are no amounts, and `Decimal` keeps 38 digits.
  private static let digitLimit = 36

  /// The amount, or nil where the value is no number.
  static func read(_ value: Value) -> Decimal? {
    switch value {
    case .null, .blob: nil
    case .integer(let number): Decimal(number)
    // The shortest decimal text that means this number is what the database shows: 1200.1, not 1200.0999….
    case .real(let number): number.isFinite ? Decimal(string: "\(number)", locale: posix) : nil
    case .text(let text): read(text)
    }
  }

  /// An optional sign, digits, and decimals after a point; commas between groups of three are allowed.
  private static func read(_ text: String) -> Decimal? {
    var rest = text.drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    let sign = rest.first == "-" ? "-" : ""
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2, let digits = ungrouped(whole) else {
      return nil
    }
    let fraction = parts.count == 2 ? parts[1] : "0"
    guard !fraction.isEmpty, fraction.allSatisfy(\.isASCIIDigit),
      digits.count + fraction.count <= digitLimit
    else { return nil }
    return Decimal(string: "\(sign)\(digits).\(fraction)", locale: posix)
  }

  private static func ungrouped(_ whole: Substring) -> String? {
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.count == 1 || groups[0].count <= 3
    else { return nil }
    return groups.joined()
  }

  private static let posix = Locale(identifier: "en_US_POSIX")
}
