/// Hides personal data in text from outside: secrets, names and addresses that an answer repeats.
///
/// Values are found in every form that a letter may take in transit: plain, HTML, JSON, URL and quoted-printable.
package struct Mask: Hashable, Sendable {
  /// The placeholder that replaces a value in the text.
  package enum Stand: String, Hashable, Sendable {
    case secret = "<secret>"
    case name = "<name>"
    case address = "<address>"
  }

  fileprivate struct Hidden: Hashable, Sendable {
    let form: [UInt8]
    let stand: Stand
    /// Short values would be found within other words.
    let isWord: Bool
  }

  /// The longest first, so that a name within an address does not break the address up.
  private let hidden: [Hidden]

  /// Longer answers are cut off: they go into the journal and the ledger at every attempt.
  package static let longest = 300
  /// Values shorter than this are hidden only as whole words.
  private static let shortestPart = 4
  /// A letter's body in base64 is one long word; no queue number is.
  private static let longestWord = 60

  /// A mask that hides values wherever they occur, in any case.
  package init(_ values: [(text: String, stand: Stand)]) {
    var hidden: Set<Hidden> = []
    for value in values {
      let text = Mask.oneLine(value.text)
      for form in Forms.all(of: text) where !form.isEmpty {
        // A name such as Will must not be found in other words; one in Chinese has no blanks around it.
        let isWord =
          form.count < Mask.shortestPart || value.stand == .name && form.allSatisfy { $0 < 0x80 }
        hidden.insert(Hidden(form: form, stand: value.stand, isWord: isWord))
      }
    }
    self.hidden = hidden.sorted { left, right in
      left.form.count != right.form.count
        ? left.form.count > right.form.count
        : left.form.lexicographicallyPrecedes(right.form)
    }
  }

  /// The text as one bounded line without the values.
  package func line(_ text: String) -> String {
    let bytes = Array(Mask.withoutLongWords(Mask.oneLine(text)).utf8)
    let folded = bytes.map(Forms.folded)
    var line: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if let found = hidden.first(where: { $0.stands(at: index, in: folded) }) {
        line += Array(found.stand.rawValue.utf8)
        index += found.form.count
      } else {
        line.append(bytes[index])
        index += 1
      }
    }
    return Mask.cut(String(decoding: line, as: UTF8.self))
  }

  private static func oneLine(_ text: String) -> String {
    text.unicodeScalars.split { $0.isSpace || $0.value < 0x20 }
      .map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
  }

  private static func withoutLongWords(_ line: String) -> String {
    guard line.utf8.count > longestWord else { return line }
    return line.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map { word in
      word.count > longestWord && word.allSatisfy(Forms.isBase64)
        ? "<data>" : String(Substring(word))
    }.joined(separator: " ")
  }

  private static func cut(_ line: String) -> String {
    // A text has at most as many characters as bytes, and bytes are faster to count.
    if line.utf8.count <= longest || line.count <= longest { return line }
    return line.prefix(longest - 1) + "…"
  }
}

extension Mask.Hidden {
  func stands(at index: Int, in text: [UInt8]) -> Bool {
    guard text[index] == form[0], index + form.count <= text.count,
      text[index..<index + form.count].elementsEqual(form)
    else { return false }
    guard isWord else { return true }
    let end = index + form.count
    return (index == 0 || !Forms.isLetter(text[index - 1]))
      && (end == text.count || !Forms.isLetter(text[end]))
  }
}

/// The ways in which a value is written on its way, as bytes with ASCII letters in lower case.
private enum Forms {
  static func all(of text: String) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = []
    // Of other letters than ASCII only the two usual cases are known without Unicode's tables.
    for text in [text, text.lowercased(), text.uppercased()] {
      let plain = Array(text.utf8)
      forms.insert(plain.map(folded))
      if plain.allSatisfy(isAlphanumeric) { continue }
      for form in [html(text), JSONText.quoted(text).dropFirst().dropLast().description] {
        forms.insert(form.utf8.map(folded))
      }
      forms.insert(escaped(plain, by: UInt8(ascii: "=")).map(folded))
      forms.insert(escaped(plain, by: UInt8(ascii: "%")).map(folded))
    }
    return forms
  }

  private static func html(_ text: String) -> String {
    text.escaping { byte in
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      case UInt8(ascii: "\""): "&quot;"
      case UInt8(ascii: "'"): "&#39;"
      default: nil
      }
    }
  }

  /// Quoted-printable leaves ASCII but its own sign as it is; a URL also writes blanks and signs as numbers.
  private static func escaped(_ bytes: [UInt8], by sign: UInt8) -> [UInt8] {
    let isURL = sign == UInt8(ascii: "%")
    return bytes.flatMap { byte -> [UInt8] in
      let isPlain =
        isURL
        ? isAlphanumeric(byte) || "-._~".utf8.contains(byte) : byte < 0x80 && byte != sign
      return isPlain ? [byte] : [sign, digit(byte >> 4), digit(byte & 15)]
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }

  static func folded(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Whether a byte belongs to a word: a letter or digit, or a part of one that is not ASCII.
  static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || isAlphanumeric(byte) }

  static func isBase64(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
      || byte == UInt8(ascii: "=")
  }
}
