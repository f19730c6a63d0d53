/// What a declaration is called, and that it says what it is.
extension TidyRule {
  /// Words that say nothing about what a type is.
  private static let empty: Set<String> = [
    "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base",
    "New",
  ]

  static let names = [
    TidyRule("a type is named after what it is", in: Place.isSwift) { file in
      file.lines.enumerated().compactMap { index, line in
        guard let match = line.code.firstMatch(of: declaration) else { return nil }
        let words = camelWords(String(match.1))
        guard let word = [words.first, words.last].compactMap({ $0 }).first(where: empty.contains)
        else { return nil }
        return Finding(
          line: index + 1,
          instead:
            "`\(word)` says nothing: name it with a noun from the table of words in the design")
      }
    },
    TidyRule("what other targets see is explained", in: Place.sources) { file in
      file.lines.enumerated().compactMap { index, line in
        guard line.code.hasPrefix("package "), line.code.contains(explained) else { return nil }
        guard !file.isDocumented(line: index) else { return nil }
        return Finding(
          line: index + 1,
          instead: "begin it with `///` and one plain sentence that says what it is")
      }
    },
  ]

  private static var declaration: Regex<(Substring, Substring)> {
    #/\b(?:class|struct|enum|actor|protocol|typealias)\s+([A-Z]\w*)/#
  }

  private static var explained: Regex<Substring> {
    #/^package (?:final |indirect )?(?:func|struct|enum|actor|class|protocol|typealias)\b/#
  }

  /// `BaseURL` as `Base`, `URL`; a word goes on through digits, so `Base64` is one.
  static func camelWords(_ name: String) -> [String] {
    var words: [String] = []
    var previous: Character = "_"
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
      let endsCapitals =
        previous.isUppercase && index + 1 < letters.count && letters[index + 1].isLowercase
      if letter.isUppercase && (!previous.isUppercase || endsCapitals) || words.isEmpty {
        words.append("")
      }
      words[words.count - 1].append(letter)
      previous = letter
    }
    return words
  }
}

extension SourceText {
  /// Whether a doc comment stands above a line, counted from zero; attributes may stand between.
  fileprivate func isDocumented(line: Int) -> Bool {
    for above in lines[..<line].reversed() {
      if above.comment.hasPrefix("///") { return true }
      guard above.code.hasPrefix("@") || above.comment.hasPrefix("//") else { return false }
    }
    return false
  }
}
