/// Texts from outside are compared by their bytes, as databases and the ledger compare them.
extension TidyRule {
  /// What no outside text comes into: the daemon's stand-ins for tests, and the story that it tells by itself.
  private static let ownWorlds = ["Sources/KindlyTestKit/", "Sources/kindly/Demo/"]

  static let texts = [
    TidyRule("a text from outside is looked up by its bytes", in: holdsOutsideText) { file in
      file.findings(
        ["[String: ", "Set<String>", "Dictionary<String,"],
        #/\[String: (?!Value\])|\bSet<String>|\bDictionary<String,/#,
        instead:
          "key it by ExactText, since String counts é and e + U+0301 as one; say so in a comment where every key is our own word"
      ).filter { finding in
        !isOwn(file.lines[finding.line - 1].code) && !file.isExplained(line: finding.line)
      }
    },
    TidyRule("names are sorted by their bytes", in: holdsOutsideText) { file in
      file.findings(
        ["$0."],
        #/\$0\.(?:name|path|table|column|relation|text|identifier|string)\s*<\s*\$1\.|\.keys\.sorted\(\)\.joined/#,
        instead: "sort by `ExactText`, or with `exactlyPrecedes` or `sortedExactly`")
    },
  ]

  private static func holdsOutsideText(_ path: String) -> Bool {
    Place.sources(path) && !ownWorlds.contains(where: path.hasPrefix)
  }

  /// Whether a dictionary or set has keys of ours: a constant of the type, or the variables of the environment.
  private static func isOwn(_ code: String) -> Bool {
    code.contains("static ") || code.contains("environment")
  }
}
