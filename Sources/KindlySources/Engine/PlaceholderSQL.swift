import KindlyCore

/// A statement with `:name` placeholders, taken apart at them.
struct PlaceholderSQL: Sendable {
  /// A placeholder that nothing was given for.
  struct UnknownPlaceholder: Error, Equatable {
    let name: String
  }

  /// The text before each name, and behind the last one.
  private let pieces: [String]
  private let names: [String]
  /// Whether there is a semicolon between statements, or a `?`, which a driver would take for a placeholder.
  let hasSemicolon: Bool
  let hasQuestionMark: Bool

  init(_ sql: String, _ grammar: SQLGrammar) {
    var scanner = PlaceholderScanner(sql, grammar)
    scanner.scan()
    pieces = scanner.pieces
    names = scanner.names
    hasSemicolon = scanner.hasSemicolon
    hasQuestionMark = scanner.hasQuestionMark
  }

  /// What was given for each place, in their order.
  func values(_ parameters: [String: Value]) throws(UnknownPlaceholder) -> [Value] {
    var values: [Value] = []
    for name in names {
      guard let value = parameters[name] else { throw UnknownPlaceholder(name: ":\(name)") }
      values.append(value)
    }
    return values
  }

  /// The statement with literals in place of the placeholders; `write` formats a text.
  ///
  /// A literal has the meaning that a person would expect in its place, whereas a bound parameter has one type
  /// everywhere.
  func text(
    _ parameters: [String: Value], writing write: (String) -> String = KindlySources.literal
  ) throws(UnknownPlaceholder) -> String {
    var text = pieces[0]
    for (value, piece) in zip(try values(parameters), pieces.dropFirst()) {
      // The space keeps a text behind it from being a part of this one.
      text += PlaceholderSQL.literal(value, write) + " " + piece
    }
    return text
  }

  private static func literal(_ value: Value, _ write: (String) -> String) -> String {
    switch value {
    case .null, .blob: "NULL"
    // In brackets, because two minus signs could begin a comment.
    case .integer(let number): number < 0 ? "(\(number))" : "\(number)"
    case .real(let number): number.isFinite ? "(\(number))" : "NULL"
    case .text(let text): write(text)
    }
  }

  /// The statement with `$1`, `$2` … as PostgreSQL takes it.
  ///
  /// Each place gets its own number, because the server assigns one type to each parameter, while `:today` may be
  /// compared with a date in one place and a text in another. This way it is read like a quoted text in the same place.
  var numbered: String {
    var text = pieces[0]
    for (index, piece) in pieces.dropFirst().enumerated() { text += "$\(index + 1)" + piece }
    return text
  }
}

extension Sequence<UInt8> {
  /// The bytes in hexadecimal digits.
  var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
