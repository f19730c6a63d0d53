/// A Swift file split into what the compiler reads and what people read.
///
/// A small lexer, not a parser: it knows strings (raw and multi-line, with interpolations), extended regular
/// expressions and nested comments, so that no rule is fooled by a word in a text.
struct SourceText: Sendable {
  struct Line: Sendable {
    /// The code, with the insides of strings blanked and comments left out.
    var code = ""
    /// The comment, slashes included; empty where there is none.
    var comment = ""
  }

  /// The path from the root of the repository.
  let path: String
  let lines: [Line]
  /// The lines as they are written.
  let raw: [Substring]

  init(path: String, _ text: String) {
    self.path = path
    raw = text.split(separator: "\n", omittingEmptySubsequences: false)
    var lexer = Lexer(bytes: Array(text.utf8))
    lines = lexer.lines()
  }

  /// All the code, a newline after each line.
  var code: String { lines.map { $0.code + "\n" }.joined() }
}

private struct Lexer {
  /// Where the lexer is; the innermost is last.
  private enum Context {
    case code
    /// Code within a string: ends at the parenthesis that closes it.
    case interpolation(depth: Int)
    case string(hashes: Int, quotes: Int)
    case expression(hashes: Int)
    case lineComment
    case blockComment(depth: Int)
  }

  private let bytes: [UInt8]
  private var position = 0
  private var contexts: [Context] = [.code]
  private var code: [UInt8] = []
  private var comment: [UInt8] = []

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func lines() -> [SourceText.Line] {
    var lines: [SourceText.Line] = []
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") {
        if case .lineComment = context { contexts.removeLast() }
        lines.append(takeLine())
        position += 1
      } else {
        step()
      }
    }
    lines.append(takeLine())
    return lines
  }

  private mutating func takeLine() -> SourceText.Line {
    defer {
      code = []
      comment = []
    }
    return SourceText.Line(
      code: String(decoding: code, as: UTF8.self), comment: String(decoding: comment, as: UTF8.self)
    )
  }

  private var context: Context { contexts.last ?? .code }

  private mutating func step() {
    switch context {
    case .code, .interpolation: stepCode()
    case .string(let hashes, let quotes): stepString(hashes: hashes, quotes: quotes)
    case .expression(let hashes):
      if starts(with: "/" + String(repeating: "#", count: hashes)) {
        contexts.removeLast()
        take(1 + hashes, into: \.code)
      } else {
        blank(bytes[position] == UInt8(ascii: "\\") ? 2 : 1)
      }
    case .lineComment: take(1, into: \.comment)
    case .blockComment(let depth): stepComment(depth: depth)
    }
  }

  private mutating func stepCode() {
    let hashes = run(of: UInt8(ascii: "#"), from: position)
    let next = position + hashes
    if starts(with: "//") {
      contexts.append(.lineComment)
    } else if starts(with: "/*") {
      contexts.append(.blockComment(depth: 1))
      take(2, into: \.comment)
    } else if next < bytes.count, bytes[next] == UInt8(ascii: "\"") {
      let quotes = run(of: UInt8(ascii: "\""), from: next) >= 3 ? 3 : 1
      contexts.append(.string(hashes: hashes, quotes: quotes))
      take(hashes + quotes, into: \.code)
    } else if hashes > 0, next < bytes.count, bytes[next] == UInt8(ascii: "/") {
      contexts.append(.expression(hashes: hashes))
      take(hashes + 1, into: \.code)
    } else {
      stepParenthesis()
      take(max(1, hashes), into: \.code)
    }
  }

  private mutating func stepParenthesis() {
    guard case .interpolation(let depth) = context else { return }
    if bytes[position] == UInt8(ascii: "(") {
      contexts[contexts.count - 1] = .interpolation(depth: depth + 1)
    } else if bytes[position] == UInt8(ascii: ")") {
      contexts.removeLast()
      if depth > 1 { contexts.append(.interpolation(depth: depth - 1)) }
    }
  }

  private mutating func stepString(hashes: Int, quotes: Int) {
    let marks = String(repeating: "#", count: hashes)
    if starts(with: String(repeating: "\"", count: quotes) + marks) {
      contexts.removeLast()
      take(quotes + hashes, into: \.code)
    } else if starts(with: "\\" + marks + "(") {
      blank(1 + hashes)
      contexts.append(.interpolation(depth: 1))
      take(1, into: \.code)
    } else if starts(with: "\\" + marks) {
      blank(2 + hashes)
    } else {
      blank(1)
    }
  }

  private mutating func stepComment(depth: Int) {
    if starts(with: "*/") {
      contexts.removeLast()
      if depth > 1 { contexts.append(.blockComment(depth: depth - 1)) }
      take(2, into: \.comment)
    } else if starts(with: "/*") {
      contexts[contexts.count - 1] = .blockComment(depth: depth + 1)
      take(2, into: \.comment)
    } else {
      take(1, into: \.comment)
    }
  }

  private mutating func take(_ count: Int, into line: WritableKeyPath<Lexer, [UInt8]>) {
    let end = min(position + count, bytes.count)
    self[keyPath: line] += bytes[position..<end]
    position = end
  }

  /// Passes over bytes of a string, but never over a newline: the line has to end.
  private mutating func blank(_ count: Int) {
    for _ in 0..<count where position < bytes.count && bytes[position] != UInt8(ascii: "\n") {
      code.append(UInt8(ascii: " "))
      position += 1
    }
  }

  private func run(of byte: UInt8, from start: Int) -> Int {
    var end = start
    while end < bytes.count && bytes[end] == byte { end += 1 }
    return end - start
  }

  private func starts(with text: String) -> Bool {
    bytes[position...].starts(with: text.utf8)
  }
}
