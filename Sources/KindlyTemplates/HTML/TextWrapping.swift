/// Breaks a paragraph into lines of at most 72 columns, in which a Chinese character takes two.
///
/// Western text breaks at spaces; Chinese and Japanese between any two characters, but not before a closing or after
/// an opening mark (a small part of Unicode UAX #14). What is too long for a line, such as a URL, stays whole.
struct TextWrapping {
  /// The customary width of plain mail; it leaves room for the quoting of replies within 78 (RFC 5322, 2.1.1).
  static let width = 72

  private var lines: [String] = []
  private var line: [UInt8]
  private var column: Int
  /// How many bytes of the line are there before its first word.
  private var start: Int
  private let indent: String

  private init(first: String, rest: String) {
    line = Array(first.utf8)
    column = DisplayWidth.of(first)
    start = line.count
    indent = rest
  }

  /// The lines of a paragraph in UTF-8; the first begins with `first`, the others with `rest`.
  static func lines(of text: [UInt8], first: String = "", rest: String = "") -> [String] {
    var wrapping = TextWrapping(first: first, rest: rest)
    for word in text.split(separator: UInt8(ascii: " ")) {
      if word.allSatisfy({ $0 < 0x80 }) {
        // Where no character is wide, no line ends within the word.
        wrapping.add(piece: word, width: word.count, afterSpace: true)
      } else {
        wrapping.add(word: String(decoding: word, as: UTF8.self).unicodeScalars)
      }
    }
    wrapping.endLine()
    return wrapping.lines
  }

  private mutating func endLine() { lines.append(String(decoding: line, as: UTF8.self)) }

  /// Adds a word, split into the pieces between which a line may break.
  private mutating func add(word: String.UnicodeScalarView) {
    var piece = word.startIndex
    var width = 0
    var before: Unicode.Scalar?
    var isURL = false
    var isFirst = true
    for index in word.indices {
      let scalar = word[index]
      let scalarWidth = DisplayWidth.of(scalar)
      // A URL goes on until a space or a full-width mark, whatever script its path is in.
      if isURL, scalarWidth == 2, LineBreaks.isMark(scalar) { isURL = false }
      if let before, !isURL, LineBreaks.isAllowed(after: before, before: scalar) {
        add(piece: word.utf8(piece..<index), width: width, afterSpace: isFirst)
        isFirst = false
        piece = index
        width = 0
      }
      if scalar == "/", before == "/", word[..<index].dropLast().last == ":" { isURL = true }
      before = scalar
      width += scalarWidth
    }
    add(piece: word.utf8(piece..<word.endIndex), width: width, afterSpace: isFirst)
  }

  private mutating func add(
    piece: some Collection<UInt8>, width: Int, afterSpace: Bool
  ) {
    let isEmpty = line.count == start
    let gap = afterSpace && !isEmpty ? 1 : 0
    if !isEmpty, column + gap + width > TextWrapping.width {
      endLine()
      line = Array(indent.utf8)
      start = line.count
      column = DisplayWidth.of(indent)
    } else if gap == 1 {
      line.append(UInt8(ascii: " "))
      column += 1
    }
    line += piece
    column += width
  }
}

extension String.UnicodeScalarView {
  fileprivate func utf8(_ range: Range<Index>) -> Substring.UTF8View { Substring(self[range]).utf8 }
}

/// Where a line of Chinese or Japanese may end without a space.
private enum LineBreaks {
  static func isAllowed(after left: Unicode.Scalar, before right: Unicode.Scalar) -> Bool {
    guard DisplayWidth.of(left) == 2 || DisplayWidth.of(right) == 2 else { return false }
    return !isOpening(left) && !isClosing(right) && !isJoined(left, right)
  }

  /// A mark that parts a URL from the sentence around it.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool { isOpening(scalar) || isClosing(scalar) }

  /// Accents, variation selectors, skin tones and joined emoji belong to what is before them.
  private static func isJoined(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    left == "\u{200D}" || DisplayWidth.of(right) == 0 || (0x1F3FB...0x1F3FF).contains(right.value)
  }

  private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "，", "。", "、", "；", "：", "？", "！", "…", "—", "）", "】", "》", "」", "』", "”", "’", "〉", "〕",
      "％",
      ",", ".", ";", ":", "?", "!", ")", "]", "}", "%":
      true
    default: false
    }
  }

  private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "（", "【", "《", "「", "『", "“", "‘", "〈", "〔", "(", "[", "{": true
    default: false
    }
  }
}

/// How many columns of a terminal a text takes (Unicode UAX #11, East Asian Width).
enum DisplayWidth {
  static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + of($1) } }

  /// Two for wide and full-width characters and emoji, none for accents and what is invisible, otherwise one.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x0300: 1
    case 0x0300...0x036F, 0x200B...0x200F, 0x2060, 0xFE00...0xFE0F, 0xFEFF: 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
