/// Finds the placeholders of a statement, which are in none of its texts, quoted names and comments.
struct PlaceholderScanner {
  private(set) var pieces: [String] = []
  private(set) var names: [String] = []
  private(set) var hasSemicolon = false
  private(set) var hasQuestionMark = false

  private let grammar: SQLGrammar
  private let sql: [UInt8]
  private var index = 0
  private var copied = 0

  init(_ sql: String, _ grammar: SQLGrammar) {
    self.sql = Array(sql.utf8)
    self.grammar = grammar
  }

  mutating func scan() {
    while index < sql.count { step() }
    pieces.append(copy(upTo: index))
  }

  private mutating func step() {
    let (byte, next) = (sql[index], peek(1))
    switch byte {
    case UInt8(ascii: "'"): skip(behind: byte, escapes: isEscapeString)
    case UInt8(ascii: "\""): skip(behind: byte)
    case UInt8(ascii: "`") where grammar.hasBackquotes: skip(behind: byte)
    case UInt8(ascii: "[") where grammar.hasBrackets: skip(behind: UInt8(ascii: "]"))
    case UInt8(ascii: "$") where grammar.hasDollarQuotes && !followsName: skipDollarQuote()
    case UInt8(ascii: "#") where grammar.hasHashComments: skip(behind: UInt8(ascii: "\n"))
    case UInt8(ascii: "-")
    where next == byte && (!grammar.wantsBlankAfterDashes || isBlank(peek(2))):
      skip(behind: UInt8(ascii: "\n"))
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipComment()
    // A cast, or a method of a type.
    case UInt8(ascii: ":") where next == byte: index += 2
    case UInt8(ascii: ":") where next.map(isNameStart) == true: takeName()
    default:
      if byte == UInt8(ascii: ";") { hasSemicolon = true }
      if byte == UInt8(ascii: "?") { hasQuestionMark = true }
      index += 1
    }
  }

  // MARK: Placeholders

  private mutating func takeName() {
    let end = endOfName(from: index + 1)
    pieces.append(copy(upTo: index))
    names.append(String(decoding: sql[(index + 1)..<end], as: UTF8.self))
    index = end
    copied = end
  }

  private func copy(upTo end: Int) -> String {
    String(decoding: sql[copied..<end], as: UTF8.self)
  }

  // MARK: What hides them

  /// Goes on behind the next `end`.
  private mutating func skip(behind end: UInt8, escapes: Bool = false) {
    index += 1
    while index < sql.count, sql[index] != end {
      index += escapes && sql[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index = min(index + 1, sql.count)
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      switch (sql[index], peek(1)) {
      case (UInt8(ascii: "/"), UInt8(ascii: "*")) where depth == 0 || grammar.nestsComments:
        depth += 1
        index += 2
      case (UInt8(ascii: "*"), UInt8(ascii: "/")):
        depth -= 1
        index += 2
      default: index += 1
      }
    } while depth > 0 && index < sql.count
    index = min(index, sql.count)
  }

  /// `$1` and a dollar alone are no quotes.
  private mutating func skipDollarQuote() {
    let end = endOfName(from: index + 1)
    let isTag = end < sql.count && sql[end] == UInt8(ascii: "$")
    let isNumber = end > index + 1 && isDigit(sql[index + 1])
    guard isTag, !isNumber else {
      index += 1
      return
    }
    let tag = sql[index...end]
    index = end + 1
    while index < sql.count, !sql[index...].starts(with: tag) { index += 1 }
    index = min(index + tag.count, sql.count)
  }

  /// Whether the quote here is that of `E'…'`.
  private var isEscapeString: Bool {
    guard grammar.hasEscapeStrings, index > 0,
      [UInt8(ascii: "E"), UInt8(ascii: "e")].contains(sql[index - 1])
    else { return false }
    return index == 1 || !isNamePart(sql[index - 2])
  }

  /// Whether the name before goes on here: names may hold dollars.
  private var followsName: Bool {
    index > 0 && (isNamePart(sql[index - 1]) || sql[index - 1] > 0x7F)
  }

  // MARK: Characters

  private func peek(_ distance: Int) -> UInt8? {
    index + distance < sql.count ? sql[index + distance] : nil
  }

  private func isBlank(_ byte: UInt8?) -> Bool { byte.map { $0 <= UInt8(ascii: " ") } ?? true }

  private func endOfName(from start: Int) -> Int {
    sql[start...].firstIndex { !isNamePart($0) } ?? sql.count
  }

  private func isNameStart(_ byte: UInt8) -> Bool {
    isNamePart(byte) && !(grammar.hasSlices && isDigit(byte))
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      true
    default: isDigit(byte)
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
