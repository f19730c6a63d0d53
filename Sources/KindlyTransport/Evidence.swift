import KindlyCore

/// The other side's answer in a form suitable for logs: one bounded line without addresses.
package enum Evidence {
  /// Longer answers are cut here. What is stored is shorter, and is cut after `Mask` has hidden what the answer
  /// repeats.
  package static let longest = 4096

  /// The text as one line, with `address`, its local part and everything that looks like an address hidden.
  package static func line(_ text: String, hiding address: String) -> String {
    let hidden = [address, String(address.prefix { $0 != "@" })]
      .filter { !$0.isEmpty }.map { $0.lowercased() }
    var line = ""
    for word in text.unicodeScalars.split(whereSeparator: { $0.isSpace || $0.value < 0x20 }) {
      if !line.isEmpty { line += " " }
      if word.contains("@") || hidden.contains(bare(word)) {
        line += "<address>"
      } else {
        line.unicodeScalars += word
      }
    }
    // A text has at most as many characters as bytes, and bytes are faster to count.
    if line.utf8.count <= longest || line.count <= longest { return line }
    return line.prefix(longest - 1) + "…"
  }

  /// A word in lower case without the quotes, brackets and points around it.
  private static func bare(_ word: Substring.UnicodeScalarView) -> String {
    guard let first = word.firstIndex(where: \.isLetterOrDigit),
      let last = word.lastIndex(where: \.isLetterOrDigit)
    else { return "" }
    return String(word[first...last]).lowercased()
  }
}

extension Unicode.Scalar {
  fileprivate var isLetterOrDigit: Bool {
    if isASCII {
      return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value)
        || (0x61...0x7A).contains(value)
    }
    return properties.isAlphabetic || properties.numericType != nil || properties.isGraphemeExtend
  }
}
