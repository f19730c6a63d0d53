/// A language as BCP 47 writes it, and the order in which variants in other languages stand in for it.
package struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
  /// The tag in its usual spelling: `zh-Hans`, `en-GB`.
  package let text: String

  /// Parses a tag from a customer's row or a file's name; nil if it is not a tag.
  ///
  /// It also accepts the forms that operating systems use: `zh_CN`, `en_US.UTF-8`.
  package init?(_ spelled: String) {
    let plain = spelled.prefix { $0 != "." && $0 != "@" }.split(
      separator: "-", omittingEmptySubsequences: false
    ).flatMap { $0.split(separator: "_", omittingEmptySubsequences: false) }
    guard let language = plain.first, (2...3).contains(language.count),
      plain.allSatisfy(LanguageTag.isSubtag), language.allSatisfy(\.isLetter)
    else { return nil }
    text = plain.enumerated().map(LanguageTag.spelling).joined(separator: "-")
  }

  package var description: String { text }

  /// The tags to look for, best first, by RFC 4647 lookup; the untagged file comes after them.
  ///
  /// Chinese falls back by script, which plain truncation gets wrong: zh-TW must not become zh, which people
  /// read as simplified.
  package var fallbacks: [String] {
    var chain: [String] = []
    var parts = text.split(separator: "-").map(String.init)
    while !parts.isEmpty {
      chain.append(parts.joined(separator: "-"))
      parts.removeLast()
      // A lone letter only introduces what followed it.
      if let last = parts.last, last.count == 1 { parts.removeLast() }
    }
    guard chain.last == "zh" else { return chain }
    let exact = chain.filter { $0 != "zh" }
    let family = isTraditional ? ["zh-Hant", "zh-TW", "zh-HK"] : ["zh-Hans", "zh", "zh-CN"]
    return exact + family.filter { !exact.contains($0) }
  }

  private var isTraditional: Bool {
    let parts = text.split(separator: "-").dropFirst()
    if parts.contains("Hant") { return true }
    return !parts.contains("Hans") && !parts.allSatisfy { !["TW", "HK", "MO"].contains($0) }
  }

  private static func isSubtag(_ part: Substring) -> Bool {
    (1...8).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  /// Language in small letters, script with a capital, region in capitals (BCP 47, 2.1.1).
  private static func spelling(_ index: Int, _ part: Substring) -> String {
    let small = part.lowercased()
    guard index > 0 else { return small }
    switch part.count {
    case 2: return small.uppercased()
    case 4 where part.first?.isLetter == true:
      return small.prefix(1).uppercased() + small.dropFirst()
    default: return small
    }
  }
}
