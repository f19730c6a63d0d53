import Testing

/// One habit that the tests hold everybody to, with what to do instead.
struct TidyRule: Sendable, CustomTestStringConvertible {
  /// What the rule asks for, as the name of its test case.
  let testDescription: String
  /// Whether the rule holds for a file, by its path from the root.
  let covers: @Sendable (String) -> Bool
  let find: @Sendable (SourceText) -> [Finding]

  struct Finding: Hashable, Sendable {
    let line: Int
    let instead: String
  }

  init(
    _ name: String, in covers: @escaping @Sendable (String) -> Bool,
    find: @escaping @Sendable (SourceText) -> [Finding]
  ) {
    testDescription = name
    self.covers = covers
    self.find = find
  }

  /// What is wrong in a file, as `file:line: what to do`.
  func complaints(about file: SourceText) -> [String] {
    guard covers(file.path) else { return [] }
    return find(file).map { "\(file.path):\($0.line): \($0.instead)" }
  }

  static let all: [TidyRule] = [words, waivers, texts, times, sql, shapes, cases, names, anyFile]
    .flatMap(\.self)
}

/// Where a rule holds.
enum Place {
  static func sources(_ path: String) -> Bool { path.hasPrefix("Sources/") && isSwift(path) }

  static func tests(_ path: String) -> Bool { path.hasPrefix("Tests/") && isSwift(path) }

  static func isSwift(_ path: String) -> Bool { path.hasSuffix(".swift") }

  static func everywhere(_ path: String) -> Bool { true }
}

extension SourceText {
  /// A finding for each line of code that the pattern is found in.
  ///
  /// - Parameter hints: One of these must be in the line; looking for them is far quicker than the pattern.
  func findings(
    _ hints: [String], _ pattern: Regex<Substring>, instead: String
  ) -> [TidyRule.Finding] {
    // The other kind of boundary, for prose, finds none at the point of `a.b`.
    let pattern = pattern.wordBoundaryKind(.simple)
    return lines.enumerated().compactMap { index, line in
      guard hints.contains(where: line.code.contains), line.code.contains(pattern) else {
        return nil
      }
      return TidyRule.Finding(line: index + 1, instead: instead)
    }
  }
}
