import Foundation

/// Formats people's texts as header values: RFC 2047 encoded words where needed, folded, and unable to begin a header
/// line.
enum HeaderText {
  /// RFC 2047, 2: an encoded word is at most 75 characters, a line that holds one at most 76.
  private static let longestWord = 75
  private static let longestLine = 76
  private static let opening = "=?UTF-8?B?"
  private static let closing = "?="

  /// `Name: value` with its CRLF, for a value that any person may have written.
  static func field(_ name: String, text: String) -> String {
    let value = neutral(text)
    let start = name.utf8.count + 2
    if isPlain(value), let folded = fold(value, from: start) {
      return "\(name): \(folded)\r\n"
    }
    return "\(name): \(encoded(value, from: start))\r\n"
  }

  /// `Name: "display name" <address>` with its CRLF; without a name the bare address.
  static func field(_ name: String, mailbox address: String, displayName: String) -> String {
    let display = neutral(displayName)
    guard !display.isEmpty else { return "\(name): \(address)\r\n" }
    let start = name.utf8.count + 2
    let phrase = phrase(display, from: start)
    let lastLine = phrase.split(separator: "\r\n").last.map(\.utf8.count) ?? 0
    let isFull = start + lastLine + address.utf8.count + 3 > longestLine
    return "\(name): \(phrase)\(isFull ? "\r\n " : " ")<\(address)>\r\n"
  }

  /// The text on one line: each control character and line break is a space, runs of spaces are one.
  static func neutral(_ text: String) -> String {
    if isNeutral(text) { return text }
    let spaced = text.unicodeScalars.map { $0.breaksLines ? " " : $0 }
    let words = spaced.split(separator: " ").map { String(String.UnicodeScalarView($0)) }
    return words.joined(separator: " ")
  }

  /// Whether the text is printable ASCII with single spaces between its words, as most are.
  private static func isNeutral(_ text: String) -> Bool {
    var last = UInt8(ascii: " ")
    for byte in text.utf8 {
      guard (0x20...0x7E).contains(byte), byte != last || byte != UInt8(ascii: " ") else {
        return false
      }
      last = byte
    }
    return last != UInt8(ascii: " ")
  }

  private static func phrase(_ text: String, from start: Int) -> String {
    guard isPlain(text), start + text.utf8.count + 2 <= longestLine else {
      return encoded(text, from: start)
    }
    let isAtoms = text.utf8.allSatisfy { $0 == 0x20 || atoms.contains($0) }
    if isAtoms { return text }
    let escaped = text.unicodeScalars.flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] }
    return "\"\(String(String.UnicodeScalarView(escaped)))\""
  }

  private static let atoms = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~".utf8)

  /// Printable ASCII that no reader takes for an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      && !(text.utf8.contains(UInt8(ascii: "=")) && text.utf8.contains("=?".utf8))
  }

  /// Plain text folded at its spaces, or nil where a word is too long for a line.
  private static func fold(_ text: String, from start: Int) -> String? {
    var lines = ""
    var column = start
    for (index, word) in text.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init)
      .enumerated()
    {
      let length = word.utf8.count + (index > 0 ? 1 : 0)
      if index > 0, column + length > longestLine {
        lines += "\r\n"
        column = 0
      }
      guard column + length <= longestLine else { return nil }
      lines += index > 0 ? " \(word)" : String(word)
      column += length
    }
    return lines
  }

  /// The text as encoded words, one a line, each cut at the border of a character as people see it.
  private static func encoded(_ text: String, from start: Int) -> String {
    var words: [String] = []
    var bytes: [UInt8] = []
    var room = wordRoom(from: start)
    for piece in text.flatMap({ pieces(of: $0) }) {
      if bytes.count + piece.count > room, !bytes.isEmpty {
        words.append(word(bytes))
        bytes = []
        room = wordRoom(from: 1)
      }
      bytes += piece
    }
    if !bytes.isEmpty { words.append(word(bytes)) }
    return words.joined(separator: "\r\n ")
  }

  /// A character's bytes; one of more than a word can hold (an emoji with many joiners) in single scalars.
  private static func pieces(of character: Character) -> [[UInt8]] {
    let bytes = Array(String(character).utf8)
    if bytes.count <= wordRoom(from: longestLine) { return [bytes] }
    return character.unicodeScalars.map { Array(String($0).utf8) }
  }

  /// How many bytes an encoded word that begins at a column can carry.
  private static func wordRoom(from column: Int) -> Int {
    let characters =
      min(longestWord, longestLine - column) - opening.utf8.count - closing.utf8.count
    // Even next to a very long name at least a few letters fit, so that the loop makes progress.
    return max(characters / 4 * 3, 12)
  }

  private static func word(_ bytes: [UInt8]) -> String {
    opening + Data(bytes).base64EncodedString() + closing
  }
}

extension Unicode.Scalar {
  /// Whether a reader or a relay might take the character for the end of a line or of the text.
  fileprivate var breaksLines: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false  // everything else stands within a line
    }
  }
}
