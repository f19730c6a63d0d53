import KindlyCore

/// A statement with `:name` placeholders, which literals take the place of.
///
/// A literal means in its place what a person would mean by it, where a bound parameter has one type wherever it stands.
struct LiteralSQL: Sendable {
  /// What of an engine's grammar decides where a placeholder is one, and how a text is written.
  struct Grammar: Sendable {
    /// What opens a quoted text or name, and what closes it; a doubled quote is two of them to us, which comes to the same.
    var quotes = [UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\"")]
    /// `E'…'`, in which a backslash escapes a quote.
    var hasEscapeStrings = false
    var hasHashComments = false
    /// Two minus signs begin a comment only before a space or the like.
    var wantsBlankAfterDashes = false
    var nestsComments = false
    /// A text as a literal, perhaps with a NUL in it, which the way to the database may not carry.
    var text: @Sendable (String) -> String = { KindlySources.literal($0) }
  }

  /// A placeholder that nothing was given for.
  struct UnknownPlaceholder: Error {
    let name: String
  }

  /// The text before each name, and behind the last one.
  private var pieces: [String] = []
  private var names: [String] = []
  /// Whether there is a semicolon between statements, or a `?`, which a driver would take for a placeholder.
  private(set) var hasSemicolon = false
  private(set) var hasQuestionMark = false

  private let grammar: Grammar
  private let sql: [UInt8]
  private var index = 0
  private var copied = 0

  init(_ sql: String, _ grammar: Grammar) {
    self.sql = Array(sql.utf8)
    self.grammar = grammar
    while index < self.sql.count { step() }
    pieces.append(copy(upTo: index))
  }

  func text(_ parameters: [String: Value]) throws(UnknownPlaceholder) -> String {
    var text = pieces[0]
    for (index, name) in names.enumerated() {
      guard let value = parameters[name] else { throw UnknownPlaceholder(name: ":\(name)") }
      // The space keeps a text behind it from being a part of this one.
      text += literal(value) + " " + pieces[index + 1]
    }
    return text
  }

  private func literal(_ value: Value) -> String {
    switch value {
    case .null, .blob: "NULL"
    // In brackets, because two minus signs could begin a comment.
    case .integer(let number): number < 0 ? "(\(number))" : "\(number)"
    case .real(let number): number.isFinite ? "(\(number))" : "NULL"
    case .text(let text): grammar.text(text)
    }
  }

  // MARK: Scanning

  private mutating func step() {
    let byte = sql[index]
    switch (byte, peek(1)) {
    case (UInt8(ascii: "-"), UInt8(ascii: "-"))
    where !grammar.wantsBlankAfterDashes || isBlank(peek(2)):
      skip(behind: UInt8(ascii: "\n"))
    case (UInt8(ascii: "#"), _) where grammar.hasHashComments: skip(behind: UInt8(ascii: "\n"))
    case (UInt8(ascii: "/"), UInt8(ascii: "*")): skipComment()
    case (UInt8(ascii: ":"), UInt8(ascii: ":")): index += 2
    case (UInt8(ascii: ":"), let next?) where isNamePart(next): takeName()
    default:
      if let end = grammar.quotes[byte] { return skip(behind: end) }
      if byte == UInt8(ascii: ";") { hasSemicolon = true }
      if byte == UInt8(ascii: "?") { hasQuestionMark = true }
      index += 1
    }
  }

  private mutating func takeName() {
    var end = index + 1
    while end < sql.count, isNamePart(sql[end]) { end += 1 }
    pieces.append(copy(upTo: index))
    names.append(String(decoding: sql[(index + 1)..<end], as: UTF8.self))
    index = end
    copied = end
  }

  private func copy(upTo end: Int) -> String {
    String(decoding: sql[copied..<end], as: UTF8.self)
  }

  /// Goes on behind the next `end`.
  private mutating func skip(behind end: UInt8) {
    let escapes = grammar.hasEscapeStrings && end == UInt8(ascii: "'") && isEscapeString
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

  /// Whether the quote here is that of `E'…'`.
  private var isEscapeString: Bool {
    guard index > 0, [UInt8(ascii: "E"), UInt8(ascii: "e")].contains(sql[index - 1]) else {
      return false
    }
    return index == 1 || !isNamePart(sql[index - 2])
  }

  private func peek(_ distance: Int) -> UInt8? {
    index + distance < sql.count ? sql[index + distance] : nil
  }

  private func isBlank(_ byte: UInt8?) -> Bool { byte.map { $0 <= UInt8(ascii: " ") } ?? true }

  private func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension Sequence<UInt8> {
  /// The bytes in hexadecimal digits.
  var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
