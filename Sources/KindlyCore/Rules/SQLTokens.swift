/// Cuts SQL into tokens, as far as all engines agree on them.
///
/// Where engines differ (a comment inside a comment, a bracket as a quote) the text is refused or read so that
/// nothing can end the brackets that kindly puts around it.
enum SQLTokens {
  enum Kind: Hashable {
    /// A bare word: a keyword, or an identifier.
    case word(String)
    /// An identifier in double quotes, backticks or square brackets.
    case quoted(String)
    case string(String)
    case number
    case placeholder(String)
    case open(Unicode.Scalar)
    case close(Unicode.Scalar)
    case mark(String)
  }

  struct Token: Hashable {
    let kind: Kind
    let offset: Int

    /// The identifier's name, where it is one.
    var name: String? {
      switch kind {
      case .word(let name), .quoted(let name): name
      case .string, .number, .placeholder, .open, .close, .mark: nil
      }
    }

    var isKeyword: Bool {
      if case .word(let word) = kind {
        SQLTokens.keywords.contains(word.uppercased())
      } else {
        false
      }
    }
  }

  /// - Parameter others: placeholders that the text may have besides `:now` and `:today`.
  static func read(
    _ sql: String, binding others: [String] = []
  ) throws(ConditionProblem) -> [Token] {
    var scanner = SQLScanner(sql, binding: others)
    var tokens: [Token] = []
    var open: [Token] = []
    while let token = try scanner.next(after: tokens.last) {
      switch token.kind {
      case .open: open.append(token)
      case .close(let bracket):
        guard case .open(let opening)? = open.popLast()?.kind, pairs[opening] == bracket else {
          throw ConditionProblem(
            text:
              "expected every closing bracket to have an opening one before it, got a `\(bracket)` without one",
            offset: token.offset)
        }
      case .word, .quoted, .string, .number, .placeholder, .mark: break
      }
      tokens.append(token)
    }
    if let unclosed = open.last {
      throw ConditionProblem(
        text: "expected every opening bracket to be closed, got one that is not",
        offset: unclosed.offset)
    }
    return tokens
  }

  /// The parts of the name that begins at `index`, which moves behind it; none where no name begins.
  static func dottedName(in tokens: [Token], at index: inout Int) -> [String] {
    guard index < tokens.count, let first = tokens[index].name else { return [] }
    var parts = [first]
    index += 1
    while index + 1 < tokens.count, tokens[index].kind == .mark("."),
      let part = tokens[index + 1].name
    {
      parts.append(part)
      index += 2
    }
    return parts
  }

  private static let pairs: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]

  /// Words of SQL that are no column in any engine unless they are quoted.
  private static let keywords: Set<String> = [
    "ALL", "AND", "ANY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "COLLATE", "CROSS", "DESC",
    "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS", "FALSE", "FROM", "FULL", "GLOB",
    "GROUP",
    "HAVING", "ILIKE", "IN", "INNER", "INTERSECT", "INTERVAL", "IS", "ISNULL", "JOIN", "LEFT",
    "LIKE",
    "LIMIT", "MATCH", "NATURAL", "NOT", "NOTNULL", "NULL", "OFFSET", "ON", "OR", "ORDER", "OUTER",
    "OVER", "PARTITION", "REGEXP", "RIGHT", "RLIKE", "SELECT", "SIMILAR", "SOME", "THEN", "TRUE",
    "UNION", "UNKNOWN", "USING", "VALUES", "WHEN", "WHERE", "WITH",
  ]
}
