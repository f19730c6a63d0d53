extension WhenWords {
  /// The words of a text; a problem with a place where a character belongs to none.
  static func tokens(of scalars: [Unicode.Scalar]) throws(WhenProblem) -> [Token] {
    var tokens: [Token] = []
    var index = 0
    while index < scalars.count {
      let start = index
      let scalar = scalars[index]
      if scalar.properties.isWhitespace {
        index += 1
        continue
      }
      let word: Word
      if scalar == "," {
        index += 1
        word = .comma
      } else if scalar == "\"" {
        word = .quoted(try quoted(scalars, &index))
      } else if isDigit(scalar) {
        let digits = run(scalars, &index, joinedByHyphens: isDigit) { isDigit($0) || $0 == ":" }
        word =
          digits.contains("-")
          ? .date(digits) : digits.contains(":") ? .time(digits) : .number(digits)
      } else if isNameStart(scalar) {
        let name = run(scalars, &index, joinedByHyphens: isNameStart, while: isNamePart)
        word = name.contains("-") ? .hyphenated(name) : .name(name)
      } else {
        throw WhenProblem(
          expected: "a word, a number, a comma or a \"quoted name\"",
          got: "`\(scalar)`" + hint(about: scalar), offset: start)
      }
      tokens.append(Token(word: word, text: text(scalars[start..<index]), offset: start))
    }
    return tokens
  }

  private static func quoted(
    _ scalars: [Unicode.Scalar], _ index: inout Int
  ) throws(WhenProblem) -> String {
    let start = index
    var name = String.UnicodeScalarView()
    index += 1
    while index < scalars.count {
      if scalars[index] == "\"" {
        index += 1
        guard index < scalars.count, scalars[index] == "\"" else {
          if name.isEmpty {
            throw WhenProblem(expected: "a name between the quotes", got: "none", offset: start)
          }
          return String(name)
        }
      }
      name.append(scalars[index])
      index += 1
    }
    throw WhenProblem(expected: "a closing \"", got: "the end", offset: scalars.count)
  }

  /// The longest run of scalars that belong together; a hyphen does if the next scalar can follow one.
  private static func run(
    _ scalars: [Unicode.Scalar], _ index: inout Int,
    joinedByHyphens follows: (Unicode.Scalar) -> Bool, while holds: (Unicode.Scalar) -> Bool
  ) -> String {
    let start = index
    while index < scalars.count {
      let isHyphen =
        scalars[index] == "-" && index + 1 < scalars.count && follows(scalars[index + 1])
      guard isHyphen || holds(scalars[index]) else { break }
      index += 1
    }
    return text(scalars[start..<index])
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDStart
  }

  static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "$" || scalar.properties.isXIDContinue
  }

  private static func hint(about scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "'", "`", "“", "”", "＂": " (put a name with unusual characters between \" and \")"
    case "，", "、": " (write an ASCII comma)"
    case "：": " (write an ASCII colon)"
    case "-", "+", ".": " (numbers are whole, columns have no table in front)"
    default: ""
    }
  }
}
