/// Ensures that every switch decides about a new case of an enum.
extension TidyRule {
  static let cases = [
    TidyRule("a switch over an enum of ours names every case", in: Place.sources) { file in
      Switch.all(in: file).compactMap { found in
        guard let line = found.defaultLine, found.members.contains(where: OwnEnums.oneHas)
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

  /// Whether these are cases of one enum.
  static func oneHas(_ members: Set<String>) -> Bool {
    cases.contains { members.isSubset(of: $0) }
  }

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

/// A switch over one value or a tuple, with what its patterns test each value for.
private struct Switch {
  private struct Position {
    var members: Set<String> = []
    /// Whether a pattern tests the value for what is no member, such as a number.
    var hasOther = false
  }

  private(set) var defaultLine: Int?
  private let indentation: Int
  private var positions: [Position] = []
  /// The patterns of a case until their colon; nil elsewhere.
  private var patterns: String?

  private init(indentation: Int) {
    self.indentation = indentation
  }

  /// The members that are tested for, `.waiting`; a set for each value that is tested for nothing else.
  var members: [Set<String>] {
    positions.filter { !$0.hasOther && !$0.members.isEmpty }.map(\.members)
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
    return closed + open
  }

  private mutating func take(_ code: Substring, _ indentation: Int, line: Int) {
    var text = code
    if indentation == self.indentation, code.hasPrefix("default:") { defaultLine = line }
    if indentation == self.indentation, code.hasPrefix("case ") {
      patterns = ""
      text = code.dropFirst(5)
    }
    guard let begun = patterns else { return }
    let read = "\(begun) \(text)"
    let pieces = read.pieces(at: ":")
    patterns = pieces.count > 1 ? nil : read
    guard pieces.count > 1 else { return }
    for pattern in pieces[0].pieces(at: ",") { take(pattern) }
  }

  private mutating func take(_ pattern: Substring) {
    let tested = pattern.replacing(#/\swhere\s.*/#, with: "")
    let values = tested.wholeMatch(of: #/\s*\((.*)\)\s*/#)?.1.pieces(at: ",") ?? [tested]
    for (position, value) in values.enumerated() {
      if position == positions.count { positions.append(Position()) }
      if let member = value.firstMatch(of: #/^\s*\.(\w+)/#) {
        positions[position].members.insert(String(member.1))
      } else if value.wholeMatch(of: #/\s*(?:_|nil|let .*)?\s*/#) == nil {
        positions[position].hasOther = true
      }
    }
  }
}

extension StringProtocol {
  /// The pieces between separators, except those within brackets.
  fileprivate func pieces(at separator: Character) -> [SubSequence] {
    var depth = 0
    return split(omittingEmptySubsequences: false) { character in
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      return depth == 0 && character == separator
    }
  }
}
