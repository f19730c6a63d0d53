import KindlyCore

/// What a database's message quotes, which may be a name of the statement or a value of a row.
///
/// Messages reach the journal and the ledger, where no value of a row belongs. Whether a quoted part is a name, only the
/// statement tells: it has the names, and the values come from elsewhere.
enum QuotedParts {
  /// The message with `…` for what it quotes, unless the statement holds all of it.
  ///
  /// - Parameter sql: The statement; where values are written into it, without its literals.
  static func masked(_ message: String, asking sql: String) -> String {
    let scalars = Array(message.unicodeScalars)
    let marks = scalars.indices.filter { isQuote(at: $0, in: scalars) }
    guard let first = marks.first, let last = marks.last else { return message }
    let statement = sql.lowercased()
    let isNamed = stride(from: 0, to: marks.count - 1, by: 2).allSatisfy { index in
      holds(statement, text(scalars[(marks[index] + 1)..<marks[index + 1]]))
    }
    if marks.count.isMultiple(of: 2), isNamed { return message }
    // A value may hold quotes itself, or be cut off.
    let end = marks.count > 1 ? last + 1 : scalars.endIndex
    return text(scalars[..<first]) + "…" + text(scalars[end...])
  }

  /// The statement without its literals, into which values may have been written.
  static func withoutLiterals(_ sql: String) -> String {
    let parts = sql.split(separator: "'", omittingEmptySubsequences: false)
    return stride(from: 0, to: parts.count, by: 2).map { parts[$0] }.joined(separator: "''")
  }

  /// Whether a statement has a name, which a server may complete with the names of its database and schema.
  private static func holds(_ statement: String, _ name: String) -> Bool {
    let name = name.lowercased()
    if statement.contains(name) { return true }
    guard name.unicodeScalars.allSatisfy({ isWord($0) || $0 == "." }),
      let last = name.split(separator: ".").last
    else { return false }
    return statement.split { !isWord($0.unicodeScalars.first ?? " ") }.contains {
      $0.utf8.elementsEqual(last.utf8)
    }
  }

  /// An apostrophe within a word is none.
  private static func isQuote(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    guard quotes.contains(scalars[index]) else { return false }
    let isWithin =
      scalars.indices.contains(index - 1) && scalars.indices.contains(index + 1)
      && isWord(scalars[index - 1]) && isWord(scalars[index + 1])
    return !isWithin
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  /// Those that databases use, in whatever language they speak.
  private static let quotes = Set<Unicode.Scalar>(
    "\"'`[]\u{201C}\u{201D}\u{201E}\u{2018}\u{2019}\u{AB}\u{BB}".unicodeScalars)
}
