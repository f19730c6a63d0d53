/// What switches a check of the compiler off says why, on the line above or on its own.
extension TidyRule {
  static let waivers = [
    waiver(
      "@unchecked Sendable", ["@unchecked"], #/@unchecked\s+Sendable/#,
      instead: "say above it what makes it safe, or use a Mutex or an actor"),
    waiver(
      "nonisolated(unsafe)", ["nonisolated(unsafe)"], #/nonisolated\(unsafe\)/#,
      instead: "say above it what makes it safe, or use a Mutex"),
    waiver(
      "try?", ["try?"], #/\btry\?/#,
      instead: "say above it why losing the error is right, or use `try` and handle it"),
    waiver(
      "force unwrap and cast", ["!"], #/(?:\b(?!try!)\w+|[)\]}">?])!(?!=)/#,
      instead: "say above it why it cannot fail, or use `guard let`, `#require` in a test"),
  ]

  private static func waiver(
    _ name: String, _ hints: [String],
    _ pattern: @escaping @autoclosure @Sendable () -> Regex<Substring>,
    instead: String
  ) -> TidyRule {
    TidyRule("\(name) explains itself", in: Place.isSwift) { file in
      file.findings(hints, pattern(), instead: instead).filter { finding in
        !file.isExplained(line: finding.line)
      }
    }
  }
}

extension SourceText {
  /// Whether a line, counted from one, has a comment, or the line above it is one.
  func isExplained(line: Int) -> Bool {
    if !lines[line - 1].comment.isEmpty { return true }
    guard line >= 2 else { return false }
    let above = lines[line - 2]
    return !above.comment.isEmpty && above.code.allSatisfy(\.isWhitespace)
  }
}
