/// What keeps a file readable in one sitting, and a test from never running.
extension TidyRule {
  static let longestFile = 400
  static let longestFunction = 60

  static let shapes = [
    TidyRule("a file is one idea", in: Place.isSwift) { file in
      // A newline at the end of the file begins no line.
      let count = file.raw.last == "" ? file.raw.count - 1 : file.raw.count
      guard count > longestFile else { return [] }
      return [
        Finding(
          line: longestFile + 1,
          instead:
            "split the file, `Type+Aspect.swift`: it has \(count) lines, \(longestFile) are enough")
      ]
    },
    TidyRule("a function fits on a screen", in: Place.isSwift) { file in
      FunctionBody.all(in: file).filter { $0.lines > longestFunction }.map { body in
        Finding(
          line: body.start,
          instead:
            "name its parts and call them: it has \(body.lines) lines, \(longestFunction) are enough"
        )
      }
    },
    TidyRule("a test is marked as one", in: Place.tests) { file in
      var pending = ""
      return file.lines.enumerated().compactMap { index, line in
        defer {
          pending =
            line.code.contains(#/\b(?:func|struct|class|enum|init)\b/#) ? "" : pending + line.code
        }
        guard line.code.contains("func test"),
          line.code.contains(#/\bfunc test(?:[A-Z0-9_]\w*)?\(/#)
        else {
          return nil
        }
        guard !(pending + line.code).contains("@Test") else { return nil }
        return Finding(
          line: index + 1, instead: "put `@Test(\"a sentence\")` before it, or it never runs")
      }
    },
    TidyRule("no test is held to a time", in: Place.tests) { file in
      file.findings(
        ["timeLimit"], #/\.timeLimit\(\./#,
        instead: "leave it out: a busy machine is slow; scripts/test ends what hangs")
    },
  ]
}

/// A function, initialiser or subscript that has a body.
struct FunctionBody {
  /// The line of its keyword, counted from one.
  let start: Int
  let lines: Int

  /// Every function of a file, those within others included.
  static func all(in file: SourceText) -> [FunctionBody] {
    let code = Array(file.code.utf8)
    var bodies: [FunctionBody] = []
    var offset = 0
    for (index, line) in file.lines.enumerated() {
      if hints.contains(where: line.code.contains), let match = line.code.firstMatch(of: keyword) {
        let start = offset + line.code.utf8.distance(from: line.code.startIndex, to: match.endIndex)
        if let end = closingBrace(in: code, after: start) {
          let passed = code[offset..<end].count(where: { $0 == newline })
          bodies.append(FunctionBody(start: index + 1, lines: passed + 1))
        }
      }
      offset += line.code.utf8.count + 1
    }
    return bodies
  }

  private static let hints = ["func ", "init", "subscript"]
  private static let newline = UInt8(ascii: "\n")

  private static var keyword: Regex<Substring> {
    #/\bfunc\b|(?:^|[^.\w])(?:init[?!]?(?=[(<])|deinit\b|subscript\b)/#.wordBoundaryKind(.simple)
  }

  /// Words that go on with a signature on the next line.
  private static let continuations = ["{", "->", "where", "throws", "async", "rethrows"]

  /// Where the body that begins after a keyword ends; nil where there is none, as in a protocol.
  private static func closingBrace(in code: [UInt8], after start: Int) -> Int? {
    var position = start
    var parentheses = 0
    while position < code.count {
      switch code[position] {
      case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
      case UInt8(ascii: "{") where parentheses == 0: return matchingBrace(in: code, at: position)
      // The end of what the declaration stands in.
      case UInt8(ascii: "}") where parentheses == 0: return nil
      case newline where parentheses == 0:
        let rest = code[position...].drop { $0 == newline || $0 == UInt8(ascii: " ") }
        guard continuations.contains(where: { rest.starts(with: $0.utf8) }) else { return nil }
      default: break
      }
      position += 1
    }
    return nil
  }

  private static func matchingBrace(in code: [UInt8], at start: Int) -> Int? {
    var depth = 0
    for position in start..<code.count {
      if code[position] == UInt8(ascii: "{") { depth += 1 }
      if code[position] == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return position }
      }
    }
    return nil
  }
}
