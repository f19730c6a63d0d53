/// Reads SQL one token at a time.
struct SQLScanner {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  /// The placeholders that kindly binds in every text; others would have no value.
  private static let placeholders = ["now", "today"]
  /// The placeholders that kindly binds in this text.
  private let placeholders: [String]
  /// Operators of two characters that must not be read as two of one.
  private static let pairs: Set<String> = ["<>", "!=", "<=", ">=", "||", "::", "==", "->"]

  /// - Parameter others: placeholders that this text may have besides `:now` and `:today`.
  init(_ sql: String, binding others: [String] = []) {
    scalars = Array(sql.unicodeScalars)
    placeholders = SQLScanner.placeholders + others
  }

  mutating func next(after previous: SQLTokens.Token?) throws(ConditionProblem) -> SQLTokens.Token?
  {
    try skipBlanksAndComments()
    guard index < scalars.count else { return nil }
    let start = index
    return SQLTokens.Token(kind: try kind(after: previous), offset: start)
  }

  private mutating func kind(after previous: SQLTokens.Token?) throws(ConditionProblem)
    -> SQLTokens.Kind
  {
    let scalar = scalars[index]
    switch scalar {
    case "'": return .string(try quoted(until: "'", what: "string"))
    case "\"", "`": return .quoted(try quoted(until: scalar, what: "quoted name"))
    case "[":
      let isSubscript =
        previous?.name != nil && previous?.isKeyword == false || previous?.kind == .close("]")
        || previous?.kind == .close(")")
      if isSubscript { return bracket(.open("[")) }
      return .quoted(try quoted(until: "]", what: "name in square brackets"))
    case "(", "{": return bracket(.open(scalar))
    case ")", "]", "}": return bracket(.close(scalar))
    case ";":
      throw problem(
        "expected one condition, got a `;`; only one is possible, joined with AND or OR")
    case ":", "@", "$", "?":
      if let placeholder = try placeholder() { return placeholder }
    default: break
    }
    if SQLScanner.isDigit(scalar) || (scalar == "." && peek(1).map(SQLScanner.isDigit) == true) {
      skipNumber()
      return .number
    }
    if SQLScanner.isNameStart(scalar) { return try word() }
    try refuseStray(scalar)
    return mark()
  }

  // MARK: Kinds

  private mutating func bracket(_ kind: SQLTokens.Kind) -> SQLTokens.Kind {
    index += 1
    return kind
  }

  /// A word, or the string that it is a prefix of: `x'00FF'`, `E'…'`, `N'…'`.
  private mutating func word() throws(ConditionProblem) -> SQLTokens.Kind {
    let start = index
    while index < scalars.count, SQLScanner.isNamePart(scalars[index]) { index += 1 }
    if index - start == 1, peek(0) == "'" { return .string(try quoted(until: "'", what: "string")) }
    return .word(text(from: start, to: index))
  }

  private mutating func placeholder() throws(ConditionProblem) -> SQLTokens.Kind? {
    let sign = scalars[index]
    if sign == ":", peek(1) == ":" { return nil }
    var end = index + 1
    while end < scalars.count, SQLScanner.isNamePart(scalars[end]) { end += 1 }
    let name = text(from: index + 1, to: end)
    if name.isEmpty, sign != "?" { return nil }
    if sign == ":", SQLScanner.isDigit(scalars[index + 1]) { return nil }
    guard sign == ":", placeholders.containsExactly(name) else {
      let known = placeholders.map { ":\($0)" }
      let words = known.dropLast().joined(separator: ", ") + " and " + known[known.count - 1]
      throw problem("expected no placeholder but \(words), got `\(sign)\(name)`")
    }
    index = end
    return .placeholder(name)
  }

  private mutating func mark() -> SQLTokens.Kind {
    let pair = text(from: index, to: min(index + 2, scalars.count))
    if SQLScanner.pairs.contains(pair) {
      index += 2
      return .mark(pair)
    }
    index += 1
    return .mark(text(from: index - 1, to: index))
  }

