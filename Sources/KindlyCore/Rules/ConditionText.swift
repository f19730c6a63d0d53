/// An `if`: SQL in the dialect of the source, looked over once without understanding it.
///
/// It will stand between brackets inside a larger statement, so what could leave them is refused: unbalanced
/// brackets, `;`, unterminated strings and comments, and placeholders other than `:now` and `:today`.
package struct ConditionText: Hashable, Sendable {
  /// A column, table or function that the text names.
  package struct Identifier: Hashable, Sendable {
    /// `["status"]`, or `["old", "status"]` where it is dotted.
    package let parts: [String]
    /// Whether a bracket follows.
    package let isFunction: Bool
    package let offset: Int

    package var dotted: String { parts.joined(separator: ".") }
  }

  /// Something that will run and is probably not meant.
  package struct Warning: Hashable, Sendable {
    package let text: String
    package let offset: Int
  }

  /// The text as the configuration has it.
  package let sql: String
  /// What is named, in order; SQL's own keywords are left out.
  package let identifiers: [Identifier]
  /// The placeholders that the text uses, of `now`, `today` and any others that may be bound.
  package let placeholders: Set<String>
  package let warnings: [Warning]

  /// The longest `if` that is accepted, in bytes of UTF-8: what a person can still review, and far below what any
  /// engine parses at once.
  package static let longest = 8 * 1024

  /// - Parameter others: placeholders that the text may have besides `:now` and `:today`.
  package init(_ sql: String, binding others: [String] = []) throws(ConditionProblem) {
    guard sql.utf8.count <= ConditionText.longest else {
      throw ConditionProblem(
        text: "expected at most \(ConditionText.longest) bytes of SQL, got \(sql.utf8.count); "
          + "make a view of it in the source", offset: 0)
    }
    let tokens = try SQLTokens.read(sql, binding: others)
    guard !tokens.isEmpty else {
      throw ConditionProblem(text: "expected a condition in SQL, got nothing", offset: 0)
    }
    self.sql = sql
    identifiers = ConditionText.identifiers(in: tokens)
    placeholders = Set(
      tokens.compactMap { if case .placeholder(let name) = $0.kind { name } else { nil } })
    warnings = ConditionWarnings.find(in: tokens)
  }

  /// The columns of the row before its update that the text asks for, each once, in order.
  package var oldColumns: [String] { columns(of: "old") }

  /// The columns that are named with `this.` in front.
  package var thisColumns: [String] { columns(of: "this") }

  private func columns(of scope: String) -> [String] {
    var seen: Set<ExactText> = []
    return identifiers.compactMap { identifier in
      guard identifier.parts.count == 2, identifier.parts[0].lowercased() == scope,
        seen.insert(identifier.parts[1])
      else { return nil }
      return identifier.parts[1]
    }
  }

  private static func identifiers(in tokens: [SQLTokens.Token]) -> [Identifier] {
    var found: [Identifier] = []
    var index = 0
    while index < tokens.count {
      let first = index
      let parts = SQLTokens.dottedName(in: tokens, at: &index)
      if parts.isEmpty {
        index += 1
        continue
      }
      let isKeyword = parts.count == 1 && tokens[first].isKeyword
      if isKeyword { continue }
      let isFunction = index < tokens.count && tokens[index].kind == .open("(")
      found.append(Identifier(parts: parts, isFunction: isFunction, offset: tokens[first].offset))
    }
    return found
  }
}

/// Why an `if` is refused.
package struct ConditionProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let text: String
  /// Where in the SQL, in Unicode scalars counted from zero.
  package let offset: Int

  package var description: String { text }
}
