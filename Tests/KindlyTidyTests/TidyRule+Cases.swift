/// Ensures that every switch decides about a new case of an enum.
extension TidyRule {
  static let cases = [
    TidyRule("a switch over an enum of ours names every case", in: Place.sources) { file in
      Switch.all(in: file).compactMap { found in
        guard let line = found.defaultLine, !found.members.isEmpty,
          OwnEnums.cases.contains(where: found.members.isSubset)
        else { return nil }
        return Finding(
          line: line,
          instead:
            "name the cases instead of `default:`, so that the compiler reports this switch when one is added"
        )
      }
    }
  ]
}

/// The enums of the sources, by the names of their cases.
private enum OwnEnums {
  /// An enum with one case is nothing to switch over.
  static let cases: [Set<String>] = Repository.files.filter { Place.sources($0.path) }
    .flatMap(enums).filter { $0.count > 1 }

  private static func enums(of file: SourceText) -> [Set<String>] {
    var open: [(depth: Int, names: Set<String>)] = []
    var enums: [Set<String>] = []
    var depth = 0
    for line in file.lines {
      let code = line.code
      if code.contains(#/\benum \w+.*\{/#) { open.append((depth, [])) }
      if !open.isEmpty, let found = code.firstMatch(of: #/^\s*(?:indirect )?case (\w.*)$/#) {
        open[open.count - 1].names.formUnion(names(in: found.1))
      }
      depth += code.count { $0 == "{" } - code.count { $0 == "}" }
      while let last = open.last, depth <= last.depth { enums.append(open.removeLast().names) }
    }
    return enums
  }

  /// The names of `a, b(Int), c = 1`.
  private static func names(in list: Substring) -> [String] {
    list.replacing(#/\([^()]*\)/#, with: "").split(separator: ",").compactMap { part in
      part.firstMatch(of: #/^\s*`?(\w+)/#).map { String($0.1) }
    }
  }
}

/// A switch whose patterns are members, `.waiting`.
private struct Switch {
  /// Empty where a pattern is anything else.
  private(set) var members: Set<String> = []
  private(set) var defaultLine: Int?
  private let indentation: Int
  private var hasOther = false
  private var isInPattern = false

  private init(indentation: Int) {
    self.indentation = indentation
  }

  /// Every switch of a formatted file: its cases stand where its keyword's line begins.
  static func all(in file: SourceText) -> [Switch] {
    var open: [Switch] = []
    var closed: [Switch] = []
    for (index, line) in file.lines.enumerated() {
      let code = line.code
      guard let first = code.firstIndex(where: { !$0.isWhitespace }) else { continue }
      let indentation = code.distance(from: code.startIndex, to: first)
      let rest = code[first...]
      while let last = open.last,
        indentation < last.indentation || indentation == last.indentation && rest.hasPrefix("}")
      {
        closed.append(open.removeLast())
      }
      if var last = open.popLast() {
        last.take(rest, indentation, line: index + 1)
        open.append(last)
      }
      if rest.contains(#/\bswitch\b.*\{\s*$/#) { open.append(Switch(indentation: indentation)) }
    }
    return (closed + open).map { $0.hasOther ? $0.withoutMembers : $0 }
  }

  private var withoutMembers: Switch {
    var copy = self
    copy.members = []
    return copy
  }

  private mutating func take(_ code: Substring, _ indentation: Int, line: Int) {
    if indentation == self.indentation, code.hasPrefix("default:") { defaultLine = line }
    if indentation == self.indentation, code.hasPrefix("case ") { isInPattern = true }
    guard isInPattern else { return }
    let text = code.hasPrefix("case ") ? code.dropFirst(5) : code
    let patterns = text.replacing(#/\([^()]*\)/#, with: "")
    for pattern in patterns.prefix(while: { $0 != ":" }).split(separator: ",") {
      if let member = pattern.firstMatch(of: #/^\s*\.(\w+)\??/#) {
        members.insert(String(member.1))
      } else if pattern.contains(where: { !$0.isWhitespace }) {
        hasOther = true
      }
    }
    isInPattern = !patterns.contains(":")
  }
}
