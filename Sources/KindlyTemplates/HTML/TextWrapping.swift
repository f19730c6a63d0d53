/// Breaks a paragraph into lines of at most 72 columns, in which a Chinese character takes two.
///
/// Western text breaks at spaces; Chinese and Japanese between any two characters, but not before a closing or after an
/// opening mark (a small part of Unicode UAX #14). What is too long for a line, such as a URL, stays whole.
struct TextWrapping {
  /// The customary width of plain mail; it leaves room for the quoting of replies within 78 (RFC 5322, 2.1.1).
  static let width = 72

  /// A piece that is never broken.
  private struct Piece {
    var text: String
    var width: Int
    let hasSpaceBefore: Bool
  }

  private var lines: [String] = []
  private var line: String
  private var column: Int
  private var isLineEmpty = true

  private init(first: String) {
    line = first
    column = DisplayWidth.of(first)
  }

  /// The lines of a paragraph; the first begins with `first`, the others with `rest`.
  static func lines(of text: String, first: String = "", rest: String = "") -> [String] {
    var wrapping = TextWrapping(first: first)
    for piece in pieces(of: text) { wrapping.add(piece, indent: rest) }
    return wrapping.lines + [wrapping.line]
  }

  private mutating func add(_ piece: Piece, indent: String) {
    let gap = piece.hasSpaceBefore && !isLineEmpty ? 1 : 0
    if !isLineEmpty, column + gap + piece.width > TextWrapping.width {
      lines.append(line)
      line = indent
      column = DisplayWidth.of(indent)
    } else if gap == 1 {
      line += " "
      column += 1
    }
    line += piece.text
    column += piece.width
    isLineEmpty = false
  }

  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var current = Piece(text: "", width: 0, hasSpaceBefore: false)
    var isGlued = false
    var isURL = false
    for character in text {
      if character == " " {
        if !current.text.isEmpty { pieces.append(current) }
        current = Piece(text: "", width: 0, hasSpaceBefore: true)
        isGlued = false
        isURL = false
        continue
      }
      let width = DisplayWidth.of(character)
      let isWide = width == 2
      let follows = current.text.isEmpty || isGlued || closing.contains(character)
      // A URL goes on until a space or a full-width mark, whatever script its path is in.
      if isURL, isWide, closing.contains(character) || opening.contains(character) { isURL = false }
      if !follows, !isURL, isWide || isBroken(after: current.text) {
        pieces.append(current)
        current = Piece(text: "", width: 0, hasSpaceBefore: false)
      }
      current.text.append(character)
      current.width += width
      isGlued = opening.contains(character)
      if character == "/", current.text.hasSuffix("://") { isURL = true }
    }
    if !current.text.isEmpty { pieces.append(current) }
    return pieces
  }

  /// Whether a line may end after a piece although no space follows: after a wide character.
  private static func isBroken(after text: String) -> Bool {
    text.last.map { DisplayWidth.of($0) == 2 && !opening.contains($0) } ?? false
  }

  private static let closing: Set<Character> = Set("，。、；：？！…—）】》」』”’〉〕％,.;:?!)]}%")
  private static let opening: Set<Character> = Set("（【《「『“‘〈〔([{")
}

/// How many columns of a terminal a text takes (Unicode UAX #11, East Asian Width).
enum DisplayWidth {
  static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// Two for wide and full-width characters and emoji, none for invisible ones, otherwise one.
  static func of(_ character: Character) -> Int {
    // A character holds at least one scalar; an accent behind it takes no column of its own.
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case ..<0x1100: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    case 0x200B...0x200F, 0x2060, 0xFEFF: return 0
    default: return 1
    }
  }
}