  /// Reads to the closing quote; a doubled one stands for itself.
  private mutating func quoted(until quote: Unicode.Scalar, what: String) throws(ConditionProblem)
    -> String
  {
    let start = index
    index += 1
    var content = String.UnicodeScalarView()
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if scalar == quote {
        guard quote != "]", peek(0) == quote else { return String(content) }
        index += 1
      }
      if scalar == "\0" { break }
      content.append(scalar)
    }
    index = start
    throw problem("expected the \(what) to end with `\(quote)`, got the end of the condition")
  }

  private mutating func skipNumber() {
    while index < scalars.count {
      let scalar = scalars[index]
      let isSignOfExponent =
        (scalar == "+" || scalar == "-") && (scalars[index - 1] == "e" || scalars[index - 1] == "E")
        && !isHexadecimalPrefix
      guard SQLScanner.isNamePart(scalar) || scalar == "." || isSignOfExponent else { return }
      index += 1
    }
  }

  /// In `0x1e-1` the minus is no part of the number.
  private var isHexadecimalPrefix: Bool {
    var start = index
    while start > 0, SQLScanner.isNamePart(scalars[start - 1]) { start -= 1 }
    return start + 1 < scalars.count && scalars[start] == "0"
      && (scalars[start + 1] == "x" || scalars[start + 1] == "X")
  }

  // MARK: Blanks

  private mutating func skipBlanksAndComments() throws(ConditionProblem) {
    while index < scalars.count {
      if scalars[index].properties.isWhitespace {
        index += 1
      } else if scalars[index] == "-", peek(1) == "-" {
        while index < scalars.count, scalars[index] != "\n" { index += 1 }
      } else if scalars[index] == "/", peek(1) == "*" {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(ConditionProblem) {
    let start = index
    index += 2
    while index < scalars.count {
      if scalars[index] == "*", peek(1) == "/" {
        index += 2
        return
      }
      // PostgreSQL nests comments and SQLite does not: where this one ends would depend on the engine.
      if scalars[index] == "/", peek(1) == "*" {
        throw problem("expected no comment inside a comment, got `/*`")
      }
      index += 1
    }
    index = start
    throw problem("expected the comment to end with `*/`, got the end of the condition")
  }

  // MARK: Characters

  private func refuseStray(_ scalar: Unicode.Scalar) throws(ConditionProblem) {
    if scalar.value < 0x20 || scalar.value == 0x7F {
      throw problem("expected SQL, got the control character \(scalar.value)")
    }
    if let ascii = FullWidth.ascii(for: scalar) {
      throw problem(
        "expected `\(ascii)`, got the full-width `\(scalar)`; outside strings SQL wants the ASCII sign"
      )
    }
    if !scalar.isASCII { throw problem("expected SQL, got `\(scalar)`") }
  }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  private func text(from start: Int, to end: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<end])
    return String(view)
  }

  private func problem(_ text: String) -> ConditionProblem {
    ConditionProblem(text: text, offset: index)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDStart
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "$" || scalar.properties.isXIDContinue
  }
}

/// Full-width punctuation, which a Chinese input method leaves where code wants ASCII.
package enum FullWidth {
  /// The ASCII sign that was meant, or nil where the scalar is no such punctuation.
  package static func ascii(for scalar: Unicode.Scalar) -> Character? {
    switch scalar {
    case "，", "、": ","
    case "：": ":"
    case "；": ";"
    case "（": "("
    case "）": ")"
    case "【", "［": "["
    case "】", "］": "]"
    case "‘", "’", "＇": "'"
    case "“", "”", "＂": "\""
    case "＝": "="
    case "＜", "《": "<"
    case "＞", "》": ">"
    case "！": "!"
    case "＋": "+"
    case "－", "—", "–": "-"
    case "＊": "*"
    case "。", "．": "."
    case "％": "%"
    case "？": "?"
    case "＃": "#"
    default: nil
    }
  }
}
